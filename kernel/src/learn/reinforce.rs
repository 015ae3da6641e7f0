//! The policy gradient from whole episodes.

use super::adjusted::{adjustable, set_ascent};
use super::{Control, Suits};
use crate::discount::discounted;
use crate::env::{Env, Space};
use crate::error::Error;
use crate::interact::{EpisodeBuffer, Outcome, Sample, Transition};
use crate::linalg::{Const, all_finite};
use crate::policy::{Code, Features, StochasticPolicy};
use crate::rng::Rng;
use crate::schedule::StepSized;
use crate::state::{Identify, Identity, Persist, persist_fields};

/// The numbers of [`Reinforce`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReinforceParameters {
    /// `alpha`, of the policy: positive.
    pub step_size: f32,
    /// `alpha_w`, of the baseline; 0 for none.
    pub baseline_step_size: f32,
    /// `gamma`, in `[0, 1]`.
    pub discount: f32,
    /// Whether step `t` counts `gamma^t`, as the theorem has it; the usual practice leaves that out.
    pub discounted_start: bool,
}

discounted!([] ReinforceParameters { discount });

/// The policy's.
impl StepSized for ReinforceParameters {
    fn step_size(&self) -> f32 {
        self.step_size
    }

    fn set_step_size(&mut self, step_size: f32) -> Result<(), Error> {
        set_ascent(&mut self.step_size, step_size)
    }
}

/// REINFORCE (Sutton & Barto, section 13.3), with a baseline that is linear in the same features (section 13.4): after an
/// episode, for every step in turn, `theta += alpha gamma^t d grad log pi(a_t|s_t)`, `d = G_t - v(s_t)`, `v`'s weights `w +=
/// alpha_w d phi`. A truncated episode counts what the baseline says of the state it was cut in.
///
/// Memory: the policy, the features, `4 F` bytes, `N` samples of a code, an action and a reward, and 40 or less. Cost:
/// `O(1)` a step; one gradient a step when an episode ends.
#[derive(Clone, Debug)]
pub struct Reinforce<P: StochasticPolicy, X: Features<Size = Const<F>>, const F: usize, const N: usize> {
    policy: P,
    features: Option<X>,
    baseline: [f32; F],
    episode: EpisodeBuffer<X::Code, P::Action, N>,
    parameters: ReinforceParameters,
}

impl<P, X, const F: usize, const N: usize> Reinforce<P, X, F, N>
where
    P: StochasticPolicy<Size = Const<F>>,
    X: Features<Size = Const<F>>,
{
    /// Around a policy; not started.
    pub const fn new(policy: P) -> Self {
        let parameters =
            ReinforceParameters { step_size: 0.0, baseline_step_size: 0.0, discount: 0.0, discounted_start: true };
        Self { policy, features: None, baseline: [0.0; F], episode: EpisodeBuffer::EMPTY, parameters }
    }

    /// Bytes: those of the policy and the features, `4 F`, `N` samples, and 40 or less.
    pub const SIZE: usize = size_of::<Self>();

    /// Starts with the policy as it is and a baseline of 0.
    ///
    /// # Errors
    /// [`Error::StepSizeOutOfRange`], [`Error::DiscountOutOfRange`].
    pub fn start(&mut self, features: X, parameters: ReinforceParameters) -> Result<(), Error> {
        let ReinforceParameters { step_size, baseline_step_size, discount, .. } = parameters;
        let fits = step_size > 0.0 && step_size.is_finite() && baseline_step_size >= 0.0;
        if !(fits && baseline_step_size.is_finite()) {
            return Err(Error::StepSizeOutOfRange);
        }
        if !(0.0..=1.0).contains(&discount) {
            return Err(Error::DiscountOutOfRange);
        }
        (self.features, self.parameters, self.baseline) = (Some(features), parameters, [0.0; F]);
        self.episode.clear();
        Ok(())
    }

    /// The policy.
    pub const fn policy(&self) -> &P {
        &self.policy
    }

    /// The policy, to be set before an episode.
    pub const fn policy_mut(&mut self) -> &mut P {
        &mut self.policy
    }

    /// The weights of the baseline.
    pub const fn baseline(&self) -> &[f32; F] {
        &self.baseline
    }

    fn encode(&self, state: X::Observation) -> Result<X::Code, Error> {
        self.features.as_ref().ok_or(Error::NotStarted)?.encode(state)
    }

    /// Learns from the episode in the buffer, whose return after its last step is `last`.
    fn finish(&mut self, last: f32) -> Result<f32, Error> {
        let ReinforceParameters { step_size, baseline_step_size, discount, discounted_start } = self.parameters;
        let mut total = last;
        for sample in self.episode.samples_mut().iter_mut().rev() {
            total = sample.reward + discount * total;
            sample.reward = total;
        }
        let mut weight = step_size;
        let mut first = 0.0;
        for (t, sample) in self.episode.samples().iter().enumerate() {
            let difference = sample.reward - sample.observation.dot(&self.baseline);
            if t == 0 {
                first = difference;
            }
            self.policy.step(&sample.observation, sample.action, weight * difference)?;
            sample.observation.add_to(baseline_step_size * difference, &mut self.baseline);
            if discounted_start {
                weight *= discount;
            }
        }
        Ok(first)
    }
}

