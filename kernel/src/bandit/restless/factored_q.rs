//! Q-learning over joint actions, arm by arm.

use super::{ArmTable, ArmTableState, FeasibleSet};
use crate::error::Error;
use crate::linalg::{Const, Dim, StorageMut, all_finite};
use crate::math::{Libm, Math, is_in_unit_interval};
use crate::rng::{Bernoulli, Rng};
use crate::state::{Identify, Identity, Persist, Reader, Write};
use core::marker::PhantomData;

/// Which error an arm learns from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credit {
    /// Its own, with its own reward.
    PerArm,
    /// The joint one, `1 / J` of it: the published single number, as a network learns from it.
    Joint,
}

/// The numbers of [`FactoredQ`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FactoredQParameters {
    /// What a reward is worth one step later, `gamma`; in `[0, 1]`.
    pub discount: f32,
    /// The least step size; in `(0, 1]`.
    pub step_floor: f32,
    /// How fast step sizes fall: `(1 + n)^-exponent` at the `n`-th visit; in `[0, 1]`.
    pub step_exponent: f32,
    /// For how many steps a random action is held; at least 1.
    pub hold: u8,
    /// Which error an arm learns from.
    pub credit: Credit,
}

impl FactoredQParameters {
    /// Discount 0.9, step sizes `max(0.03, (1 + n)^-0.7)`, random actions held for 6 steps, credit per arm.
    pub const USUAL: Self =
        Self { discount: 0.9, step_floor: 0.03, step_exponent: 0.7, hold: 6, credit: Credit::PerArm };

    fn check(&self) -> Result<(), Error> {
        if !is_in_unit_interval(self.discount) {
            return Err(Error::DiscountOutOfRange);
        }
        if !is_in_unit_interval(self.step_floor) || self.step_floor <= 0.0 {
            return Err(Error::StepSizeOutOfRange);
        }
        if !is_in_unit_interval(self.step_exponent) || self.hold == 0 {
            return Err(Error::ParameterOutOfRange);
        }
        Ok(())
    }
}

/// What one joint step showed: one entry an arm in each list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JointTransition<'a> {
    /// The state of each arm, `s`.
    pub states: &'a [u8],
    /// The level that each was given, `x`.
    pub action: &'a [u8],
    /// The reward of each.
    pub rewards: &'a [f32],
    /// The state of each that followed, `s'`.
    pub next_states: &'a [u8],
}

/// Q-learning with `Q(s, x) = sum_j q[j][s_j][x_j]` over a [`FeasibleSet`] (Xu, Wilder, Khalil, Tambe, ICLR 2025, with a
/// linear function for the network and an exact search for the mixed-integer program).
///
/// With `x' = argmax_{x in X} Q(s', x)` every arm learns
/// `q[j][s_j][x_j] += alpha (r_j + gamma q[j][s'_j][x'_j] - q[j][s_j][x_j])`, `alpha = max(floor, (1 + n)^-exponent)`, where
/// `n` counts the visits of that entry, this one included. The errors add up to the joint one. Exploration holds a random
/// feasible action for several steps, because a single push seldom shows what an arm is worth.
///
/// Memory: `6 J S L + 2 J` bytes and 20 or less. Cost: one [`FeasibleSet::best`] to act and one to learn; `J` powers.
#[derive(Clone, Debug)]
pub struct FactoredQState<J: Dim, S: Dim, L: Dim, V, C, A, M = Libm> {
    table: ArmTableState<J, S, L, V>,
    /// Visits of each entry of the table.
    counts: C,
    /// The action taken last.
    action: A,
    /// `x'`; of no meaning between calls.
    next_action: A,
    /// For how many more steps it is held.
    held: u8,
    parameters: Option<FactoredQParameters>,
    math: PhantomData<M>,
}

/// [`FactoredQState`] of constant size: `J` arms of `S` states and `L` levels.
pub type FactoredQ<const J: usize, const S: usize, const L: usize, M = Libm> =
    FactoredQState<Const<J>, Const<S>, Const<L>, [[[f32; L]; S]; J], [[[u16; L]; S]; J], [u8; J], M>;

impl<const J: usize, const S: usize, const L: usize, M> FactoredQ<J, S, L, M> {
    /// Not started.
    pub const EMPTY: Self = Self {
        table: ArmTable::EMPTY,
        counts: [[[0; L]; S]; J],
        action: [0; J],
        next_action: [0; J],
        held: 0,
        parameters: None,
        math: PhantomData,
    };

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();
}

