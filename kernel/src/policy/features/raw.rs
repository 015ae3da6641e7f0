//! The observation itself.

use super::{Dense, Features};
use crate::error::Error;
use crate::linalg::{Const, all_finite};

/// Each input divided by its scale, then a constant 1: `F = D + 1` features.
///
/// ```
/// use habit::policy::features::{Dense, Features, Raw};
/// let features = Raw::<2, 3>::new([2.0, 0.5])?;
/// assert_eq!(features.encode([1.0, 1.0])?, Dense([0.5, 2.0, 1.0]));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Raw<const D: usize, const F: usize> {
    inverse_scales: [f32; D],
}

impl<const D: usize, const F: usize> Raw<D, F> {
    /// With one scale an input.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless every scale is finite and not 0.
    pub fn new(scales: [f32; D]) -> Result<Self, Error> {
        const { assert!(F == D + 1, "F must be D + 1") };
        let inverse_scales = scales.map(|scale| 1.0 / scale);
        let fits = all_finite(&scales) && all_finite(&inverse_scales);
        if fits { Ok(Self { inverse_scales }) } else { Err(Error::ParameterOutOfRange) }
    }
}

impl<const D: usize, const F: usize> Features for Raw<D, F> {
    type Observation = [f32; D];
    type Code = Dense<F>;
    type Size = Const<F>;

    fn size(&self) -> Self::Size {
        Const
    }

    #[inline]
    fn encode(&self, observation: [f32; D]) -> Result<Dense<F>, Error> {
        let code = core::array::from_fn(|index| match (observation.get(index), self.inverse_scales.get(index)) {
            (Some(x), Some(scale)) => x * scale,
            _ => 1.0,
        });
        if all_finite(&code) { Ok(Dense(code)) } else { Err(Error::NonFinite) }
    }
}
