//! What a linear function sees of an observation: `phi(s)`.
//!
//! | features | code | source (Sutton & Barto, 2nd ed.) |
//! |---|---|---|
//! | [`OneHot`] | one active | a table, as a linear function; section 9.3 |
//! | [`TileCoding`] | one active a tiling | section 9.5.4 |
//! | [`Fourier`] | dense | section 9.5.2; Konidaris, Osentoski, Thomas (2011) |
//! | [`Polynomial`] | dense | section 9.5.1 |
//! | [`RadialBasis`] | dense | section 9.5.5 |
//! | [`Raw`] | dense | the observation, scaled, and a bias |

mod fourier;
mod one_hot;
mod polynomial;
mod radial_basis;
mod raw;
mod tile_coding;

pub use fourier::Fourier;
pub use one_hot::OneHot;
pub use polynomial::Polynomial;
pub use radial_basis::RadialBasis;
pub use raw::Raw;
pub use tile_coding::TileCoding;

use crate::error::Error;
use crate::interact::Element;
use crate::linalg::Dim;
use core::fmt::Debug;

/// Maps observations to features.
///
/// The number of features is part of the type, so that weights of another number do not compile against it.
pub trait Features {
    /// What is observed.
    type Observation: Element;

    /// The features of one observation.
    type Code: Code;

    /// The type of the number of features.
    type Size: Dim;

    /// The number of features, `F`.
    fn size(&self) -> Self::Size;

    /// The features of an observation.
    ///
    /// # Errors
    /// [`Error::NonFinite`], [`Error::StateOutOfRange`]: what is not an observation.
    fn encode(&self, observation: Self::Observation) -> Result<Self::Code, Error>;

    /// What the step size of a feature's weight is multiplied by.
    #[inline]
    fn step_scale(&self, _feature: usize) -> f32 {
        1.0
    }
}

/// The features of one observation: those that are not 0, by index.
pub trait Code: Copy + Debug {
    /// Whether every feature is 0 or 1.
    const BINARY: bool;

    /// Calls back with the index and the value of every feature that may differ from 0, in increasing order.
    fn for_each(&self, visit: impl FnMut(usize, f32));

    /// `<weights, phi>`; an index past the last weight counts nothing. Cost: one multiplication a feature that may differ
    /// from 0.
    #[inline]
    fn dot(&self, weights: &[f32]) -> f32 {
        let mut sum = 0.0;
        self.for_each(|index, x| {
            if let Some(weight) = weights.get(index) {
                sum += weight * x;
            }
        });
        sum
    }

    /// `weights += scale * phi`.
    #[inline]
    fn add_to(&self, scale: f32, weights: &mut [f32]) {
        self.for_each(|index, x| {
            if let Some(weight) = weights.get_mut(index) {
                *weight += scale * x;
            }
        });
    }
}

/// A code that keeps every feature. `4 F` bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dense<const F: usize>(pub [f32; F]);

impl<const F: usize> Code for Dense<F> {
    const BINARY: bool = false;

    #[inline]
    fn for_each(&self, mut visit: impl FnMut(usize, f32)) {
        self.0.iter().enumerate().for_each(|(index, x)| visit(index, *x));
    }
}

/// A code of binary features that keeps the active ones, in increasing order. `2 T` bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Active<const T: usize>(pub [u16; T]);

impl<const T: usize> Code for Active<T> {
    const BINARY: bool = true;

    #[inline]
    fn for_each(&self, mut visit: impl FnMut(usize, f32)) {
        self.0.iter().for_each(|index| visit(usize::from(*index), 1.0));
    }
}

/// The inputs between two corners, mapped to `[0, 1]`; what lies outside is clamped.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Scaling<const N: usize> {
    low: [f32; N],
    high: [f32; N],
}

impl<const N: usize> Scaling<N> {
    fn new(low: [f32; N], high: [f32; N]) -> Result<Self, Error> {
        let fits = |(low, high): (&f32, &f32)| low < high && (high - low).is_finite();
        if low.iter().zip(&high).all(fits) { Ok(Self { low, high }) } else { Err(Error::ParameterOutOfRange) }
    }

    fn scale(&self, inputs: [f32; N]) -> Result<[f32; N], Error> {
        if !crate::linalg::all_finite(&inputs) {
            return Err(Error::NonFinite);
        }
        Ok(core::array::from_fn(|d| ((inputs[d] - self.low[d]) / (self.high[d] - self.low[d])).clamp(0.0, 1.0)))
    }
}

/// The digits of `index` to base `base`, the most significant one first.
fn digits<const N: usize>(mut index: usize, base: usize) -> [usize; N] {
    let mut digits = [0; N];
    for digit in digits.iter_mut().rev() {
        *digit = index % base;
        index /= base;
    }
    digits
}

/// `base^N`; a number too large to be any array's length where it overflows.
const fn power(base: usize, exponent: usize) -> usize {
    let (mut power, mut left) = (1usize, exponent);
    while left > 0 {
        power = power.saturating_mul(base);
        left -= 1;
    }
    power
}
