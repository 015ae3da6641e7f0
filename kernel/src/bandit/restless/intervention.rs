//! Measures that each reach several arms.

use super::family::{Family, Levels, levels_by, smallest};
use crate::error::Error;

/// The most interventions.
const MAX_INTERVENTIONS: usize = 16;

/// At most so many interventions are chosen; each adds to the levels of the arms that it reaches, and a level ends at the
/// greatest one.
///
/// Cost: an action looks at all `2^N` choices among `N` interventions.
#[derive(Clone, Copy, Debug)]
pub struct InterventionSet<'a> {
    /// The number of interventions, `N`, at most 16.
    pub interventions: usize,
    /// What each adds to the level of each arm: `N` numbers an arm.
    pub weights: &'a [u8],
    /// The most that are chosen.
    pub budget: usize,
    /// The number of levels, `L`.
    pub levels: usize,
}

impl Family for InterventionSet<'_> {
    fn arms(&self) -> usize {
        self.weights.len() / self.interventions.max(1)
    }

    fn levels(&self) -> usize {
        self.levels
    }

    /// # Errors
    /// [`Error::ParameterOutOfRange`] for too many interventions; [`Error::LengthMismatch`] when the last arm's weights are
    /// incomplete.
    fn check(&self) -> Result<(), Error> {
        if self.interventions > MAX_INTERVENTIONS {
            return Err(Error::ParameterOutOfRange);
        }
        if self.weights.len().is_multiple_of(self.interventions.max(1)) { Ok(()) } else { Err(Error::LengthMismatch) }
    }

    fn next(&self, after: Option<&Levels>) -> Option<Levels> {
        let highest = self.levels.saturating_sub(1);
        let choices = (0u32..1 << self.interventions.min(MAX_INTERVENTIONS))
            .filter(|choice| choice.count_ones() as usize <= self.budget);
        smallest(
            after,
            choices.map(|choice| {
                levels_by(|arm| {
                    let weights = self.weights.chunks_exact(self.interventions.max(1)).nth(arm).unwrap_or(&[]);
                    let chosen = weights.iter().enumerate().filter(|(index, _)| choice >> index & 1 == 1);
                    chosen.map(|(_, weight)| usize::from(*weight)).sum::<usize>().min(highest) as u8
                })
            }),
        )
    }
}
