//! How far a message is above the usual.

use super::fit::LogisticFit;
use super::{Examples, Label, LinearState, LogisticAscent, MessageReward, RewardModel};
use crate::error::Error;
use crate::linalg::StorageMut;
use crate::math::{CompensatedMoments, Libm, Math};
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// What is made of a score in units of the spread, `z`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RankingOutput {
    /// `z` where it is above the cut, else 0; the published code's cut is -0.5.
    AboveCut(f32),
    /// `max(0, z - cut)`.
    Excess(f32),
}

impl RankingOutput {
    const fn cut(self) -> f32 {
        match self {
            Self::AboveCut(cut) | Self::Excess(cut) => cut,
        }
    }

    fn of(self, z: f32) -> f32 {
        match self {
            Self::AboveCut(cut) if z > cut => z,
            Self::Excess(cut) if z > cut => z - cut,
            _ => 0.0,
        }
    }
}

/// Mean 0 and variance 1, as much as this part of a number counts before the first.
const PRIOR: f32 = 1e-4;

/// The least variance that scores are divided by the root of.
const LEAST_VARIANCE: f32 = 1e-8;

/// Mean and variance of all scores so far after the prior, by the parallel update `d = m_b - mu`, `mu += d n_b / n`,
/// `var = (var n_a + var_b n_b + d^2 n_a n_b / n) / n`, of the prior and all scores together.
fn mean_and_variance(scores: &CompensatedMoments) -> (f32, f32) {
    let (count, mean) = (scores.count() as f32, scores.mean().unwrap_or(0.0));
    let total = PRIOR + count;
    let squares = scores.variance().unwrap_or(0.0) * (count - 1.0);
    let between = mean * mean * (PRIOR * count / total);
    (mean * (count / total), (PRIOR + squares + between) / total)
}

/// Bradley and Terry's model of pairs, `P(b is better than a) = s(<w, x_b - x_a>)`, fitted to all pairs so far or the last `N`.
/// A message is worth what [`RankingOutput`] makes of its score less the mean of all scores so far, this one included,
/// divided by the root of their variance (ONI, ranking).
///
/// Memory: `8 D + 4 N (D + 1)` bytes and 44. Cost: a product, a square root and a division a reward; see [`LinearState`] for a
/// fit.
#[derive(Clone, Debug)]
pub struct RankingState<V, X, Y, M = Libm> {
    fit: LogisticFit<V, X, Y, M>,
    scores: CompensatedMoments,
    output: RankingOutput,
}

/// [`RankingState`] of constant size: `D` features, `N` pairs.
pub type RankingReward<const D: usize, const N: usize, M = Libm> = RankingState<[f32; D], [[f32; D]; N], [f32; N], M>;

impl<const D: usize, const N: usize, M> RankingReward<D, N, M> {
    /// Not started.
    pub const EMPTY: Self =
        Self { fit: LogisticFit::EMPTY, scores: CompensatedMoments::EMPTY, output: RankingOutput::Excess(0.0) };

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();
}

const _: () = assert!(RankingReward::<9, 192>::SIZE == 8 * 9 + 4 * 192 * (9 + 1) + 44);

impl<V: StorageMut, X: StorageMut, Y: StorageMut, M: Math> RankingState<V, X, Y, M> {
    /// Over a model and memory for its pairs; not started.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub fn over(model: LinearState<V, M>, examples: Examples<X, Y>) -> Result<Self, Error> {
        let fit = LogisticFit::over(model, examples)?;
        Ok(Self { fit, scores: CompensatedMoments::EMPTY, output: RankingOutput::Excess(0.0) })
    }

    /// Starts without a pair and without a score.
    ///
    /// # Errors
    /// [`Error::StepSizeOutOfRange`], [`Error::StepsOutOfRange`]; [`Error::NonFinite`] for the cut.
    pub fn start(&mut self, ascent: LogisticAscent, output: RankingOutput) -> Result<(), Error> {
        if !output.cut().is_finite() {
            return Err(Error::NonFinite);
        }
        self.fit.start(ascent)?;
        (self.scores, self.output) = (CompensatedMoments::EMPTY, output);
        Ok(())
    }

    /// What it has learned.
    pub const fn model(&self) -> &LinearState<V, M> {
        &self.fit.model
    }
}

