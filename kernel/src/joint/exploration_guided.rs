//! A bonus to explore, a self-designed reward to exploit, and the policy that both teach.

use crate::env::{Env, Space};
use crate::error::Error;
use crate::interact::{EpisodeRing, Transition};
use crate::learn::{Control, Suits};
use crate::math::{Libm, Math};
use crate::policy::features::{Features, OneHot};
use crate::policy::{SoftmaxPolicy, StochasticPolicy};
use crate::reward::RewardShaping;
use crate::reward::learned::{ActedStep, SelfDesignedParameters, SelfDesignedReward};
use crate::reward::shaping::{BoundedRoot, CountBonus};
use crate::rng::Rng;
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// The numbers of [`ExplorationGuided`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExplorationGuidedParameters {
    /// Of the policy, in `(0, 1]`.
    pub step_size: f32,
    /// The self-designed reward, whose discount is the learner's too; step sizes of 0 for none.
    pub designed: SelfDesignedParameters,
    /// How the bonus falls; `None` for none.
    pub bonus: Option<BoundedRoot>,
    /// The most steps of an episode: at least 1.
    pub horizon: u16,
}

/// ExploRS (Devidze, Kamalaruban, Singla, NeurIPS 2022): the learner gets `r + phi(s, a) + b(s')`, of a [`CountBonus`] by
/// [`BoundedRoot`] and a [`SelfDesignedReward`] that follows the original return. Every 5 episodes the reward learns from the
/// newest 10; every 2 the policy, a softmax over `S` states and `A` actions, by REINFORCE without a baseline from the newest 5:
/// `theta += step_size sum G_t (onehot(a_t) - pi) / steps`, with the rewards and the probabilities of when they were taken.
/// Where both are due, the reward learns first.
///
/// The bonus is read before the departure is counted. The chain `(SelfDesignedReward, CountBonus)` gives the same reward to any
/// other learner.
///
/// Memory: `8 S A + 4 A + 10 S + (12 + 4 A) L` bytes and at most 192; at most 10 episodes are kept, of `L` steps in all. Cost:
/// `O(A)` a step; `O(A)` for each step kept when something is due.
///
/// ```
/// use habit::joint::{ExplorationGuided, ExplorationGuidedParameters};
/// use habit::learn::Control;
/// use habit::reward::learned::SelfDesignedParameters;
/// use habit::reward::shaping::BoundedRoot;
/// use habit::rng::stream;
/// let mut agent = ExplorationGuided::<21, 2, 160>::EMPTY;
/// agent.start(ExplorationGuidedParameters {
///     step_size: 0.1,
///     designed: SelfDesignedParameters::PUBLISHED,
///     bonus: Some(BoundedRoot::new(1.0, 1.0)?),
///     horizon: 16,
/// })?;
/// assert!(agent.act(12, &mut stream(0, 1))? < 2);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ExplorationGuided<const S: usize, const A: usize, const L: usize> {
    policy: SoftmaxPolicy<A, S>,
    designed: SelfDesignedReward<S, A>,
    bonus: Option<CountBonus<BoundedRoot, [u16; S]>>,
    episodes: EpisodeRing<ActedStep<A>, 10, L>,
    /// Episodes so far.
    count: u32,
    /// The discounted original return of the last one.
    original: f32,
    step_size: f32,
    discount: f32,
    horizon: u16,
}

const _: () = {
    let size = size_of::<ExplorationGuided<21, 2, 160>>();
    let stated = 8 * 21 * 2 + 4 * 2 + 10 * 21 + (12 + 4 * 2) * 160;
    assert!(size >= stated && size <= stated + 192);
};

impl<const S: usize, const A: usize, const L: usize> ExplorationGuided<S, A, L> {
    /// After how many episodes the reward learns.
    pub const REWARD_EVERY: u32 = 5;
    /// From how many.
    pub const REWARD_BATCH: usize = 10;
    /// After how many episodes the policy learns.
    pub const POLICY_EVERY: u32 = 2;
    /// From how many.
    pub const POLICY_BATCH: usize = 5;

