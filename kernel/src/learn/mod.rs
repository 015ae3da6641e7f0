//! Learning from transitions.
//!
//! | learner | source (Sutton & Barto, 2nd ed.) |
//! |---|---|
//! | [`QLearning`], [`Sarsa`], [`ExpectedSarsa`] | sections 6.4 to 6.6; one type, [`TdControl`], with another [`Target`] inside |
//! | [`FixedQLearning`], [`FixedSarsa`], [`FixedExpectedSarsa`] | the same type over integers with a scale |
//! | [`DoubleQLearning`] | section 6.7; van Hasselt (2010) |
//! | [`Advised`] | Q-learning with look-ahead advice; Wiewiora, Cottrell, Elkan (2003) |
//! | [`MonteCarlo`] | section 5.4, every visit, constant step size |
//! | [`NStepSarsa`], [`NStepTd`] | sections 7.1, 7.2, 9.4 and 10.2 |
//! | [`TdLambda`], [`TrueOnlineTdLambda`] | sections 12.2 and 12.5 |
//! | [`SarsaLambda`], [`QLambda`] | sections 10.1 and 12.7; one type, [`LambdaControl`], with another [`Target`] inside |
//! | [`GradientTd`] | GTD2 and TDC; section 11.7 |
//! | [`Lstd`] | section 9.8 |
//! | [`Reinforce`] | sections 13.3 and 13.4 |
//! | [`ActorCritic`], [`NaturalActorCritic`] | section 13.5; Bhatnagar et al. (2009) |
//! | [`policy_gradient_step`] | a step on a batch with a [`Surrogate`]: [`ScoreFunction`], [`PpoClip`] (Schulman et al. 2017) |
//! | [`RegressionPolicyUpdate`], [`AdvantageWeighting`] | surrogates of the same step: Wang et al. (2026); AWR (Peng et al. 2019) |
//! | [`SoftAdvantageFitting`], [`behavioral_cloning_step`] | imitation: Barde et al. (2020), and its baseline |
//! | [`DynaQ`], [`PrioritizedSweeping`] | sections 8.2 and 8.4, over a learned [`Experience`] |
//!
//! | piece | what it is |
//! |---|---|
//! | [`Control`], [`Prediction`] | a learner that acts, one that judges |
//! | [`Traces`]: [`DenseTraces`], [`SparseTraces`] | eligibility traces |
//! | [`Shaped`] | a learner behind rules that change its rewards |
//! | [`Adjusted`], [`Adjustment`]: [`DiscountBy`], [`StepSizeBy`] | a learner whose discount and step size follow schedules |
//! | [`Suits`], [`run_episode`], [`run_step`] | an environment and a learner whose sizes fit, and an episode of the two |

mod actor_critic;
mod adjusted;
mod advised;
mod behavioral_cloning;
mod committed;
mod double_q;
mod dyna_q;
mod expected_sarsa;
mod experience;
mod gradient_td;
mod linear;
mod lstd;
mod monte_carlo;
mod n_step;
mod policy_gradient;
mod policy_regression;
mod prioritized_sweeping;
mod q_learning;
mod reinforce;
mod sarsa;
mod sarsa_lambda;
mod shaped;
mod soft_advantage_fitting;
mod tabular;
mod td_control;
mod td_lambda;
mod traces;

pub use actor_critic::{ActorCritic, ActorCriticParameters, NaturalActorCritic};
pub use adjusted::{Adjusted, Adjustment, DiscountBy, Pace, StepSizeBy};
pub use advised::{Advised, AdvisedState};
pub use behavioral_cloning::behavioral_cloning_step;
pub use double_q::{DoubleQLearning, DoubleQState};
pub use dyna_q::DynaQ;
pub use expected_sarsa::{ExpectedSarsa, ExpectedSarsaTarget, FixedExpectedSarsa};
pub use experience::Experience;
pub use gradient_td::{GradientTd, GradientTdRule, Gtd2, Tdc};
pub use lstd::Lstd;
pub use monte_carlo::MonteCarlo;
pub use n_step::{NStepSarsa, NStepTd};
pub use policy_gradient::{PolicyBatch, PolicyStep, PpoClip, ScoreFunction, Surrogate, policy_gradient_step};
pub use policy_regression::{AdvantageWeighting, RegressionPolicyUpdate};
pub use prioritized_sweeping::PrioritizedSweeping;
pub use q_learning::{FixedQLearning, QLearning, QLearningTarget};
pub use reinforce::{Reinforce, ReinforceParameters};
pub use sarsa::{FixedSarsa, Sarsa, SarsaTarget};
pub use sarsa_lambda::{DenseLambdaControl, LambdaControl, QLambda, SarsaLambda};
pub use shaped::Shaped;
pub use soft_advantage_fitting::{SoftAdvantageFitting, SoftAdvantageFittingState};
pub use td_control::{Target, TdControl};
pub use td_lambda::{TdLambda, TdLambdaState, TrueOnlineTdLambda};
pub use traces::{DenseTraces, SparseTraces, TraceKind, Traces};

