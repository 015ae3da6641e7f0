//! Scores of steps that cannot be farmed.

use crate::error::Error;
use crate::linalg::all_finite;
use crate::reward::EpisodeReward;
use crate::reward::shaping::finite;
use crate::state::{Identify, Identity, persist_fields, stateless};

/// What becomes of the score `p_k` of each of `K` steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refine {
    /// `p_k`, as it is: the longer the episode, the more.
    Raw,
    /// `q_k = min(p_k - eta, 0)`: their sum is at most 0, and ends soonest what has begun.
    Clip,
    /// `p_k - p_{k+1}` up to step `K - 2`, `p_{K-1}` at step `K - 1`, nothing at step `K`: from any step but the last they sum
    /// to that step's score.
    Delta,
    /// As [`Delta`](Self::Delta), of the clipped scores.
    ClipDelta,
}

/// Refines the scores of steps, learned ones say, before they are added to the success of an episode (Gao et al. 2024): `r_k =
/// alpha x_k`, `x_k` by the [`Refine`], and the success is added to the last step. A score that pays for harmless steps is
/// summed up by a policy that stalls; clip bounds the sum, delta makes it telescope, and the two together leave every return,
/// before the last step, at `alpha q_k + success`.
///
/// With a discount below 1 delta telescopes no longer exactly. An episode that was cut has its last step, with a success of 0.
/// Memory: 12 bytes. Cost: one pass.
///
/// ```
/// use habit::reward::EpisodeReward;
/// use habit::reward::credit::{Refine, StepRewardRefiner};
/// let mut rewards = [0.9, 0.95, 0.3, 0.92, 0.8];
/// StepRewardRefiner::new(Refine::ClipDelta, 0.85, 0.5)?.rewrite(&mut rewards, 1.0)?;
/// assert!(rewards.iter().zip([0.0, 0.275, -0.275, 0.0, 1.0]).all(|(a, b)| (a - b).abs() < 1e-6));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepRewardRefiner {
    eta: f32,
    alpha: f32,
    refine: Refine,
}

const _: () = assert!(size_of::<StepRewardRefiner>() == 12);

impl StepRewardRefiner {
    /// With `eta`, which only clipping looks at: such that most steps are left with 0; and `alpha`.
    ///
    /// # Errors
    /// [`Error::NonFinite`] for `eta`; [`Error::ParameterOutOfRange`] unless `alpha` is positive and finite.
    pub const fn new(refine: Refine, eta: f32, alpha: f32) -> Result<Self, Error> {
        if !eta.is_finite() {
            return Err(Error::NonFinite);
        }
        if !(alpha > 0.0 && alpha.is_finite()) {
            return Err(Error::ParameterOutOfRange);
        }
        Ok(Self { eta, alpha, refine })
    }

    /// `p_k` or `q_k`.
    fn kept(&self, score: f32) -> f32 {
        match self.refine {
            Refine::Raw | Refine::Delta => score,
            Refine::Clip | Refine::ClipDelta => (score - self.eta).min(0.0),
        }
    }

    const fn telescopes(&self) -> bool {
        matches!(self.refine, Refine::Delta | Refine::ClipDelta)
    }

    /// The reward of a step that neither is the last nor comes before it, from its own score and the next one's.
    fn early(&self, score: f32, next: f32) -> f32 {
        let next = if self.telescopes() { self.kept(next) } else { 0.0 };
        self.alpha * (self.kept(score) - next)
    }

    /// The reward of the step before the last.
    fn last_but_one(&self, score: f32) -> f32 {
        self.alpha * self.kept(score)
    }

    /// The reward of the last step.
    fn last(&self, score: f32, success: f32) -> f32 {
        if self.telescopes() { success } else { self.alpha * self.kept(score) + success }
    }

    /// The reward of step `k`, which looks at its own score and the one behind; of those before nothing is asked.
    fn reward(&self, scores: &[f32], k: usize, success: f32) -> f32 {
        match scores.get(k..).unwrap_or_default() {
            [] => 0.0,
            [score] => self.last(*score, success),
            [score, _] => self.last_but_one(*score),
            [score, next, ..] => self.early(*score, *next),
        }
    }

    fn check(&self, scores: &[f32], success: f32) -> Result<(), Error> {
        if scores.is_empty() {
            return Err(Error::EmptyRange);
        }
        let good = all_finite(scores) && success.is_finite();
        let all = (0..scores.len()).all(|k| self.reward(scores, k, success).is_finite());
        if good && all { Ok(()) } else { Err(Error::NonFinite) }
    }

