//! Numbers that change with time: step sizes, exploration rates.
//!
//! | schedule | value at time `t`, from 0 |
//! |---|---|
//! | [`Constant`] | always the same |
//! | [`Linear`] | from one value to another, then the second |
//! | [`Exponential`] | a factor a step, down to a floor |
//! | [`Harmonic`] | `scale / (t + 1)`: the sample average |
//! | [`Budgeted`] with a [`Shape`](shape::Shape) | a share of the greatest value that depends on how much of a budget is spent |
//! | [`shape`] | UBA, cosine, REX, one-cycle and others |
//!
//! | piece | what it is |
//! |---|---|
//! | [`RmsProp`] | a step size for every number, by how large its gradients have been |
//! | [`StepSizes`] | the step sizes of a budget as an iterator that ends when it is spent |
//! | [`TurnBudget`], [`percentile_turns`], [`percentile_of_counts`], [`RecentProgress`] | how many turns a worker may take, and an extension on demand |
//! | [`StepSized`] | a learner whose step size can be changed |

mod budgeted;
mod rms_prop;
pub mod shape;
mod turn_budget;

pub use budgeted::{Budgeted, StepSizes};
pub use rms_prop::RmsProp;
pub use turn_budget::{RecentProgress, TurnBudget, TurnDecision, percentile_of_counts, percentile_turns};

use crate::error::Error;

/// A number as a function of time.
pub trait Schedule {
    /// The value at time `t`, counted from 0. Finite.
    fn at(&self, t: u32) -> f32;
}

/// A learner whose step size can be changed while it works. Of a learner with two of them it is the first: the policy's of an
/// actor-critic, `alpha` of gradient TD.
pub trait StepSized {
    /// The present step size.
    fn step_size(&self) -> f32;

    /// Changes the step size from the next update on. With 0, which schedules end with, nothing more is learned.
    ///
    /// # Errors
    /// [`Error::StepSizeOutOfRange`] below 0, and above what the learner can be started with; it is unchanged then.
    fn set_step_size(&mut self, step_size: f32) -> Result<(), Error>;
}

/// Writes [`StepSized`] from the place of what has the step size.
macro_rules! step_sized {
    ([$($generics:tt)*] $type:ty { $($field:ident).+ }) => {
        impl<$($generics)*> $crate::schedule::StepSized for $type {
            #[inline]
            fn step_size(&self) -> f32 {
                $crate::schedule::StepSized::step_size(&self.$($field).+)
            }

            #[inline]
            fn set_step_size(&mut self, step_size: f32) -> Result<(), $crate::error::Error> {
                $crate::schedule::StepSized::set_step_size(&mut self.$($field).+, step_size)
            }
        }
    };
}
pub(crate) use step_sized;

/// Always the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constant(pub f32);

impl Schedule for Constant {
    #[inline]
    fn at(&self, _t: u32) -> f32 {
        self.0
    }
}

/// From one value to another in equal steps, then the second for ever.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Linear {
    from: f32,
    to: f32,
    steps: u32,
}

impl Linear {
    /// Reaches `to` at time `steps`.
    ///
    /// # Errors
    /// [`Error::NonFinite`]; [`Error::StepsOutOfRange`] when `steps` is 0.
    pub fn new(from: f32, to: f32, steps: u32) -> Result<Self, Error> {
        if !(from.is_finite() && to.is_finite() && (to - from).is_finite()) {
            return Err(Error::NonFinite);
        }
        if steps == 0 {
            return Err(Error::StepsOutOfRange);
        }
        Ok(Self { from, to, steps })
    }
}

impl Schedule for Linear {
    #[inline]
    fn at(&self, t: u32) -> f32 {
        if t >= self.steps { self.to } else { self.from + (self.to - self.from) * (t as f32 / self.steps as f32) }
    }
}

/// `max(floor, initial * factor^t)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exponential {
    initial: f32,
    factor: f32,
    floor: f32,
}

impl Exponential {
    /// Starts at `initial` and loses a share `1 - factor` a step.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless `0 <= floor <= initial`, both finite, and `0 < factor <= 1`.
    pub fn new(initial: f32, factor: f32, floor: f32) -> Result<Self, Error> {
        if !(floor >= 0.0 && floor <= initial && initial.is_finite() && factor > 0.0 && factor <= 1.0) {
            return Err(Error::ParameterOutOfRange);
        }
        Ok(Self { initial, factor, floor })
    }
}

impl Schedule for Exponential {
    /// By repeated squaring: the same bits on every target. Cost: at most 64 multiplications.
    fn at(&self, mut t: u32) -> f32 {
        let (mut value, mut power) = (self.initial, self.factor);
        while t > 0 {
            if t & 1 == 1 {
                value *= power;
            }
            power *= power;
            t >>= 1;
        }
        value.max(self.floor)
    }
}

/// `scale / (t + 1)`; with scale 1, step sizes that make an estimate the average of its samples (Sutton & Barto, section
/// 2.4).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Harmonic(pub f32);

impl Schedule for Harmonic {
    #[inline]
    fn at(&self, t: u32) -> f32 {
        self.0 / (t as f32 + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_by_hand() {
        let linear = Linear::new(1.0, 0.0, 4).unwrap();
        assert_eq!([0, 1, 4, 9].map(|t| linear.at(t)), [1.0, 0.75, 0.0, 0.0]);
        let exponential = Exponential::new(1.0, 0.5, 0.1).unwrap();
        assert_eq!([0, 1, 3, 4, u32::MAX].map(|t| exponential.at(t)), [1.0, 0.5, 0.125, 0.1, 0.1]);
        assert_eq!(Harmonic(1.0).at(3), 0.25);
        assert_eq!(Constant(0.3).at(7), 0.3);
    }

    #[test]
    fn bad_numbers_are_refused() {
        assert_eq!(Linear::new(0.0, f32::NAN, 4), Err(Error::NonFinite));
        assert_eq!(Linear::new(0.0, 1.0, 0), Err(Error::StepsOutOfRange));
        for (initial, factor, floor) in [(1.0, 0.0, 0.0), (1.0, 1.1, 0.0), (0.1, 0.5, 0.2), (f32::INFINITY, 0.5, 0.0)] {
            assert_eq!(Exponential::new(initial, factor, floor), Err(Error::ParameterOutOfRange));
        }
    }
}
