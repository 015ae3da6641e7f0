//! A reward that a learner makes for itself.

use crate::error::Error;
use crate::interact::{EpisodeSteps, Transition};
use crate::policy::QTable;
use crate::reward::RewardShaping;
use crate::state::{Identify, Identity, persist_fields};

/// A step as it was taken: with the probabilities that its action was drawn from, and with the reward that the learner got
/// for it. `12 + 4 A` bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ActedStep<const A: usize> {
    /// `s`.
    pub state: u16,
    /// `a`.
    pub action: u16,
    /// `r`, of the environment.
    pub reward: f32,
    /// What the rules have made of it.
    pub shaped: f32,
    /// `pi(.|s)` when `a` was drawn.
    pub probabilities: [f32; A],
}

impl<const A: usize> Default for ActedStep<A> {
    fn default() -> Self {
        Self { state: 0, action: 0, reward: 0.0, shaped: 0.0, probabilities: [0.0; A] }
    }
}

// In this order: `12 + 4 A` bytes.
persist_fields!([const A: usize] ActedStep<A> { state, action, reward, shaped, probabilities });

/// The numbers of [`SelfDesignedReward`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SelfDesignedParameters {
    /// Step size of `phi`, in `[0, 1]`.
    pub step_size: f32,
    /// Step size of `V`, in `[0, 1]`.
    pub value_step_size: f32,
    /// `gamma` of the original return, in `[0, 1]`.
    pub discount: f32,
    /// Keeps `phi` within this distance of 0, for learners of values; `None` for policy gradients.
    pub limit: Option<f32>,
}

impl SelfDesignedParameters {
    /// Those of the published code for policy gradients.
    pub const PUBLISHED: Self = Self { step_size: 0.01, value_step_size: 0.01, discount: 0.99, limit: None };
}

/// The self-designed reward of ExploRS (Devidze, Kamalaruban, Singla, NeurIPS 2022): adds `phi(s, a)`, which follows the
/// policy gradient of the original return. An update on a batch of episodes does for every step, with `G_t = r_t + gamma
/// G_{t+1}` of the original rewards and `w = pi(a_t|s_t) (G_t - V(s_t))`, `pi` as it was when acting: `phi(s_t, .) += step_size
/// w (onehot(a_t) - pi(.|s_t))`; afterwards `V(s) += value_step_size sum (G_t - V(s)) / steps of the batch`.
///
/// Memory: `4 S A + 8 S` bytes and 20. Cost of an update: `O(A)` a step of the batch; of shaping: `O(1)`.
///
/// ```
/// use habit::interact::EpisodeSteps;
/// use habit::reward::learned::{ActedStep, SelfDesignedParameters, SelfDesignedReward};
/// let mut reward = SelfDesignedReward::<1, 2>::EMPTY;
/// reward.start(SelfDesignedParameters::PUBLISHED)?;
/// let step = ActedStep { state: 0, action: 1, reward: 1.0, shaped: 1.0, probabilities: [0.3, 0.7] };
/// reward.update([EpisodeSteps::new(&[step])].into_iter())?;
/// let added = reward.table().row(0)?;
/// assert!((added[0] + 0.0021).abs() < 1e-7 && (added[1] - 0.0021).abs() < 1e-7);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SelfDesignedReward<const S: usize, const A: usize> {
    phi: QTable<S, A>,
    values: [f32; S],
    /// Scratch: the sum of `G_t - V(s)` of a batch.
    errors: [f32; S],
    parameters: SelfDesignedParameters,
}

const _: () = assert!(SelfDesignedReward::<21, 2>::SIZE == 4 * 21 * 2 + 8 * 21 + 20);

impl<const S: usize, const A: usize> SelfDesignedReward<S, A> {
    /// Adds nothing and learns nothing.
    pub const EMPTY: Self = Self {
        phi: QTable::EMPTY,
        values: [0.0; S],
        errors: [0.0; S],
        parameters: SelfDesignedParameters { step_size: 0.0, value_step_size: 0.0, discount: 0.0, limit: None },
    };

    /// Bytes: `4 S A + 8 S + 20`.
    pub const SIZE: usize = size_of::<Self>();