    /// From scores to rewards, one a step.
    ///
    /// # Errors
    /// As [`rewrite`](EpisodeReward::rewrite); [`Error::LengthMismatch`]. Nothing is written then.
    pub fn refine(&self, scores: &[f32], success: f32, out: &mut [f32]) -> Result<(), Error> {
        if scores.len() != out.len() {
            return Err(Error::LengthMismatch);
        }
        self.check(scores, success)?;
        out.iter_mut().enumerate().for_each(|(k, reward)| *reward = self.reward(scores, k, success));
        Ok(())
    }
}

impl EpisodeReward for StepRewardRefiner {
    /// From scores to rewards in their place; the outcome is the success.
    fn rewrite(&self, rewards: &mut [f32], outcome: f32) -> Result<(), Error> {
        self.check(rewards, outcome)?;
        for k in 0..rewards.len() {
            let refined = self.reward(rewards, k, outcome);
            if let Some(reward) = rewards.get_mut(k) {
                *reward = refined;
            }
        }
        Ok(())
    }
}

stateless!([] StepRewardRefiner);

/// `"step-reward-refiner"`.
impl Identify for StepRewardRefiner {
    fn identity(&self) -> Identity {
        Identity::new("step-reward-refiner", Identity::PLAIN, [0, 0, 0])
    }
}

/// A [`StepRewardRefiner`] step by step, a step late: the reward of a step is known when the next one's score is. 8 bytes
/// beside the refiner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RefinedSteps {
    refiner: StepRewardRefiner,
    held: Option<f32>,
}

const _: () = assert!(size_of::<RefinedSteps>() == 12 + 8);

impl RefinedSteps {
    /// Before the first step of an episode.
    pub const fn new(refiner: StepRewardRefiner) -> Self {
        Self { refiner, held: None }
    }

    /// Takes in the score of a step after which the episode goes on, and returns the reward of the step before, if there was
    /// one.
    ///
    /// # Errors
    /// [`Error::NonFinite`]: nothing is taken in then.
    pub fn push(&mut self, score: f32) -> Result<Option<f32>, Error> {
        finite(self.refiner.last_but_one(finite(score)?))?;
        let reward = self.held.map(|held| finite(self.refiner.early(held, score))).transpose()?;
        self.held = Some(score);
        Ok(reward)
    }

    /// Takes in the score of the last step and the success: the rewards of the step before, if there was one, and of the last
    /// step. The next episode may begin.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn finish(&mut self, score: f32, success: f32) -> Result<(Option<f32>, f32), Error> {
        let last = finite(self.refiner.last(finite(score)?, finite(success)?))?;
        Ok((self.held.take().map(|held| self.refiner.last_but_one(held)), last))
    }
}

// The score held: a byte, and where it is 1 that `f32`.
persist_fields!([] RefinedSteps { held });

