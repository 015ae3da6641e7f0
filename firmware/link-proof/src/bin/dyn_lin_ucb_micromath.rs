//! DynLin-UCB whose logarithm is micromath's.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::bandit::{Confidence, DynLinUcb, DynLinUcbState};
use habit::linalg::Ridge;
use habit::math::Micromath;
use habit_link_proof::{any, arms, bandit, confidence, forever};

type Learner = DynLinUcb<'static, 4, 8, Confidence<Micromath>>;

habit_link_proof::image!(Learner = DynLinUcbState::new(&[[0.0; 8]; 4], Ridge::EMPTY, Confidence::ZERO), |learner| {
    learner.start(arms(), confidence()?, any(), any())?;
    forever(|rng| bandit(learner, rng))
});
