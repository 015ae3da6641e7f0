//! Values of states by number.

use crate::error::Error;
use crate::linalg::StorageMut;
use crate::math::CompensatedSum;
use crate::state::{Identify, Identity, Persist, Reader, Write, persist_fields};

/// What has been seen of a state since the last fit: the sum of its targets and their number. 12 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    sum: CompensatedSum,
    count: u32,
}

impl Tally {
    /// Nothing.
    pub const EMPTY: Self = Self { sum: CompensatedSum::EMPTY, count: 0 };

    /// The value moved by `step_size` of the way to the mean target; as it is where there is none.
    fn fitted(&self, value: f32, step_size: f32) -> f32 {
        if self.count == 0 { value } else { value + step_size * (self.sum.value() / self.count as f32 - value) }
    }
}

// The sum as two `f32`, the count `u32`: 12 bytes.
persist_fields!([] Tally { sum, count });

/// A table of values, fitted to targets a batch at a time: for every state that was visited, `v += eta (mean target - v)`.
/// Targets may be outcomes, progress, returns; values that start within their range stay there.
///
/// Memory: `16 S + 4` bytes. Cost: `O(1)` a target, `O(S)` a fit.
#[derive(Clone, Debug)]
pub struct TabularCriticState<V: StorageMut, T: StorageMut<Tally>> {
    values: V,
    tallies: T,
    /// 0 until started.
    step_size: f32,
}

/// [`TabularCriticState`] of `S` states in arrays.
///
/// ```
/// use habit::advantage::TabularCritic;
/// let mut critic = TabularCritic::<3>::EMPTY;
/// critic.start(0.5)?;
/// critic.add(1, 1.0)?;
/// critic.add(1, 0.5)?;
/// critic.fit()?;
/// assert_eq!(critic.values(), [0.0, 0.375, 0.0]);
/// # Ok::<(), habit::Error>(())
/// ```
pub type TabularCritic<const S: usize> = TabularCriticState<[f32; S], [Tally; S]>;

const _: () = assert!(size_of::<TabularCritic<16>>() == 16 * 16 + 4);

impl<const S: usize> TabularCritic<S> {
    /// Not started.
    pub const EMPTY: Self = Self { values: [0.0; S], tallies: [Tally::EMPTY; S], step_size: 0.0 };
}

impl<V: StorageMut, T: StorageMut<Tally>> TabularCriticState<V, T> {
    /// Over the caller's memory, a number and a tally a state; not started.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub fn over(values: V, tallies: T) -> Result<Self, Error> {
        if values.values().len() != tallies.values().len() {
            return Err(Error::LengthMismatch);
        }
        Ok(Self { values, tallies, step_size: 0.0 })
    }

    /// Starts with values of 0 and `eta`.
    ///
    /// # Errors
    /// [`Error::StepSizeOutOfRange`] outside `(0, 1]`.
    pub fn start(&mut self, step_size: f32) -> Result<(), Error> {
        if !(step_size > 0.0 && step_size <= 1.0) {
            return Err(Error::StepSizeOutOfRange);
        }
        self.step_size = step_size;
        self.values.values_mut().fill(0.0);
        self.tallies.values_mut().fill(Tally::EMPTY);
        Ok(())
    }

    /// Takes in a target of a state.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`]; [`Error::NonFinite`] for a target, or a sum of targets, that is not finite.
    pub fn add(&mut self, state: usize, target: f32) -> Result<(), Error> {
        let tally = self.tallies.values_mut().get_mut(state).ok_or(Error::StateOutOfRange)?;
        let mut sum = tally.sum;
        sum.add(target);
        if !sum.value().is_finite() {
            return Err(Error::NonFinite);
        }
        *tally = Tally { sum, count: tally.count.saturating_add(1) };
        Ok(())
    }

    /// Moves the value of every state that has targets, and forgets them.
    ///
    /// # Errors
    /// [`Error::NotStarted`]; [`Error::NonFinite`] when a value would not be finite.
    pub fn fit(&mut self) -> Result<(), Error> {
        let Self { values, tallies, step_size } = self;
        if *step_size == 0.0 {
            return Err(Error::NotStarted);
        }
        let tallies = tallies.values_mut();
        if !values.values().iter().zip(&*tallies).all(|(value, tally)| tally.fitted(*value, *step_size).is_finite()) {
            return Err(Error::NonFinite);
        }
        for (value, tally) in values.values_mut().iter_mut().zip(tallies) {
            *value = tally.fitted(*value, *step_size);
            *tally = Tally::EMPTY;
        }
        Ok(())
    }

    /// The value of a state.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`].
    #[inline]
    pub fn value(&self, state: usize) -> Result<f32, Error> {
        self.values().get(state).copied().ok_or(Error::StateOutOfRange)
    }

    /// The value of every state.
    #[inline]
    pub fn values(&self) -> &[f32] {
        self.values.values()
    }
}

