//! Progress along a route, times what was not as it should be.

use crate::error::Error;
use crate::interact::Outcome;
use crate::math::is_in_unit_interval;
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// What ends an episode at once. Several in one step count as one: name the first of this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HardInfraction {
    /// Something was hit.
    Collision,
    /// A red light was passed.
    RedLight,
    /// A stop sign was passed.
    StopSign,
    /// More than 95 % of the vehicle is off the road.
    OffRoad,
    /// The route was left.
    RouteDeviation,
    /// Nothing has moved for too long.
    Blocked,
    /// The time is up.
    Timeout,
}

impl HardInfraction {
    /// What is taken off the last reward as a hint: 1 for a collision and a red light, which cost nothing else where the
    /// route was nearly done; 0 for the others.
    pub const fn hint(self) -> f32 {
        match self {
            Self::Collision | Self::RedLight => 1.0,
            Self::StopSign | Self::OffRoad | Self::RouteDeviation | Self::Blocked | Self::Timeout => 0.0,
        }
    }
}

/// What a step brought.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepReward {
    /// The reward.
    pub reward: f32,
    /// Terminated by a hard infraction; else truncated where the route is finished.
    pub outcome: Outcome,
}

/// CaRL's reward (Jaeger et al. 2025, arXiv 2504.17838): `(RC_t - RC_{t-1}) prod_i p_i + T_t`, where `RC` in `[0, 100]` is how
/// much of the route is done, in percent, `p_i` in `[0, 1]` are `F` soft factors and `T` is minus the hint of a hard
/// infraction, which ends the episode. Nothing is to be weighed, and standing still pays nothing: the optimum is where the
/// score is.
///
/// It takes what was measured rather than a transition, whose state may tell neither. Finishing the route is no end of the
/// world and pays no bonus: the episode is truncated. Where `RC` falls, the loss is multiplied by the same factors.
///
/// Memory: 4 bytes, `RC_{t-1}`. Cost: `F` multiplications.
///
/// ```
/// use habit::interact::Outcome;
/// use habit::reward::shaping::{HardInfraction, ProgressReward};
/// let mut progress = ProgressReward::<2>::EMPTY;
/// progress.step(10.0, &[1.0, 1.0], None)?;
/// assert_eq!(progress.step(10.5, &[0.5, 0.75], None)?.reward, 0.1875);
/// let crash = progress.step(11.0, &[0.5, 1.0], Some(HardInfraction::Collision))?;
/// assert_eq!((crash.reward, crash.outcome), (0.25 - 1.0, Outcome::Terminated));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ProgressReward<const F: usize> {
    completion: f32,
}

const _: () = assert!(size_of::<ProgressReward<8>>() == 4);

/// All of the route.
const WHOLE: f32 = 100.0;

/// Whether it is a share of the route, in percent.
fn is_completion(completion: f32) -> bool {
    (0.0..=WHOLE).contains(&completion)
}

/// The product of factors in `[0, 1]`, onto `start`.
fn product(start: f32, factors: &[f32]) -> Result<f32, Error> {
    if !factors.iter().all(|factor| is_in_unit_interval(*factor)) {
        return Err(Error::FactorOutOfRange);
    }
    Ok(factors.iter().fold(start, |product, factor| product * factor))
}

impl<const F: usize> ProgressReward<F> {
    /// At the start of a route.
    pub const EMPTY: Self = Self { completion: 0.0 };

    /// Starts a new episode: nothing of the route is done.
    pub const fn start(&mut self) {
        self.completion = 0.0;
    }

    /// `RC_{t-1}`, in percent.
    pub const fn completion(&self) -> f32 {
        self.completion
    }

