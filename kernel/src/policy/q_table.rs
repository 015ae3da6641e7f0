//! Numbers in rows: action values of a finite environment, weights of a linear function.

use crate::error::Error;
use crate::linalg::{Const, Dim, Dyn, Storage, StorageMut, all_finite};
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// `Q(s, a)`, row by row: one body of code for [`QTable`] and [`QView`]. A linear function keeps its weights in one too, with
/// a row an action and a column a feature.
#[derive(Clone, Debug)]
pub struct Table<S: Dim, A: Dim, B: Storage> {
    states: S,
    actions: A,
    values: B,
}

/// Action values of `S` states and `A` actions in an array: `4 S A` bytes.
///
/// ```
/// use habit::policy::QTable;
/// let mut table = QTable::<48, 4>::EMPTY;
/// table.fill(0.5)?;
/// assert_eq!(table.row(47)?, [0.5; 4]);
/// assert_eq!(QTable::<48, 4>::SIZE, 768);
/// # Ok::<(), habit::Error>(())
/// ```
pub type QTable<const S: usize, const A: usize> = Table<Const<S>, Const<A>, [[f32; A]; S]>;

/// Action values over the caller's slice, with sizes known at run time.
///
/// ```
/// use habit::policy::QView;
/// let mut memory = [0.0; 6];
/// let view = QView::over(3, 2, &mut memory)?;
/// assert_eq!(view.row(2)?.len(), 2);
/// # Ok::<(), habit::Error>(())
/// ```
pub type QView<'a> = Table<Dyn, Dyn, &'a mut [f32]>;

impl<const S: usize, const A: usize> QTable<S, A> {
    /// All values 0.
    pub const EMPTY: Self = Self { states: Const, actions: Const, values: [[0.0; A]; S] };

    /// Bytes: `4 S A`.
    pub const SIZE: usize = size_of::<Self>();
}

impl<'a> QView<'a> {
    /// Over `states * actions` numbers, which are taken as they are.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::EmptyRange`] when there are no states or actions; [`Error::NonFinite`].
    pub fn over(states: usize, actions: usize, values: &'a mut [f32]) -> Result<Self, Error> {
        if states == 0 || actions == 0 {
            return Err(Error::EmptyRange);
        }
        if states.checked_mul(actions) != Some(values.len()) {
            return Err(Error::LengthMismatch);
        }
        if !all_finite(values) {
            return Err(Error::NonFinite);
        }
        Ok(Self { states: Dyn(states), actions: Dyn(actions), values })
    }

    /// Bytes that the view of these sizes needs: `4 * states * actions`.
    pub const fn bytes(states: usize, actions: usize) -> usize {
        4 * states * actions
    }
}

impl<S: Dim, A: Dim, B: Storage> Table<S, A, B> {
    /// The number of states.
    #[inline]
    pub fn states(&self) -> usize {
        self.states.get()
    }

    /// The number of actions.
    #[inline]
    pub fn actions(&self) -> usize {
        self.actions.get()
    }

    /// The values of a state's actions.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`].
    #[inline]
    pub fn row(&self, state: usize) -> Result<&[f32], Error> {
        if state >= self.states() {
            return Err(Error::StateOutOfRange);
        }
        let actions = self.actions();
        self.values.values().get(state * actions..(state + 1) * actions).ok_or(Error::StateOutOfRange)
    }

    /// The value of one action.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`], [`Error::ActionOutOfRange`].
    #[inline]
    pub fn value(&self, state: usize, action: usize) -> Result<f32, Error> {
        self.row(state)?.get(action).copied().ok_or(Error::ActionOutOfRange)
    }

    /// The greatest value of a state and the lowest action that has it.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`]; [`Error::EmptyRange`] when there are no actions.
    pub fn greedy(&self, state: usize) -> Result<(usize, f32), Error> {
        let row = self.row(state)?;
        let first = row.first().ok_or(Error::EmptyRange)?;
        Ok(row.iter().enumerate().skip(1).fold(
            (0, *first),
            |best, (action, &value)| {
                if value > best.1 { (action, value) } else { best }
            },
        ))
    }

    /// The rows, from the first state on.
    pub fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.values.values().chunks_exact(self.actions().max(1))
    }

    /// All values, row by row.
    pub fn values(&self) -> &[f32] {
        self.values.values()
    }
}