/// The values, then what has been seen since the last fit, state by state: `16 S` bytes.
impl<V: StorageMut, T: StorageMut<Tally>> Persist for TabularCriticState<V, T> {
    fn write(&self, out: &mut impl Write) {
        self.values.values().write(out);
        self.tallies.values().write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.values.values().check(from)?;
        self.tallies.values().check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.values.values_mut().read(from)?;
        self.tallies.values_mut().read(from)
    }
}

/// `"tabular-critic"`: states.
impl<V: StorageMut, T: StorageMut<Tally>> Identify for TabularCriticState<V, T> {
    fn identity(&self) -> Identity {
        Identity::new("tabular-critic", Identity::PLAIN, [self.values().len(), 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owner_and_view_agree_and_only_what_was_visited_moves() {
        let mut owner = TabularCritic::<4>::EMPTY;
        let (mut values, mut tallies) = ([7.0; 4], [Tally::EMPTY; 4]);
        let mut view = TabularCriticState::over(&mut values[..], &mut tallies[..]).unwrap();
        owner.start(0.25).unwrap();
        view.start(0.25).unwrap();
        for (state, target) in [(0, 1.0), (2, 0.5), (0, 0.0), (2, 0.5)] {
            owner.add(state, target).unwrap();
            view.add(state, target).unwrap();
        }
        assert_eq!(owner.digest(), view.digest());
        assert_eq!((owner.fit(), view.fit()), (Ok(()), Ok(())));
        assert_eq!(owner.values(), [0.125, 0.0, 0.125, 0.0]);
        assert_eq!(owner.digest(), view.digest());
        owner.fit().unwrap();
        assert_eq!(owner.values(), view.values());
        assert_eq!(TabularCriticState::over([0.0; 3], [Tally::EMPTY; 4]).err(), Some(Error::LengthMismatch));
    }

    #[test]
    fn bad_input_changes_nothing() {
        let mut critic = TabularCritic::<2>::EMPTY;
        assert_eq!(critic.fit(), Err(Error::NotStarted));
        for bad in [0.0, 1.1, f32::NAN] {
            assert_eq!(critic.start(bad), Err(Error::StepSizeOutOfRange));
        }
        critic.start(1.0).unwrap();
        critic.add(0, -f32::MAX).unwrap();
        critic.fit().unwrap();
        critic.add(0, f32::MAX).unwrap();
        let before = critic.digest();
        assert_eq!(critic.add(2, 1.0), Err(Error::StateOutOfRange));
        assert_eq!(critic.add(0, f32::NAN), Err(Error::NonFinite));
        assert_eq!(critic.add(0, f32::MAX), Err(Error::NonFinite));
        assert_eq!(critic.fit(), Err(Error::NonFinite));
        assert_eq!(critic.value(2), Err(Error::StateOutOfRange));
        assert_eq!(critic.digest(), before);
    }
}
