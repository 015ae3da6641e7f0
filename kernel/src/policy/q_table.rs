//! Numbers in rows: action values of a finite environment, weights of a linear function.

use super::QValue;
use crate::error::Error;
use crate::linalg::{Const, Dim, Dyn, Storage, StorageMut};
use crate::math::Fixed;
use crate::state::{Identify, Identity, Persist, Reader, Write};
use core::marker::PhantomData;

/// `Q(s, a)`, row by row: one body of code for [`QTable`] and [`QView`], and for [`FixedTable`] and [`FixedView`], whose values
/// `V` are integers. A linear function keeps its weights in one too, with a row an action and a column a feature.
#[derive(Clone, Debug)]
pub struct Table<S: Dim, A: Dim, B: Storage<V>, V: QValue = f32> {
    states: S,
    actions: A,
    values: B,
    value: PhantomData<V>,
}

/// A table, whatever its values are kept as.
pub trait QValues {
    /// What they are kept as.
    type Value: QValue;
}

impl<S: Dim, A: Dim, B: Storage<V>, V: QValue> QValues for Table<S, A, B, V> {
    type Value = V;
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

/// Action values of `S` states and `A` actions as integers in units of `2^-SCALE_BITS`: `2 S A` bytes of `i16`, `4 S A` of
/// `i32`. [`Fixed`] tells their range and how they are rounded.
///
/// The more bits the scale has, the closer two actions may be and still be told apart; but the greatest return, `r / (1 -
/// gamma)` at most, must stay in the range, or values saturate. With `i16` the discount is off by 2^-16 at most, which
/// changes values by a share of `2^-16 / (1 - gamma)` at most, 0.15 % at 0.99.
///
/// A table that a host has trained with floats is shipped by [`convert_from`](Table::convert_from), which refuses what the
/// integers cannot hold:
/// ```
/// use habit::policy::{FixedTable, QTable};
/// let mut trained = QTable::<2, 2>::EMPTY;
/// trained.copy_from(&[-13.25, 0.3, 120.0, 1.0])?;
/// let mut shipped = FixedTable::<2, 2, i16, 8>::EMPTY;
/// shipped.convert_from(&trained)?;
/// assert_eq!(shipped.row(0)?.iter().map(|value| value.units()).collect::<Vec<_>>(), [-3392, 77]);
/// # Ok::<(), habit::Error>(())
/// ```
pub type FixedTable<const S: usize, const A: usize, I, const SCALE_BITS: u32> =
    Table<Const<S>, Const<A>, [[Fixed<I, SCALE_BITS>; A]; S], Fixed<I, SCALE_BITS>>;

/// [`FixedTable`] over the caller's slice, with sizes known at run time.
pub type FixedView<'a, I, const SCALE_BITS: u32> =
    Table<Dyn, Dyn, &'a mut [Fixed<I, SCALE_BITS>], Fixed<I, SCALE_BITS>>;

const _: () = assert!(FixedTable::<48, 4, i16, 8>::SIZE == 2 * 48 * 4);
const _: () = assert!(FixedTable::<48, 4, i32, 16>::SIZE == 4 * 48 * 4);

impl<const S: usize, const A: usize, V: QValue> Table<Const<S>, Const<A>, [[V; A]; S], V> {
    /// All values 0.
    pub const EMPTY: Self = Self { states: Const, actions: Const, values: [[V::ZERO; A]; S], value: PhantomData };

    /// Bytes: a value's times `S A`.
    pub const SIZE: usize = size_of::<Self>();
}

impl<B: StorageMut<V>, V: QValue> Table<Dyn, Dyn, B, V> {
    /// Over `states * actions` values, which are taken as they are: the caller's slice, or a box of its own.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::EmptyRange`] when there are no states or actions; [`Error::NonFinite`].
    pub fn over(states: usize, actions: usize, values: B) -> Result<Self, Error> {
        if states == 0 || actions == 0 {
            return Err(Error::EmptyRange);
        }
        if states.checked_mul(actions) != Some(values.values().len()) {
            return Err(Error::LengthMismatch);
        }
        if !all_finite(values.values()) {
            return Err(Error::NonFinite);
        }
        Ok(Self { states: Dyn(states), actions: Dyn(actions), values, value: PhantomData })
    }

