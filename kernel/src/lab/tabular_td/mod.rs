//! The experiments of `tabular-td`, after the figures of Sutton & Barto's book.

#[cfg(feature = "tabular-td-cliff-walking")]
mod cliff_walking;
#[cfg(feature = "tabular-td-dyna-maze")]
mod dyna_maze;
#[cfg(feature = "tabular-td-lambda")]
mod lambda;
#[cfg(feature = "tabular-td-maximisation-bias")]
mod maximisation_bias;
#[cfg(feature = "tabular-td-n-step")]
mod n_step;
#[cfg(feature = "tabular-td-random-walk")]
mod random_walk;
#[cfg(any(feature = "tabular-td-random-walk", feature = "tabular-td-n-step", feature = "tabular-td-lambda"))]
mod walk_lane;
#[cfg(feature = "tabular-td-windy-grid")]
mod windy_grid;

#[cfg(feature = "tabular-td-cliff-walking")]
pub use cliff_walking::CliffWalkingExperiment;
#[cfg(feature = "tabular-td-dyna-maze")]
pub use dyna_maze::DynaMazeExperiment;
#[cfg(feature = "tabular-td-lambda")]
pub use lambda::LambdaExperiment;
#[cfg(feature = "tabular-td-maximisation-bias")]
pub use maximisation_bias::MaximisationBiasExperiment;
#[cfg(feature = "tabular-td-n-step")]
pub use n_step::NStepExperiment;
#[cfg(feature = "tabular-td-random-walk")]
pub use random_walk::RandomWalkExperiment;
#[cfg(feature = "tabular-td-windy-grid")]
pub use windy_grid::WindyGridExperiment;
