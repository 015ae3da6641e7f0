//! A heuristic trusted as far as it helps.

mod outer;
mod parameters;
mod step;
#[cfg(test)]
mod tests;

pub use outer::MetaGradient;
pub use parameters::BilevelAlignerParameters;
pub use step::HeuristicStep;

use super::{PolicyAscent, PolicyAscentParameters, Visit};
use crate::discount::{DiscountSchedule, LearnedDiscount};
use crate::env::{Env, Space};
use crate::error::Error;
use crate::interact::{EpisodeRing, Transition};
use crate::learn::{Control, Suits};
use crate::math::Libm;
use crate::policy::SoftmaxPolicy;
use crate::reward::RewardShaping;
use crate::reward::learned::AlignedReward;
use crate::rng::{Rng, below};
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// BARFI (Gupta, Chandak, Jordan, Thomas, da Silva, NeurIPS 2023): an inner learner climbs the return of the
/// [`AlignedReward`] at a [`LearnedDiscount`]; an outer one moves both so that the *trained* policy is good by the primary
/// reward alone. A heuristic that misleads loses its weight, one that helps keeps it.
///
/// The heuristic is any [`RewardShaping`]: what it makes of a reward of 0 is `r_aux`. After every third episode: up to the end
/// of the warm start a step of the policy on each of the newest three, with `r_p + r_aux`; afterwards an
/// [outer step](Self::outer_step) and fifteen [inner steps](Self::inner_step).
///
/// The newest episodes are kept, at most `N`, of `L` steps in all. Memory: `16 S A + 4 A + 24 S + 10 L + 4 N` bytes, at most
/// 192 more and the heuristic: 504 KB for the published thousand episodes of 50 steps, 7 KB for ten of them. Cost of an
/// episode: `O(A)` a step; an outer step takes `O(A)` for each step of the 33 episodes that it looks at and `O(n S A)`, an inner
/// step `O(A)` for each step of one, and `S A` roots.
///
/// ```
/// use habit::interact::{Outcome, Transition};
/// use habit::joint::{BilevelAligner, BilevelAlignerParameters};
/// use habit::learn::Control;
/// use habit::reward::shaping::StateBonus;
/// use habit::rng::stream;
///
/// // A hint: state 1 is a good place to be.
/// let hint = StateBonus::new(|step: &Transition| if step.next_state == 1 { 1.0 } else { 0.0 });
/// let mut agent = BilevelAligner::<_, 2, 2, 8, 40>::new(hint);
/// agent.start(BilevelAlignerParameters { horizon: 5, ..BilevelAlignerParameters::GRIDWORLD })?;
/// let mut rng = stream(0, 1);
/// let action = agent.act(0, &mut rng)?;
/// let step = Transition { state: 0, action, reward: -0.1, next_state: 1, outcome: Outcome::Terminated };
/// agent.learn(&step, &mut rng)?;
/// assert_eq!(agent.reward().of(0, -0.1, 1.0)?, 0.9);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct BilevelAligner<R, const S: usize, const A: usize, const N: usize, const L: usize> {
    heuristic: R,
    ascent: PolicyAscent<S, A>,
    reward: AlignedReward<[f32; S]>,
    discount: LearnedDiscount,
    /// Scratch: `u`.
    direction: [[f32; S]; A],
    /// Scratch: `W` and `E`, then the derivatives by levels and weights.
    sums: [[f32; S]; 2],
    episodes: EpisodeRing<HeuristicStep, N, L>,
    /// Episodes so far.
    count: u32,
    parameters: BilevelAlignerParameters,
}

const _: () = {
    let size = size_of::<BilevelAligner<(), 25, 4, 10, 500>>();
    let stated = 16 * 25 * 4 + 4 * 4 + 24 * 25 + 10 * 500 + 4 * 10;
    assert!(size >= stated && size <= stated + 192);
};

impl<R, const S: usize, const A: usize, const N: usize, const L: usize> BilevelAligner<R, S, A, N, L> {
    /// How many of the newest episodes are on-policy, and after how many something is learned.
    pub const BATCH: u32 = 3;
    /// How many episodes an outer step replays, and how many inner steps follow one.
    pub const REPLAYS: u32 = 5 * Self::BATCH;