    /// Bytes that the view of these sizes needs: a value's times `states * actions`.
    pub const fn bytes(states: usize, actions: usize) -> usize {
        size_of::<V>() * states * actions
    }
}

/// Whether every value is a number.
#[inline]
fn all_finite<V: QValue>(values: &[V]) -> bool {
    values.iter().all(|value| value.is_finite())
}

impl<S: Dim, A: Dim, B: Storage<V>, V: QValue> Table<S, A, B, V> {
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
    pub fn row(&self, state: usize) -> Result<&[V], Error> {
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
    pub fn value(&self, state: usize, action: usize) -> Result<V, Error> {
        self.row(state)?.get(action).copied().ok_or(Error::ActionOutOfRange)
    }

    /// The greatest value of a state and the lowest action that has it.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`]; [`Error::EmptyRange`] when there are no actions.
    pub fn greedy(&self, state: usize) -> Result<(usize, V), Error> {
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
    pub fn rows(&self) -> impl Iterator<Item = &[V]> {
        self.values.values().chunks_exact(self.actions().max(1))
    }

    /// All values, row by row.
    pub fn values(&self) -> &[V] {
        self.values.values()
    }
}

impl<S: Dim, A: Dim, B: StorageMut<V>, V: QValue> Table<S, A, B, V> {
    /// Sets every value.
    ///
    /// # Errors
    /// [`Error::NonFinite`].
    pub fn fill(&mut self, value: V) -> Result<(), Error> {
        if !value.is_finite() {
            return Err(Error::NonFinite);
        }
        self.values.values_mut().fill(value);
        Ok(())
    }

    /// All values, row by row; whoever writes keeps them finite.
    #[inline]
    pub(crate) fn values_mut(&mut self) -> &mut [V] {
        self.values.values_mut()
    }

    /// Sets all values, row by row.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`], [`Error::NonFinite`].
    pub fn copy_from(&mut self, values: &[V]) -> Result<(), Error> {
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

    /// Sets all values to those nearest to another table's, of whatever type.
    ///
    /// # Errors
    /// [`Error::OtherDimensions`]; [`Error::ValueOutOfRange`] when one is beyond what this table's values can be.
    pub fn convert_from<S2: Dim, A2: Dim, B2: Storage<V2>, V2: QValue>(
        &mut self,
        other: &Table<S2, A2, B2, V2>,
    ) -> Result<(), Error> {
        if (self.states(), self.actions()) != (other.states(), other.actions()) {
            return Err(Error::OtherDimensions);
        }
        let converted = || other.values().iter().map(|value| V::from_f32(value.to_f32()));
        converted().try_for_each(|value| value.map(|_| ()))?;
        for (own, value) in self.values.values_mut().iter_mut().zip(converted()) {
            *own = value?;
        }
        Ok(())
    }

    /// Sets the value of one action.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`], [`Error::ActionOutOfRange`], [`Error::NonFinite`].
    #[inline]
    pub fn set(&mut self, state: usize, action: usize, value: V) -> Result<(), Error> {
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

impl<S: Dim, A: Dim, B: StorageMut> Table<S, A, B> {
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
}

/// The values row by row: `4 S A` bytes, `2 S A` where they have 16 bits.
impl<S: Dim, A: Dim, B: StorageMut<V>, V: QValue> Persist for Table<S, A, B, V> {
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

/// `"q-table"`: states, actions; `"fixed-16"` or `"fixed-32"` around it: states, actions, bits of the scale.
impl<S: Dim, A: Dim, B: StorageMut<V>, V: QValue> Identify for Table<S, A, B, V> {
    fn identity(&self) -> Identity {
        V::identity("q-table", self.states(), self.actions())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

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
    fn tables_are_converted_or_refused() {
        let mut floats = QTable::<2, 2>::EMPTY;
        floats.copy_from(&[-128.0, 0.1, 127.9, -0.001]).unwrap();
        let mut fixed = FixedTable::<2, 2, i16, 8>::EMPTY;
        fixed.convert_from(&floats).unwrap();
        let units = |table: &FixedTable<2, 2, i16, 8>| table.values().iter().map(|v| v.units()).collect::<Vec<_>>();
        assert_eq!(units(&fixed), [-32_768, 26, 32_742, 0]);
        let mut memory = [Fixed::ZERO; 4];
        let mut view = FixedView::<i32, 20>::over(2, 2, &mut memory).unwrap();
        view.convert_from(&fixed).unwrap();
        let mut back = QTable::<2, 2>::EMPTY;
        back.convert_from(&view).unwrap();
        assert_eq!(back.values(), [-128.0, 26.0 / 256.0, 32_742.0 / 256.0, 0.0]);
        floats.set(1, 1, 128.0).unwrap();
        assert_eq!(fixed.convert_from(&floats), Err(Error::ValueOutOfRange));
        assert_eq!(fixed.convert_from(&QTable::<2, 1>::EMPTY), Err(Error::OtherDimensions));
        assert_eq!(units(&fixed), [-32_768, 26, 32_742, 0]);
        assert_eq!(FixedView::<i16, 8>::bytes(3, 2), FixedTable::<3, 2, i16, 8>::SIZE);
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
