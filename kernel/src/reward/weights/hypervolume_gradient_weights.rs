//! Weights for fronts that bend inwards.

use super::WeightRule;
use crate::error::Error;
use crate::linalg::{Storage, StorageMut, all_finite};
use crate::state::{Identify, Identity, Persist, Reader, Write, check_each};

/// The least improvement that is divided by.
const LEAST: f32 = 1e-6;

/// `w_i` in proportion to `1 / max(J_i - ref_i, 1e-6)`: the gradient of the logarithm of the volume between the reference
/// point and the returns `J`. The product of the improvements becomes the objective, so that a trade-off between the extremes
/// is stable where every weighted sum leaves it.
///
/// Memory: `8 m` bytes. Cost: O(m).
#[derive(Clone, Debug)]
pub struct HypervolumeGradientWeightsState<V> {
    weights: V,
    /// Infinite where nothing was started.
    reference: V,
}

/// [`HypervolumeGradientWeightsState`] of constant size.
///
/// ```
/// use habit::reward::weights::{HypervolumeGradientWeights, WeightRule};
/// let mut rule = HypervolumeGradientWeights::<2>::EMPTY;
/// rule.start(&[0.0, 0.0])?;
/// rule.update(&[0.5, 0.1])?;
/// assert!((rule.weights()[0] - 0.166667).abs() < 1e-6 && (rule.weights()[1] - 0.833333).abs() < 1e-6);
/// # Ok::<(), habit::Error>(())
/// ```
pub type HypervolumeGradientWeights<const M: usize> = HypervolumeGradientWeightsState<[f32; M]>;

const _: () = assert!(HypervolumeGradientWeights::<3>::SIZE == 8 * 3);

impl<const M: usize> HypervolumeGradientWeights<M> {
    /// Not started.
    pub const EMPTY: Self = Self::new([0.0; M], [f32::INFINITY; M]);

    /// Bytes: `8 m`.
    pub const SIZE: usize = size_of::<Self>();
}

impl<V> HypervolumeGradientWeightsState<V> {
    /// Over memory that has not been started: two arrays of one number an objective, the second of infinite ones.
    pub const fn new(weights: V, reference: V) -> Self {
        Self { weights, reference }
    }
}

impl<V: StorageMut> HypervolumeGradientWeightsState<V> {
    /// Starts with equal weights above a reference point, the returns of the initial policy say.
    ///
    /// # Errors
    /// [`Error::EmptyRange`] for no objective; [`Error::LengthMismatch`]; [`Error::NonFinite`].
    pub fn start(&mut self, reference: &[f32]) -> Result<(), Error> {
        if [self.weights.values().len(), self.reference.values().len()] != [reference.len(); 2] {
            return Err(Error::LengthMismatch);
        }
        if reference.is_empty() {
            return Err(Error::EmptyRange);
        }
        if !all_finite(reference) {
            return Err(Error::NonFinite);
        }
        self.weights.values_mut().fill(1.0 / reference.len() as f32);
        self.reference.values_mut().iter_mut().zip(reference).for_each(|(own, x)| *own = *x);
        Ok(())
    }

    /// Sets the weights from the present returns.
    ///
    /// # Errors
    /// [`Error::NotStarted`]; [`Error::LengthMismatch`]; [`Error::NonFinite`].
    pub fn update(&mut self, returns: &[f32]) -> Result<(), Error> {
        let (weights, reference) = (self.weights.values_mut(), self.reference.values());
        if !all_finite(reference) {
            return Err(Error::NotStarted);
        }
        if returns.len() != weights.len() {
            return Err(Error::LengthMismatch);
        }
        let gains = || returns.iter().zip(reference).map(|(x, reference)| (x - reference).max(LEAST));
        if !(all_finite(returns) && gains().all(f32::is_finite)) {
            return Err(Error::NonFinite);
        }
        // In units of the least improvement, so that nothing overflows.
        let least = gains().fold(f32::INFINITY, f32::min);
        let sum = gains().fold(0.0, |sum, gain| sum + least / gain);
        weights.iter_mut().zip(gains()).for_each(|(weight, gain)| *weight = least / gain / sum);
        Ok(())
    }
}

impl<V: Storage> WeightRule for HypervolumeGradientWeightsState<V> {
    fn weights(&self) -> &[f32] {
        self.weights.values()
    }
}

/// The weights, then the reference point: `8 m` bytes.
impl<V: StorageMut> Persist for HypervolumeGradientWeightsState<V> {
    fn write(&self, out: &mut impl Write) {
        self.weights.values().write(out);
        self.reference.values().write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        check_each(self.weights.values(), from, |weight| (0.0..=1.0).contains(&weight))?;
        self.reference.values().check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.weights.values_mut().read(from)?;
        self.reference.values_mut().read(from)
    }
}

/// `"hypervolume-gradient-weights"`: objectives.
impl<V: StorageMut> Identify for HypervolumeGradientWeightsState<V> {
    fn identity(&self) -> Identity {
        Identity::new("hypervolume-gradient-weights", Identity::PLAIN, [self.weights.values().len(), 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_objective_without_improvement_takes_nearly_all() {
        let mut rule = HypervolumeGradientWeights::<2>::EMPTY;
        rule.start(&[0.5, 0.0]).unwrap();
        assert_eq!(rule.weights(), [0.5, 0.5]);
        rule.update(&[0.2, 1.0]).unwrap();
        assert!((rule.weights()[0] - 1.0).abs() < 2e-6 && rule.weights()[1] > 0.0);
        rule.update(&[1e38, 1e38]).unwrap();
        assert_eq!(rule.weights(), [0.5, 0.5]);
    }

    #[test]
    fn a_rejected_call_changes_nothing() {
        let mut rule = HypervolumeGradientWeights::<2>::EMPTY;
        assert_eq!(rule.update(&[1.0, 1.0]), Err(Error::NotStarted));
        let mut none = HypervolumeGradientWeights::<0>::EMPTY;
        assert_eq!(none.start(&[]), Err(Error::EmptyRange));
        rule.start(&[0.0, 0.0]).unwrap();
        rule.update(&[1.0, 3.0]).unwrap();
        let digest = rule.digest();
        assert_eq!(rule.update(&[1.0]), Err(Error::LengthMismatch));
        assert_eq!(rule.update(&[f32::NAN, 1.0]), Err(Error::NonFinite));
        assert_eq!(rule.start(&[0.0, f32::INFINITY]), Err(Error::NonFinite));
        assert_eq!(rule.restore(&2f32.to_le_bytes().repeat(4)), Err(Error::Malformed));
        assert_eq!(rule.digest(), digest);
    }
}
