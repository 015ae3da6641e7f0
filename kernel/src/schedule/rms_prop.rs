//! A step size for every number.

use crate::error::Error;

/// RMSprop (Tieleman, Hinton 2012): with `m = decay m + (1 - decay) g^2`, 0 at the start, a number moves by a step size times
/// `g / (sqrt(m) + epsilon)`. The numbers `m` are the caller's, one for every number that is learned. 8 bytes.
///
/// ```
/// use habit::schedule::RmsProp;
/// let (rule, mut mean_square) = (RmsProp::new(0.75, 1e-8)?, 0.0);
/// assert_eq!(rule.step(&mut mean_square, 4.0), Ok(2.0));
/// assert_eq!(mean_square, 4.0);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RmsProp {
    decay: f32,
    epsilon: f32,
}

impl RmsProp {
    /// With a decay of 0.99 and an epsilon of 1e-8.
    pub const STANDARD: Self = Self { decay: 0.99, epsilon: 1e-8 };

    /// With these numbers.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless `0 <= decay < 1` and `epsilon` is positive and finite.
    pub fn new(decay: f32, epsilon: f32) -> Result<Self, Error> {
        let fits = (0.0..1.0).contains(&decay) && epsilon > 0.0 && epsilon.is_finite();
        if fits { Ok(Self { decay, epsilon }) } else { Err(Error::ParameterOutOfRange) }
    }

    /// Whether a gradient can be followed.
    ///
    /// # Errors
    /// [`Error::NonFinite`] when the square of a number is not finite.
    pub fn check(gradient: &[f32]) -> Result<(), Error> {
        if gradient.iter().all(|g| (g * g).is_finite()) { Ok(()) } else { Err(Error::NonFinite) }
    }

    /// The step of one number, at most `1 / sqrt(1 - decay)` either way.
    ///
    /// # Errors
    /// As [`check`](Self::check); `mean_square` is unchanged then.
    #[inline]
    pub fn step(&self, mean_square: &mut f32, gradient: f32) -> Result<f32, Error> {
        Self::check(&[gradient])?;
        Ok(self.moved(mean_square, gradient))
    }

    /// Turns a gradient into steps, number by number over the shorter length.
    ///
    /// # Errors
    /// As [`check`](Self::check); nothing is changed then.
    pub fn steps(&self, mean_squares: &mut [f32], gradient: &mut [f32]) -> Result<(), Error> {
        Self::check(gradient)?;
        for (mean_square, g) in mean_squares.iter_mut().zip(gradient) {
            *g = self.moved(mean_square, *g);
        }
        Ok(())
    }

    #[inline]
    fn moved(&self, mean_square: &mut f32, gradient: f32) -> f32 {
        *mean_square = self.decay * *mean_square + (1.0 - self.decay) * (gradient * gradient);
        gradient / (libm::sqrtf(*mean_square) + self.epsilon)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_by_hand() {
        let (rule, mut squares, mut gradient) = (RmsProp::new(0.75, 1e-8).unwrap(), [0.0, 12.0], [4.0, -4.0]);
        rule.steps(&mut squares, &mut gradient).unwrap();
        assert_eq!((squares, gradient[0]), ([4.0, 13.0], 2.0));
        assert!((gradient[1] + 4.0 / libm::sqrtf(13.0)).abs() < 1e-6);
        // A gradient of 0 forgets, and does not move.
        assert_eq!(rule.step(&mut squares[0], 0.0), Ok(0.0));
        assert_eq!(squares[0], 3.0);
    }

    #[test]
    fn bad_numbers_change_nothing() {
        for (decay, epsilon) in [(1.0, 0.1), (-0.1, 0.1), (f32::NAN, 0.1), (0.5, 0.0), (0.5, f32::INFINITY)] {
            assert_eq!(RmsProp::new(decay, epsilon), Err(Error::ParameterOutOfRange));
        }
        let mut squares = [1.0; 2];
        for bad in [f32::NAN, f32::INFINITY, 1e30] {
            let mut gradient = [1.0, bad];
            assert_eq!(RmsProp::STANDARD.steps(&mut squares, &mut gradient), Err(Error::NonFinite));
            assert_eq!((squares, gradient[0]), ([1.0; 2], 1.0));
        }
    }
}
