//! GTD2 over radial basis functions.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::learn::{GradientTd, Gtd2};
use habit::policy::features::RadialBasis;
use habit_link_proof::{any, forever, prediction, td_parameters};

habit_link_proof::image!(GradientTd<Gtd2, RadialBasis<2, 3, 9>, 9> = GradientTd::EMPTY, |learner| {
    learner.start(RadialBasis::new(any(), any(), any())?, td_parameters(), any())?;
    forever(|_| prediction(learner))
});