impl<S: Dim, A: Dim, B: StorageMut> Table<S, A, B> {
    /// Sets every value.
    ///
    /// # Errors
    /// [`Error::NonFinite`].
    pub fn fill(&mut self, value: f32) -> Result<(), Error> {
        if !value.is_finite() {
            return Err(Error::NonFinite);
        }
        self.values.values_mut().fill(value);
        Ok(())
    }

    /// All values, row by row; whoever writes keeps them finite.
    #[inline]
    pub(crate) fn values_mut(&mut self) -> &mut [f32] {
        self.values.values_mut()
    }

    /// Sets all values, row by row.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`], [`Error::NonFinite`].
    pub fn copy_from(&mut self, values: &[f32]) -> Result<(), Error> {
        let own = self.values.values_mut();
        if own.len() != values.len() {
            return Err(Error::LengthMismatch);
        }
        if !all_finite(values) {
            return Err(Error::NonFinite);
        }
        own.copy_from_slice(values);
        Ok(())
    }

    /// Adds `scale` times as many numbers, row by row.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::NonFinite`] when a value would not be finite.
    pub fn add_scaled(&mut self, scale: f32, values: &[f32]) -> Result<(), Error> {
        let own = self.values.values_mut();
        if own.len() != values.len() {
            return Err(Error::LengthMismatch);
        }
        if !own.iter().zip(values).all(|(own, value)| (own + scale * value).is_finite()) {
            return Err(Error::NonFinite);
        }
        own.iter_mut().zip(values).for_each(|(own, value)| *own += scale * value);
        Ok(())
    }

    /// Sets the value of one action.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`], [`Error::ActionOutOfRange`], [`Error::NonFinite`].
    #[inline]
    pub fn set(&mut self, state: usize, action: usize, value: f32) -> Result<(), Error> {
        let actions = self.actions();
        if state >= self.states() {
            return Err(Error::StateOutOfRange);
        }
        if action >= actions {
            return Err(Error::ActionOutOfRange);
        }
        if !value.is_finite() {
            return Err(Error::NonFinite);
        }
        *self.values.values_mut().get_mut(state * actions + action).ok_or(Error::StateOutOfRange)? = value;
        Ok(())
    }
}

/// The values row by row: `4 S A` bytes.
impl<S: Dim, A: Dim, B: StorageMut> Persist for Table<S, A, B> {
    fn write(&self, out: &mut impl Write) {
        self.values.values().write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.values.values().check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.values.values_mut().read(from)
    }
}

/// `"q-table"`: states, actions.
impl<S: Dim, A: Dim, B: StorageMut> Identify for Table<S, A, B> {
    fn identity(&self) -> Identity {
        Identity::new("q-table", Identity::PLAIN, [self.states(), self.actions(), 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owner_and_view_agree() {
        let mut owner = QTable::<3, 2>::EMPTY;
        let mut memory = [0.0; 6];
        let mut view = QView::over(3, 2, &mut memory).unwrap();
        owner.set(1, 1, 2.5).unwrap();
        view.set(1, 1, 2.5).unwrap();
        assert_eq!(owner.values(), view.values());
        assert_eq!(owner.digest(), view.digest());
        assert_eq!(owner.greedy(1), Ok((1, 2.5)));
        assert_eq!(owner.greedy(0), Ok((0, 0.0)));
        assert_eq!(QView::bytes(3, 2), QTable::<3, 2>::SIZE);
    }

    #[test]
    fn bad_input_changes_nothing() {
        let mut table = QTable::<3, 2>::EMPTY;
        assert_eq!(table.set(3, 0, 1.0), Err(Error::StateOutOfRange));
        assert_eq!(table.set(0, 2, 1.0), Err(Error::ActionOutOfRange));
        assert_eq!(table.set(0, 0, f32::NAN), Err(Error::NonFinite));
        assert_eq!(table.fill(f32::INFINITY), Err(Error::NonFinite));
        assert_eq!(table.values(), [0.0; 6]);
        assert_eq!(table.row(3), Err(Error::StateOutOfRange));
        assert_eq!(table.value(0, 2), Err(Error::ActionOutOfRange));
        assert_eq!(QView::over(3, 2, &mut [0.0; 5]).err(), Some(Error::LengthMismatch));
        assert_eq!(QView::over(0, 2, &mut []).err(), Some(Error::EmptyRange));
        assert_eq!(QView::over(1, 1, &mut [f32::NAN]).err(), Some(Error::NonFinite));
    }
}
