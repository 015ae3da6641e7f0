//! Watkins's Q(lambda) over cosines.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::learn::{QLambda, TraceKind};
use habit::policy::features::Fourier;
use habit_link_proof::{any, control, explores, forever, td_parameters};

habit_link_proof::image!(QLambda<Fourier<2, 3, 16>, 3, 16> = QLambda::EMPTY, |learner| {
    learner.start(Fourier::new(any(), any())?, td_parameters(), TraceKind::Dutch, any(), explores()?)?;
    forever(|rng| control(learner, rng))
});
