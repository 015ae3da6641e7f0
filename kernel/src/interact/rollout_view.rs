//! Many steps, checked once.

use super::Outcome;
use crate::error::Error;
use crate::linalg::all_finite;

/// `T` steps of each of `N` lanes over borrowed slices, time-major: step `t` of lane `n` is at index `t N + n`.
///
/// A lane is one environment that is reset whenever its episode is over, so that any number of episodes lie back to back
/// in it. A single trajectory is one lane. The lengths fit and every number is finite: whoever takes a view need not look
/// again.
///
/// ```
/// use habit::interact::{Outcome::*, RolloutView};
/// let (rewards, values, next_values) = ([1.0, 0.0, 1.0, 2.0], [0.5; 4], [0.5, 0.5, 0.25, 0.75]);
/// // Two lanes of two steps: the first is cut by its time limit after step 0, the second reaches its end at step 1.
/// let outcomes = [Truncated, Continue, Continue, Terminated];
/// let rollout = RolloutView::new(2, 2, &rewards, &values, &next_values, &outcomes)?;
/// assert_eq!((rollout.steps(), rollout.lanes(), rollout.len()), (2, 2, 4));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RolloutView<'a> {
    steps: usize,
    lanes: usize,
    rewards: &'a [f32],
    values: &'a [f32],
    next_values: &'a [f32],
    outcomes: &'a [Outcome],
}

impl<'a> RolloutView<'a> {
    /// `steps` steps of each of `lanes` lanes; every slice holds `steps * lanes` entries. Either size may be 0.
    ///
    /// `rewards[t]` is `r_t`; `values[t]` the value of the state acted in, `v(s_t)`; `next_values[t]` the value of the true
    /// next state, `v(s'_t)`, before any reset (after a terminated step it is not used, but must be finite);
    /// `outcomes[t]` how step `t` left the episode.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::NonFinite`] when a reward or a value is infinite or NaN.
    pub fn new(
        steps: usize,
        lanes: usize,
        rewards: &'a [f32],
        values: &'a [f32],
        next_values: &'a [f32],
        outcomes: &'a [Outcome],
    ) -> Result<Self, Error> {
        let lengths = [rewards.len(), values.len(), next_values.len(), outcomes.len()];
        if lengths.iter().any(|&length| steps.checked_mul(lanes) != Some(length)) {
            return Err(Error::LengthMismatch);
        }
        if ![rewards, values, next_values].into_iter().all(all_finite) {
            return Err(Error::NonFinite);
        }
        Ok(Self { steps, lanes, rewards, values, next_values, outcomes })
    }

    /// One lane: the episodes of a single environment, back to back.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn trajectory(
        rewards: &'a [f32],
        values: &'a [f32],
        next_values: &'a [f32],
        outcomes: &'a [Outcome],
    ) -> Result<Self, Error> {
        Self::new(rewards.len(), 1, rewards, values, next_values, outcomes)
    }

    /// Steps of each lane, `T`.
    #[inline]
    pub const fn steps(&self) -> usize {
        self.steps
    }

    /// Lanes, `N`.
    #[inline]
    pub const fn lanes(&self) -> usize {
        self.lanes
    }

    /// Entries of each slice, `T N`.
    #[inline]
    pub const fn len(&self) -> usize {
        self.rewards.len()
    }

    /// Whether there is no step at all.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.rewards.is_empty()
    }

    /// `r_t`.
    #[inline]
    pub const fn rewards(&self) -> &'a [f32] {
        self.rewards
    }

    /// `v(s_t)`.
    #[inline]
    pub const fn values(&self) -> &'a [f32] {
        self.values
    }

    /// `v(s'_t)`, of the true next state.
    #[inline]
    pub const fn next_values(&self) -> &'a [f32] {
        self.next_values
    }

    /// How step `t` left the episode.
    #[inline]
    pub const fn outcomes(&self) -> &'a [Outcome] {
        self.outcomes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_that_do_not_fit_are_refused() {
        let (numbers, outcomes) = ([0.0; 6], [Outcome::Continue; 6]);
        let view = |steps, lanes, cut: [usize; 4]| {
            let [r, v, n, o] = cut.map(|cut| 6 - cut);
            RolloutView::new(steps, lanes, &numbers[..r], &numbers[..v], &numbers[..n], &outcomes[..o]).err()
        };
        assert_eq!(view(2, 3, [0; 4]), None);
        assert_eq!(view(0, 0, [6; 4]), None);
        assert_eq!(view(0, 9, [6; 4]), None);
        for cut in [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]] {
            assert_eq!(view(2, 3, cut), Some(Error::LengthMismatch));
        }
        assert_eq!(view(usize::MAX, 2, [0; 4]), Some(Error::LengthMismatch));
    }

    #[test]
    fn numbers_that_are_not_finite_are_refused() {
        let (good, outcomes) = ([0.0; 3], [Outcome::Terminated; 3]);
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let bad = [0.0, 0.0, bad];
            for [r, v, n] in [[&bad, &good, &good], [&good, &bad, &good], [&good, &good, &bad]] {
                assert_eq!(RolloutView::trajectory(r, v, n, &outcomes).err(), Some(Error::NonFinite));
            }
        }
    }

    #[test]
    fn both_flags_mean_terminated() {
        assert_eq!(Outcome::from_flags(false, false), Outcome::Continue);
        assert_eq!(Outcome::from_flags(true, false), Outcome::Terminated);
        assert_eq!(Outcome::from_flags(false, true), Outcome::Truncated);
        assert_eq!(Outcome::from_flags(true, true), Outcome::Terminated);
    }
}