const _: () = assert!(FactoredQ::<5, 4, 2>::SIZE <= 6 * 5 * 4 * 2 + 2 * 5 + 20);

impl<J: Dim, S: Dim, L: Dim, V: StorageMut, C: StorageMut<u16>, A: StorageMut<u8>, M: Math>
    FactoredQState<J, S, L, V, C, A, M>
{
    /// Over memory that has not been started: a table, as many counts as it has numbers, and two lists of one byte an arm.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub fn over(table: ArmTableState<J, S, L, V>, counts: C, action: A, next_action: A) -> Result<Self, Error> {
        let arms = table.arms();
        let fits = counts.values().len() == table.values().len()
            && action.values().len() == arms
            && next_action.values().len() == arms;
        if !fits {
            return Err(Error::LengthMismatch);
        }
        Ok(Self { table, counts, action, next_action, held: 0, parameters: None, math: PhantomData })
    }

    /// Starts from the values that `warm` gives each arm, state and level: 0, or, as the paper starts, the expected reward
    /// of the next step ([`expected_reward`](crate::model::expected_reward)).
    ///
    /// # Errors
    /// [`Error::NoArms`]; [`Error::DiscountOutOfRange`], [`Error::StepSizeOutOfRange`], [`Error::ParameterOutOfRange`];
    /// [`Error::NonFinite`] for a value.
    pub fn start(
        &mut self,
        parameters: FactoredQParameters,
        warm: impl Fn(usize, usize, usize) -> f32,
    ) -> Result<(), Error> {
        let (arms, states, levels) = (self.table.arms(), self.table.states(), self.table.levels());
        if arms == 0 {
            return Err(Error::NoArms);
        }
        parameters.check()?;
        let finite = |arm| (0..states).all(|s| (0..levels).all(|x| warm(arm, s, x).is_finite()));
        if !(0..arms).all(finite) {
            return Err(Error::NonFinite);
        }
        for arm in 0..arms {
            self.table.set_arm(arm, |state, level| warm(arm, state, level))?;
        }
        self.counts.values_mut().fill(0);
        self.action.values_mut().fill(0);
        (self.held, self.parameters) = (0, Some(parameters));
        Ok(())
    }

    /// `q`.
    pub const fn table(&self) -> &ArmTableState<J, S, L, V> {
        &self.table
    }

    /// The action to take, with exploration: unless one is held, with probability `epsilon / hold` a random feasible action
    /// that is then held, else the best one. Takes a word of the generator while none is held, and those of
    /// [`FeasibleSet::draw`].
    ///
    /// # Errors
    /// [`Error::NotStarted`]; [`Error::EpsilonOutOfRange`]; as [`ArmTableState::best`]. Nothing is changed then, and no word
    /// is taken.
    pub fn select(
        &mut self,
        set: &impl FeasibleSet,
        states: &[u8],
        epsilon: f32,
        rng: &mut (impl Rng + ?Sized),
    ) -> Result<&[u8], Error> {
        let parameters = self.parameters.ok_or(Error::NotStarted)?;
        if !is_in_unit_interval(epsilon) {
            return Err(Error::EpsilonOutOfRange);
        }
        self.table.check(set, states)?;
        if self.held > 0 {
            self.held -= 1;
            return Ok(self.action.values());
        }
        let begins = Bernoulli::new(epsilon / f32::from(parameters.hold))?;
        // The best first: it fails where drawing would, and has taken no word then.
        self.table.best(set, states, self.next_action.values_mut())?;
        if begins.sample(rng) {
            set.draw(rng, self.action.values_mut())?;
            self.held = parameters.hold - 1;
        } else {
            self.action.values_mut().copy_from_slice(self.next_action.values());
        }
        Ok(self.action.values())
    }

    /// Lets go of an action that is held: the next one is chosen anew.
    pub fn release(&mut self) {
        self.held = 0;
    }

    /// Learns from a joint step and returns the joint temporal-difference error.
    ///
    /// # Errors
    /// [`Error::NotStarted`]; [`Error::LengthMismatch`]; [`Error::StateOutOfRange`]; [`Error::ActionOutOfRange`] for a level
    /// that the set does not have; [`Error::NonFinite`] for a reward or what it would lead to; as [`FeasibleSet::best`]. The
    /// table and the counts are unchanged then.
    pub fn update(&mut self, set: &impl FeasibleSet, of: &JointTransition<'_>) -> Result<f32, Error> {
        let parameters = self.parameters.ok_or(Error::NotStarted)?;
        let arms = self.table.arms();
        self.table.check(set, of.states)?;
        if of.action.len() != arms || of.rewards.len() != arms {
            return Err(Error::LengthMismatch);
        }
        if of.action.iter().any(|level| usize::from(*level) >= set.levels()) {
            return Err(Error::ActionOutOfRange);
        }
        if !all_finite(of.rewards) {
            return Err(Error::NonFinite);
        }
        self.table.best(set, of.next_states, self.next_action.values_mut())?;
        let joint = (0..arms).fold(0.0, |sum, arm| sum + self.error(parameters.discount, of, arm));
        let change = |learner: &Self, arm: usize| {
            let error = match parameters.credit {
                Credit::PerArm => learner.error(parameters.discount, of, arm),
                Credit::Joint => joint / arms as f32,
            };
            learner.step_size(&parameters, of, arm) * error
        };
        let fits = |arm| (self.entry(of, arm) + change(self, arm)).is_finite();
        if !(joint.is_finite() && (0..arms).all(fits)) {
            return Err(Error::NonFinite);
        }
        // An arm's error is made of its own entries alone, so that the others' need not be kept.
        for arm in 0..arms {
            let change = change(self, arm);
            let place = self.place(of, arm);
            let value = self.table.values_mut().get_mut(place);
            if let Some((value, count)) = value.zip(self.counts.values_mut().get_mut(place)) {
                *value += change;
                *count = count.saturating_add(1);
            }
        }
        Ok(joint)
    }

    /// The place of the entry that an arm was in.
    fn place(&self, of: &JointTransition<'_>, arm: usize) -> usize {
        let pair = of.states.get(arm).zip(of.action.get(arm));
        pair.map_or(usize::MAX, |(state, level)| self.table.place(arm, *state, *level))
    }

    /// `q[j][s_j][x_j]`.
    fn entry(&self, of: &JointTransition<'_>, arm: usize) -> f32 {
        self.table.values().get(self.place(of, arm)).copied().unwrap_or(f32::NAN)
    }

    /// `r_j + gamma q[j][s'_j][x'_j] - q[j][s_j][x_j]`.
    fn error(&self, discount: f32, of: &JointTransition<'_>, arm: usize) -> f32 {
        let next = of.next_states.get(arm).zip(self.next_action.values().get(arm));
        let next = next.map_or(f32::NAN, |(state, level)| self.table.value(arm, *state, *level));
        of.rewards.get(arm).map_or(f32::NAN, |reward| reward + discount * next - self.entry(of, arm))
    }

    /// The step size of the visit that is to be counted.
    fn step_size(&self, parameters: &FactoredQParameters, of: &JointTransition<'_>, arm: usize) -> f32 {
        let visits = self.counts.values().get(self.place(of, arm)).copied().unwrap_or(0);
        M::powf(2.0 + f32::from(visits), -parameters.step_exponent).max(parameters.step_floor)
    }
}

