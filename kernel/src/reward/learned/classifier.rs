//! Whether a message is probably helpful.

use super::fit::LogisticFit;
use super::{Examples, Label, LinearState, LogisticAscent, MessageReward};
use crate::error::Error;
use crate::linalg::StorageMut;
use crate::math::{Libm, Math};
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// Logistic regression on all labels so far, or the last `N`: a message is worth 1 where it is helpful with a probability
/// above `eta`, else 0 (ONI, classification). Messages that nobody labelled are judged by what they have in common with those
/// that somebody did.
///
/// Memory: `8 D + 4 N (D + 1)` bytes and 20. Cost: a product and an exponential a reward; see [`LinearState`] for a fit.
#[derive(Clone, Debug)]
pub struct ClassifierState<V, X, Y, M = Libm> {
    fit: LogisticFit<V, X, Y, M>,
    eta: f32,
}

/// [`ClassifierState`] of constant size: `D` features, `N` examples.
pub type ClassifierReward<const D: usize, const N: usize, M = Libm> =
    ClassifierState<[f32; D], [[f32; D]; N], [f32; N], M>;

impl<const D: usize, const N: usize, M> ClassifierReward<D, N, M> {
    /// Not started.
    pub const EMPTY: Self = Self { fit: LogisticFit::EMPTY, eta: 1.0 };

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();
}

const _: () = assert!(ClassifierReward::<9, 64>::SIZE == 8 * 9 + 4 * 64 * (9 + 1) + 20);

impl<V: StorageMut, X: StorageMut, Y: StorageMut, M: Math> ClassifierState<V, X, Y, M> {
    /// Over a model and memory for its examples; not started.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub fn over(model: LinearState<V, M>, examples: Examples<X, Y>) -> Result<Self, Error> {
        Ok(Self { fit: LogisticFit::over(model, examples)?, eta: 1.0 })
    }

    /// Starts without a label; `eta` is usually 0.5.
    ///
    /// # Errors
    /// [`Error::StepSizeOutOfRange`], [`Error::StepsOutOfRange`]; [`Error::ProbabilityOutOfRange`] unless `eta` is in
    /// `[0, 1]`.
    pub fn start(&mut self, ascent: LogisticAscent, eta: f32) -> Result<(), Error> {
        if !(0.0..=1.0).contains(&eta) {
            return Err(Error::ProbabilityOutOfRange);
        }
        self.fit.start(ascent)?;
        self.eta = eta;
        Ok(())
    }

    /// What it has learned.
    pub const fn model(&self) -> &LinearState<V, M> {
        &self.fit.model
    }
}

impl<V: StorageMut, X: StorageMut, Y: StorageMut, M: Math> MessageReward for ClassifierState<V, X, Y, M> {
    fn reward(&mut self, _message: u32, features: &[f32]) -> Result<f32, Error> {
        let probability = self.fit.model.probability(features)?;
        Ok(if !self.fit.examples.is_empty() && probability > self.eta { 1.0 } else { 0.0 })
    }

    fn learn(&mut self, labels: &[Label<'_>]) -> Result<(), Error> {
        self.fit.learn(labels)
    }
}

/// The weights, then the examples.
impl<V: StorageMut, X: StorageMut, Y: StorageMut, M> Persist for ClassifierState<V, X, Y, M> {
    fn write(&self, out: &mut impl Write) {
        self.fit.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.fit.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.fit.read(from)
    }
}

/// `"classifier-reward"`: features, examples.
impl<V: StorageMut, X: StorageMut, Y: StorageMut, M: Math> Identify for ClassifierState<V, X, Y, M> {
    fn identity(&self) -> Identity {
        Identity::new("classifier-reward", M::NUMERICS, self.fit.dimensions())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reward::learned::LARGEST_FEATURE;

    const HELPFUL: Label<'static> = Label { message: 1, features: &[1.0, 0.0, 1.0], value: 1.0 };
    const NOT: Label<'static> = Label { message: 2, features: &[0.0, 1.0, 1.0], value: 0.0 };

    fn started(eta: f32) -> ClassifierReward<3, 4> {
        let mut reward = ClassifierReward::EMPTY;
        reward.start(LogisticAscent::USUAL, eta).unwrap();
        reward
    }

    #[test]
    fn messages_without_a_label_are_judged_by_what_they_share() {
        // No label yet: nothing is worth anything, however low the bar.
        assert_eq!(started(0.1).reward(1, &[1.0, 0.0, 1.0]), Ok(0.0));
        let mut reward = started(0.5);
        reward.learn(&[HELPFUL, NOT]).unwrap();
        assert_eq!(reward.reward(9, &[1.0, 0.0, 1.0]), Ok(1.0));
        assert_eq!(reward.reward(8, &[0.0, 1.0, 1.0]), Ok(0.0));
        // One class only is still a classifier.
        let mut reward = started(0.5);
        reward.learn(&[NOT]).unwrap();
        assert_eq!(reward.reward(1, &[1.0, 0.0, 1.0]), Ok(0.0));
    }

    #[test]
    fn a_rejected_call_changes_nothing() {
        let mut reward = ClassifierReward::<3, 4>::EMPTY;
        assert_eq!(reward.learn(&[NOT]), Err(Error::NotStarted));
        let ascent = |step_size, steps| LogisticAscent { step_size, steps };
        assert_eq!(reward.start(ascent(0.0, 1), 0.5), Err(Error::StepSizeOutOfRange));
        assert_eq!(reward.start(ascent(0.5, 0), 0.5), Err(Error::StepsOutOfRange));
        assert_eq!(reward.start(ascent(0.5, 1), f32::NAN), Err(Error::ProbabilityOutOfRange));
        let mut reward = started(0.5);
        reward.learn(&[HELPFUL]).unwrap();
        let digest = reward.digest();
        for (bad, error) in [
            (Label { features: &[1.0, f32::NAN, 0.0], ..NOT }, Error::NonFinite),
            (Label { features: &[2.0 * LARGEST_FEATURE, 0.0, 0.0], ..NOT }, Error::ParameterOutOfRange),
            (Label { features: &[1.0], ..NOT }, Error::LengthMismatch),
            (Label { value: f32::INFINITY, ..NOT }, Error::NonFinite),
            (Label { value: 1.5, ..NOT }, Error::ParameterOutOfRange),
        ] {
            assert_eq!(reward.learn(&[NOT, bad]), Err(error));
        }
        assert_eq!(reward.reward(1, &[f32::NAN, 0.0, 0.0]), Err(Error::NonFinite));
        assert_eq!(reward.digest(), digest);
    }

    #[test]
    fn features_of_any_size_leave_weights_that_are_numbers() {
        let mut reward = started(0.5);
        let large = [LARGEST_FEATURE, -LARGEST_FEATURE, 1e-30];
        for value in [1.0, 0.0, 1.0, 1.0, 0.0] {
            reward.learn(&[Label { features: &large, value, ..NOT }, HELPFUL, NOT]).unwrap();
        }
        assert!(reward.model().weights().iter().all(|weight| weight.is_finite()));
        assert!(reward.reward(1, &large).is_ok());
    }
}
