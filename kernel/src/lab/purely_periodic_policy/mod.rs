//! The experiments of `purely-periodic-policy`.

#[cfg(feature = "purely-periodic-policy-offline")]
mod offline;
#[cfg(feature = "purely-periodic-policy-online")]
mod online;
#[cfg(any(feature = "purely-periodic-policy-offline", feature = "purely-periodic-policy-online"))]
mod top;

#[cfg(feature = "purely-periodic-policy-offline")]
pub use offline::OfflineExperiment;
#[cfg(feature = "purely-periodic-policy-online")]
pub use online::OnlineExperiment;
