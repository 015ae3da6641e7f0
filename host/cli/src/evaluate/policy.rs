//! Policies that can be evaluated.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use super::log::{MOST_ARMS, Row};

/// A policy under evaluation.
pub trait Policy {
    /// The probability with which it would have taken the action of the row; NaN where the numbers are too large to tell.
    fn probability(&self, row: &Row) -> f32;

    /// What it would earn on average in the row's context if arm `a` paid `value(a)`.
    fn expectation(&self, row: &Row, value: &dyn Fn(u32) -> f32) -> f32;

    /// Whether it says what it would do with every arm. Where it does not, `value` is the same for all of them.
    fn knows_all_arms(&self) -> bool {
        true
    }
}

/// What `--policy` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Every arm alike.
    Uniform,
    /// Always the same arm.
    Arm(u32),
    /// As the log says.
    Column,
    /// By the estimates of a checkpoint.
    File(PathBuf),
}

/// What a policy can be.
pub const POLICIES: &str = "a policy is uniform, column, arm=K with K from 0 to 65535, or a checkpoint's file";

const _: () = assert!(MOST_ARMS == 65_536);

impl Choice {
    /// Reads a word: what is no policy's name is a file's.
    ///
    /// # Errors
    /// An arm that is none.
    pub fn read(word: OsString) -> Result<Self, &'static str> {
        match word.to_str() {
            Some("uniform") => Ok(Self::Uniform),
            Some("column") => Ok(Self::Column),
            Some(text) if text.starts_with("arm=") => {
                let arm = text["arm=".len()..].parse().ok().filter(|arm| *arm < MOST_ARMS);
                arm.map(Self::Arm).ok_or(POLICIES)
            }
            _ => Ok(Self::File(word.into())),
        }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uniform => f.write_str("uniform"),
            Self::Arm(arm) => write!(f, "arm={arm}"),
            Self::Column => f.write_str("column"),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

/// So many arms, all alike.
#[derive(Debug)]
pub struct Uniform(pub u32);

impl Policy for Uniform {
    fn probability(&self, _row: &Row) -> f32 {
        1.0 / self.0 as f32
    }

    fn expectation(&self, _row: &Row, value: &dyn Fn(u32) -> f32) -> f32 {
        let sum: f64 = (0..self.0).map(|arm| f64::from(value(arm))).sum();
        (sum / f64::from(self.0)) as f32
    }
}

/// Always this arm.
#[derive(Debug)]
pub struct Arm(pub u32);

impl Policy for Arm {
    fn probability(&self, row: &Row) -> f32 {
        if row.action == self.0 { 1.0 } else { 0.0 }
    }

    fn expectation(&self, _row: &Row, value: &dyn Fn(u32) -> f32) -> f32 {
        value(self.0)
    }
}

/// What the column `target` says of the action taken; nothing of the others.
#[derive(Debug)]
pub struct Column;

impl Policy for Column {
    fn probability(&self, row: &Row) -> f32 {
        row.target.unwrap_or_default()
    }

    fn expectation(&self, row: &Row, value: &dyn Fn(u32) -> f32) -> f32 {
        value(row.action)
    }

    fn knows_all_arms(&self) -> bool {
        false
    }
}