use crate::discount::Discounted;
use crate::env::{Action, Env, Observation};
use crate::error::Error;
use crate::interact::{Element, Outcome, Transition};
use crate::math::Share;
use crate::rng::Rng;
use crate::schedule::StepSized;

/// Step size and discount; of a learner with fixed-point values as they are multiplied by them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TdParameters<R = f32> {
    /// `alpha`, in `(0, 1]`.
    pub step_size: R,
    /// `gamma`, in `[0, 1]`.
    pub discount: R,
}

impl<R: Share> TdParameters<R> {
    /// Of a learner that has not been started.
    const ZERO: Self = Self { step_size: R::ZERO, discount: R::ZERO };

    /// The nearest ones.
    ///
    /// # Errors
    /// [`Error::StepSizeOutOfRange`], also when it would become 0; [`Error::DiscountOutOfRange`].
    fn checked(parameters: TdParameters) -> Result<Self, Error> {
        let step_size = R::from_f32(parameters.step_size).map_err(|_| Error::StepSizeOutOfRange)?;
        if step_size == R::ZERO {
            return Err(Error::StepSizeOutOfRange);
        }
        let discount = R::from_f32(parameters.discount).map_err(|_| Error::DiscountOutOfRange)?;
        Ok(Self { step_size, discount })
    }

    /// As numbers.
    fn to_f32(self) -> TdParameters {
        TdParameters { step_size: self.step_size.to_f32(), discount: self.discount.to_f32() }
    }
}

impl TdParameters {
    /// # Errors
    /// [`Error::StepSizeOutOfRange`], [`Error::DiscountOutOfRange`].
    fn check(&self) -> Result<(), Error> {
        Self::checked(*self).map(|_| ())
    }
}

impl<R: Share> Discounted for TdParameters<R> {
    #[inline]
    fn discount(&self) -> f32 {
        self.discount.to_f32()
    }

    #[inline]
    fn set_discount(&mut self, discount: f32) -> Result<(), Error> {
        self.discount = R::from_f32(discount).map_err(|_| Error::DiscountOutOfRange)?;
        Ok(())
    }
}

impl<R: Share> StepSized for TdParameters<R> {
    #[inline]
    fn step_size(&self) -> f32 {
        self.step_size.to_f32()
    }

    #[inline]
    fn set_step_size(&mut self, step_size: f32) -> Result<(), Error> {
        self.step_size = R::from_f32(step_size).map_err(|_| Error::StepSizeOutOfRange)?;
        Ok(())
    }
}

/// A learner that acts.
///
/// One step of the loop: [`act`](Self::act) in the state, step the environment, [`learn`](Self::learn) from the
/// transition.
pub trait Control {
    /// What it sees of a state.
    type Observation: Element;

    /// What it does.
    type Action: Element;

    /// The action to take in `state`.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`], [`Error::NonFinite`]: what is no observation.
    fn act(&mut self, state: Self::Observation, rng: &mut (impl Rng + ?Sized)) -> Result<Self::Action, Error>;

    /// Learns from a transition and returns the error of what was believed, 0 where nothing was learned yet. Call it for
    /// every step, the last of an episode included.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`], [`Error::ActionOutOfRange`]; [`Error::NonFinite`] when the reward or what it would lead
    /// to is not finite; [`Error::EpisodeTooLong`] from a learner that keeps the episode. The learned state is unchanged
    /// then.
    fn learn(
        &mut self,
        transition: &Transition<Self::Observation, Self::Action>,
        rng: &mut (impl Rng + ?Sized),
    ) -> Result<f32, Error>;
}

/// A learner that judges states under a policy that is not its own.
pub trait Prediction {
    /// What it sees of a state.
    type Observation: Element;

    /// What a state is worth.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`], [`Error::NonFinite`]: what is no observation.
    fn value(&self, state: Self::Observation) -> Result<f32, Error>;

    /// Learns from a transition and returns the temporal-difference error, 0 where nothing was learned yet. Call it for
    /// every step, the last of an episode included.
    ///
    /// # Errors
    /// As [`value`](Self::value); [`Error::NonFinite`] when the reward or what it would lead to is not finite. The learned
    /// state is unchanged then.
    fn learn(&mut self, transition: &Transition<Self::Observation, ()>) -> Result<f32, Error>;
}

