//! Prices that rise while the budget is spent too fast, and fall while it is spent too slowly.

use super::{Allocator, Budget, Decision, Euclidean, Reference, Request};
use crate::error::Error;
use crate::linalg::{Storage, StorageMut, all_finite, dot};
use crate::state::{Identify, Identity, Persist, Reader, Write, check_each};
use core::marker::PhantomData;

/// `eta = c / sqrt(T)`: the step size for `horizon` requests. Theory needs the `1 / sqrt(T)`; `c = 1` suits rewards and
/// consumptions of order 1.
pub fn step_size(c: f32, horizon: u32) -> f32 {
    c / libm::sqrtf(horizon as f32)
}

/// Dual mirror descent (Balseiro, Lu, Mirrokni 2023, algorithm 1): wants the action with the greatest `f - <mu, b>` above
/// 0, the lowest of equals; plays it if it fits the budget; then `mu = argmin_{mu >= 0} <g, mu> + V_h(mu, mu_old) / eta`
/// with `g = rho - b` of the action that was wanted, blocked or not.
///
/// Requests after the horizon are decided alike: the budget, `T` times `rho`, still binds. With everything spent only what
/// takes nothing is played, and prices go on moving.
///
/// Memory: `8 m + 8` bytes and a reference to `rho`, whose `4 m` bytes stay where they are: 28 bytes for two resources on
/// a chip of 32 bits. Cost: O(A m) for A actions; m exponentials with [`Entropy`](super::Entropy).
#[derive(Clone, Debug)]
pub struct DualMirrorDescentState<V, R, H> {
    prices: V,
    budget: Budget<V>,
    rates: R,
    step_size: f32,
    requests: u32,
    reference: PhantomData<H>,
}

/// [`DualMirrorDescentState`] of constant size, over rates that live as long as `'a`.
pub type DualMirrorDescent<'a, const M: usize, H = Euclidean> = DualMirrorDescentState<[f32; M], &'a [f32; M], H>;

const _: () = assert!(DualMirrorDescent::<2>::SIZE == 8 * 2 + 8 + size_of::<&[f32; 2]>());

impl<const M: usize, H> DualMirrorDescent<'_, M, H> {
    /// Not started.
    pub const EMPTY: Self = Self::new([0.0; M], [0.0; M], &[0.0; M]);

    /// Bytes of state, the reference to the rates included.
    pub const SIZE: usize = size_of::<Self>();
}

impl<V, R, H> DualMirrorDescentState<V, R, H> {
    /// Over memory that has not been started: one number a resource each.
    pub const fn new(prices: V, left: V, rates: R) -> Self {
        Self { prices, budget: Budget::new(left), rates, step_size: 0.0, requests: 0, reference: PhantomData }
    }

    /// How many requests have been decided.
    pub const fn requests(&self) -> u32 {
        self.requests
    }
}

impl<V: StorageMut, R: Storage, H: Reference> DualMirrorDescentState<V, R, H> {
    /// Starts with `rates`, `rho`, what there is of each resource for a request, the number of requests `T` that the budget
    /// is for, and the step size `eta`.
    ///
    /// # Errors
    /// As [`Budget::start`]; [`Error::LengthMismatch`]; [`Error::ParameterOutOfRange`] unless the step size is above 0 and
    /// finite.
    pub fn start(&mut self, rates: R, horizon: u32, step_size: f32) -> Result<(), Error> {
        if self.prices().len() != self.left().len() {
            return Err(Error::LengthMismatch);
        }
        if !(step_size > 0.0 && step_size.is_finite()) {
            return Err(Error::ParameterOutOfRange);
        }
        self.budget.start(rates.values(), horizon)?;
        self.prices.values_mut().fill(H::FIRST_PRICE);
        (self.rates, self.step_size, self.requests) = (rates, step_size, 0);
        Ok(())
    }

    /// Sets the prices, before the first request say.
    ///
    /// # Errors
    /// [`Error::NotStarted`]; [`Error::LengthMismatch`]; [`Error::NonFinite`]; [`Error::ParameterOutOfRange`] for a
    /// negative one, and for 0 where the reference function cannot leave it.
    pub fn set_prices(&mut self, prices: &[f32]) -> Result<(), Error> {
        if self.step_size == 0.0 {
            return Err(Error::NotStarted);
        }
        if prices.len() != self.prices().len() {
            return Err(Error::LengthMismatch);
        }
        if !all_finite(prices) {
            return Err(Error::NonFinite);
        }
        if !prices.iter().all(|price| H::is_price(*price)) {
            return Err(Error::ParameterOutOfRange);
        }
        for (price, new) in self.prices.values_mut().iter_mut().zip(prices) {
            *price = *new;
        }
        Ok(())
    }

    /// `mu`: what a unit of each resource must pay.
    pub fn prices(&self) -> &[f32] {
        self.prices.values()
    }
}

impl<V: StorageMut, R: Storage, H: Reference> Allocator for DualMirrorDescentState<V, R, H> {
    fn left(&self) -> &[f32] {
        self.budget.left()
    }

    fn decide(&mut self, request: Request<'_>) -> Result<Decision, Error> {
        if self.step_size == 0.0 {
            return Err(Error::NotStarted);
        }
        let (rates, prices) = (self.rates.values(), self.prices.values_mut());
        request.check(rates.len())?;
        let wanted = request.best(rates.len(), |reward, consumption| reward - dot(prices, consumption));
        let consumption = wanted.map_or(&[][..], |action| request.consumption(action, rates.len()));
        let amounts = consumption.iter().copied().chain(core::iter::repeat(0.0));
        for ((price, rate), amount) in prices.iter_mut().zip(rates).zip(amounts) {
            *price = H::step(*price, self.step_size, rate - amount);
        }
        self.requests = self.requests.saturating_add(1);
        Ok(Decision { wanted, played: wanted.filter(|_| self.budget.spend(consumption)) })
    }
}

/// The prices, what remains of each resource, then the requests decided as `u32`: `8 m + 4` bytes.
impl<V: StorageMut, R, H: Reference> Persist for DualMirrorDescentState<V, R, H> {
    fn write(&self, out: &mut impl Write) {
        self.prices.values().write(out);
        self.budget.write(out);
        self.requests.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        check_each(self.prices.values(), from, H::is_price)?;
        self.budget.check(from)?;
        self.requests.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.prices.values_mut().read(from)?;
        self.budget.read(from)?;
        self.requests.read(from)
    }
}

/// The reference function's name around `"dual-mirror-descent"`: resources.
impl<V: StorageMut, R, H: Reference> Identify for DualMirrorDescentState<V, R, H> {
    fn identity(&self) -> Identity {
        Identity::around(H::NAME, Identity::new("dual-mirror-descent", H::NUMERICS, [self.prices.values().len(), 0, 0]))
    }
}
