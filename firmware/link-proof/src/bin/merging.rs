//! Learners that pool what they have learned.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;

use habit::bandit::{ActionValueBandit, Confidence, DynLinUcbState, ThompsonBeta, Ucb, Ucb1};
use habit::linalg::{Mergeable, Owned, Ridge};
use habit::state::Merge;
use habit_link_proof::{any, arms, bandit, confidence, explores, forever};

type Pooled = DynLinUcbState<&'static [[f32; 8]; 4], Mergeable<Owned<8>>>;
type Learners = ([Pooled; 2], [ActionValueBandit<4>; 2], [ThompsonBeta<4>; 2], [Ucb1<4>; 2]);

const POOLED: Pooled = DynLinUcbState::new(&[[0.0; 8]; 4], Ridge::MERGEABLE, Confidence::ZERO);
const EMPTY: Learners = (
    [POOLED, POOLED],
    [const { ActionValueBandit::EMPTY }; 2],
    [const { ThompsonBeta::EMPTY }; 2],
    [const { Ucb1::EMPTY }; 2],
);

habit_link_proof::image!(Learners = EMPTY, |(linear, values, beliefs, indices)| {
    for learner in linear.iter_mut() {
        learner.start(arms(), confidence()?, any(), any())?;
    }
    for learner in values.iter_mut() {
        learner.start(explores()?, None, any())?;
    }
    beliefs.iter_mut().try_for_each(ThompsonBeta::start)?;
    indices.iter_mut().try_for_each(|learner| learner.start(Ucb::new(any())?))?;
    forever(|rng| {
        linear.iter_mut().for_each(|learner| bandit(learner, rng));
        values.iter_mut().for_each(|learner| bandit(learner, rng));
        beliefs.iter_mut().for_each(|learner| bandit(learner, rng));
        indices.iter_mut().for_each(|learner| bandit(learner, rng));
        pool(linear);
        pool(values);
        pool(beliefs);
        pool(indices);
    })
});

fn pool<L: Merge>([here, there]: &mut [L; 2]) {
    let _ = black_box(here.merge(there));
}
