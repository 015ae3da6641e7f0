//! A policy as integer thresholds.

use habit::Error;
use habit::rng::{Rng, threshold};

/// Action probabilities of every state as cumulative integer thresholds: the rule of [`habit::rng::categorical`], computed
/// once. Drawing an action takes one word, whatever the state. `4 S A` bytes.
///
/// In state `s`, the word `u` chooses the first action `a` with `u < T(s, a)`, where `T` is the integer running sum of
/// [`threshold`]s; the last action whose probability is above 0 absorbs all rounding.
///
/// ```
/// use habit::rng::{categorical, stream};
/// use habit_gpu::rollout::ThresholdPolicy;
/// let probabilities = [0.1, 0.2, 0.3, 0.4];
/// let policy = ThresholdPolicy::new(1, 4, &probabilities)?;
/// let (mut a, mut b) = (stream(5, 0), stream(5, 0));
/// assert_eq!(policy.act(0, &mut a)?, categorical(&probabilities, &mut b)?);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThresholdPolicy {
    states: usize,
    actions: usize,
    /// A row a state: the thresholds of all actions but the last, and then the last possible action.
    rows: Vec<u32>,
}

impl ThresholdPolicy {
    /// From probabilities `pi(a | s)`, row by row: `states * actions` numbers in `[0, 1]`.
    ///
    /// # Errors
    /// [`Error::EmptyRange`] when there are no states or actions; [`Error::LengthMismatch`];
    /// [`Error::ProbabilityOutOfRange`] when a probability is outside `[0, 1]` or not finite, or all of a state are 0.
    pub fn new(states: usize, actions: usize, probabilities: &[f32]) -> Result<Self, Error> {
        if states == 0 || actions == 0 {
            return Err(Error::EmptyRange);
        }
        if states.checked_mul(actions) != Some(probabilities.len()) {
            return Err(Error::LengthMismatch);
        }
        let mut rows = Vec::with_capacity(probabilities.len());
        for row in probabilities.chunks_exact(actions) {
            let (thresholds, last) = cumulative(row)?;
            rows.extend_from_slice(&thresholds[..actions - 1]);
            rows.push(last as u32);
        }
        Ok(Self { states, actions, rows })
    }

    /// The number of states.
    pub const fn states(&self) -> usize {
        self.states
    }

    /// The number of actions.
    pub const fn actions(&self) -> usize {
        self.actions
    }

    /// Draws an action of a state; takes one word.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`].
    pub fn act(&self, state: usize, rng: &mut (impl Rng + ?Sized)) -> Result<usize, Error> {
        let row = self.rows.chunks_exact(self.actions).nth(state).ok_or(Error::StateOutOfRange)?;
        Ok(choose(row, rng.next_u32()))
    }

    pub(crate) fn rows(&self) -> &[u32] {
        &self.rows
    }
}

/// What a word chooses by a row of thresholds.
pub(crate) fn choose(row: &[u32], word: u32) -> usize {
    let (last, thresholds) = row.split_last().map_or((0, row), |(&last, thresholds)| (last as usize, thresholds));
    thresholds.iter().take(last).take_while(|&&threshold| word >= threshold).count()
}

/// The integer running sum `min(sum of thresholds, 2^32 - 1)` of a distribution, and the last index of probability above 0.
pub(crate) fn cumulative(probabilities: &[f32]) -> Result<(Vec<u32>, usize), Error> {
    let mut sum = 0u64;
    let mut sums = Vec::with_capacity(probabilities.len());
    for &p in probabilities {
        sum = (sum + threshold(p)?).min(u64::from(u32::MAX));
        sums.push(sum as u32);
    }
    let last = probabilities.iter().rposition(|&p| p > 0.0).ok_or(Error::ProbabilityOutOfRange)?;
    Ok((sums, last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::streams::take_words;
    use habit::rng::{categorical, stream, unit_f32};

    #[test]
    fn every_choice_is_that_of_the_kernel() {
        let rows = [
            [0.25, 0.25, 0.25, 0.25],
            [0.0, 0.5, 0.0, 0.5],
            [1.0, 0.0, 0.0, 0.0],
            [0.0, 0.0, 1.0, 0.0],
            [1e-12, 0.3, 0.3, 0.0],
            [1.0, 1.0, 1.0, 0.0],
        ];
        let policy = ThresholdPolicy::new(6, 4, rows.as_flattened()).unwrap();
        let (mut a, mut b) = (stream(7, 0), stream(7, 0));
        for _ in 0..2000 {
            for (state, row) in rows.iter().enumerate() {
                assert_eq!(policy.act(state, &mut a), categorical(row, &mut b));
            }
        }
        let one = ThresholdPolicy::new(1, 1, &[0.4]).unwrap();
        assert_eq!(one.act(0, &mut a), categorical(&[0.4], &mut b));
        assert_eq!(a, b);
    }

    #[test]
    fn words_at_the_edges_are_decided_as_the_kernel_decides_them() {
        // With a first word of 0, xoshiro128++ gives its last one, rotated by 7.
        let constant = |word: u32| {
            let mut generator = stream(0, 0);
            take_words(&mut generator, &[0, 1, 0, word.rotate_right(7)]).unwrap();
            generator
        };
        let mut rng = stream(8, 0);
        for _ in 0..200 {
            let row: [f32; 3] = std::array::from_fn(|_| unit_f32(&mut rng));
            let policy = ThresholdPolicy::new(1, 3, &row).unwrap();
            let (sums, _) = cumulative(&row).unwrap();
            for word in
                sums.iter().flat_map(|&sum| [sum.wrapping_sub(1), sum, sum.wrapping_add(1)]).chain([0, u32::MAX])
            {
                assert_eq!(policy.act(0, &mut constant(word)), categorical(&row, &mut constant(word)));
            }
        }
    }

    #[test]
    fn bad_input_is_refused() {
        assert_eq!(ThresholdPolicy::new(0, 2, &[]), Err(Error::EmptyRange));
        assert_eq!(ThresholdPolicy::new(2, 0, &[]), Err(Error::EmptyRange));
        assert_eq!(ThresholdPolicy::new(2, 2, &[1.0; 3]), Err(Error::LengthMismatch));
        for bad in [[0.0, 0.0], [0.5, f32::NAN], [1.5, 0.0], [-0.1, 1.0]] {
            assert_eq!(ThresholdPolicy::new(1, 2, &bad), Err(Error::ProbabilityOutOfRange));
        }
        let policy = ThresholdPolicy::new(1, 2, &[0.5; 2]).unwrap();
        assert_eq!(policy.act(1, &mut stream(0, 0)), Err(Error::StateOutOfRange));
    }
}
