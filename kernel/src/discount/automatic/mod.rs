//! A discount that grows with what the agent demonstrably masters.

#[cfg(test)]
mod tests;

use super::progress_recognizer::{RecognizerState, insert};
use super::{DiscountSchedule, ProgressRecognizer};
use crate::error::Error;
use crate::linalg::StorageMut;
use crate::math::{Libm, Math, percentile_by};
use crate::state::{Identify, Identity, Persist, Reader, Write};
use core::marker::PhantomData;

/// The numbers of [`AutomaticDiscount`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AutomaticDiscountParameters {
    /// `alpha`, in `(0, 1)`: what a reward at the end of the mastered prefix weighs.
    pub alpha: f32,
    /// The share of the episode that counts as mastered at the start, in `[0, 1]`; at least one step does.
    pub start: f32,
    /// The share of the reference score that must be reached, in `(0, 1]`.
    pub threshold: f32,
    /// Which percentile of the match scores must reach it, in `[0, 100]`.
    pub percentile: f32,
}

impl AutomaticDiscountParameters {
    /// Those of the paper.
    pub const PUBLISHED: Self = Self { alpha: 0.2, start: 0.2, threshold: 0.9, percentile: 90.0 };

    fn check(&self) -> Result<(), Error> {
        let fits = self.alpha > 0.0
            && self.alpha < 1.0
            && (0.0..=1.0).contains(&self.start)
            && self.threshold > 0.0
            && self.threshold <= 1.0
            && (0.0..=100.0).contains(&self.percentile);
        if fits { Ok(()) } else { Err(Error::ParameterOutOfRange) }
    }
}

/// Automatic discount scheduling (Liu et al., ICLR 2024, arXiv 2310.07433): imitation from observations alone, with a
/// discount that looks no further than the agent follows the demonstrations.
///
/// The progress `k` starts at a fifth of the episode's `T` steps, and `gamma = alpha^(1/k)`, so that what comes after the
/// mastered prefix weighs less than `alpha`. A round is some evaluation episodes: each is scored against each demonstration
/// ([`observe`](Self::observe)) at the prefixes that the round can reach, by a [`ProgressRecognizer`]; then
/// ([`update`](Self::update)), at most `D` times, `k` grows by one if the 90th percentile of the scores at `k` reaches
/// `floor(0.9 reference[k])`. It never falls.
///
/// Memory: `4 T` bytes of reference scores, `2 T` of scratch, `2 D R` of scores for `R` pairs of an episode and a
/// demonstration a round, and 30, rounded up to a multiple of 4. Cost of a pair: `D` scores of prefixes of `k` steps, `k^2`
/// distances each; of an update: a power.
#[derive(Clone, Debug)]
pub struct AutomaticDiscountState<V, W, B, M = Libm> {
    reference: V,
    recognizer: RecognizerState<W>,
    /// A row a prefix, from `k` on; the first `pairs` of each sorted, the others 0.
    scores: B,
    rows: u16,
    pairs: u16,
    /// `T`; 0 before the start.
    steps: u16,
    progress: u16,
    gamma: f32,
    parameters: AutomaticDiscountParameters,
    math: PhantomData<M>,
}

/// [`AutomaticDiscountState`] of constant size: episodes of up to `T` steps, `R` pairs a round, `k` grows by up to `D` a
/// round, 5 as published.
///
/// ```
/// use habit::discount::{AutomaticDiscount, AutomaticDiscountParameters, DiscountSchedule};
/// let mut discount = AutomaticDiscount::<10, 4>::EMPTY;
/// let reference: [f32; 10] = core::array::from_fn(|k| k as f32 + 1.0);
/// discount.start(AutomaticDiscountParameters::PUBLISHED, &reference)?;
/// assert_eq!(discount.progress(), 2);
/// // A perfect trajectory: every step is nearest to its own.
/// discount.observe(10, |i, j| (i as f32 - j as f32).abs())?;
/// discount.update()?;
/// assert_eq!(discount.progress(), 7);
/// assert!((discount.gamma() - 0.2f32.powf(1.0 / 7.0)).abs() < 1e-6);
/// # Ok::<(), habit::Error>(())
/// ```
pub type AutomaticDiscount<const T: usize, const R: usize, const D: usize = 5, M = Libm> =
    AutomaticDiscountState<[f32; T], [u16; T], [[u16; R]; D], M>;

impl<const T: usize, const R: usize, const D: usize, M: Math> AutomaticDiscount<T, R, D, M> {
    /// Not started.
    pub const EMPTY: Self = {
        assert!(R > 0 && R <= 65_535 && D > 0 && D <= 65_535, "pairs and prefixes are counted in 16 bits");
        Self {
            reference: [0.0; T],
            recognizer: ProgressRecognizer::EMPTY,
            scores: [[0; R]; D],
            rows: D as u16,
            pairs: 0,
            steps: 0,
            progress: 0,
            gamma: 0.0,
            parameters: AutomaticDiscountParameters::PUBLISHED,
            math: PhantomData,
        }
    };