    /// The reward of a step after which `completion` percent of the route are done.
    ///
    /// # Errors
    /// [`Error::CompletionOutOfRange`] unless it is in `[0, 100]`; [`Error::FactorOutOfRange`] unless every factor is in
    /// `[0, 1]`. Nothing has changed then.
    pub fn step(
        &mut self,
        completion: f32,
        factors: &[f32; F],
        hard: Option<HardInfraction>,
    ) -> Result<StepReward, Error> {
        if !is_completion(completion) {
            return Err(Error::CompletionOutOfRange);
        }
        let progress = product(completion - self.completion, factors)?;
        self.completion = completion;
        Ok(StepReward {
            reward: progress - hard.map_or(0.0, HardInfraction::hint),
            outcome: Outcome::from_flags(hard.is_some(), completion >= WHOLE),
        })
    }
}

/// `RC_{t-1}`: 4 bytes.
impl<const F: usize> Persist for ProgressReward<F> {
    fn write(&self, out: &mut impl Write) {
        self.completion.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        let mut completion = 0.0f32;
        completion.read(from)?;
        if is_completion(completion) { Ok(()) } else { Err(Error::Malformed) }
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.completion.read(from)
    }
}

/// `"progress-reward"`: factors.
impl<const F: usize> Identify for ProgressReward<F> {
    fn identity(&self) -> Identity {
        Identity::new("progress-reward", Identity::PLAIN, [F, 0, 0])
    }
}

/// What an episode is reported by, `DS = RC prod_i p_i`: how much of the route was done, in percent, times a factor for each
/// infraction.
///
/// # Errors
/// As [`ProgressReward::step`].
pub fn driving_score(completion: f32, penalties: &[f32]) -> Result<f32, Error> {
    if is_completion(completion) { product(completion, penalties) } else { Err(Error::CompletionOutOfRange) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worked_example_comes_out() {
        let at = |completion, to, factors: [f32; 2], hard| {
            ProgressReward { completion }.step(to, &factors, hard).map(|step| (step.reward, step.outcome))
        };
        assert_eq!(at(10.0, 10.5, [0.5, 0.75], None), Ok((0.1875, Outcome::Continue)));
        let collision = Some(HardInfraction::Collision);
        assert_eq!(at(10.0, 10.5, [0.5, 1.0], collision), Ok((-0.75, Outcome::Terminated)));
        assert_eq!(at(99.5, 100.0, [1.0, 1.0], None), Ok((0.5, Outcome::Truncated)));
        // A loss is multiplied too, a hard infraction at the end ends, and most have no hint.
        assert_eq!(at(10.0, 8.0, [0.5, 1.0], None), Ok((-1.0, Outcome::Continue)));
        assert_eq!(at(99.0, 100.0, [1.0, 1.0], Some(HardInfraction::Timeout)), Ok((1.0, Outcome::Terminated)));
        assert_eq!(driving_score(80.0, &[0.6, 0.5]), Ok(24.0));
        assert_eq!(driving_score(80.0, &[]), Ok(80.0));
    }

    #[test]
    fn a_rejected_call_changes_nothing() {
        let mut progress = ProgressReward::<1>::EMPTY;
        progress.step(40.0, &[0.5], None).unwrap();
        let digest = progress.digest();
        for completion in [-0.1, 100.1, f32::NAN] {
            assert_eq!(progress.step(completion, &[1.0], None), Err(Error::CompletionOutOfRange));
            assert_eq!(driving_score(completion, &[1.0]), Err(Error::CompletionOutOfRange));
        }
        for factor in [-0.1, 1.1, f32::NAN, f32::INFINITY] {
            assert_eq!(progress.step(50.0, &[factor], None), Err(Error::FactorOutOfRange));
            assert_eq!(driving_score(50.0, &[factor]), Err(Error::FactorOutOfRange));
        }
        assert_eq!(progress.restore(&200f32.to_le_bytes()), Err(Error::Malformed));
        assert_eq!(progress.digest(), digest);
        assert_eq!(progress.completion(), 40.0);
        progress.start();
        assert_eq!(progress.step(2.0, &[1.0], None).unwrap().reward, 2.0);
    }
}
