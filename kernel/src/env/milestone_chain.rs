//! A long way with milestones.

use super::episode::{Episode, episodes_of_model};
use crate::error::Error;
use crate::model::{FiniteModel, ModelOutcome};
use crate::state::{Identify, Identity, persist_fields};

/// Sixteen steps to the end, which alone pays, and a milestone every four.
///
/// Positions 0, where episodes start, to 16, the end. Of the four actions only `(3 p + 1) mod 4` advances from position `p`;
/// every other one leads back to the last milestone, `4 floor(p / 4)`, or leaves the agent where it is, either as likely.
/// Arriving pays 1, all else nothing. No time limit: [`STEPS`](Self::STEPS) are what a [`TimeLimit`](super::TimeLimit)
/// should allow. `reset` takes no word, a wrong action one.
///
/// ```
/// use habit::env::{Env, MilestoneChain};
/// use habit::rng::stream;
/// let (mut chain, mut rng) = (MilestoneChain::new(), stream(1, 0));
/// chain.reset(&mut rng);
/// assert_eq!(chain.step(1, &mut rng)?.observation, 1);
/// assert_eq!(chain.step(0, &mut rng)?.observation, 2);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MilestoneChain {
    episode: Episode<{ Self::STATES }>,
}

impl MilestoneChain {
    /// Number of states.
    pub const STATES: usize = Self::END + 1;
    /// Number of actions.
    pub const ACTIONS: usize = 4;
    /// The terminal state.
    pub const END: usize = Self::MILESTONES * Self::SPACING;
    /// Number of milestones, the end being the last.
    pub const MILESTONES: usize = 4;
    /// Positions from one milestone to the next.
    pub const SPACING: usize = 4;
    /// Steps that an episode may take.
    pub const STEPS: u32 = 40;

    /// Before the first episode.
    pub const fn new() -> Self {
        Self { episode: Episode::before(0) }
    }

    /// The one action that advances.
    pub const fn right(position: usize) -> usize {
        (3 * position + 1) % Self::ACTIONS
    }
}

impl Default for MilestoneChain {
    fn default() -> Self {
        Self::new()
    }
}

episodes_of_model!([] MilestoneChain, Self::STATES, Self::ACTIONS, |_world, _rng| 0);

/// The row of the end is a self-loop that pays nothing.
impl FiniteModel for MilestoneChain {
    fn states(&self) -> usize {
        Self::STATES
    }

    fn actions(&self) -> usize {
        Self::ACTIONS
    }

    fn outcome_count(&self, state: usize, action: usize) -> Result<usize, Error> {
        self.check_pair(state, action)?;
        Ok(if state == Self::END || action == Self::right(state) { 1 } else { 2 })
    }

    fn outcome(&self, state: usize, action: usize, index: usize) -> Result<Option<ModelOutcome>, Error> {
        let count = self.outcome_count(state, action)?;
        if index >= count {
            return Ok(None);
        }
        if state == Self::END {
            return Ok(Some(ModelOutcome::absorbed(state)));
        }
        let (probability, next_state) = match (count, index) {
            (1, _) => (1.0, state + 1),
            (_, 0) => (0.5, Self::SPACING * (state / Self::SPACING)),
            _ => (0.5, state),
        };
        let terminated = next_state == Self::END;
        let reward = if terminated { 1.0 } else { 0.0 };
        Ok(Some(ModelOutcome { probability, next_state, reward, terminated }))
    }
}

persist_fields!([] MilestoneChain { episode });

/// `"milestone-chain"`: states, actions.
impl Identify for MilestoneChain {
    fn identity(&self) -> Identity {
        Identity::new("milestone-chain", Identity::PLAIN, [Self::STATES, Self::ACTIONS, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::Env;
    use crate::interact::Outcome;
    use crate::rng::stream;

    #[test]
    fn one_action_advances_and_the_end_pays() {
        let (mut chain, mut rng) = (MilestoneChain::default(), stream(0, 0));
        assert_eq!(chain.reset(&mut rng), 0);
        for position in 0..16 {
            let step = chain.step(MilestoneChain::right(position), &mut rng).unwrap();
            let end = position == 15;
            assert_eq!((step.observation, step.reward), (position + 1, f32::from(u8::from(end))));
            assert_eq!(step.outcome == Outcome::Terminated, end);
        }
        assert_eq!(chain.step(0, &mut rng), Err(Error::EpisodeOver));
        assert_eq!(rng, stream(0, 0));
    }

    #[test]
    fn a_wrong_action_leads_back_to_the_milestone_every_other_time() {
        let (mut chain, mut rng, mut back) = (MilestoneChain::new(), stream(1, 0), 0u16);
        for _ in 0..10_000 {
            chain.reset(&mut rng);
            (0..6).for_each(|position| _ = chain.step(MilestoneChain::right(position), &mut rng).unwrap());
            let step = chain.step((MilestoneChain::right(6) + 1) % 4, &mut rng).unwrap();
            assert!([4, 6].contains(&step.observation) && step.reward == 0.0);
            back += u16::from(step.observation == 4);
        }
        // Five standard deviations.
        assert!(back.abs_diff(5000) < 250, "{back}");
        assert_eq!(chain.outcome(17, 0, 0), Err(Error::StateOutOfRange));
        assert_eq!(chain.outcome(16, 0, 1), Ok(None));
    }
}