    /// Around a heuristic; not started.
    pub const fn new(heuristic: R) -> Self {
        const { assert!(S <= 256 && A <= 256, "a step keeps a state and an action in a byte each") };
        Self {
            heuristic,
            ascent: PolicyAscent::EMPTY,
            reward: AlignedReward::<[f32; S]>::EMPTY,
            discount: LearnedDiscount::EMPTY,
            direction: [[0.0; S]; A],
            sums: [[0.0; S]; 2],
            episodes: EpisodeRing::EMPTY,
            count: 0,
            parameters: BilevelAlignerParameters::GRIDWORLD,
        }
    }

    /// Starts with every action alike, levels of 0 and equal weights, and no episode.
    ///
    /// # Errors
    /// [`Error::BufferTooSmall`] when three episodes of `horizon` steps have no room; [`Error::EmptyRange`] without an action;
    /// [`Error::StepSizeOutOfRange`], [`Error::DiscountOutOfRange`], [`Error::ParameterOutOfRange`], [`Error::NonFinite`].
    pub fn start(&mut self, parameters: BilevelAlignerParameters) -> Result<(), Error> {
        let p = &parameters;
        p.check()?;
        let batch = Self::BATCH as usize;
        if N < batch || L < batch.saturating_mul(usize::from(p.horizon)) {
            return Err(Error::BufferTooSmall);
        }
        let discount = LearnedDiscount::new(p.logit, p.discount_step_size, p.discount_penalty)?;
        let ascent =
            PolicyAscentParameters { step_size: p.step_size, entropy_weight: p.entropy_weight, horizon: p.horizon };
        ascent.check::<A>()?;
        self.reward.start(p.weight, p.reward_step_size, p.reward_penalty)?;
        self.ascent.start(ascent)?;
        self.episodes.clear();
        (self.discount, self.count, self.parameters) = (discount, 0, parameters);
        Ok(())
    }

    /// The policy.
    pub const fn policy(&self) -> &SoftmaxPolicy<A, S> {
        self.ascent.policy()
    }

    /// The aligned reward.
    pub const fn reward(&self) -> &AlignedReward<[f32; S]> {
        &self.reward
    }

    /// The discount of the inner learner.
    pub const fn discount(&self) -> &LearnedDiscount {
        &self.discount
    }

    /// The episodes that are kept.
    pub const fn episodes(&self) -> &EpisodeRing<HeuristicStep, N, L> {
        &self.episodes
    }

    /// The heuristic, to be told what only the caller knows.
    pub const fn heuristic_mut(&mut self) -> &mut R {
        &mut self.heuristic
    }

    /// A step of the policy on each of the newest three episodes, a third as long each, with `r_p + r_aux` for a reward.
    ///
    /// # Errors
    /// As [`PolicyAscent::ascend`].
    pub fn warm_step(&mut self) -> Result<(), Error> {
        let discount = self.discount.gamma();
        for episode in self.episodes.newest(Self::BATCH as usize) {
            self.ascent.ascend(episode, |step| visit(step, step.primary() + step.heuristic()), discount, 1.0 / 3.0)?;
        }
        Ok(())
    }

    /// A step of the policy on an episode drawn from all that are kept, with the aligned reward and the learned discount.
    /// Nothing happens before the first episode. Takes one word, rarely more.
    ///
    /// # Errors
    /// As [`PolicyAscent::ascend`].
    pub fn inner_step(&mut self, rng: &mut (impl Rng + ?Sized)) -> Result<(), Error> {
        if self.episodes.is_empty() {
            return Ok(());
        }
        let Self { ascent, reward, discount, episodes, .. } = self;
        let drawn = below(episodes.len() as u32, rng)? as usize;
        let Some(episode) = episodes.episode(drawn) else { return Ok(()) };
        ascent.ascend(episode, |step| aligned(reward, step), discount.gamma(), 1.0)
    }

    /// Forgets the episode that is going on: one that is never finished, say.
    pub fn give_up_episode(&mut self) {
        self.episodes.give_up();
    }

