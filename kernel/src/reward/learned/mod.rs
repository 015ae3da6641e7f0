//! Rewards that are learned.
