//! The four families of feasible actions, as published, on five arms.

use super::{ARMS, Actions};
use crate::bandit::restless::{CapacitySet, CycleSet, InterventionSet, ScheduleSet};
use crate::error::Error;

/// What may be chosen, in the order of [`start`].
pub(super) const NAMES: &[&str] = &["capacity", "schedule", "path", "interventions"];

const INTERVENTIONS: usize = 6;

/// Arm `j` takes up `2 + (3 j mod 5)`.
static CAPACITY: CapacitySet<'static> = CapacitySet { costs: &[2, 5, 3, 6, 4], capacities: &[4, 5] };

/// Arm `j` has the slots `j mod 3` and `(j + 1) mod 3`; of the two workers one has slot 0, the other slot 1.
static SCHEDULE: ScheduleSet<'static> =
    ScheduleSet { arm_slots: &[0b011, 0b110, 0b101, 0b011, 0b110], worker_slots: &[0b001, 0b010] };

static PATH: CycleSet<'static> =
    CycleSet { arms: ARMS, edges: &[[4, 0], [4, 2], [0, 1], [1, 4], [2, 3], [3, 4]], source: 4, longest: 4, pulls: 2 };

static INTERVENTION: InterventionSet<'static> =
    InterventionSet { interventions: INTERVENTIONS, weights: WEIGHTS.as_flattened(), budget: 2, levels: 5 };

/// Intervention `i` adds 2 to the level of arm `j` where `(i + 2 j) mod 4 = 0`, else 1 where `(i + j) mod 3 = 0`.
static WEIGHTS: [[u8; INTERVENTIONS]; ARMS] = {
    let mut weights = [[0; INTERVENTIONS]; ARMS];
    let mut index = 0;
    while index < ARMS * INTERVENTIONS {
        let (j, i) = (index / INTERVENTIONS, index % INTERVENTIONS);
        weights[j][i] = if (i + 2 * j).is_multiple_of(4) {
            2
        } else if (i + j).is_multiple_of(3) {
            1
        } else {
            0
        };
        index += 1;
    }
    weights
};

/// Enumerates the family at a place of [`NAMES`].
pub(super) fn start(family: usize, actions: &mut Actions) -> Result<(), Error> {
    match family {
        0 => actions.start(&CAPACITY),
        1 => actions.start(&SCHEDULE),
        2 => actions.start(&PATH),
        3 => actions.start(&INTERVENTION),
        _ => Err(Error::UnknownChoice),
    }
}