/// `"refined-steps"`.
impl Identify for RefinedSteps {
    fn identity(&self) -> Identity {
        Identity::new("refined-steps", Identity::PLAIN, [0, 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{stream, unit_f32};
    use crate::state::Persist;
    use std::vec::Vec;

    const SCORES: [f32; 5] = [0.9, 0.95, 0.3, 0.92, 0.8];
    const ALL: [Refine; 4] = [Refine::Raw, Refine::Clip, Refine::Delta, Refine::ClipDelta];

    fn refiner(refine: Refine) -> StepRewardRefiner {
        StepRewardRefiner::new(refine, 0.85, 0.5).unwrap()
    }

    fn close(a: &[f32], b: &[f32]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6)
    }

    /// The sum of the rewards from each step on.
    fn returns(rewards: &[f32]) -> Vec<f32> {
        (0..rewards.len()).map(|k| rewards[k..].iter().sum()).collect()
    }

    #[test]
    fn the_worked_example_comes_out() {
        let rewards = |refine| {
            let mut out = [9.0; 5];
            refiner(refine).refine(&SCORES, 1.0, &mut out).unwrap();
            out
        };
        assert!(close(&rewards(Refine::Raw), &[0.45, 0.475, 0.15, 0.46, 1.4]));
        assert!(close(&returns(&rewards(Refine::Raw)), &[2.935, 2.485, 2.01, 1.86, 1.4]));
        assert!(close(&rewards(Refine::Clip), &[0.0, 0.0, -0.275, 0.0, 0.975]));
        assert!(close(&rewards(Refine::ClipDelta), &[0.0, 0.275, -0.275, 0.0, 1.0]));
        assert!(close(&returns(&rewards(Refine::ClipDelta)), &[1.0, 1.0, 0.725, 1.0, 1.0]));
    }

    #[test]
    fn a_stream_a_slice_and_an_episode_in_place_agree_at_every_length() {
        let mut rng = stream(1, 0);
        for refine in ALL {
            for count in 1..=SCORES.len() {
                let scores: Vec<_> = (0..count).map(|_| unit_f32(&mut rng)).collect();
                let (mut out, mut place) = (std::vec![0.0; count], scores.clone());
                refiner(refine).refine(&scores, 0.5, &mut out).unwrap();
                refiner(refine).rewrite(&mut place, 0.5).unwrap();
                assert_eq!(out, place);
                let (mut steps, mut streamed) = (RefinedSteps::new(refiner(refine)), Vec::new());
                for _ in 0..2 {
                    streamed.clear();
                    scores[..count - 1].iter().for_each(|score| streamed.extend(steps.push(*score).unwrap()));
                    let (before, last) = steps.finish(scores[count - 1], 0.5).unwrap();
                    streamed.extend(before);
                    streamed.push(last);
                    assert_eq!(streamed, out);
                }
                // Telescoping: from every step but the last, alpha q + success.
                if refiner(refine).telescopes() {
                    let expected = scores.iter().map(|score| 0.5 * refiner(refine).kept(*score) + 0.5);
                    let expected: Vec<_> = expected.take(count - 1).chain([0.5]).collect();
                    assert!(close(&returns(&out), &expected));
                }
            }
        }
    }

    #[test]
    fn a_saved_stream_goes_on() {
        let mut steps = RefinedSteps::new(refiner(Refine::Delta));
        steps.push(0.5).unwrap();
        let mut restored = RefinedSteps::new(refiner(Refine::Delta));
        assert_eq!(restored.restore(&[1, 0, 0, 0, 63]), Ok(()));
        assert_eq!(restored, steps);
        assert_eq!(restored.restore(&[0]), Ok(()));
        assert_eq!(restored, RefinedSteps::new(refiner(Refine::Delta)));
    }

    #[test]
    fn a_rejected_call_changes_nothing() {
        assert_eq!(StepRewardRefiner::new(Refine::Clip, f32::NAN, 0.5), Err(Error::NonFinite));
        for alpha in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            assert_eq!(StepRewardRefiner::new(Refine::Raw, 0.5, alpha), Err(Error::ParameterOutOfRange));
        }
        for refine in ALL {
            assert_eq!(refiner(refine).rewrite(&mut [], 1.0), Err(Error::EmptyRange));
            assert_eq!(refiner(refine).refine(&[], 1.0, &mut []), Err(Error::EmptyRange));
            let mut out = [9.0; 2];
            assert_eq!(refiner(refine).refine(&[1.0], 1.0, &mut out), Err(Error::LengthMismatch));
            assert_eq!(refiner(refine).refine(&[1.0, f32::NAN], 1.0, &mut out), Err(Error::NonFinite));
            assert_eq!(refiner(refine).rewrite(&mut out, f32::INFINITY), Err(Error::NonFinite));
            assert_eq!(out, [9.0; 2]);
            let mut steps = RefinedSteps::new(refiner(refine));
            steps.push(0.5).unwrap();
            let before = steps;
            assert_eq!(steps.push(f32::NAN), Err(Error::NonFinite));
            assert_eq!(steps.finish(f32::INFINITY, 1.0), Err(Error::NonFinite));
            assert_eq!(steps.finish(0.5, f32::NAN), Err(Error::NonFinite));
            assert_eq!(steps, before);
        }
        let large = StepRewardRefiner::new(Refine::Raw, 0.0, 2.0).unwrap();
        let mut rewards = [1.0, f32::MAX, 1.0];
        assert_eq!(large.rewrite(&mut rewards, 0.0), Err(Error::NonFinite));
        assert_eq!(rewards, [1.0, f32::MAX, 1.0]);
        assert_eq!(RefinedSteps::new(large).push(f32::MAX), Err(Error::NonFinite));
    }
}
