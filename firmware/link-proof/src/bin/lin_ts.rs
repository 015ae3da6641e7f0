//! Linear Thompson sampling, with one estimate for all arms and with one each.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::bandit::{DisjointLinTs, PosteriorSampling, SharedLinTs};
use habit_link_proof::{any, contextual, forever};

type Learners = (SharedLinTs<4, 8>, DisjointLinTs<4, 8>);

habit_link_proof::image!(Learners = (SharedLinTs::EMPTY, DisjointLinTs::EMPTY), |(shared, disjoint)| {
    shared.start(any(), PosteriorSampling::new(any()))?;
    disjoint.start(any(), PosteriorSampling::new(any()))?;
    forever(|rng| {
        contextual(shared, &[any(); 32], rng);
        contextual(disjoint, &[any(); 8], rng);
    })
});