    /// Not started.
    pub const EMPTY: Self = {
        assert!(S <= 65_536 && A <= 65_536, "a state and an action are kept in 16 bits each");
        Self {
            policy: SoftmaxPolicy::EMPTY,
            designed: SelfDesignedReward::EMPTY,
            bonus: None,
            episodes: EpisodeRing::EMPTY,
            count: 0,
            original: 0.0,
            step_size: 0.0,
            discount: 0.0,
            horizon: 0,
        }
    };

    /// Starts with every action alike, nothing designed and nothing visited.
    ///
    /// # Errors
    /// [`Error::EmptyRange`] without an action; [`Error::StepSizeOutOfRange`], [`Error::DiscountOutOfRange`],
    /// [`Error::ParameterOutOfRange`]; [`Error::BufferTooSmall`] when 10 episodes of `horizon` steps have no room.
    pub fn start(&mut self, parameters: ExplorationGuidedParameters) -> Result<(), Error> {
        let ExplorationGuidedParameters { step_size, designed, bonus, horizon } = parameters;
        if A == 0 {
            return Err(Error::EmptyRange);
        }
        if !(step_size > 0.0 && step_size <= 1.0) {
            return Err(Error::StepSizeOutOfRange);
        }
        if horizon == 0 {
            return Err(Error::ParameterOutOfRange);
        }
        if L < Self::REWARD_BATCH.saturating_mul(usize::from(horizon)) {
            return Err(Error::BufferTooSmall);
        }
        self.designed.start(designed)?;
        self.policy.clear();
        self.bonus = bonus.map(|rule| CountBonus::new(rule, [0; S]));
        self.episodes.clear();
        (self.count, self.original) = (0, 0.0);
        (self.step_size, self.discount, self.horizon) = (step_size, designed.discount, horizon);
        Ok(())
    }

    /// The policy.
    pub const fn policy(&self) -> &SoftmaxPolicy<A, S> {
        &self.policy
    }

    /// The self-designed reward.
    pub const fn designed(&self) -> &SelfDesignedReward<S, A> {
        &self.designed
    }

    /// The episodes that are kept.
    pub const fn episodes(&self) -> &EpisodeRing<ActedStep<A>, 10, L> {
        &self.episodes
    }

    /// The discounted original return of the last episode; 0 before the first.
    pub const fn original_return(&self) -> f32 {
        self.original
    }

    /// Forgets the episode that is going on: one that is never finished, say.
    pub fn give_up_episode(&mut self) {
        self.episodes.give_up();
    }

    /// The discounted sums of the original and of the shaped rewards of the episode that is going on.
    fn returns(&self) -> (f32, f32) {
        self.episodes.present().iter().rev().fold((0.0, 0.0), |(original, shaped), step| {
            (step.reward + self.discount * original, step.shaped + self.discount * shaped)
        })
    }

    /// What is due after an episode.
    fn after_episode(&mut self) -> Result<(), Error> {
        self.count = self.count.saturating_add(1);
        if self.count.is_multiple_of(Self::REWARD_EVERY) {
            self.designed.update(self.episodes.newest(Self::REWARD_BATCH))?;
        }
        if self.count.is_multiple_of(Self::POLICY_EVERY) {
            self.improve()?;
        }
        Ok(())
    }

    /// A step of the policy on the newest episodes.
    fn improve(&mut self) -> Result<(), Error> {
        let Self { policy, episodes, step_size, discount, .. } = self;
        let newest = episodes.newest(Self::POLICY_BATCH);
        let steps = newest.clone().fold(0, |sum, episode| sum + episode.len());
        let rate = *step_size / steps.max(1) as f32;
        for episode in newest {
            let mut total = 0.0;
            for step in episode.iter().rev() {
                total = step.shaped + *discount * total;
                let code = OneHot::<S>.encode(usize::from(step.state))?;
                policy.step_as_drawn(&code, &step.probabilities, usize::from(step.action), rate * total)?;
            }
        }
        Ok(())
    }
}

impl<const S: usize, const A: usize, const L: usize> Control for ExplorationGuided<S, A, L> {
    type Observation = usize;
    type Action = usize;

    fn act(&mut self, state: usize, rng: &mut (impl Rng + ?Sized)) -> Result<usize, Error> {
        if self.horizon == 0 {
            return Err(Error::NotStarted);
        }
        self.policy.act(&OneHot::<S>.encode(state)?, rng)
    }

