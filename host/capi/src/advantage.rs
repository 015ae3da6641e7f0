//! Advantages over the caller's arrays.

use habit::advantage::{DiscountedReturn, Gae};
use habit::interact::RolloutView;

use crate::memory::{In, Out};
use crate::status::Status;

/// Generalized advantage estimation over `steps` steps of each of `lanes` lanes: step `t` of lane `n` is at `t * lanes + n` of
/// every array.
///
/// `values` are of the states acted in, `next_values` of the true next states before any reset, `outcomes` are bytes as
/// `habit_outcome` numbers them. A truncated step, and the last one, is valued by its next state; a terminated one is not.
/// Writes advantages and, unless `targets` is NULL, value targets. An array that is written must not overlap another one.
#[unsafe(no_mangle)]
pub extern "C" fn habit_gae(
    rewards: In<f32>,
    values: In<f32>,
    next_values: In<f32>,
    outcomes: In<u8>,
    steps: usize,
    lanes: usize,
    discount: f32,
    lambda: f32,
    mut advantages: Out<f32>,
    mut targets: Out<f32>,
) -> Status {
    Status::of(|| {
        let gae = Gae::new(discount, lambda)?;
        let length = steps.checked_mul(lanes).ok_or(Status::SizeOutOfRange)?;
        let read = [rewards.span(length), values.span(length), next_values.span(length), outcomes.span(length)];
        let written = [advantages.span(length), targets.span(if targets.is_null() { 0 } else { length })];
        if written[0].meets(written[1]) || written.iter().any(|written| read.iter().any(|read| written.meets(*read))) {
            return Err(Status::Overlap);
        }
        let (rewards, values) = (rewards.slice(length)?, values.slice(length)?);
        let rollout =
            RolloutView::new(steps, lanes, rewards, values, next_values.slice(length)?, outcomes.outcomes(length)?)?;
        let advantages = advantages.slice(length)?;
        if targets.is_null() {
            gae.advantages(&rollout, advantages)?;
        } else {
            gae.advantages_and_targets(&rollout, advantages, targets.slice(length)?)?;
        }
        Ok(())
    })
}

/// Discounted returns, over arrays as `habit_gae` has them: what follows each step until its episode is over, and the value of
/// the next state where it was cut.
#[unsafe(no_mangle)]
pub extern "C" fn habit_discounted_returns(
    rewards: In<f32>,
    next_values: In<f32>,
    outcomes: In<u8>,
    steps: usize,
    lanes: usize,
    discount: f32,
    mut returns: Out<f32>,
) -> Status {
    Status::of(|| {
        let estimator = DiscountedReturn::new(discount)?;
        let length = steps.checked_mul(lanes).ok_or(Status::SizeOutOfRange)?;
        let written = returns.span(length);
        if [rewards.span(length), next_values.span(length), outcomes.span(length)]
            .iter()
            .any(|read| written.meets(*read))
        {
            return Err(Status::Overlap);
        }
        let (rewards, next_values) = (rewards.slice(length)?, next_values.slice(length)?);
        let rollout = RolloutView::new(steps, lanes, rewards, next_values, next_values, outcomes.outcomes(length)?)?;
        estimator.returns(&rollout, returns.slice(length)?)?;
        Ok(())
    })
}