    /// Starts with `phi` and `V` at 0.
    ///
    /// # Errors
    /// [`Error::StepSizeOutOfRange`]; [`Error::DiscountOutOfRange`]; [`Error::ParameterOutOfRange`] unless the limit is
    /// positive.
    pub fn start(&mut self, parameters: SelfDesignedParameters) -> Result<(), Error> {
        let unit = 0.0..=1.0;
        if !(unit.contains(&parameters.step_size) && unit.contains(&parameters.value_step_size)) {
            return Err(Error::StepSizeOutOfRange);
        }
        if !unit.contains(&parameters.discount) {
            return Err(Error::DiscountOutOfRange);
        }
        if parameters.limit.is_some_and(|limit| limit.is_nan() || limit <= 0.0) {
            return Err(Error::ParameterOutOfRange);
        }
        self.phi.fill(0.0)?;
        (self.values, self.parameters) = ([0.0; S], parameters);
        Ok(())
    }

    /// `phi`.
    pub const fn table(&self) -> &QTable<S, A> {
        &self.phi
    }

    /// `V`, one number a state.
    pub const fn values(&self) -> &[f32; S] {
        &self.values
    }

    /// Learns from a batch of episodes; from none nothing.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`], [`Error::ActionOutOfRange`]; [`Error::NonFinite`] when a return or a probability is not
    /// finite. Nothing is changed then.
    pub fn update<'a>(
        &mut self,
        episodes: impl Iterator<Item = EpisodeSteps<'a, ActedStep<A>>> + Clone,
    ) -> Result<(), Error> {
        let SelfDesignedParameters { step_size, value_step_size, discount, limit } = self.parameters;
        let mut count = 0u32;
        for episode in episodes.clone() {
            let mut total = 0.0;
            for step in episode.iter().rev() {
                if usize::from(step.state) >= S {
                    return Err(Error::StateOutOfRange);
                }
                if usize::from(step.action) >= A {
                    return Err(Error::ActionOutOfRange);
                }
                total = step.reward + discount * total;
                // With a probability that is not a number the product is none either.
                let sum = step.probabilities.iter().fold(0.0, |sum, p| sum + p);
                if !(total * sum).is_finite() {
                    return Err(Error::NonFinite);
                }
                count = count.saturating_add(1);
            }
        }
        self.errors = [0.0; S];
        for episode in episodes {
            let mut total = 0.0;
            for step in episode.iter().rev() {
                total = step.reward + discount * total;
                let (state, action) = (usize::from(step.state), usize::from(step.action));
                let (Some(value), Some(error)) = (self.values.get(state), self.errors.get_mut(state)) else {
                    continue;
                };
                *error += total - value;
                let weight = step_size * step.probabilities.get(action).copied().unwrap_or(0.0) * (total - value);
                let row = self.phi.values_mut().iter_mut().skip(state * A);
                for (b, (phi, p)) in row.zip(&step.probabilities).enumerate() {
                    let chosen = if b == action { 1.0 } else { 0.0 };
                    *phi += weight * (chosen - p);
                }
            }
        }
        let rate = value_step_size / count.max(1) as f32;
        for (value, error) in self.values.iter_mut().zip(&self.errors) {
            *value += rate * error;
        }
        if let Some(limit) = limit {
            self.phi.values_mut().iter_mut().for_each(|phi| *phi = phi.max(-limit).min(limit));
        }
        Ok(())
    }
}

impl<const S: usize, const A: usize> RewardShaping for SelfDesignedReward<S, A> {
    const PRESERVES_OPTIMUM: bool = false;

    /// # Errors
    /// [`Error::StateOutOfRange`], [`Error::ActionOutOfRange`].
    #[inline]
    fn shape(&self, transition: &Transition, reward: f32, _discount: f32) -> Result<f32, Error> {
        Ok(reward + self.phi.value(transition.state, transition.action)?)
    }
}

// `phi` row by row, then `V`: `4 S A + 4 S` bytes.
persist_fields!([const S: usize, const A: usize] SelfDesignedReward<S, A> { phi, values });