/// The table, the counts as `u16`, the action taken last, a byte an arm, and for how many more steps it is held, a byte:
/// `6 J S L + J + 1` bytes.
impl<J: Dim, S: Dim, L: Dim, V: StorageMut + Persist, C: StorageMut<u16>, A: StorageMut<u8>, M> Persist
    for FactoredQState<J, S, L, V, C, A, M>
{
    fn write(&self, out: &mut impl Write) {
        self.table.write(out);
        self.counts.values().write(out);
        self.action.values().write(out);
        self.held.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        Persist::check(&self.table, from)?;
        self.counts.values().check(from)?;
        for _ in self.action.values() {
            let mut level = 0u8;
            level.read(from)?;
            if usize::from(level) >= self.table.levels() {
                return Err(Error::Malformed);
            }
        }
        self.held.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.table.read(from)?;
        self.counts.values_mut().read(from)?;
        self.action.values_mut().read(from)?;
        self.held.read(from)
    }
}

/// `"factored-q"`: arms, states, levels.
impl<J: Dim, S: Dim, L: Dim, V: StorageMut + Persist, C: StorageMut<u16>, A: StorageMut<u8>, M: Math> Identify
    for FactoredQState<J, S, L, V, C, A, M>
{
    fn identity(&self) -> Identity {
        Identity::new("factored-q", M::NUMERICS, [self.table.arms(), self.table.states(), self.table.levels()])
    }
}
