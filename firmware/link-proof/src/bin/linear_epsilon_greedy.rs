//! Epsilon-greedy over linear predictions, with one estimate for all arms and with one each.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::bandit::{DisjointLinear, Explored, SharedLinear};
use habit_link_proof::{any, contextual, explores, forever};

type Learners = (SharedLinear<4, 8>, DisjointLinear<4, 8>);

habit_link_proof::image!(Learners = (SharedLinear::EMPTY, DisjointLinear::EMPTY), |(shared, disjoint)| {
    shared.start(any(), Explored::new(explores()?))?;
    disjoint.start(any(), Explored::new(explores()?))?;
    forever(|rng| {
        contextual(shared, &[any(); 32], rng);
        contextual(disjoint, &[any(); 8], rng);
    })
});
