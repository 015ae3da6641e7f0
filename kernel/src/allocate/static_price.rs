//! One price, learnt once.

use super::fractional_knapsack::critical_price;
use super::{Allocator, Budget, Decision, Item, Request};
use crate::error::Error;
use crate::linalg::{StorageMut, dot};
use crate::state::{Identify, Identity, Persist, Reader, Write, check_each};

/// Looks at the first tenth of the requests and takes nothing; then the price `mu` is the ratio `f / b` of the first of
/// them, by falling ratio, that no longer fits the sample's budget, `rho` times its length, and 0 where all fit; from then
/// on takes what pays more than `mu b` and fits. Of one resource, and with one action a request at most while it looks.
///
/// Memory: `8 N` bytes for a sample of `N` requests, and 20. Cost: O(A) for A actions; at the end of the sample `8 N`
/// divisions, once.
#[derive(Clone, Debug)]
pub struct StaticPriceState<V> {
    sample: V,
    budget: Budget<[f32; 1]>,
    rate: f32,
    price: f32,
    /// How many requests it looks at.
    sampled: u32,
    requests: u32,
}

/// [`StaticPriceState`] of constant size, for up to `10 N + 9` requests.
pub type StaticPrice<const N: usize> = StaticPriceState<[Item; N]>;

const _: () = assert!(StaticPrice::<10>::SIZE == 8 * 10 + 20);

impl<const N: usize> StaticPrice<N> {
    /// Not started.
    pub const EMPTY: Self = Self::new([Item::NOTHING; N]);

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();
}

impl<V> StaticPriceState<V> {
    /// Over memory that has not been started.
    pub const fn new(sample: V) -> Self {
        Self { sample, budget: Budget::EMPTY, rate: 0.0, price: 0.0, sampled: 0, requests: 0 }
    }

    /// What a unit of the resource must pay; `None` while it looks.
    pub fn price(&self) -> Option<f32> {
        (self.requests >= self.sampled).then_some(self.price)
    }
}

impl<V: StorageMut<Item>> StaticPriceState<V> {
    /// Starts with `rate`, `rho`, what there is for a request, and the number of requests that the budget is for.
    ///
    /// # Errors
    /// [`Error::BufferTooSmall`] when the sample does not hold a tenth of them; as [`Budget::start`].
    pub fn start(&mut self, rate: f32, horizon: u32) -> Result<(), Error> {
        let sampled = horizon / 10;
        if sampled as usize > self.sample.values().len() {
            return Err(Error::BufferTooSmall);
        }
        self.budget.start(&[rate], horizon)?;
        self.sample.values_mut().fill(Item::NOTHING);
        (self.rate, self.price, self.sampled, self.requests) = (rate, 0.0, sampled, 0);
        Ok(())
    }

    /// Keeps a request, and finds the price when it was the last one to look at.
    fn look(&mut self, request: Request<'_>) -> Result<Decision, Error> {
        let item = request.item().ok_or(Error::LengthMismatch)?;
        let sample = self.sample.values_mut();
        if let Some(place) = sample.get_mut(self.requests as usize) {
            *place = item;
        }
        self.requests += 1;
        if self.requests == self.sampled {
            let kept = sample.get(..self.sampled as usize).unwrap_or(sample);
            self.price = critical_price(kept, self.rate * self.sampled as f32)?.price();
        }
        Ok(Decision::NOTHING)
    }
}

impl<V: StorageMut<Item>> Allocator for StaticPriceState<V> {
    fn left(&self) -> &[f32] {
        self.budget.left()
    }

    /// # Errors
    /// [`Error::LengthMismatch`] besides for a request of several actions while it looks.
    fn decide(&mut self, request: Request<'_>) -> Result<Decision, Error> {
        if self.rate == 0.0 {
            return Err(Error::NotStarted);
        }
        request.check(1)?;
        if self.requests < self.sampled {
            return self.look(request);
        }
        let price = self.price;
        let wanted = request.best(1, |reward, consumption| reward - dot(&[price], consumption));
        self.requests = self.requests.saturating_add(1);
        let played = wanted.filter(|action| self.budget.spend(request.consumption(*action, 1)));
        Ok(Decision { wanted, played })
    }
}

/// The sample, pairs of what a request pays and takes; what remains; the price; the requests decided as `u32`: `8 N + 12`
/// bytes.
impl<V: StorageMut<Item>> Persist for StaticPriceState<V> {
    fn write(&self, out: &mut impl Write) {
        self.sample.values().write(out);
        self.budget.write(out);
        self.price.write(out);
        self.requests.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.sample.values().check(from)?;
        self.budget.check(from)?;
        check_each(&[self.price], from, |price| price >= 0.0)?;
        self.requests.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.sample.values_mut().read(from)?;
        self.budget.read(from)?;
        self.price.read(from)?;
        self.requests.read(from)
    }
}

/// `"static-price"`: requests that the sample holds.
impl<V: StorageMut<Item>> Identify for StaticPriceState<V> {
    fn identity(&self) -> Identity {
        Identity::new("static-price", Identity::PLAIN, [self.sample.values().len(), 0, 0])
    }
}
