//! What follows a step, discounted.

use super::AffinePair;
use super::recursion::{Link, Step, backward, cut, if_truncated, steps, unless_terminated};
use crate::discount::discounted;
use crate::error::Error;
use crate::interact::RolloutView;
use crate::math::is_in_unit_interval;

/// `G_t = r_t + gamma (0 if step t terminated, v(s'_t) if it was truncated or is the last, else G_{t+1})` (Sutton & Barto,
/// equation 3.9, with the value of the true next state where the rest was not seen).
///
/// The values of the states acted in are not looked at. 4 bytes; one pass, two multiplications and two additions a step.
///
/// ```
/// use habit::advantage::DiscountedReturn;
/// use habit::interact::{Outcome::*, RolloutView};
/// let rollout = RolloutView::trajectory(
///     &[1.0, 0.0, -1.0, 2.0, 0.5],
///     &[0.5, 0.25, -0.5, 1.0, 0.0],
///     &[0.25, -0.5, 1.0, 0.75, 0.4],
///     &[Continue, Continue, Continue, Truncated, Continue],
/// )?;
/// let mut returns = [0.0; 5];
/// DiscountedReturn::new(0.9)?.returns(&rollout, &mut returns)?;
/// let expected = [2.14008, 1.26675, 1.4075, 2.675, 0.86];
/// assert!(returns.iter().zip(expected).all(|(g, expected)| (g - expected).abs() < 1e-5));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DiscountedReturn {
    discount: f32,
}

impl DiscountedReturn {
    /// `discount` is gamma, in `[0, 1]`.
    ///
    /// # Errors
    /// [`Error::DiscountOutOfRange`].
    pub const fn new(discount: f32) -> Result<Self, Error> {
        if is_in_unit_interval(discount) { Ok(Self { discount }) } else { Err(Error::DiscountOutOfRange) }
    }

    /// Gamma.
    pub const fn discount(&self) -> f32 {
        self.discount
    }

    /// Writes `G_t` of every step and lane, in the rollout's order. An empty rollout writes nothing.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] unless `returns` is as long as the rollout; nothing is written then.
    pub fn returns(&self, rollout: &RolloutView<'_>, returns: &mut [f32]) -> Result<(), Error> {
        if returns.len() != rollout.len() {
            return Err(Error::LengthMismatch);
        }
        backward(steps(rollout), rollout.lanes(), returns, |step| self.alone(step), |step| self.link(step));
        Ok(())
    }

    /// The return of a step after which nothing was seen.
    #[inline(always)]
    pub(super) fn alone(&self, (((reward, _), next_value), outcome): Step) -> f32 {
        reward + self.discount * unless_terminated(outcome, next_value)
    }

    /// `G_t` of `G_{t+1}`.
    #[inline(always)]
    pub(super) fn link(&self, (((reward, _), next_value), outcome): Step) -> Link {
        let offset = reward + self.discount * if_truncated(outcome, next_value);
        Link { pair: AffinePair { factor: self.discount, offset }, cut: cut(outcome) }
    }
}

discounted!([] DiscountedReturn { discount });

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advantage::sample::{Sample, compare};
    use crate::interact::Outcome;
    use crate::rng::stream;

    #[test]
    fn it_is_the_sum_of_its_definition() {
        for (lanes, discount) in [(1, 0.99), (3, 0.5), (8, 1.0), (33, 0.0)] {
            let sample = Sample::new(50, lanes, &mut stream(1, 0));
            let returns = sample.estimate(|view, out| DiscountedReturn::new(discount).unwrap().returns(view, out));
            compare(&sample, &returns, |lane, t| {
                let (mut sum, mut power) = (0.0, 1.0);
                for k in t..lane.len() {
                    let step = lane[k];
                    sum += power * step.reward;
                    power *= f64::from(discount);
                    if step.outcome.is_over() || k + 1 == lane.len() {
                        return sum + if step.outcome == Outcome::Terminated { 0.0 } else { power * step.next_value };
                    }
                }
                sum
            });
        }
    }

    #[test]
    fn bad_input_changes_nothing() {
        for bad in [-0.1, 1.1, f32::NAN, f32::INFINITY] {
            assert_eq!(DiscountedReturn::new(bad), Err(Error::DiscountOutOfRange));
        }
        let rule = DiscountedReturn::new(0.5).unwrap();
        Sample::refuses(|view, out| rule.returns(view, out));
    }
}