/// A learner whose sizes are those of the environment, as far as the compiler knows them.
///
/// ```
/// use habit::env::{CartPole, Env, Pendulum};
/// use habit::learn::{ActorCritic, Control, SarsaLambda, Suits};
/// use habit::policy::features::{Raw, TileCoding};
/// use habit::policy::{GaussianPolicy, SoftmaxPolicy};
/// fn fits<V: Env, C: Control + Suits<V>>() {}
/// fits::<CartPole, SarsaLambda<TileCoding<4, 2, 8, 648>, 2, 648>>();
/// fits::<CartPole, ActorCritic<SoftmaxPolicy<2, 5>, Raw<4, 5>, [[f32; 5]; 2], 5>>();
/// fits::<Pendulum, ActorCritic<GaussianPolicy<4>, Raw<3, 4>, [[f32; 4]; 2], 4>>();
/// ```
///
/// What does not fit does not compile: features of other observations,
///
/// ```compile_fail,E0271
/// # use habit::{env::{CartPole, Env}, learn::{Control, SarsaLambda, Suits}, policy::features::TileCoding};
/// # fn fits<V: Env, C: Control + Suits<V>>() {}
/// fits::<CartPole, SarsaLambda<TileCoding<2, 8, 8, 648>, 2, 648>>();
/// ```
///
/// another number of actions,
///
/// ```compile_fail,E0277
/// # use habit::{env::{CartPole, Env}, learn::{Control, SarsaLambda, Suits}, policy::features::TileCoding};
/// # fn fits<V: Env, C: Control + Suits<V>>() {}
/// fits::<CartPole, SarsaLambda<TileCoding<4, 2, 8, 648>, 3, 648>>();
/// ```
///
/// actions of another kind,
///
/// ```compile_fail,E0271
/// # use habit::{env::{Env, Pendulum}, learn::{ActorCritic, Control, Suits}, policy::{SoftmaxPolicy, features::Raw}};
/// # fn fits<V: Env, C: Control + Suits<V>>() {}
/// fits::<Pendulum, ActorCritic<SoftmaxPolicy<2, 4>, Raw<3, 4>, [[f32; 4]; 2], 4>>();
/// ```
///
/// or a policy over more features than there are.
///
/// ```compile_fail,E0271
/// # use habit::{env::{CartPole, Env}, learn::{ActorCritic, Control, Suits}, policy::{SoftmaxPolicy, features::Raw}};
/// # fn fits<V: Env, C: Control + Suits<V>>() {}
/// fits::<CartPole, ActorCritic<SoftmaxPolicy<2, 6>, Raw<4, 5>, [[f32; 5]; 2], 5>>();
/// ```
pub trait Suits<V: Env> {}

/// What an episode brought.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Episode {
    /// The sum of the rewards, undiscounted.
    pub reward: f32,
    /// The number of steps.
    pub length: u32,
    /// How it ended.
    pub outcome: Outcome,
}

impl Episode {
    /// Before the first step.
    pub const START: Self = Self { reward: 0.0, length: 0, outcome: Outcome::Continue };
}

/// One step of an episode of at most `limit` steps, the last of which is truncated: acts in `state`, steps the environment,
/// learns, and leaves the next state in `state`.
///
/// # Errors
/// What the environment and the learner say.
#[inline]
pub fn run_step<V, C>(
    env: &mut V,
    agent: &mut C,
    state: &mut Observation<V>,
    episode: &mut Episode,
    limit: u32,
    env_rng: &mut (impl Rng + ?Sized),
    agent_rng: &mut (impl Rng + ?Sized),
) -> Result<(), Error>
where
    V: Env,
    C: Control<Observation = Observation<V>, Action = Action<V>> + Suits<V>,
{
    let action = agent.act(*state, agent_rng)?;
    let step = env.step(action, env_rng)?;
    episode.length += 1;
    episode.reward += step.reward;
    let cut = step.outcome == Outcome::Continue && episode.length >= limit;
    episode.outcome = if cut { Outcome::Truncated } else { step.outcome };
    let (reward, next_state, outcome) = (step.reward, step.observation, episode.outcome);
    agent.learn(&Transition { state: *state, action, reward, next_state, outcome }, agent_rng)?;
    *state = next_state;
    Ok(())
}

/// Runs one episode, of at most `limit` steps: the last of those is truncated. The environment and the learner have
/// generators of their own, so that learners meet the same world whatever they draw.
///
/// # Errors
/// What the environment and the learner say.
pub fn run_episode<V, C>(
    env: &mut V,
    agent: &mut C,
    limit: u32,
    env_rng: &mut (impl Rng + ?Sized),
    agent_rng: &mut (impl Rng + ?Sized),
) -> Result<Episode, Error>
where
    V: Env,
    C: Control<Observation = Observation<V>, Action = Action<V>> + Suits<V>,
{
    let (mut episode, mut state) = (Episode::START, env.reset(env_rng));
    while !episode.outcome.is_over() {
        run_step(env, agent, &mut state, &mut episode, limit, env_rng, agent_rng)?;
    }
    Ok(episode)
}

#[cfg(test)]
mod tests;