    /// Returns 0. An episode whose return is not finite is forgotten when it ends, with [`Error::NonFinite`].
    fn learn(&mut self, transition: &Transition, _rng: &mut (impl Rng + ?Sized)) -> Result<f32, Error> {
        if self.horizon == 0 {
            return Err(Error::NotStarted);
        }
        let code = OneHot::<S>.encode(transition.state)?;
        let given = self.designed.shape(transition, transition.reward, self.discount)?;
        let shaped = match &self.bonus {
            Some(bonus) => bonus.shape(transition, given, self.discount)?,
            None => given,
        };
        if !(transition.reward.is_finite() && shaped.is_finite()) {
            return Err(Error::NonFinite);
        }
        if self.episodes.going_on() >= usize::from(self.horizon) {
            return Err(Error::EpisodeTooLong);
        }
        let mut step = ActedStep {
            state: transition.state as u16,
            action: transition.action as u16,
            reward: transition.reward,
            shaped,
            probabilities: [0.0; A],
        };
        let drawn_from = self.policy.distribution(&code)?;
        step.probabilities.iter_mut().zip(drawn_from).for_each(|(kept, p)| *kept = *p);
        self.episodes.push(step)?;
        if let Some(bonus) = &mut self.bonus {
            bonus.note(transition, given, self.discount);
        }
        if transition.outcome.is_over() {
            let (original, shaped) = self.returns();
            if !(original.is_finite() && shaped.is_finite()) {
                self.episodes.give_up();
                return Err(Error::NonFinite);
            }
            self.episodes.close()?;
            self.original = original;
            self.after_episode()?;
        }
        Ok(0.0)
    }
}

impl<V, const S: usize, const A: usize, const L: usize> Suits<V> for ExplorationGuided<S, A, L>
where
    V: Env,
    V::ObservationSpace: Space<Element = usize>,
    V::ActionSpace: Space<Element = usize>,
{
}

/// The policy, the self-designed reward, the counts of the bonus where there is one, episodes so far as `u32`, the return of
/// the last, the episodes kept.
impl<const S: usize, const A: usize, const L: usize> Persist for ExplorationGuided<S, A, L> {
    fn write(&self, out: &mut impl Write) {
        self.policy.write(out);
        self.designed.write(out);
        if let Some(bonus) = &self.bonus {
            bonus.write(out);
        }
        self.count.write(out);
        self.original.write(out);
        self.episodes.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.policy.check(from)?;
        self.designed.check(from)?;
        if let Some(bonus) = &self.bonus {
            bonus.check(from)?;
        }
        self.count.check(from)?;
        self.original.check(from)?;
        let fits = |step: &ActedStep<A>| usize::from(step.state) < S && usize::from(step.action) < A;
        EpisodeRing::<ActedStep<A>, 10, L>::check_that(from, fits)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.policy.read(from)?;
        self.designed.read(from)?;
        if let Some(bonus) = &mut self.bonus {
            bonus.read(from)?;
        }
        self.count.read(from)?;
        self.original.read(from)?;
        self.episodes.read(from)
    }
}

