//! A learner behind rules that change its rewards.

use super::{Control, Prediction, Suits};
use crate::discount::{Discounted, discounted};
use crate::env::Env;
use crate::error::Error;
use crate::interact::Transition;
use crate::reward::RewardShaping;
use crate::rng::Rng;
use crate::schedule::{StepSized, step_sized};
use crate::state::{Identify, Identity, persist_fields};

/// A learner whose rewards pass through a [`RewardShaping`] first, with the discount that the learner has at that moment: a
/// schedule that changes the learner's changes the rule's. The environment and the caller keep the raw reward;
/// [`reward`](Self::reward) is what became of the last one.
///
/// Memory: the learner, the rule and 4 bytes. Cost: the rule's `shape` and `note`.
///
/// ```
/// use habit::interact::{Outcome, Transition};
/// use habit::learn::{Control, QLearning, Shaped, TdParameters};
/// use habit::policy::EpsilonGreedy;
/// use habit::reward::shaping::{Clip, Potential};
/// use habit::rng::stream;
///
/// // The nearer to state 9 the better.
/// let nearness = |state: usize| state as f32 - 9.0;
/// let mut agent = Shaped::new(QLearning::<10, 2>::EMPTY, (Clip::new(-1.0, 1.0)?, Potential::new(nearness)));
/// agent.learner_mut().start(TdParameters { step_size: 0.5, discount: 0.9 }, EpsilonGreedy::GREEDY, 0.0)?;
/// let step = Transition { state: 7, action: 1, reward: 5.0, next_state: 8, outcome: Outcome::Continue };
/// agent.learn(&step, &mut stream(0, 0))?;
/// // 1 + 0.9 * -1 - -2
/// assert!((agent.reward() - 2.1).abs() < 1e-6);
/// assert_eq!(agent.learner().table().value(7, 1)?, 0.5 * agent.reward());
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Shaped<C, F> {
    learner: C,
    shaping: F,
    reward: f32,
}

impl<C, F> Shaped<C, F> {
    /// A learner and a rule, each started or to be started through [`learner_mut`](Self::learner_mut) and
    /// [`shaping_mut`](Self::shaping_mut).
    pub const fn new(learner: C, shaping: F) -> Self {
        Self { learner, shaping, reward: 0.0 }
    }

    /// The learner.
    pub const fn learner(&self) -> &C {
        &self.learner
    }

    /// The learner, to be started.
    pub const fn learner_mut(&mut self) -> &mut C {
        &mut self.learner
    }

    /// The rule.
    pub const fn shaping(&self) -> &F {
        &self.shaping
    }

    /// The rule, to be started, or told what only the caller knows.
    pub const fn shaping_mut(&mut self) -> &mut F {
        &mut self.shaping
    }

    /// What the learner was last given for a reward; 0 before that.
    pub const fn reward(&self) -> f32 {
        self.reward
    }

    /// Shapes the reward, lets the learner learn from it, and takes note of the transition once it has.
    fn learn_shaped<O: Copy, A: Copy>(
        &mut self,
        transition: &Transition<O, A>,
        learn: impl FnOnce(&mut C, &Transition<O, A>) -> Result<f32, Error>,
    ) -> Result<f32, Error>
    where
        C: Discounted,
        F: RewardShaping<O, A>,
    {
        let discount = self.learner.discount();
        let reward = self.shaping.shape(transition, transition.reward, discount)?;
        let error = learn(&mut self.learner, &Transition { reward, ..*transition })?;
        self.shaping.note(transition, transition.reward, discount);
        self.reward = reward;
        Ok(error)
    }
}

impl<C, F> Control for Shaped<C, F>
where
    C: Control + Discounted,
    F: RewardShaping<C::Observation, C::Action>,
{
    type Observation = C::Observation;
    type Action = C::Action;

    #[inline]
    fn act(&mut self, state: C::Observation, rng: &mut (impl Rng + ?Sized)) -> Result<C::Action, Error> {
        self.learner.act(state, rng)
    }

    #[inline]
    fn learn(
        &mut self,
        transition: &Transition<C::Observation, C::Action>,
        rng: &mut (impl Rng + ?Sized),
    ) -> Result<f32, Error> {
        self.learn_shaped(transition, |learner, shaped| learner.learn(shaped, rng))
    }
}