    /// Bytes: `6 T + 2 D R + 30`, rounded up to a multiple of 4.
    pub const SIZE: usize = size_of::<Self>();
}

impl<V: StorageMut, W: StorageMut<u16>, B: StorageMut<u16>, M: Math> AutomaticDiscountState<V, W, B, M> {
    /// Over the caller's memory; not started. `reference` and `scratch` have a number a step; `scores` has `rows` rows, by
    /// which `k` can grow in a round, of a number a pair.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`], also for a row without a pair.
    pub fn over(reference: V, scratch: W, scores: B, rows: u16) -> Result<Self, Error> {
        let recognizer = RecognizerState::over(scratch)?;
        let room = scores.values().len().checked_div(usize::from(rows)).unwrap_or(0);
        let fits = (1..=65_535).contains(&room) && room * usize::from(rows) == scores.values().len();
        if reference.values().len() != recognizer.steps() || !fits {
            return Err(Error::LengthMismatch);
        }
        Ok(Self {
            reference,
            recognizer,
            scores,
            rows,
            pairs: 0,
            steps: 0,
            progress: 0,
            gamma: 0.0,
            parameters: AutomaticDiscountParameters::PUBLISHED,
            math: PhantomData,
        })
    }

    /// Starts at the first progress. `reference[k - 1]` is the score that a trajectory as good as a demonstration has at the
    /// prefix of `k` steps ([`reference`](RecognizerState::reference)); its length is that of an episode.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] for a parameter, or a score that is not from 1 to its prefix; [`Error::EmptyRange`]
    /// without a step; [`Error::LengthMismatch`] for more steps than there is memory for.
    pub fn start(&mut self, parameters: AutomaticDiscountParameters, reference: &[f32]) -> Result<(), Error> {
        parameters.check()?;
        if reference.is_empty() {
            return Err(Error::EmptyRange);
        }
        let steps = reference.len();
        if steps > self.recognizer.steps() {
            return Err(Error::LengthMismatch);
        }
        if !(1u32..).zip(reference).all(|(prefix, score)| (1.0..=prefix as f32).contains(score)) {
            return Err(Error::ParameterOutOfRange);
        }
        self.reference.values_mut().iter_mut().zip(reference).for_each(|(own, score)| *own = *score);
        self.scores.values_mut().fill(0);
        (self.parameters, self.steps, self.pairs) = (parameters, steps as u16, 0);
        self.progress = ((parameters.start * f32::from(self.steps)) as u16).max(1).min(self.steps);
        self.gamma = self.discount();
        Ok(())
    }

    /// `k`: how many steps of the demonstrations count as mastered. 0 before the start.
    pub const fn progress(&self) -> u16 {
        self.progress
    }

    /// How many pairs of an episode and a demonstration have been scored in this round.
    pub const fn pairs(&self) -> u16 {
        self.pairs
    }

    /// Scores one trajectory of `steps` steps against one demonstration; `cost(i, j)` is the distance of the trajectory's
    /// step `i` and the demonstration's step `j`. With everything mastered there is nothing to score.
    ///
    /// # Errors
    /// [`Error::NotStarted`]; [`Error::EmptyRange`] for a trajectory without a step, [`Error::LengthMismatch`] for one that
    /// is shorter than `k`; [`Error::BufferTooSmall`] for more pairs than there is room for; [`Error::NonFinite`] for a
    /// distance.
    pub fn observe(&mut self, steps: usize, cost: impl Fn(usize, usize) -> f32) -> Result<(), Error> {
        if self.steps == 0 {
            return Err(Error::NotStarted);
        }
        if steps == 0 {
            return Err(Error::EmptyRange);
        }
        if steps < usize::from(self.progress) {
            return Err(Error::LengthMismatch);
        }
        if self.progress == self.steps {
            return Ok(());
        }
        let (room, pair) = (self.room(), usize::from(self.pairs));
        if pair >= room {
            return Err(Error::BufferTooSmall);
        }
        // Behind the pairs so far, and sorted in only when every prefix could be scored.
        let prefixes = usize::from(self.progress)..usize::from(self.steps);
        for (row, prefix) in self.scores.values_mut().chunks_exact_mut(room).zip(prefixes) {
            match self.recognizer.score(steps, prefix, &cost) {
                Ok(score) => row.iter_mut().skip(pair).take(1).for_each(|place| *place = score),
                Err(error) => {
                    self.forget_from(pair);
                    return Err(error);
                }
            }
        }
        for row in self.scores.values_mut().chunks_exact_mut(room) {
            let score = row.get(pair).copied().unwrap_or(0);
            insert(row, pair, score);
        }
        self.pairs += 1;
        Ok(())
    }