    /// What is due after an episode.
    fn after_episode(&mut self, rng: &mut (impl Rng + ?Sized)) -> Result<(), Error> {
        self.count = self.count.saturating_add(1);
        if !self.count.is_multiple_of(Self::BATCH) {
            return Ok(());
        }
        if self.count <= self.parameters.warm_episodes {
            return self.warm_step();
        }
        self.outer_step(rng)?;
        (0..Self::REPLAYS).try_for_each(|_| self.inner_step(rng))
    }
}

/// A step with some reward.
fn visit(step: &HeuristicStep, reward: f32) -> Result<Visit, Error> {
    Ok(Visit { state: step.state(), action: step.action(), reward, baseline: 0.0 })
}

/// A step with the aligned reward.
fn aligned<const S: usize>(reward: &AlignedReward<[f32; S]>, step: &HeuristicStep) -> Result<Visit, Error> {
    visit(step, reward.of(step.state(), step.primary(), step.heuristic())?)
}

impl<R, const S: usize, const A: usize, const N: usize, const L: usize> Control for BilevelAligner<R, S, A, N, L>
where
    R: RewardShaping,
{
    type Observation = usize;
    type Action = usize;

    fn act(&mut self, state: usize, rng: &mut (impl Rng + ?Sized)) -> Result<usize, Error> {
        self.ascent.act(state, rng)
    }

    /// Returns 0. When the episodes that are kept lead to numbers that are not finite, what was learned before that stays.
    fn learn(&mut self, transition: &Transition, rng: &mut (impl Rng + ?Sized)) -> Result<f32, Error> {
        let Transition { state, action, reward, .. } = *transition;
        let horizon = usize::from(self.ascent.parameters().horizon);
        if horizon == 0 {
            return Err(Error::NotStarted);
        }
        if state >= S {
            return Err(Error::StateOutOfRange);
        }
        if action >= A {
            return Err(Error::ActionOutOfRange);
        }
        let gamma = self.discount.gamma();
        let heuristic = self.heuristic.shape(transition, 0.0, gamma)?;
        if !(reward.is_finite() && heuristic.is_finite()) {
            return Err(Error::NonFinite);
        }
        if self.episodes.going_on() >= horizon {
            return Err(Error::EpisodeTooLong);
        }
        self.episodes.push(HeuristicStep::new(state as u8, action as u8, reward, heuristic))?;
        self.heuristic.note(transition, 0.0, gamma);
        if transition.outcome.is_over() {
            self.episodes.close()?;
            self.after_episode(rng)?;
        }
        Ok(0.0)
    }
}

impl<R, V, const S: usize, const A: usize, const N: usize, const L: usize> Suits<V> for BilevelAligner<R, S, A, N, L>
where
    V: Env,
    V::ObservationSpace: Space<Element = usize>,
    V::ActionSpace: Space<Element = usize>,
{
}

/// The policy with its mean squares, the aligned reward, the discount, episodes so far as `u32`, the episodes kept, the
/// heuristic.
impl<R, const S: usize, const A: usize, const N: usize, const L: usize> Persist for BilevelAligner<R, S, A, N, L>
where
    R: Persist,
{
    fn write(&self, out: &mut impl Write) {
        self.ascent.write(out);
        self.reward.write(out);
        self.discount.write(out);
        self.count.write(out);
        self.episodes.write(out);
        self.heuristic.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.ascent.check(from)?;
        self.reward.check(from)?;
        self.discount.check(from)?;
        self.count.check(from)?;
        EpisodeRing::<HeuristicStep, N, L>::check_that(from, |step| step.state() < S && step.action() < A)?;
        self.heuristic.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.ascent.read(from)?;
        self.reward.read(from)?;
        self.discount.read(from)?;
        self.count.read(from)?;
        self.episodes.read(from)?;
        self.heuristic.read(from)
    }
}

/// `"bilevel-aligner"` around the heuristic, with the numerics of the exponential: states, actions, episodes.
impl<R, const S: usize, const A: usize, const N: usize, const L: usize> Identify for BilevelAligner<R, S, A, N, L>
where
    R: Identify,
{
    fn identity(&self) -> Identity {
        let own = Identity::new("bilevel-aligner", <Libm as crate::math::Math>::NUMERICS, [S, A, N]);
        own.and(self.heuristic.identity())
    }
}
