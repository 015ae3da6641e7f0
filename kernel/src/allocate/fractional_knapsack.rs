//! The optimum in hindsight: the fractional knapsack.

use super::Request;
use crate::error::Error;
use crate::math::CompensatedSum;
use crate::state::{Persist, Reader, Write, check_each, persist_fields};

/// What can be taken, whole or in part.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Item {
    /// `f`: what it pays; finite.
    pub reward: f32,
    /// `b`: what it takes of the one resource; finite and not negative.
    pub consumption: f32,
}

impl Item {
    /// Nothing.
    pub const NOTHING: Self = Self { reward: 0.0, consumption: 0.0 };

    /// `f / b`, what it pays for a unit of the resource: 0 where it pays nothing or less, infinite where it takes nothing.
    #[inline]
    pub fn ratio(self) -> f32 {
        if self.reward <= 0.0 {
            0.0
        } else if self.consumption > 0.0 {
            (self.reward / self.consumption).min(f32::MAX)
        } else {
            f32::INFINITY
        }
    }
}

/// What it pays, then what it takes.
impl Persist for Item {
    fn write(&self, out: &mut impl Write) {
        self.reward.write(out);
        self.consumption.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.reward.check(from)?;
        check_each(&[self.consumption], from, |consumption| consumption >= 0.0)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.reward.read(from)?;
        self.consumption.read(from)
    }
}

/// The price at which a capacity is used up: the ratio of the critical item, the first by falling ratio that no longer
/// fits whole; 0 where everything fits. By Dantzig (1957) the optimum takes what pays more, of the critical items as much
/// as still fits, and nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CriticalPrice {
    price: f32,
    spare: f32,
}

impl CriticalPrice {
    /// What a unit of the resource is worth.
    pub const fn price(&self) -> f32 {
        self.price
    }

    /// The share of the next item that the optimum takes, from 0 to 1.
    pub fn take(&mut self, item: Item) -> f32 {
        let ratio = item.ratio();
        if ratio > self.price {
            return 1.0;
        }
        if ratio < self.price || ratio == 0.0 || self.spare <= 0.0 {
            return 0.0;
        }
        let share = (self.spare / item.consumption).min(1.0);
        self.spare = (self.spare - item.consumption).max(0.0);
        share
    }
}

// The price, then what is left for the critical items.
persist_fields!([] CriticalPrice { price, spare });

/// Four bits of a ratio a pass.
const DIGITS: usize = 16;

/// Finds the [`CriticalPrice`] of items that pass by eight times, in memory that does not grow with their number: a stream
/// that can be replayed need not be kept, and a slice keeps its order.
///
/// Radix selection: positive floats are ordered as their bits, and each pass finds the next four bits of the critical
/// item's ratio from how much is asked for at each of their values. So the price is exact, up to the rounding of `f / b`
/// and of compensated sums.
///
/// Memory: 148 bytes. Cost: a division an item and pass, and one addition for each item that shares the digits found so
/// far.
#[derive(Clone, Debug)]
pub struct CriticalPriceSearch {
    capacity: f32,
    /// What the items above all that share the digits found so far take.
    above: CompensatedSum,
    /// By next digit, what the items take that share the digits found so far.
    demand: [CompensatedSum; DIGITS],
    digits: u32,
    shift: u32,
}

const _: () = assert!(size_of::<CriticalPriceSearch>() == 148);

impl CriticalPriceSearch {
    /// How often the items must pass by, at most.
    pub const PASSES: u32 = 8;

    /// No capacity, before the first pass.
    pub const EMPTY: Self = Self {
        capacity: 0.0,
        above: CompensatedSum::EMPTY,
        demand: [CompensatedSum::EMPTY; DIGITS],
        digits: 0,
        shift: 28,
    };

    /// Starts for so much of the resource.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless it is finite and not negative.
    pub fn start(&mut self, capacity: f32) -> Result<(), Error> {
        if !(capacity >= 0.0 && capacity.is_finite()) {
            return Err(Error::ParameterOutOfRange);
        }
        *self = Self { capacity, ..Self::EMPTY };
        Ok(())
    }

    /// Starts anew, for as much.
    pub const fn restart(&mut self) {
        *self = Self { capacity: self.capacity, ..Self::EMPTY };
    }

    /// The next item of a pass; each pass has the same ones, in any order.
    #[inline]
    pub fn add(&mut self, item: Item) {
        let bits = item.ratio().to_bits();
        let digits = bits >> self.shift;
        if bits == 0 || digits >> 4 != self.digits {
            return;
        }
        if let Some(demand) = self.demand.get_mut(digits as usize % DIGITS) {
            demand.add(item.consumption);
        }
    }

    /// Ends a pass: the price when it is found, else another pass must follow.
    pub fn end_pass(&mut self) -> Option<CriticalPrice> {
        let mut critical = None;
        for (digit, demand) in self.demand.iter().enumerate().rev() {
            let mut above = self.above;
            above.add(demand.value());
            // A sum that overflows does not fit.
            if above.value() <= self.capacity {
                self.above = above;
            } else {
                critical = Some(digit);
                break;
            }
        }
        let spare = (self.capacity - self.above.value()).max(0.0);
        let Some(digit) = critical else {
            // Everything fits; or, after the first pass, all that shares the digits, by the rounding of sums: then the
            // price is just below.
            let price = f32::from_bits((self.digits << 4 << self.shift).saturating_sub(1));
            return Some(CriticalPrice { price, spare });
        };
        self.digits = self.digits << 4 | digit as u32;
        if self.shift == 0 {
            return Some(CriticalPrice { price: f32::from_bits(self.digits), spare });
        }
        self.shift -= 4;
        self.demand = [CompensatedSum::EMPTY; DIGITS];
        None
    }
}

/// The critical price of a slice.
pub(super) fn critical_price(items: &[Item], capacity: f32) -> Result<CriticalPrice, Error> {
    let mut search = CriticalPriceSearch::EMPTY;
    search.start(capacity)?;
    loop {
        items.iter().for_each(|item| search.add(*item));
        if let Some(price) = search.end_pass() {
            return Ok(price);
        }
    }
}

/// What the best choice among `items` would have paid within `capacity` of the one resource, could items be taken in part:
/// at least as much as any allocator can earn. Cost: [`CriticalPriceSearch::PASSES`] passes and one more.
///
/// ```
/// use habit::allocate::{Item, fractional_optimum};
/// let items = [(0.9, 1.0), (0.3, 1.0), (0.8, 1.0), (0.7, 1.0)];
/// let items = items.map(|(reward, consumption)| Item { reward, consumption });
/// assert_eq!(fractional_optimum(&items, 2.0), Ok(0.9 + 0.8));
/// ```
///
/// # Errors
/// [`Error::ParameterOutOfRange`] unless the capacity is finite and not negative; [`Error::NonFinite`];
/// [`Error::NegativeConsumption`].
pub fn fractional_optimum(items: &[Item], capacity: f32) -> Result<f32, Error> {
    items.iter().try_for_each(|item| Request::new(&[item.reward], &[item.consumption]).check(1))?;
    let mut critical = critical_price(items, capacity)?;
    let mut value = CompensatedSum::EMPTY;
    for item in items {
        value.add(critical.take(*item) * item.reward);
    }
    Ok(value.value())
}
