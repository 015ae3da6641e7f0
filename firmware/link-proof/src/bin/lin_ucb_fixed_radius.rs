//! LinUCB with a fixed radius, which needs no logarithm.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::bandit::{FixedRadius, LinUcb, LinUcbState};
use habit::linalg::Ridge;
use habit_link_proof::{any, arms, bandit, forever};

type Learner = LinUcb<'static, 4, 8, FixedRadius>;

habit_link_proof::image!(Learner = LinUcbState::new(&[[0.0; 8]; 4], Ridge::EMPTY, FixedRadius(0.0)), |learner| {
    learner.start(arms(), FixedRadius(any()), any())?;
    forever(|rng| bandit(learner, rng))
});