    /// Ends a round: `k` grows as far as the scores let it, they are forgotten, and the discount from now on is returned.
    /// With everything mastered nothing happens.
    ///
    /// # Errors
    /// [`Error::NotStarted`]; [`Error::EmptyRange`] when nothing was scored.
    pub fn update(&mut self) -> Result<f32, Error> {
        if self.steps == 0 {
            return Err(Error::NotStarted);
        }
        if self.progress == self.steps {
            return Ok(self.gamma);
        }
        if self.pairs == 0 {
            return Err(Error::EmptyRange);
        }
        let AutomaticDiscountParameters { threshold, percentile, .. } = self.parameters;
        let mut progress = self.progress;
        for row in self.scores.values().chunks_exact(self.room()) {
            if progress == self.steps {
                break;
            }
            let reference = self.reference.values().get(usize::from(progress) - 1).copied().unwrap_or(f32::INFINITY);
            let at = |index: usize| row.get(index).map_or(0.0, |score| f32::from(*score));
            if percentile_by(usize::from(self.pairs), percentile, at)? < floor(threshold * reference) {
                break;
            }
            progress += 1;
        }
        self.progress = progress;
        self.gamma = self.discount();
        self.pairs = 0;
        self.forget_from(0);
        Ok(self.gamma)
    }

    /// How many pairs a round has room for.
    fn room(&self) -> usize {
        (self.scores.values().len() / usize::from(self.rows.max(1))).max(1)
    }

    /// Sets the scores of the pairs from this one on to 0.
    fn forget_from(&mut self, pair: usize) {
        let room = self.room();
        for row in self.scores.values_mut().chunks_exact_mut(room) {
            row.iter_mut().skip(pair).for_each(|score| *score = 0);
        }
    }

    /// `alpha^(1/k)`.
    fn discount(&self) -> f32 {
        M::powf(self.parameters.alpha, 1.0 / f32::from(self.progress.max(1))).clamp(0.0, 1.0)
    }
}

/// Of a number from 0 to 65 535.
fn floor(x: f32) -> f32 {
    f32::from(x as u16)
}

/// An update is a round; one in which nothing was scored changes nothing.
impl<V: StorageMut, W: StorageMut<u16>, B: StorageMut<u16>, M: Math> DiscountSchedule
    for AutomaticDiscountState<V, W, B, M>
{
    #[inline]
    fn gamma(&self) -> f32 {
        self.gamma
    }

    fn advance(&mut self) {
        let _ = self.update();
    }
}

/// The progress and the pairs of the round as `u16`, then the scores as `u16`, row by row: `2 D R + 4` bytes.
impl<V: StorageMut, W: StorageMut<u16>, B: StorageMut<u16>, M: Math> Persist for AutomaticDiscountState<V, W, B, M> {
    fn write(&self, out: &mut impl Write) {
        self.progress.write(out);
        self.pairs.write(out);
        self.scores.values().write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        let (mut progress, mut pairs) = (0u16, 0u16);
        progress.read(from)?;
        pairs.read(from)?;
        let room = self.room();
        // Before the start there are neither steps nor progress.
        let fits = (self.steps.min(1)..=self.steps).contains(&progress) && usize::from(pairs) <= room;
        if !fits || (pairs > 0 && progress == self.steps) {
            return Err(Error::Malformed);
        }
        for row in 0..self.rows {
            let prefix = progress.saturating_add(row);
            let (mut least, mut score) = (1, 0u16);
            for index in 0..room {
                score.read(from)?;
                let scored = index < usize::from(pairs) && prefix < self.steps;
                let fits = if scored { (least..=prefix).contains(&score) } else { score == 0 };
                if !fits {
                    return Err(Error::Malformed);
                }
                least = score.max(1);
            }
        }
        Ok(())
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.progress.read(from)?;
        self.pairs.read(from)?;
        self.scores.values_mut().read(from)?;
        if self.steps > 0 {
            self.gamma = self.discount();
        }
        Ok(())
    }
}

/// `"automatic-discount"`: steps of an episode, pairs and prefixes a round.
impl<V: StorageMut, W: StorageMut<u16>, B: StorageMut<u16>, M: Math> Identify for AutomaticDiscountState<V, W, B, M> {
    fn identity(&self) -> Identity {
        let dimensions = [self.reference.values().len(), self.room(), usize::from(self.rows)];
        Identity::new("automatic-discount", M::NUMERICS, dimensions)
    }
}

const _: () = assert!(AutomaticDiscount::<18, 12>::SIZE == 6 * 18 + 2 * 5 * 12 + 30 + 2);
const _: () = assert!(AutomaticDiscount::<26, 12>::SIZE == 6 * 26 + 2 * 5 * 12 + 30 + 2);
