//! One number from constant to fast decay.

use super::Shape;
use crate::error::Error;
use crate::math::sin_cos;
use core::f32::consts::FRAC_PI_2;

/// Unified budget-aware (Tang, Dong, Zeng, Zhou, Lin 2025, arXiv 2505.24452, in closed form): the share is `2 c / (2 phi + (2 -
/// phi) c)`, `c = 1 + cos(pi t / T)`. As odds, it is the cosine's share times `2 / phi`: `phi = 2` is the cosine, a smaller
/// one holds the step size up for longer, a greater one lets it fall at once; at half the budget it is `2 / (2 + phi)`.
///
/// Computed as `s^2 / (s^2 + phi / 2 k^2)` with the sine `s` and the cosine `k` of `pi (T - t) / (2 T)`, which loses nothing
/// near either end. By experience the best `phi` grows with the budget, the noise and the greatest step size, and falls with
/// the condition number: one found on a small budget is too small for a large one.
///
/// Memory: 4 bytes. Cost: a sine and a cosine by plain arithmetic, two divisions.
///
/// ```
/// use habit::schedule::shape::{Shape, Uba};
/// let uba = Uba::new(5.0)?;
/// assert!((uba.share(25, 100) - 0.699823).abs() < 1e-6);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Uba(f32);

impl Uba {
    /// Fit for steps like those of stochastic gradient descent.
    pub const DEFAULT: Self = Self(5.0);

    /// What to try for `phi` when it is to be tuned.
    pub const GRID: [f32; 7] = [0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0];

    /// With `phi`.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless it is positive and finite.
    pub const fn new(phi: f32) -> Result<Self, Error> {
        if phi > 0.0 && phi.is_finite() { Ok(Self(phi)) } else { Err(Error::ParameterOutOfRange) }
    }

    /// `phi`.
    pub const fn phi(&self) -> f32 {
        self.0
    }
}

impl Shape for Uba {
    #[inline]
    fn share(&self, t: u32, budget: u32) -> f32 {
        let left = budget.saturating_sub(t);
        if left == 0 {
            return 0.0;
        }
        let (sin, cos) = sin_cos(FRAC_PI_2 * (left as f32 / budget as f32));
        let (up, down) = (sin * sin, cos * cos);
        up / (up + 0.5 * self.0 * down)
    }
}
