//! One step and the whole outcome.

use crate::error::Error;
use crate::interact::{Outcome, RolloutView};
use crate::math::is_in_unit_interval;

/// `A_t = w (r_t + v(s_{t+1}) - v(s_t)) + (1 - w) (z - v(s_t))`, `z` the outcome of the episode: what the step brought, and
/// what came of it in the end (Wang et al. 2026, MiRA; the form is WebRL's and DigiRL's). `v` of a terminal state is 0; of
/// one in which the episode was cut it counts. 4 bytes; two products a step.
///
/// ```
/// use habit::advantage::BlendedAdvantage;
/// use habit::interact::{Outcome::*, RolloutView};
/// let (rewards, outcomes) = ([0.1, -0.2, 1.0], [Continue, Continue, Terminated]);
/// let episode = RolloutView::trajectory(&rewards, &[0.3, 0.4, 0.6], &[0.4, 0.6, 0.0], &outcomes)?;
/// let mut advantages = [0.0; 3];
/// BlendedAdvantage::new(0.5)?.advantages(&episode, &[1.0], &mut advantages)?;
/// assert!(advantages.iter().zip([0.45, 0.3, 0.4]).all(|(a, b)| (a - b).abs() < 1e-6));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BlendedAdvantage {
    step: f32,
}

impl BlendedAdvantage {
    /// With `w`: 1 looks at the step alone, 0 at the outcome alone.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] outside `[0, 1]`.
    pub const fn new(step: f32) -> Result<Self, Error> {
        if is_in_unit_interval(step) { Ok(Self { step }) } else { Err(Error::ParameterOutOfRange) }
    }

    /// Writes `A_t` of every step and lane, in the rollout's order; each lane is one episode and has one outcome.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] unless there is an outcome a lane and `advantages` is as long as the rollout;
    /// [`Error::NonFinite`] for outcomes or advantages that are not finite. Nothing is written then.
    pub fn advantages(&self, rollout: &RolloutView<'_>, outcomes: &[f32], advantages: &mut [f32]) -> Result<(), Error> {
        if outcomes.len() != rollout.lanes() || advantages.len() != rollout.len() {
            return Err(Error::LengthMismatch);
        }
        let all = || {
            let steps = rollout.rewards().iter().zip(rollout.values()).zip(rollout.next_values());
            let steps = steps.zip(rollout.outcomes()).zip(outcomes.iter().cycle());
            steps.map(|((((reward, value), next_value), end), outcome)| {
                let next_value = if *end == Outcome::Terminated { 0.0 } else { *next_value };
                self.step * (reward + next_value - value) + (1.0 - self.step) * (outcome - value)
            })
        };
        if !all().all(f32::is_finite) {
            return Err(Error::NonFinite);
        }
        advantages.iter_mut().zip(all()).for_each(|(advantage, value)| *advantage = value);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_terminal_state_has_no_value() {
        let mut out = [0.0];
        for (outcome, expected) in [(Outcome::Truncated, 0.5), (Outcome::Terminated, 0.25)] {
            let outcome = [outcome];
            let episode = RolloutView::trajectory(&[1.0], &[0.25], &[0.5], &outcome).unwrap();
            BlendedAdvantage::new(0.5).unwrap().advantages(&episode, &[0.0], &mut out).unwrap();
            assert_eq!(out, [expected]);
        }
    }

    #[test]
    fn each_lane_has_its_own_outcome() {
        let (rewards, values, next_values) = ([0.0; 4], [0.25, 0.5, 0.75, 0.5], [0.75, 0.5, 0.0, 0.0]);
        let outcomes = [Outcome::Continue, Outcome::Continue, Outcome::Terminated, Outcome::Truncated];
        let rollout = RolloutView::new(2, 2, &rewards, &values, &next_values, &outcomes).unwrap();
        let mut out = [0.0; 4];
        BlendedAdvantage::new(0.0).unwrap().advantages(&rollout, &[1.0, 0.0], &mut out).unwrap();
        assert_eq!(out, [0.75, -0.5, 0.25, -0.5]);
        BlendedAdvantage::new(1.0).unwrap().advantages(&rollout, &[1.0, 0.0], &mut out).unwrap();
        assert_eq!(out, [0.5, 0.0, -0.75, -0.5]);
    }

    #[test]
    fn a_rejected_call_writes_nothing() {
        for bad in [-0.1, 1.1, f32::NAN] {
            assert_eq!(BlendedAdvantage::new(bad), Err(Error::ParameterOutOfRange));
        }
        let (blended, mut out) = (BlendedAdvantage::new(0.5).unwrap(), [9.0; 2]);
        let far = [f32::MAX, -f32::MAX];
        let rollout = RolloutView::trajectory(&far, &[f32::MIN, 0.0], &[0.0; 2], &[Outcome::Terminated; 2]).unwrap();
        assert_eq!(blended.advantages(&rollout, &[0.0], &mut out), Err(Error::NonFinite));
        let rollout = RolloutView::trajectory(&[0.0; 2], &[0.0; 2], &[0.0; 2], &[Outcome::Truncated; 2]).unwrap();
        assert_eq!(blended.advantages(&rollout, &[f32::NAN], &mut out), Err(Error::NonFinite));
        assert_eq!(blended.advantages(&rollout, &[], &mut out), Err(Error::LengthMismatch));
        assert_eq!(blended.advantages(&rollout, &[0.0], &mut out[..1]), Err(Error::LengthMismatch));
        assert_eq!(out, [9.0; 2]);
    }
}