/// `"exploration-guided"`: states, actions, 1 with a bonus.
impl<const S: usize, const A: usize, const L: usize> Identify for ExplorationGuided<S, A, L> {
    fn identity(&self) -> Identity {
        Identity::new("exploration-guided", Libm::NUMERICS, [S, A, usize::from(self.bonus.is_some())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interact::Outcome;
    use crate::rng::{Generator, stream};

    type Agent = ExplorationGuided<3, 2, 20>;

    fn parameters() -> ExplorationGuidedParameters {
        ExplorationGuidedParameters {
            step_size: 1.0,
            designed: SelfDesignedParameters { step_size: 0.5, discount: 0.5, ..SelfDesignedParameters::PUBLISHED },
            bonus: Some(BoundedRoot::new(1.0, 1.0).unwrap()),
            horizon: 2,
        }
    }

    fn started(parameters: ExplorationGuidedParameters) -> (Agent, Generator) {
        let mut agent = Agent::EMPTY;
        agent.start(parameters).unwrap();
        (agent, stream(0, 1))
    }

    fn step(state: usize, action: usize, reward: f32, outcome: Outcome) -> Transition {
        Transition { state, action, reward, next_state: state + 1, outcome }
    }

    #[test]
    fn the_bonus_is_read_before_the_departure_counts_and_never_at_the_end() {
        let (mut agent, mut rng) = started(parameters());
        for _ in 0..2 {
            agent.learn(&step(0, 1, 0.0, Outcome::Continue), &mut rng).unwrap();
            agent.learn(&step(1, 1, 1.0, Outcome::Truncated), &mut rng).unwrap();
        }
        agent.learn(&step(1, 1, 1.0, Outcome::Terminated), &mut rng).unwrap();
        let shaped: std::vec::Vec<_> = agent
            .episodes()
            .newest(10)
            .flat_map(|e| e.iter().map(|s| s.shaped).collect::<std::vec::Vec<_>>())
            .collect();
        // State 1 was never left, then once; state 2 never is, and nothing lies beyond the end.
        let root = 1.0 / libm::sqrtf(2.0);
        assert_eq!(shaped, [1.0, 2.0, root, 2.0, 1.0]);
        assert_eq!(agent.original_return(), 1.0);
    }

    #[test]
    fn the_policy_learns_every_second_episode_and_the_reward_every_fifth() {
        let (mut agent, mut rng) = started(ExplorationGuidedParameters { bonus: None, ..parameters() });
        for episode in 1..=10 {
            let (policy, designed) = (agent.policy().digest(), agent.designed().digest());
            agent.learn(&step(0, 1, 1.0, Outcome::Terminated), &mut rng).unwrap();
            assert_eq!(agent.policy().digest() != policy, episode % 2 == 0, "{episode}");
            assert_eq!(agent.designed().digest() != designed, episode % 5 == 0, "{episode}");
            if episode == 2 {
                // Two steps of return 1 at even odds.
                assert_eq!(agent.policy().parameters(), [-0.5, 0.0, 0.0, 0.5, 0.0, 0.0]);
            }
        }
    }

    #[test]
    fn a_return_that_is_not_finite_is_forgotten() {
        let (mut agent, mut rng) = started(ExplorationGuidedParameters { bonus: None, ..parameters() });
        agent.learn(&step(0, 1, f32::MAX, Outcome::Continue), &mut rng).unwrap();
        assert_eq!(agent.learn(&step(1, 1, f32::MAX, Outcome::Terminated), &mut rng), Err(Error::NonFinite));
        assert_eq!((agent.episodes().going_on(), agent.episodes().len()), (0, 0));
    }

    #[test]
    fn bad_input_changes_nothing() {
        let good = step(0, 1, 1.0, Outcome::Continue);
        let (mut agent, mut rng) = (Agent::EMPTY, stream(0, 1));
        assert_eq!(agent.act(0, &mut rng), Err(Error::NotStarted));
        assert_eq!(agent.learn(&good, &mut rng), Err(Error::NotStarted));
        agent.start(parameters()).unwrap();
        agent.learn(&good, &mut rng).unwrap();
        let digest = agent.digest();
        for (bad, error) in [
            (step(3, 0, 0.0, Outcome::Continue), Error::StateOutOfRange),
            (step(2, 0, 0.0, Outcome::Continue), Error::StateOutOfRange),
            (step(0, 2, 0.0, Outcome::Terminated), Error::ActionOutOfRange),
            (step(0, 0, f32::NAN, Outcome::Terminated), Error::NonFinite),
        ] {
            assert_eq!(agent.learn(&bad, &mut rng), Err(error));
        }
        let designed = SelfDesignedParameters { discount: 2.0, ..SelfDesignedParameters::PUBLISHED };
        for (bad, error) in [
            (ExplorationGuidedParameters { horizon: 3, ..parameters() }, Error::BufferTooSmall),
            (ExplorationGuidedParameters { horizon: 0, ..parameters() }, Error::ParameterOutOfRange),
            (ExplorationGuidedParameters { step_size: f32::NAN, ..parameters() }, Error::StepSizeOutOfRange),
            (ExplorationGuidedParameters { designed, ..parameters() }, Error::DiscountOutOfRange),
        ] {
            assert_eq!(agent.start(bad), Err(error));
        }
        assert_eq!(agent.digest(), digest);
        agent.learn(&good, &mut rng).unwrap();
        assert_eq!(agent.learn(&good, &mut rng), Err(Error::EpisodeTooLong));
    }
}
