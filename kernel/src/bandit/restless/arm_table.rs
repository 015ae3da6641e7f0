//! A number for each arm, state and level.

use super::FeasibleSet;
use crate::error::Error;
use crate::linalg::{Const, Dim, Dyn, StorageMut, all_finite};
use crate::model::{FiniteModel, expected_reward};
use crate::state::{Identify, Identity, Persist, persist_fields};

/// `t[j][s][x]`: what level `x` is worth to arm `j` in state `s`; a joint action is worth the sum over the arms. Action
/// values, myopic rewards, indices: whatever is in it, [`best`](Self::best) plays the feasible action that is worth most.
///
/// Memory: `4 J S L` bytes. Cost: that of [`FeasibleSet::best`].
#[derive(Clone, Debug)]
pub struct ArmTableState<J: Dim, S: Dim, L: Dim, V> {
    arms: J,
    states: S,
    levels: L,
    values: V,
}

/// [`ArmTableState`] of constant size.
pub type ArmTable<const J: usize, const S: usize, const L: usize> =
    ArmTableState<Const<J>, Const<S>, Const<L>, [[[f32; L]; S]; J]>;

impl<const J: usize, const S: usize, const L: usize> ArmTable<J, S, L> {
    /// All 0.
    pub const EMPTY: Self = Self { arms: Const, states: Const, levels: Const, values: [[[0.0; L]; S]; J] };

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();
}

const _: () = assert!(ArmTable::<5, 4, 2>::SIZE == 4 * 5 * 4 * 2);

impl<'a> ArmTableState<Dyn, Dyn, Dyn, &'a mut [f32]> {
    /// Over the caller's `J S L` numbers, which are taken as they are.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::NonFinite`].
    pub fn over(arms: usize, states: usize, levels: usize, values: &'a mut [f32]) -> Result<Self, Error> {
        let length = arms.checked_mul(states).and_then(|pairs| pairs.checked_mul(levels));
        if length != Some(values.len()) {
            return Err(Error::LengthMismatch);
        }
        if !all_finite(values) {
            return Err(Error::NonFinite);
        }
        Ok(Self { arms: Dyn(arms), states: Dyn(states), levels: Dyn(levels), values })
    }
}

impl<J: Dim, S: Dim, L: Dim, V: StorageMut> ArmTableState<J, S, L, V> {
    /// The number of arms, `J`.
    #[inline]
    pub fn arms(&self) -> usize {
        self.arms.get()
    }

    /// The number of an arm's states, `S`.
    #[inline]
    pub fn states(&self) -> usize {
        self.states.get()
    }

    /// The number of levels, `L`.
    #[inline]
    pub fn levels(&self) -> usize {
        self.levels.get()
    }

    /// All numbers: `L` a state, `S L` an arm.
    pub fn values(&self) -> &[f32] {
        self.values.values()
    }

    #[inline]
    pub(super) fn values_mut(&mut self) -> &mut [f32] {
        self.values.values_mut()
    }

    /// The place of a number; past the last where there is none.
    #[inline]
    pub(super) fn place(&self, arm: usize, state: u8, level: u8) -> usize {
        let (state, level) = (usize::from(state), usize::from(level));
        if arm >= self.arms() || state >= self.states() || level >= self.levels() {
            return usize::MAX;
        }
        (arm * self.states() + state) * self.levels() + level
    }

    /// The number of an arm, a state and a level; NaN where there is none.
    #[inline]
    pub fn value(&self, arm: usize, state: u8, level: u8) -> f32 {
        self.values().get(self.place(arm, state, level)).copied().unwrap_or(f32::NAN)
    }

    /// Sets the numbers of one arm by state and level.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`] for an arm that there is not; [`Error::NonFinite`]. Nothing is changed then.
    pub fn set_arm(&mut self, arm: usize, value: impl Fn(usize, usize) -> f32) -> Result<(), Error> {
        let (size, levels) = (self.states() * self.levels(), self.levels());
        let own = self.values_mut().chunks_exact_mut(size.max(1)).nth(arm).ok_or(Error::StateOutOfRange)?;
        let value = |index: usize| value(index / levels.max(1), index % levels.max(1));
        if !(0..size).all(|index| value(index).is_finite()) {
            return Err(Error::NonFinite);
        }
        own.iter_mut().enumerate().for_each(|(index, place)| *place = value(index));
        Ok(())
    }

    /// Sets one arm's numbers to the expected reward of the next step: the myopic policy, and a start for learning. Levels
    /// that the arm does not have get 0.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when the arm has another number of states, or more levels; as [`set_arm`](Self::set_arm).
    pub fn set_myopic(&mut self, arm: usize, model: &(impl FiniteModel + ?Sized)) -> Result<(), Error> {
        if model.states() != self.states() || model.actions() > self.levels() {
            return Err(Error::LengthMismatch);
        }
        let known = model.actions();
        self.set_arm(
            arm,
            |state, level| {
                if level < known { expected_reward(model, state, level).unwrap_or(f32::NAN) } else { 0.0 }
            },
        )
    }

    /// Sets one arm's numbers to its index in each state times the share of the full push that each level gives: the index
    /// policy, over whatever is feasible.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] for another number of indices than states; as [`set_arm`](Self::set_arm).
    pub fn set_index(&mut self, arm: usize, indices: &[f32], share: impl Fn(usize) -> f32) -> Result<(), Error> {
        if indices.len() != self.states() {
            return Err(Error::LengthMismatch);
        }
        self.set_arm(arm, |state, level| indices.get(state).map_or(f32::NAN, |index| index * share(level)))
    }

    /// Whether a set's actions and the states of all arms fit this table.
    pub(super) fn check(&self, set: &impl FeasibleSet, states: &[u8]) -> Result<(), Error> {
        if set.arms() != self.arms() || set.levels() > self.levels() || states.len() != self.arms() {
            return Err(Error::LengthMismatch);
        }
        let known = states.iter().all(|state| usize::from(*state) < self.states());
        if known { Ok(()) } else { Err(Error::StateOutOfRange) }
    }

    /// Writes the feasible action `argmax_{x in X} sum_j t[j][s_j][x_j]`; ties as in [`FeasibleSet::best`].
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when the set has another number of arms, or more levels, or when there is not one state an
    /// arm; [`Error::StateOutOfRange`]; as [`FeasibleSet::best`].
    pub fn best(&self, set: &impl FeasibleSet, states: &[u8], action: &mut [u8]) -> Result<(), Error> {
        self.check(set, states)?;
        let score =
            |arm: usize, level: usize| states.get(arm).map_or(f32::NAN, |state| self.value(arm, *state, level as u8));
        set.best(score, action)
    }
}

// The numbers arm by arm, state by state: `4 J S L` bytes.
persist_fields!([J: Dim, S: Dim, L: Dim, V: Persist] ArmTableState<J, S, L, V> { values });

/// `"arm-table"`: arms, states, levels.
impl<J: Dim, S: Dim, L: Dim, V: StorageMut + Persist> Identify for ArmTableState<J, S, L, V> {
    fn identity(&self) -> Identity {
        Identity::new("arm-table", Identity::PLAIN, [self.arms(), self.states(), self.levels()])
    }
}
