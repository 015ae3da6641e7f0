//! The experiments of `declarative-dp-solver`.

#[cfg(feature = "declarative-dp-solver-random-models")]
mod random_models;
#[cfg(feature = "declarative-dp-solver-textbook")]
mod textbook;

#[cfg(feature = "declarative-dp-solver-random-models")]
pub use random_models::RandomModelsExperiment;
#[cfg(feature = "declarative-dp-solver-textbook")]
pub use textbook::TextbookExperiment;

/// Who published how a formulation is judged.
#[allow(dead_code)] // which experiments are compiled in decides
const CITATION: &str = "Zhou, Yang, Lin, Chen, He, Ge, Auto-formulating dynamic programming problems with large language models, \
                        2025, arXiv 2507.11737";
