//! Preferences that stay as they are.

use super::{WeightRule, check_simplex};
use crate::error::Error;
use crate::linalg::{Storage, StorageMut};
use crate::state::{Identify, Identity, persist_fields};

/// A weighted sum. On a Pareto front that bends inwards it can only end at an extreme, whatever the weights.
///
/// Memory: `4 m` bytes. Cost: O(m).
#[derive(Clone, Debug)]
pub struct FixedWeightsState<V> {
    weights: V,
}

/// [`FixedWeightsState`] of constant size.
///
/// ```
/// use habit::reward::weights::{FixedWeights, WeightRule};
/// let mut rule = FixedWeights::<3>::EMPTY;
/// rule.start(&[0.5, 0.25, 0.25])?;
/// assert_eq!(rule.scalarise(&[1.0, 0.0, 2.0]), Ok(1.0));
/// # Ok::<(), habit::Error>(())
/// ```
pub type FixedWeights<const M: usize> = FixedWeightsState<[f32; M]>;

const _: () = assert!(FixedWeights::<3>::SIZE == 4 * 3);

impl<const M: usize> FixedWeights<M> {
    /// Not started: every weight 0.
    pub const EMPTY: Self = Self::new([0.0; M]);

    /// Bytes: `4 m`.
    pub const SIZE: usize = size_of::<Self>();
}

impl<V> FixedWeightsState<V> {
    /// Over memory that has not been started: one number an objective.
    pub const fn new(weights: V) -> Self {
        Self { weights }
    }
}

impl<V: StorageMut> FixedWeightsState<V> {
    /// Starts with one weight an objective.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::EmptyRange`] for no objective; [`Error::NonFinite`]; [`Error::ParameterOutOfRange`]
    /// for a weight below 0, or weights whose sum is not 1 within 0.001.
    pub fn start(&mut self, weights: &[f32]) -> Result<(), Error> {
        let own = self.weights.values_mut();
        if own.len() != weights.len() {
            return Err(Error::LengthMismatch);
        }
        check_simplex(weights)?;
        own.iter_mut().zip(weights).for_each(|(own, weight)| *own = *weight);
        Ok(())
    }
}

impl<V: Storage> WeightRule for FixedWeightsState<V> {
    fn weights(&self) -> &[f32] {
        self.weights.values()
    }
}

persist_fields!([const M: usize] FixedWeights<M> { weights });

/// `"fixed-weights"`: objectives.
impl<const M: usize> Identify for FixedWeights<M> {
    fn identity(&self) -> Identity {
        Identity::new("fixed-weights", Identity::PLAIN, [M, 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Persist;

    #[test]
    fn a_rejected_call_changes_nothing() {
        let mut rule = FixedWeights::<2>::EMPTY;
        rule.start(&[0.25, 0.75]).unwrap();
        let digest = rule.digest();
        assert_eq!(rule.start(&[1.0]), Err(Error::LengthMismatch));
        assert_eq!(rule.start(&[f32::NAN, 1.0]), Err(Error::NonFinite));
        for bad in [[-0.5, 1.5], [0.5, 0.6], [0.0, 0.0]] {
            assert_eq!(rule.start(&bad), Err(Error::ParameterOutOfRange));
        }
        let mut none = FixedWeights::<0>::EMPTY;
        assert_eq!(none.start(&[]), Err(Error::EmptyRange));
        assert_eq!(rule.scalarise(&[1.0]), Err(Error::LengthMismatch));
        assert_eq!(rule.scalarise(&[1.0, f32::INFINITY]), Err(Error::NonFinite));
        assert_eq!((rule.digest(), rule.scalarise(&[1.0, 2.0])), (digest, Ok(1.75)));
    }
}