impl<C, F> Prediction for Shaped<C, F>
where
    C: Prediction + Discounted,
    F: RewardShaping<C::Observation, ()>,
{
    type Observation = C::Observation;

    #[inline]
    fn value(&self, state: C::Observation) -> Result<f32, Error> {
        self.learner.value(state)
    }

    #[inline]
    fn learn(&mut self, transition: &Transition<C::Observation, ()>) -> Result<f32, Error> {
        self.learn_shaped(transition, |learner, shaped| learner.learn(shaped))
    }
}

impl<V: Env, C: Suits<V>, F> Suits<V> for Shaped<C, F> {}

discounted!([C: Discounted, F] Shaped<C, F> { learner });
step_sized!([C: StepSized, F] Shaped<C, F> { learner });

// The learner, then the rule.
persist_fields!([C: crate::state::Persist, F: crate::state::Persist] Shaped<C, F> { learner, shaping });

/// `"shaped"` around the learner, and the rule.
impl<C: Identify, F: Identify> Identify for Shaped<C, F> {
    fn identity(&self) -> Identity {
        Identity::around("shaped", self.learner.identity()).and(self.shaping.identity())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discount::FixedDiscount;
    use crate::interact::Outcome;
    use crate::learn::{Adjusted, DiscountBy, Pace, QLearning, Sarsa, TdLambda, TdParameters, TraceKind};
    use crate::policy::EpsilonGreedy;
    use crate::policy::QTable;
    use crate::policy::features::OneHot;
    use crate::reward::shaping::{Clip, DynamicPotential, Potential, RunningNorm, StateBonus};
    use crate::rng::{below, stream, unit_f32};
    use crate::state::Persist;
    use std::vec::Vec;

    const PARAMETERS: TdParameters = TdParameters { step_size: 0.2, discount: 0.9 };
    const PHI: [f32; 6] = [0.5, -1.25, 2.0, 0.75, -0.5, 1.0];

    // The learner, the rules of a chain and 4 bytes.
    type Judge = TdLambda<OneHot<6>, 6>;
    const _: () = assert!(
        size_of::<Shaped<Judge, (Potential<[f32; 6]>, Clip, RunningNorm)>>() == size_of::<Judge>() + 24 + 8 + 20 + 4
    );

    /// Transitions that chance chooses, some of which terminate and some of which are cut.
    fn experience(seed: u32, count: u32) -> impl Iterator<Item = Transition> {
        let mut rng = stream(seed, 0);
        (0..count).map(move |_| {
            let outcome = match below(10, &mut rng).unwrap() {
                0 => Outcome::Terminated,
                1 => Outcome::Truncated,
                _ => Outcome::Continue,
            };
            let [state, next_state] = [6; 2].map(|states| below(states, &mut rng).unwrap() as usize);
            let action = below(2, &mut rng).unwrap() as usize;
            Transition { state, action, reward: 2.0 * unit_f32(&mut rng) - 1.0, next_state, outcome }
        })
    }

    /// Wiewiora 2003: shaping by a potential is a start at the potential.
    #[test]
    fn shaping_from_nothing_is_learning_from_the_potential() {
        let mut shaped = Shaped::new(QLearning::<6, 2>::EMPTY, Potential::new(PHI));
        shaped.learner_mut().start(PARAMETERS, EpsilonGreedy::GREEDY, 0.0).unwrap();
        let mut plain = QLearning::<6, 2>::EMPTY;
        let mut initial = QTable::<6, 2>::EMPTY;
        (0..12).for_each(|pair| initial.set(pair / 2, pair % 2, PHI[pair / 2]).unwrap());
        let mut bytes = Vec::new();
        initial.values().iter().for_each(|value| bytes.extend(value.to_le_bytes()));
        plain.start(PARAMETERS, EpsilonGreedy::GREEDY, 0.0).unwrap();
        plain.restore(&bytes).unwrap();
        let mut rng = stream(1, 1);
        for transition in experience(1, 5000) {
            shaped.learn(&transition, &mut rng).unwrap();
            plain.learn(&transition, &mut rng).unwrap();
            for (pair, value) in shaped.learner().table().values().iter().enumerate() {
                let difference = plain.table().values()[pair] - value;
                assert!((difference - PHI[pair / 2]).abs() < 1e-5, "{pair}: {difference}");
            }
        }
    }

    #[test]
    fn the_rule_has_the_discount_that_the_learner_has() {
        let discount = |gamma| DiscountBy::new(FixedDiscount::new(gamma).unwrap(), Pace::Transition);
        let mut agent = Shaped::new(Adjusted::new(QLearning::<6, 2>::EMPTY, discount(0.5)), Potential::new(PHI));
        agent.learner_mut().start(|learner| learner.start(PARAMETERS, EpsilonGreedy::GREEDY, 0.0)).unwrap();
        let transition = Transition { state: 0, action: 0, reward: 3.0, next_state: 2, outcome: Outcome::Continue };
        for gamma in [0.5, 0.25, 1.0] {
            agent.learner_mut().adjust(|adjustment| *adjustment = discount(gamma)).unwrap();
            agent.learn(&transition, &mut stream(0, 0)).unwrap();
            assert_eq!(agent.reward(), 3.0 + (gamma * PHI[2] - PHI[0]));
            assert_eq!(agent.discount(), gamma);
        }
    }

    #[test]
    fn it_wraps_learners_that_judge() {
        let mut judge = Shaped::new(TdLambda::<OneHot<6>, 6>::EMPTY, Potential::new(PHI));
        judge.learner_mut().start(OneHot, PARAMETERS, TraceKind::Accumulating, 0.0, 0.0).unwrap();
        judge
            .learn(&Transition { state: 0, action: (), reward: 1.0, next_state: 1, outcome: Outcome::Terminated })
            .unwrap();
        assert_eq!((judge.reward(), judge.value(0)), (0.5, Ok(0.1)));
    }

    #[test]
    fn what_is_refused_leaves_no_trace() {
        let bonus = StateBonus::new(|transition: &Transition| if transition.action == 1 { f32::NAN } else { 0.5 });
        let mut agent = Shaped::new(Sarsa::<6, 2>::EMPTY, (DynamicPotential::new(PHI), bonus));
        agent.learner_mut().start(PARAMETERS, EpsilonGreedy::new(0.5).unwrap(), 0.0).unwrap();
        let mut rng = stream(2, 1);
        let good = Transition { state: 0, action: 0, reward: 1.0, next_state: 1, outcome: Outcome::Continue };
        agent.learn(&good, &mut rng).unwrap();
        let (digest, reward, before) = (agent.digest(), agent.reward(), rng.clone());
        for (bad, error) in [
            // The rule's, the chain's first rule and the learner's.
            (Transition { action: 1, ..good }, Error::NonFinite),
            (Transition { next_state: 6, ..good }, Error::StateOutOfRange),
            (Transition { action: 2, ..good }, Error::ActionOutOfRange),
            (Transition { reward: f32::INFINITY, ..good }, Error::NonFinite),
        ] {
            assert_eq!(agent.learn(&bad, &mut rng), Err(error));
            assert_eq!((agent.digest(), agent.reward()), (digest, reward));
        }
        assert_eq!(rng, before);
        assert_eq!(agent.set_discount(1.5), Err(Error::DiscountOutOfRange));
        assert_eq!(agent.set_step_size(-0.5), Err(Error::StepSizeOutOfRange));
        assert_eq!((agent.discount(), agent.step_size()), (0.9, 0.2));
    }
}
