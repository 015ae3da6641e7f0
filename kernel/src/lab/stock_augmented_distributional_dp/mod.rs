//! The experiments of `stock-augmented-distributional-dp`.

#[cfg(feature = "stock-augmented-distributional-dp-grid")]
mod grid;
#[cfg(feature = "stock-augmented-distributional-dp-market")]
mod market;
#[allow(dead_code)] // which experiments are compiled in decides
mod planner;

#[cfg(feature = "stock-augmented-distributional-dp-grid")]
pub use grid::GridExperiment;
#[cfg(feature = "stock-augmented-distributional-dp-market")]
pub use market::MarketExperiment;

/// Who published the method.
#[allow(dead_code)] // as above
const CITATION: &str = "Avila Pires, Rowland, Borsa, Guo, Khetarpal, Barreto, Abel, Munos, Dabney, Optimizing return \
                        distributions with distributional dynamic programming, JMLR 2025, arXiv 2501.13028";
