//! AR2.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::bandit::{Ar2, Ar2Parameters};
use habit_link_proof::{any, bandit, forever};

habit_link_proof::image!(Ar2<4> = Ar2::EMPTY, |learner| {
    learner.start(Ar2Parameters { decay: any(), noise: any(), horizon: any() })?;
    forever(|rng| bandit(learner, rng))
});