impl<V: StorageMut, X: StorageMut, Y: StorageMut, M: Math> MessageReward for RankingState<V, X, Y, M> {
    /// The score of every message counts, that of one before the first pair too.
    fn reward(&mut self, _message: u32, features: &[f32]) -> Result<f32, Error> {
        let score = self.fit.model.score(features)?;
        let mut scores = self.scores;
        scores.add(score)?;
        let (mean, variance) = mean_and_variance(&scores);
        let z = (score - mean) / libm::sqrtf(variance.max(LEAST_VARIANCE));
        if !z.is_finite() {
            return Err(Error::NonFinite);
        }
        self.scores = scores;
        Ok(if self.fit.examples.is_empty() { 0.0 } else { self.output.of(z) })
    }

    fn learn(&mut self, labels: &[Label<'_>]) -> Result<(), Error> {
        self.fit.learn(labels)
    }
}

/// The weights, the pairs, the moments of the scores.
impl<V: StorageMut, X: StorageMut, Y: StorageMut, M> Persist for RankingState<V, X, Y, M> {
    fn write(&self, out: &mut impl Write) {
        self.fit.write(out);
        self.scores.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.fit.check(from)?;
        self.scores.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.fit.read(from)?;
        self.scores.read(from)
    }
}

/// `"ranking-reward"`: features, pairs.
impl<V: StorageMut, X: StorageMut, Y: StorageMut, M: Math> Identify for RankingState<V, X, Y, M> {
    fn identity(&self) -> Identity {
        Identity::new("ranking-reward", M::NUMERICS, self.fit.dimensions())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{stream, unit_f32};

    #[test]
    fn the_moments_are_those_of_the_parallel_update() {
        let (mut scores, mut rng) = (CompensatedMoments::EMPTY, stream(8, 0));
        assert_eq!(mean_and_variance(&scores), (0.0, 1.0));
        let (mut mean, mut variance, mut n) = (0f64, 1f64, f64::from(PRIOR));
        for _ in 0..1000 {
            let score = 3.0 * unit_f32(&mut rng) - 1.0;
            let (d, total) = (f64::from(score) - mean, n + 1.0);
            variance = (variance * n + d * d * n / total) / total;
            mean += d / total;
            n = total;
            scores.add(score).unwrap();
            let found = mean_and_variance(&scores);
            assert!((f64::from(found.0) - mean).abs() < 1e-5, "{found:?} {mean}");
            assert!((f64::from(found.1) - variance).abs() < 1e-5 * variance.max(1.0), "{found:?} {variance}");
        }
    }

    #[test]
    fn what_is_better_in_pairs_is_worth_more() {
        let mut reward = RankingReward::<2, 8>::EMPTY;
        let better = Label { message: 1, features: &[1.0, 0.0], value: 1.0 };
        let tie = Label { message: 1, features: &[0.0, 1.0], value: 0.5 };
        assert_eq!(reward.learn(&[better]), Err(Error::NotStarted));
        assert_eq!(reward.start(LogisticAscent::USUAL, RankingOutput::Excess(f32::NAN)), Err(Error::NonFinite));
        reward.start(LogisticAscent::USUAL, RankingOutput::AboveCut(-0.5)).unwrap();
        // Zero variance: the floor keeps the score finite.
        for _ in 0..3 {
            assert_eq!(reward.reward(0, &[0.0, 0.0]), Ok(0.0));
        }
        reward.learn(&[better, tie]).unwrap();
        let (good, usual) = (reward.reward(1, &[1.0, 0.0]).unwrap(), reward.reward(0, &[0.0, 1.0]).unwrap());
        assert!(good > 1.0 && usual <= 0.0, "{good} {usual}");
        assert_eq!(reward.model().weights()[1], 0.0);
    }

    #[test]
    fn outputs_by_hand() {
        let above = RankingOutput::AboveCut(-0.5);
        assert_eq!([-0.6, -0.5, -0.4, 2.0].map(|z| above.of(z)), [0.0, 0.0, -0.4, 2.0]);
        assert_eq!([0.9, 1.0, 1.5].map(|z| RankingOutput::Excess(1.0).of(z)), [0.0, 0.0, 0.5]);
    }
}