/// `"self-designed-reward"`: states, actions.
impl<const S: usize, const A: usize> Identify for SelfDesignedReward<S, A> {
    fn identity(&self) -> Identity {
        Identity::new("self-designed-reward", Identity::PLAIN, [S, A, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Persist;

    type Reward = SelfDesignedReward<2, 2>;

    const STEP: ActedStep<2> = ActedStep { state: 0, action: 1, reward: 0.9, shaped: 5.0, probabilities: [0.3, 0.7] };
    const PARAMETERS: SelfDesignedParameters =
        SelfDesignedParameters { step_size: 1.0, value_step_size: 1.0, discount: 0.5, limit: None };

    fn started(parameters: SelfDesignedParameters) -> Reward {
        let mut reward = Reward::EMPTY;
        reward.start(parameters).unwrap();
        reward
    }

    fn close(found: &[f32], expected: &[f32]) {
        assert_eq!(found.len(), expected.len());
        found.iter().zip(expected).for_each(|(found, expected)| assert!((found - expected).abs() < 1e-6, "{found}"));
    }

    #[test]
    fn the_worked_example_comes_out() {
        let mut reward = started(PARAMETERS);
        reward.values = [0.1, 0.0];
        reward.update([EpisodeSteps::new(&[STEP])].into_iter()).unwrap();
        close(reward.table().values(), &[-0.168, 0.168, 0.0, 0.0]);
        close(reward.values(), &[0.9, 0.0]);
    }

    #[test]
    fn a_batch_sees_the_values_before_it() {
        // Returns 0.9 + 0.45 and 0.9 in the first episode, 0.9 in the second; three steps in all.
        let first = [STEP, ActedStep { state: 1, action: 0, ..STEP }];
        let mut reward = started(PARAMETERS);
        reward.update([EpisodeSteps::new(&first), EpisodeSteps::new(&[STEP])].into_iter()).unwrap();
        let w = [0.7 * 1.35, 0.7 * 0.9, 0.3 * 0.9];
        close(reward.table().values(), &[-0.3 * (w[0] + w[1]), 0.3 * (w[0] + w[1]), 0.7 * w[2], -0.7 * w[2]]);
        close(reward.values(), &[0.75, 0.3]);
    }

    #[test]
    fn a_limit_holds() {
        let mut reward = started(SelfDesignedParameters { limit: Some(0.01), ..PARAMETERS });
        reward.update([EpisodeSteps::new(&[STEP])].into_iter()).unwrap();
        assert_eq!(reward.table().values(), [-0.01, 0.01, 0.0, 0.0]);
    }

    #[test]
    fn bad_input_changes_nothing() {
        let mut reward = started(PARAMETERS);
        reward.update([EpisodeSteps::new(&[STEP])].into_iter()).unwrap();
        let digest = reward.digest();
        for (bad, error) in [
            (ActedStep { state: 2, ..STEP }, Error::StateOutOfRange),
            (ActedStep { action: 2, ..STEP }, Error::ActionOutOfRange),
            (ActedStep { reward: f32::INFINITY, ..STEP }, Error::NonFinite),
            (ActedStep { probabilities: [0.5, f32::NAN], ..STEP }, Error::NonFinite),
        ] {
            let episodes = [EpisodeSteps::new(&[STEP]), EpisodeSteps::new(core::slice::from_ref(&bad))];
            assert_eq!(reward.update(episodes.into_iter()), Err(error));
        }
        let overflow = [ActedStep { reward: f32::MAX, ..STEP }; 9];
        assert_eq!(reward.update([EpisodeSteps::new(&overflow)].into_iter()), Err(Error::NonFinite));
        let parameters = SelfDesignedParameters { step_size: 1.5, ..PARAMETERS };
        assert_eq!(reward.start(parameters), Err(Error::StepSizeOutOfRange));
        let parameters = SelfDesignedParameters { discount: -0.5, ..PARAMETERS };
        assert_eq!(reward.start(parameters), Err(Error::DiscountOutOfRange));
        let parameters = SelfDesignedParameters { limit: Some(0.0), ..PARAMETERS };
        assert_eq!(reward.start(parameters), Err(Error::ParameterOutOfRange));
        reward.update(core::iter::empty()).unwrap();
        assert_eq!(reward.digest(), digest);
    }
}
