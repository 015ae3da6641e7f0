//! A few rewards, then a value.

use super::DiscountedReturn;
use super::columns::Columns;
use super::recursion::{Link, steps, zero_if};
use crate::discount::discounted;
use crate::error::Error;
use crate::interact::RolloutView;
use core::cell::Cell;

/// `G_{t:t+m} = sum_{i<m} gamma^i r_{t+i} + gamma^m v(s'_{t+m-1})`, where `m` is `n`, or less when the episode or the rollout
/// ends before; without the value when the last step taken terminated (Sutton & Barto, equation 7.1).
///
/// One step gives TD(0) targets; as many as the rollout has give [`DiscountedReturn`]. 4 bytes and the length of a pointer.
/// Cost: `min(n, T)` passes, each of one multiplication and one addition a step.
///
/// ```
/// use habit::advantage::NStepReturn;
/// use habit::interact::{Outcome::*, RolloutView};
/// let (rewards, values, next_values) = ([1.0, 2.0, 4.0], [0.0; 3], [10.0, 20.0, 40.0]);
/// let rollout = RolloutView::trajectory(&rewards, &values, &next_values, &[Continue, Continue, Terminated])?;
/// let mut returns = [0.0; 3];
/// NStepReturn::new(0.5, 2)?.returns(&rollout, &mut returns)?;
/// assert_eq!(returns, [1.0 + 0.5 * 2.0 + 0.25 * 20.0, 2.0 + 0.5 * 4.0, 4.0]);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NStepReturn {
    full: DiscountedReturn,
    steps: usize,
}

impl NStepReturn {
    /// `discount` is gamma, in `[0, 1]`; `steps` is `n`, at least 1.
    ///
    /// # Errors
    /// [`Error::DiscountOutOfRange`]; [`Error::ParameterOutOfRange`] for no step.
    pub const fn new(discount: f32, steps: usize) -> Result<Self, Error> {
        match DiscountedReturn::new(discount) {
            Err(error) => Err(error),
            Ok(_) if steps == 0 => Err(Error::ParameterOutOfRange),
            Ok(full) => Ok(Self { full, steps }),
        }
    }

    /// Gamma.
    pub const fn discount(&self) -> f32 {
        self.full.discount()
    }

    /// `n`.
    pub const fn steps(&self) -> usize {
        self.steps
    }

    /// Writes `G_{t:t+m}` of every step and lane, in the rollout's order. An empty rollout writes nothing.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] unless `returns` is as long as the rollout; nothing is written then.
    pub fn returns(&self, rollout: &RolloutView<'_>, returns: &mut [f32]) -> Result<(), Error> {
        if self.steps >= rollout.steps() {
            return self.full.returns(rollout, returns);
        }
        if returns.len() != rollout.len() {
            return Err(Error::LengthMismatch);
        }
        let (columns, lanes) = (steps(rollout), rollout.lanes());
        returns.iter_mut().zip(columns.items()).for_each(|(x, step)| *x = self.full.alone(step));
        for _ in 1..self.steps {
            one_step_more(columns, lanes, returns, |step| self.full.link(step));
        }
        Ok(())
    }
}

discounted!([] NStepReturn { full });

/// Every step but the last of a lane from the one after it, which has not been replaced yet: the recursion, once.
#[inline(always)]
fn one_step_more<C: Columns>(columns: C, lanes: usize, out: &mut [f32], link: impl Fn(C::Item) -> Link) {
    let next = |item, later| {
        let Link { pair, cut } = link(item);
        pair.apply(zero_if(cut, later))
    };
    match lanes {
        0 => {}
        1 => {
            let out = Cell::from_mut(out).as_slice_of_cells();
            for ((x, later), item) in out.iter().zip(out.get(1..).unwrap_or_default()).zip(columns.items()) {
                x.set(next(item, later.get()));
            }
        }
        _ => {
            let (mut out, mut rows) = (out, columns.rows(lanes));
            while let (Some((row, rest)), Some(columns)) = (out.split_at_mut_checked(lanes), C::first(&mut rows)) {
                for ((x, item), &later) in row.iter_mut().zip(columns.items()).zip(&*rest) {
                    *x = next(item, later);
                }
                out = rest;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advantage::sample::{Sample, compare};
    use crate::interact::Outcome;
    use crate::rng::stream;

    #[test]
    fn it_is_the_sum_of_its_definition() {
        for (lanes, steps, discount) in
            [(1, 1, 0.99), (1, 4, 0.9), (3, 2, 1.0), (8, 7, 0.5), (33, 49, 0.99), (1, 50, 0.99)]
        {
            let sample = Sample::new(50, lanes, &mut stream(1, 0));
            let rule = NStepReturn::new(discount, steps).unwrap();
            let returns = sample.estimate(|view, out| rule.returns(view, out));
            compare(&sample, &returns, |lane, t| {
                let (mut sum, mut power) = (0.0, 1.0);
                let end = lane.len().min(t + steps);
                for (k, step) in lane.iter().enumerate().take(end).skip(t) {
                    sum += power * step.reward;
                    power *= f64::from(discount);
                    if step.outcome == Outcome::Terminated {
                        return sum;
                    }
                    if step.outcome == Outcome::Truncated || k + 1 == end {
                        return sum + power * step.next_value;
                    }
                }
                sum
            });
        }
    }

    #[test]
    fn as_many_steps_as_there_are_give_the_bits_of_the_full_return() {
        for lanes in [1, 5] {
            let sample = Sample::new(40, lanes, &mut stream(2, 0));
            let full = sample.estimate(|view, out| DiscountedReturn::new(0.97).unwrap().returns(view, out));
            // One short of the rollout takes every pass; the first step of a lane may then differ.
            for steps in [39, 40, 41, usize::MAX] {
                let returns = sample.estimate(|view, out| NStepReturn::new(0.97, steps).unwrap().returns(view, out));
                assert_eq!(returns[lanes..], full[lanes..]);
                assert!(steps == 39 || returns == full);
            }
        }
    }

    #[test]
    fn bad_input_changes_nothing() {
        assert_eq!(NStepReturn::new(1.1, 1), Err(Error::DiscountOutOfRange));
        assert_eq!(NStepReturn::new(0.9, 0), Err(Error::ParameterOutOfRange));
        for steps in [1, 2, 9] {
            let rule = NStepReturn::new(0.5, steps).unwrap();
            Sample::refuses(|view, out| rule.returns(view, out));
        }
    }
}
