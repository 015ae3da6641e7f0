//! TD(lambda) over a polynomial.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::learn::{TdLambda, TraceKind};
use habit::policy::features::Polynomial;
use habit_link_proof::{any, forever, prediction, td_parameters};

habit_link_proof::image!(TdLambda<Polynomial<2, 2, 9>, 9> = TdLambda::EMPTY, |learner| {
    learner.start(Polynomial::new(any(), any())?, td_parameters(), TraceKind::Accumulating, any(), any())?;
    forever(|_| prediction(learner))
});