impl<P, X, const F: usize, const N: usize> Control for Reinforce<P, X, F, N>
where
    P: StochasticPolicy<Size = Const<F>>,
    X: Features<Size = Const<F>>,
{
    type Observation = X::Observation;
    type Action = P::Action;

    fn act(&mut self, state: X::Observation, rng: &mut (impl Rng + ?Sized)) -> Result<P::Action, Error> {
        let code = self.encode(state)?;
        self.policy.act(&code, rng)
    }

    /// Returns the difference of the first step's return and the baseline when the episode is over. When rewards as large as
    /// that lead to weights that are not finite, the episode is forgotten from the step on that did.
    fn learn(
        &mut self,
        transition: &Transition<X::Observation, P::Action>,
        _rng: &mut (impl Rng + ?Sized),
    ) -> Result<f32, Error> {
        let code = self.encode(transition.state)?;
        if !transition.reward.is_finite() {
            return Err(Error::NonFinite);
        }
        let last = match transition.outcome {
            Outcome::Truncated => self.encode(transition.next_state)?.dot(&self.baseline),
            _ => 0.0,
        };
        self.policy.log_probability(&code, transition.action)?;
        self.episode.push(Sample { observation: code, action: transition.action, reward: transition.reward })?;
        if !transition.outcome.is_over() {
            return Ok(0.0);
        }
        let before = self.baseline;
        let learned = self.finish(last);
        self.episode.clear();
        if !all_finite(&self.baseline) {
            self.baseline = before;
            return Err(Error::NonFinite);
        }
        learned
    }
}

adjustable!([P: StochasticPolicy, X: Features<Size = Const<F>>, const F: usize, const N: usize]
    Reinforce<P, X, F, N> { parameters });

impl<P, X, V, const F: usize, const N: usize> Suits<V> for Reinforce<P, X, F, N>
where
    P: StochasticPolicy,
    X: Features<Size = Const<F>>,
    V: Env,
    V::ObservationSpace: Space<Element = X::Observation>,
    V::ActionSpace: Space<Element = P::Action>,
{
}

// The policy, then the baseline's weights; between episodes that is all.
persist_fields!(
    [P: StochasticPolicy + Persist, X: Features<Size = Const<F>>, const F: usize, const N: usize]
    Reinforce<P, X, F, N> { policy, baseline }
);

/// `"reinforce"` around the policy.
impl<P, X, const F: usize, const N: usize> Identify for Reinforce<P, X, F, N>
where
    P: StochasticPolicy + Identify,
    X: Features<Size = Const<F>>,
{
    fn identity(&self) -> Identity {
        Identity::around("reinforce", self.policy.identity())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::SoftmaxPolicy;
    use crate::policy::features::OneHot;
    use crate::rng::stream;

    type Agent = Reinforce<SoftmaxPolicy<2, 2>, OneHot<2>, 2, 4>;

    const PARAMETERS: ReinforceParameters =
        ReinforceParameters { step_size: 0.5, baseline_step_size: 0.25, discount: 0.5, discounted_start: true };

    fn step(state: usize, action: usize, reward: f32, outcome: Outcome) -> Transition {
        Transition { state, action, reward, next_state: 1, outcome }
    }

    #[test]
    fn an_episode_by_hand() {
        let (mut agent, mut rng) = (Agent::new(SoftmaxPolicy::EMPTY), stream(0, 0));
        agent.start(OneHot, PARAMETERS).unwrap();
        agent.learn(&step(0, 0, 1.0, Outcome::Continue), &mut rng).unwrap();
        assert_eq!(agent.policy().parameters(), [0.0; 4]);
        assert_eq!(agent.learn(&step(1, 1, 4.0, Outcome::Terminated), &mut rng), Ok(3.0));
        // G = (3, 4); step 0: .5 * 3 * (.5, -.5) on state 0; step 1: .5 * .5 * 4 * (-.5, .5) on state 1.
        assert_eq!(agent.policy().parameters(), [0.75, -0.5, -0.75, 0.5]);
        assert_eq!(agent.baseline(), &[0.75, 1.0]);
        // Cut in state 1, which the baseline holds to be worth 1.
        assert_eq!(agent.learn(&step(0, 0, 1.0, Outcome::Truncated), &mut rng), Ok(0.75));
    }

    #[test]
    fn bad_input_changes_nothing() {
        let (mut agent, mut rng) = (Agent::new(SoftmaxPolicy::EMPTY), stream(0, 0));
        assert_eq!(agent.act(0, &mut rng), Err(Error::NotStarted));
        agent.start(OneHot, PARAMETERS).unwrap();
        assert_eq!(agent.learn(&step(0, 2, 0.0, Outcome::Terminated), &mut rng), Err(Error::ActionOutOfRange));
        assert_eq!(agent.learn(&step(0, 0, f32::NAN, Outcome::Terminated), &mut rng), Err(Error::NonFinite));
        for _ in 0..4 {
            agent.learn(&step(0, 0, 1.0, Outcome::Continue), &mut rng).unwrap();
        }
        assert_eq!(agent.learn(&step(0, 0, 1.0, Outcome::Terminated), &mut rng), Err(Error::EpisodeTooLong));
        assert_eq!(agent.policy().parameters(), [0.0; 4]);
        let bad = ReinforceParameters { step_size: 0.0, ..PARAMETERS };
        assert_eq!(agent.start(OneHot, bad), Err(Error::StepSizeOutOfRange));
        let bad = ReinforceParameters { discount: 2.0, ..PARAMETERS };
        assert_eq!(agent.start(OneHot, bad), Err(Error::DiscountOutOfRange));
    }
}
