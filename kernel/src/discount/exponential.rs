//! A horizon that grows.

use super::DiscountSchedule;
use crate::error::Error;
use crate::math::{Libm, Math};
use crate::state::{Identify, Identity, persist_fields};
use core::marker::PhantomData;

/// `1 - gamma` falls from `1 - from` to `1 - to` by the same factor every update; from update `steps` on `gamma` is `to`.
/// The horizon `1 / (1 - gamma)` grows exponentially. 16 bytes; a power an update.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExponentialDiscount<M = Libm> {
    from: f32,
    to: f32,
    steps: u32,
    updates: u32,
    math: PhantomData<M>,
}

impl<M: Math> ExponentialDiscount<M> {
    /// At update 0.
    ///
    /// # Errors
    /// [`Error::DiscountOutOfRange`] unless both are in `[0, 1)`; [`Error::StepsOutOfRange`] when `steps` is 0.
    pub fn new(from: f32, to: f32, steps: u32) -> Result<Self, Error> {
        if !((0.0..1.0).contains(&from) && (0.0..1.0).contains(&to)) {
            return Err(Error::DiscountOutOfRange);
        }
        if steps == 0 {
            return Err(Error::StepsOutOfRange);
        }
        Ok(Self { from, to, steps, updates: 0, math: PhantomData })
    }
}

impl<M: Math> DiscountSchedule for ExponentialDiscount<M> {
    fn gamma(&self) -> f32 {
        if self.updates >= self.steps {
            return self.to;
        }
        let share = self.updates as f32 / self.steps as f32;
        let factor = M::exp(share * M::ln((1.0 - self.to) / (1.0 - self.from)));
        (1.0 - (1.0 - self.from) * factor).clamp(0.0, 1.0)
    }

    fn advance(&mut self) {
        self.updates = self.updates.saturating_add(1);
    }
}

// How many updates there were.
persist_fields!([M] ExponentialDiscount<M> { updates });

/// `"exponential-discount"`.
impl<M: Math> Identify for ExponentialDiscount<M> {
    fn identity(&self) -> Identity {
        Identity::new("exponential-discount", M::NUMERICS, [0, 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discount::FixedDiscount;

    #[test]
    fn the_horizon_grows_by_the_same_factor() {
        // 1 - 0.6 (0.01/0.6)^(e/4)
        let mut schedule = ExponentialDiscount::<Libm>::new(0.4, 0.99, 4).unwrap();
        for expected in [0.4, 0.784_42, 0.922_54, 0.972_17, 0.99, 0.99] {
            assert!((schedule.gamma() - expected).abs() < 1e-4, "{} {expected}", schedule.gamma());
            schedule.advance();
        }
    }

    #[test]
    fn bad_numbers_are_refused() {
        assert_eq!(FixedDiscount::new(1.1), Err(Error::DiscountOutOfRange));
        for bad in [1.0, -0.1, f32::NAN] {
            assert_eq!(ExponentialDiscount::<Libm>::new(bad, 0.9, 4), Err(Error::DiscountOutOfRange));
            assert_eq!(ExponentialDiscount::<Libm>::new(0.9, bad, 4), Err(Error::DiscountOutOfRange));
        }
        assert_eq!(ExponentialDiscount::<Libm>::new(0.4, 0.9, 0), Err(Error::StepsOutOfRange));
    }
}
