//! The Python module `habit`, its part in Rust: views of the kernel's learners over memory of their own, and what crosses over
//! from numpy without a copy. Names, defaults and checks of parameters stand in `python/habit`.
//!
//! | file | what it is |
//! |---|---|
//! | `array` | numpy's arrays, borrowed |
//! | `error` | the kernel's errors as exceptions |
//! | `learner` | what every learner can do: save, load, digest |
//! | `bandit`, `contextual`, `agent` | the learners |
//! | `environment` | the kernel's environments |
//! | `advantage`, `off_policy` | advantages; the value of another policy |
//! | `experiment` | experiments and claims |
//! | `checkpoint` | what a checkpoint holds |

mod advantage;
mod agent;
mod array;
mod bandit;
mod checkpoint;
mod contextual;
mod environment;
mod error;
mod experiment;
mod learner;
mod off_policy;

use pyo3::prelude::*;

/// The part of `habit` that is written in Rust.
#[pymodule]
mod _habit {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::advantage::{discounted_returns, gae, group_advantages, n_step_returns, rewards_to_go, v_trace};
    #[pymodule_export]
    use crate::agent::TabularAgent;
    #[pymodule_export]
    use crate::bandit::ArmBandit;
    #[pymodule_export]
    use crate::checkpoint::_inspect;
    #[pymodule_export]
    use crate::contextual::ContextualBandit;
    #[pymodule_export]
    use crate::environment::Environment;
    #[pymodule_export]
    use crate::error::{CheckpointError, HabitError};
    #[pymodule_export]
    use crate::experiment::{_claims, _experiments, _run};
    #[pymodule_export]
    use crate::off_policy::OffPolicyEvaluation;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
