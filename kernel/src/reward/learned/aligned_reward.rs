//! How far to trust a heuristic, state by state.

use crate::error::Error;
use crate::interact::Transition;
use crate::linalg::{Storage, StorageMut, all_finite};
use crate::reward::RewardShaping;
use crate::schedule::RmsProp;
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// `r_phi(s) = phi1(s) + r_p + phi3(s) r_aux` (Gupta, Chandak, Jordan, Thomas, da Silva, NeurIPS 2023, BARFI): the level
/// `phi1` and the weight `phi3` of the heuristic `r_aux` are learned for every state acted in; the weight of the primary
/// reward `r_p` is 1. Both climb what the caller says of the derivatives of its objective, less a penalty on their squares,
/// by [`RmsProp`].
///
/// In a chain the heuristic is what the rules before have added to the environment's reward.
///
/// Memory: `16 S` bytes and 8.
///
/// ```
/// use habit::interact::{Outcome, Transition};
/// use habit::reward::RewardShaping;
/// use habit::reward::learned::AlignedReward;
/// let mut reward = AlignedReward::<[f32; 3]>::EMPTY;
/// reward.start(0.5, 0.02, 0.0)?;
/// let step = Transition { state: 0, action: 0, reward: 1.0, next_state: 2, outcome: Outcome::Continue };
/// // Rules before this one have added 4.
/// assert_eq!(reward.shape(&step, 5.0, 0.9), Ok(3.0));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AlignedReward<V> {
    levels: V,
    weights: V,
    level_squares: V,
    weight_squares: V,
    step_size: f32,
    penalty: f32,
}

impl<const S: usize> AlignedReward<[f32; S]> {
    /// Nothing is added and no heuristic trusted.
    pub const EMPTY: Self = Self::new([0.0; S], [0.0; S], [0.0; S], [0.0; S]);

    /// Bytes: `16 S + 8`.
    pub const SIZE: usize = size_of::<Self>();
}

const _: () = assert!(AlignedReward::<[f32; 25]>::SIZE == 16 * 25 + 8);

impl<V> AlignedReward<V> {
    /// Over memory that has not been started: levels, weights and the mean squares of the derivatives of each, one number a
    /// state.
    pub const fn new(levels: V, weights: V, level_squares: V, weight_squares: V) -> Self {
        Self { levels, weights, level_squares, weight_squares, step_size: 0.0, penalty: 0.0 }
    }
}

impl<V: Storage> AlignedReward<V> {
    /// `phi1`, one number a state.
    pub fn levels(&self) -> &[f32] {
        self.levels.values()
    }

    /// `phi3`, one number a state.
    pub fn weights(&self) -> &[f32] {
        self.weights.values()
    }

    /// `r_phi` of a state with these rewards.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`].
    #[inline]
    pub fn of(&self, state: usize, primary: f32, heuristic: f32) -> Result<f32, Error> {
        match (self.levels().get(state), self.weights().get(state)) {
            (Some(level), Some(weight)) => Ok(level + primary + weight * heuristic),
            _ => Err(Error::StateOutOfRange),
        }
    }
}

impl<V: StorageMut> AlignedReward<V> {
    /// Starts with levels of 0 and the same weight everywhere; the step size in `[0, 1]`, the penalty on squares at least 0.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::NonFinite`]; [`Error::StepSizeOutOfRange`]; [`Error::ParameterOutOfRange`].
    pub fn start(&mut self, weight: f32, step_size: f32, penalty: f32) -> Result<(), Error> {
        let states = self.levels.values().len();
        let lengths = [&self.weights, &self.level_squares, &self.weight_squares].map(|numbers| numbers.values().len());
        if lengths != [states; 3] {
            return Err(Error::LengthMismatch);
        }
        if !(weight.is_finite() && penalty.is_finite()) {
            return Err(Error::NonFinite);
        }
        if !(0.0..=1.0).contains(&step_size) {
            return Err(Error::StepSizeOutOfRange);
        }
        if penalty < 0.0 {
            return Err(Error::ParameterOutOfRange);
        }
        for numbers in [&mut self.levels, &mut self.level_squares, &mut self.weight_squares] {
            numbers.values_mut().fill(0.0);
        }
        self.weights.values_mut().fill(weight);
        (self.step_size, self.penalty) = (step_size, penalty);
        Ok(())
    }

    /// Sets levels and weights, one number a state.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`], [`Error::NonFinite`].
    pub fn set(&mut self, levels: &[f32], weights: &[f32]) -> Result<(), Error> {
        let (own_levels, own_weights) = (self.levels.values_mut(), self.weights.values_mut());
        if own_levels.len() != levels.len() || own_weights.len() != weights.len() {
            return Err(Error::LengthMismatch);
        }
        if !(all_finite(levels) && all_finite(weights)) {
            return Err(Error::NonFinite);
        }
        own_levels.copy_from_slice(levels);
        own_weights.copy_from_slice(weights);
        Ok(())
    }

