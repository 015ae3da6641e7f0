//! Experiments: an environment, the learners that are compared in it on the same random numbers, and the claims they
//! must meet. A board runs what a page shows.
//!
//! | experiment | room | feature |
//! |---|---|---|
//! | `tabular-td.cliff-walking`, `.windy-grid`, `.random-walk`, `.n-step`, `.lambda`, `.dyna-maze`, `.maximisation-bias` | learn | `lab-learn` |
//! | `linear-policies.mountain-car`, `.corridor`, `.cart-pole` | learn | `lab-learn` |
//! | `dynlin-ucb` | bandit | `lab-bandit` |
//!
//! A new experiment is one file, one line in `table.rs` and nothing in any front end.
//!
//! | piece | what it is |
//! |---|---|
//! | [`Descriptor`] and its parts | an experiment as data |
//! | [`Claim`] and its parts | what it must show, as data |
//! | [`Values`] | the parameters of a run |
//! | [`Experiment`] | what an experiment's state can do |
//! | [`EXPERIMENTS`], [`Runner`] | the table, and one of its experiments at work |
//! | [`Run`] | a runner with its seed, its length and its digest |
//! | [`Reducer`] | from the steps of a run to the number a claim speaks of |

mod claim;
mod descriptor;
#[cfg(feature = "lab-bandit")]
mod dynlin_ucb;
#[cfg(feature = "lab-learn")]
mod episode_lane;
mod experiment;
#[cfg(feature = "lab-learn")]
mod grid_view;
#[cfg(feature = "lab-learn")]
mod linear_policies;
#[cfg(any(feature = "lab-learn", feature = "lab-bandit"))]
mod pick;
mod reducer;
mod run;
mod table;
#[cfg(feature = "lab-learn")]
mod tabular_td;
mod values;

pub use claim::{Claim, Measure, Quantity, Reduction, Requirement};
pub use descriptor::{Descriptor, Kind, Metric, Parameter, Steps, View};
pub use experiment::Experiment;
pub use reducer::Reducer;
pub use run::{Run, Tick, fold_digests};
pub use table::{EXPERIMENTS, Runner, find};
pub use values::{MAX_PARAMETERS, Values};
