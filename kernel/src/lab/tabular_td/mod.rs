//! The experiments of `tabular-td`, after the figures of Sutton & Barto's book.

mod cliff_walking;
mod dyna_maze;
mod lambda;
mod maximisation_bias;
mod n_step;
mod random_walk;
mod walk_lane;
mod windy_grid;

pub use cliff_walking::CliffWalkingExperiment;
pub use dyna_maze::DynaMazeExperiment;
pub use lambda::LambdaExperiment;
pub use maximisation_bias::MaximisationBiasExperiment;
pub use n_step::NStepExperiment;
pub use random_walk::RandomWalkExperiment;
pub use windy_grid::WindyGridExperiment;