    /// Follows the derivatives of the objective by the levels and by the weights, one number a state; they are used up.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`], [`Error::NonFinite`]; nothing is changed then.
    pub fn learn(&mut self, levels: &mut [f32], weights: &mut [f32]) -> Result<(), Error> {
        if [levels.len(), weights.len()] != [self.levels.values().len(); 2] {
            return Err(Error::LengthMismatch);
        }
        RmsProp::check(levels)?;
        RmsProp::check(weights)?;
        let Self { step_size, penalty, .. } = *self;
        for (own, squares, derivatives) in [
            (&mut self.levels, &mut self.level_squares, levels),
            (&mut self.weights, &mut self.weight_squares, weights),
        ] {
            let own = own.values_mut();
            derivatives.iter_mut().zip(&*own).for_each(|(derivative, own)| *derivative -= 2.0 * penalty * own);
            RmsProp::STANDARD.steps(squares.values_mut(), derivatives)?;
            own.iter_mut().zip(derivatives).for_each(|(own, step)| *own += step_size * *step);
        }
        Ok(())
    }
}

impl<A, V: Storage> RewardShaping<usize, A> for AlignedReward<V> {
    const PRESERVES_OPTIMUM: bool = false;

    /// # Errors
    /// [`Error::StateOutOfRange`].
    #[inline]
    fn shape(&self, transition: &Transition<usize, A>, reward: f32, _discount: f32) -> Result<f32, Error> {
        self.of(transition.state, transition.reward, reward - transition.reward)
    }
}

/// Levels, weights, then the mean squares of the derivatives of each: `16 S` bytes.
impl<V: StorageMut> Persist for AlignedReward<V> {
    fn write(&self, out: &mut impl Write) {
        for numbers in [&self.levels, &self.weights, &self.level_squares, &self.weight_squares] {
            numbers.values().write(out);
        }
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        [&self.levels, &self.weights, &self.level_squares, &self.weight_squares]
            .into_iter()
            .try_for_each(|numbers| numbers.values().check(from))
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        [&mut self.levels, &mut self.weights, &mut self.level_squares, &mut self.weight_squares]
            .into_iter()
            .try_for_each(|numbers| numbers.values_mut().read(from))
    }
}

/// `"aligned-reward"`: states.
impl<V: StorageMut> Identify for AlignedReward<V> {
    fn identity(&self) -> Identity {
        Identity::new("aligned-reward", Identity::PLAIN, [self.levels.values().len(), 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started() -> AlignedReward<[f32; 2]> {
        let mut reward = AlignedReward::EMPTY;
        reward.start(1.0, 0.1, 0.25).unwrap();
        reward
    }

    #[test]
    fn it_climbs_less_the_penalty() {
        let mut reward = started();
        // Of weights of 1 the penalty takes 2 * 0.25; the first step is ten times the step size.
        reward.learn(&mut [3.0, 0.0], &mut [0.5, -1.0]).unwrap();
        for (found, expected) in reward.levels().iter().chain(reward.weights()).zip([1.0, 0.0, 1.0, 0.0]) {
            assert!((found - expected).abs() < 1e-5, "{found} {expected}");
        }
    }

    #[test]
    fn bad_input_changes_nothing() {
        let mut reward = started();
        let digest = reward.digest();
        assert_eq!(reward.of(2, 0.0, 0.0), Err(Error::StateOutOfRange));
        assert_eq!(reward.learn(&mut [0.0; 3], &mut [0.0; 2]), Err(Error::LengthMismatch));
        assert_eq!(reward.learn(&mut [1.0; 2], &mut [0.0, f32::NAN]), Err(Error::NonFinite));
        assert_eq!(reward.set(&[0.0; 3], &[0.0; 2]), Err(Error::LengthMismatch));
        assert_eq!(reward.set(&[0.0; 2], &[0.0, f32::NAN]), Err(Error::NonFinite));
        assert_eq!(reward.start(f32::NAN, 0.1, 0.0), Err(Error::NonFinite));
        assert_eq!(reward.start(1.0, -0.1, 0.0), Err(Error::StepSizeOutOfRange));
        assert_eq!(reward.start(1.0, 0.1, -1.0), Err(Error::ParameterOutOfRange));
        assert_eq!(reward.digest(), digest);
        let (mut a, mut b, mut c, mut d) = ([0.0; 2], [0.0; 2], [0.0; 2], [0.0; 1]);
        let mut uneven = AlignedReward::new(&mut a[..], &mut b, &mut c, &mut d);
        assert_eq!(uneven.start(1.0, 0.1, 0.0), Err(Error::LengthMismatch));
    }
}
