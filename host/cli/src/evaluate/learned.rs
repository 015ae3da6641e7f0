//! What was learned by a contextual bandit, as a policy.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use habit::bandit::{ContextualState, Disjoint, Estimates, Shared};
use habit::linalg::{Borrowed, Dyn, Memory, Ridge, dot_by_lanes};
use habit::math::argmax;
use habit::state::Identity;
use habit::{Error, checkpoint};

use super::log::Row;
use super::policy::{POLICIES, Policy};
use crate::failure::Failure;

/// How long a checkpoint may be.
const MOST_BYTES: u64 = 1 << 29;

/// Always the arm with the greatest prediction, ties to the lowest.
#[derive(Debug)]
pub struct Learned {
    arms: u32,
    features: usize,
    /// Whether all arms share one estimate.
    is_shared: bool,
    /// The estimates, one after the other.
    estimates: Vec<f32>,
}

impl Learned {
    /// Reads a checkpoint.
    ///
    /// # Errors
    /// What cannot be read; what is no checkpoint of a contextual bandit, with the kernel's reason.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let name = path.display();
        let mut bytes = Vec::new();
        let read = File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes));
        read.map_err(|error| {
            let known = if error.kind() == ErrorKind::NotFound { format!("; {POLICIES}") } else { String::new() };
            Failure::File(format!("{name} cannot be read: {error}{known}"))
        })?;
        if bytes.len() as u64 > MOST_BYTES {
            return Err(Failure::Input(format!("{name} has more than {MOST_BYTES} bytes")));
        }
        Self::read(&bytes).map_err(|error| {
            let kinds =
                if error == Error::OtherKind { "; a policy is read from that of a contextual bandit" } else { "" };
            Failure::Input(format!("{name}: {error}{kinds}"))
        })
    }

    fn read(bytes: &[u8]) -> Result<Self, Error> {
        let identity = checkpoint::identity(bytes)?;
        let is_around = |name| {
            let inner = Identity::new(name, Identity::PLAIN, [0; 3]);
            identity.kind == Identity::around("contextual", inner).kind
        };
        let is_shared = is_around(<Shared<Dyn, Borrowed<'_>> as Estimates>::NAME);
        if !is_shared && !is_around(<Disjoint<Borrowed<'_>, &mut [Ridge<Borrowed<'_>>]> as Estimates>::NAME) {
            return Err(Error::OtherKind);
        }
        let [arms, features, mergeable] = identity.dimensions;
        let regressions = if is_shared { 1 } else { arms };
        // Of a size that the bytes do not hold nothing is allocated.
        let (count, d, gram) = (u128::from(regressions), u128::from(features), u128::from(mergeable));
        let numbers = count * (d * d + d + gram * d * (d + 1) / 2) + 2;
        if mergeable > 1 || arms == 0 || features == 0 {
            return Err(Error::OtherDimensions);
        }
        if checkpoint::OVERHEAD as u128 + 4 * numbers != bytes.len() as u128 {
            return Err(Error::Malformed);
        }
        let [d, count] = [features, regressions].map(|size| size as usize);
        let room = |size| vec![0.0; count * size];
        let (mut inverses, mut estimates, mut scratch) = (room(d * d), room(d), room(d));
        let memory = inverses.chunks_mut(d * d).zip(estimates.chunks_mut(d)).zip(scratch.chunks_mut(d));
        let shared = is_shared.then_some(arms);
        if mergeable == 0 {
            let ridges = memory.map(|((inverse, estimate), scratch)| Ridge::over(inverse, estimate, scratch));
            load(ridges.collect::<Result<_, _>>()?, shared, bytes)?;
        } else {
            let mut grams = room(d * d);
            let ridges = memory
                .zip(grams.chunks_mut(d * d))
                .map(|(((inverse, estimate), scratch), gram)| Ridge::over_mergeable(inverse, estimate, scratch, gram));
            load(ridges.collect::<Result<_, _>>()?, shared, bytes)?;
        }
        Ok(Self { arms, features: d, is_shared, estimates })
    }

    /// The number of arms.
    pub fn arms(&self) -> u32 {
        self.arms
    }

    /// How many numbers a context holds.
    pub fn context_len(&self) -> usize {
        if self.is_shared { (self.arms as usize).saturating_mul(self.features) } else { self.features }
    }

    /// `None` where no prediction is a number.
    fn best(&self, context: &[f32]) -> Option<usize> {
        let row = |index: usize| index * self.features..(index + 1) * self.features;
        argmax(self.arms as usize, |arm| {
            let (estimate, features) = if self.is_shared { (0, arm) } else { (arm, 0) };
            dot_by_lanes(Dyn(self.features), &self.estimates[row(estimate)], &context[row(features)])
        })
    }
}

/// Loads regressions of an estimate an arm, or the one of so many arms.
fn load<S: Memory>(mut ridges: Vec<Ridge<S>>, shared: Option<u32>, bytes: &[u8]) -> Result<(), Error> {
    match shared {
        None => load_state(Disjoint::new(ridges.as_mut_slice()), bytes),
        Some(arms) => load_state(Shared::new(Dyn(arms as usize), ridges.pop().ok_or(Error::NoArms)?), bytes),
    }
}

fn load_state(estimates: impl Estimates, bytes: &[u8]) -> Result<(), Error> {
    checkpoint::load(&mut ContextualState::<_, ()>::new(estimates), bytes)
}

impl Policy for Learned {
    fn probability(&self, row: &Row) -> f32 {
        match self.best(&row.context) {
            Some(best) if best == row.action as usize => 1.0,
            Some(_) => 0.0,
            None => f32::NAN,
        }
    }

    fn expectation(&self, row: &Row, value: &dyn Fn(u32) -> f32) -> f32 {
        self.best(&row.context).map_or(f32::NAN, |best| value(best as u32))
    }
}
