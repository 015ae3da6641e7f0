//! SARSA(lambda) over tiles.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::learn::{SarsaLambda, TraceKind};
use habit::policy::features::TileCoding;
use habit_link_proof::{any, control, explores, forever, td_parameters};

habit_link_proof::image!(SarsaLambda<TileCoding<2, 4, 8, 200>, 3, 200> = SarsaLambda::EMPTY, |learner| {
    learner.start(TileCoding::new(any(), any())?, td_parameters(), TraceKind::Replacing, any(), explores()?)?;
    forever(|rng| control(learner, rng))
});
