//! LinUCB whose logarithm is micromath's.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::bandit::{Confidence, LinUcb, LinUcbState};
use habit::linalg::Ridge;
use habit::math::Micromath;
use habit_link_proof::{any, arms, bandit, confidence, forever};

type Learner = LinUcb<'static, 4, 8, Confidence<Micromath>>;

habit_link_proof::image!(Learner = LinUcbState::new(&[[0.0; 8]; 4], Ridge::EMPTY, Confidence::ZERO), |learner| {
    learner.start(arms(), confidence()?, any())?;
    forever(|rng| bandit(learner, rng))
});
