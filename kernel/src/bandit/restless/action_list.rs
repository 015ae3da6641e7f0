//! Every feasible action, in lexicographic order.

use super::{Family, FeasibleSet, MAX_ARMS};
use crate::error::Error;
use crate::linalg::{Const, Dim, Dyn, Storage, StorageMut};
use crate::math::argmax;
use crate::rng::{Rng, below};

/// The joint actions of a [`Family`], enumerated once, in lexicographic order: one body of code for [`ActionList`] and for a
/// view over the caller's bytes.
///
/// Memory: `J` bytes for each action that has room, and 8 or less. Cost: enumerating asks the family for each action twice;
/// [`best`](FeasibleSet::best) takes `|X| J` additions.
#[derive(Clone, Debug)]
pub struct ActionListState<J, V> {
    arms: J,
    levels: u8,
    length: u32,
    actions: V,
}

/// [`ActionListState`] of constant size: room for `N` actions on `J` arms.
pub type ActionList<const J: usize, const N: usize> = ActionListState<Const<J>, [[u8; J]; N]>;

impl<const J: usize, const N: usize> ActionList<J, N> {
    /// Nothing is feasible.
    pub const EMPTY: Self = Self { arms: Const, levels: 0, length: 0, actions: [[0; J]; N] };

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();
}

const _: () = assert!(ActionList::<5, 22>::SIZE == (5 * 22 + 5usize).next_multiple_of(4));

impl<'a> ActionListState<Dyn, &'a mut [u8]> {
    /// Over the caller's bytes: `arms` for each action that is to have room. Nothing is feasible.
    ///
    /// # Errors
    /// [`Error::NoArms`]; [`Error::LengthMismatch`].
    pub fn over(arms: usize, actions: &'a mut [u8]) -> Result<Self, Error> {
        if arms == 0 {
            return Err(Error::NoArms);
        }
        if !actions.len().is_multiple_of(arms) {
            return Err(Error::LengthMismatch);
        }
        Ok(Self { arms: Dyn(arms), levels: 0, length: 0, actions })
    }
}

impl<J: Dim, V: StorageMut<u8>> ActionListState<J, V> {
    /// Enumerates a family.
    ///
    /// # Errors
    /// [`Error::NoArms`]; [`Error::ParameterOutOfRange`] for more than [`MAX_ARMS`] arms, or for fewer than 2 or more than
    /// 255 levels; [`Error::LengthMismatch`] for another number of arms than the list's; what the family says;
    /// [`Error::EmptyRange`] when nothing is feasible; [`Error::NoNullAction`] when doing nothing is not;
    /// [`Error::BufferTooSmall`]. The list stays as it was then.
    pub fn start(&mut self, family: &impl Family) -> Result<(), Error> {
        let (arms, levels) = (self.arms.get(), family.levels());
        if family.arms() == 0 {
            return Err(Error::NoArms);
        }
        if family.arms() > MAX_ARMS || !(2..=usize::from(u8::MAX)).contains(&levels) {
            return Err(Error::ParameterOutOfRange);
        }
        if family.arms() != arms {
            return Err(Error::LengthMismatch);
        }
        family.check()?;
        let first = family.next(None).ok_or(Error::EmptyRange)?;
        if first.iter().any(|level| *level != 0) {
            return Err(Error::NoNullAction);
        }
        let all = || core::iter::successors(Some(first), |action| family.next(Some(action)));
        let room = self.actions.values().len() / arms.max(1);
        let length = all().take(room + 1).count();
        if length > room {
            return Err(Error::BufferTooSmall);
        }
        for (place, action) in self.actions.values_mut().chunks_exact_mut(arms.max(1)).zip(all()) {
            place.iter_mut().zip(action).for_each(|(place, level)| *place = level);
        }
        (self.levels, self.length) = (levels as u8, length as u32);
        Ok(())
    }
}

impl<J: Dim, V: Storage<u8>> ActionListState<J, V> {
    /// The number of feasible actions.
    pub fn len(&self) -> usize {
        self.length as usize
    }

    /// Whether nothing is feasible, or nothing was enumerated.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The actions, from the lexicographically smallest on.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.actions.values().chunks_exact(self.arms.get().max(1)).take(self.len())
    }

    /// The action at a place of the list; empty past the last.
    #[inline]
    fn action(&self, index: usize) -> &[u8] {
        let arms = self.arms.get();
        self.actions.values().get(index * arms..(index + 1) * arms).unwrap_or(&[])
    }

    /// Writes what `choose` finds.
    fn write(&self, action: &mut [u8], choose: impl FnOnce() -> Result<usize, Error>) -> Result<(), Error> {
        if self.is_empty() {
            return Err(Error::EmptyRange);
        }
        if action.len() != self.arms.get() {
            return Err(Error::LengthMismatch);
        }
        let chosen = self.action(choose()?);
        action.iter_mut().zip(chosen).for_each(|(place, level)| *place = *level);
        Ok(())
    }
}

impl<J: Dim, V: Storage<u8>> FeasibleSet for ActionListState<J, V> {
    fn arms(&self) -> usize {
        self.arms.get()
    }

    fn levels(&self) -> usize {
        usize::from(self.levels)
    }

    fn best(&self, score: impl Fn(usize, usize) -> f32, action: &mut [u8]) -> Result<(), Error> {
        let sum = |index| {
            let levels = self.action(index).iter().enumerate();
            levels.fold(0.0, |sum, (arm, level)| sum + score(arm, usize::from(*level)))
        };
        self.write(action, || argmax(self.len(), sum).ok_or(Error::NonFinite))
    }

    fn draw(&self, rng: &mut (impl Rng + ?Sized), action: &mut [u8]) -> Result<(), Error> {
        self.write(action, || below(self.length, rng).map(|index| index as usize))
    }
}
