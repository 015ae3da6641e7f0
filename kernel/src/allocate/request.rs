//! What is offered, and what an allocator makes of it.

use super::Item;
use crate::error::Error;
use crate::linalg::all_finite;

/// The actions of one request. Doing nothing, which pays and takes nothing, is always possible and not among them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Request<'a> {
    rewards: &'a [f32],
    consumption: &'a [f32],
}

impl<'a> Request<'a> {
    /// `rewards`, one number an action, may be negative; `consumption` says action by action what it takes of each
    /// resource: actions times resources numbers, none below 0. An allocator checks them.
    pub const fn new(rewards: &'a [f32], consumption: &'a [f32]) -> Self {
        Self { rewards, consumption }
    }

    /// The number of actions.
    pub const fn actions(&self) -> usize {
        self.rewards.len()
    }

    /// Whether it is a request over so many resources.
    pub(super) fn check(&self, resources: usize) -> Result<(), Error> {
        if self.rewards.len().checked_mul(resources) != Some(self.consumption.len()) {
            return Err(Error::LengthMismatch);
        }
        if !(all_finite(self.rewards) && all_finite(self.consumption)) {
            return Err(Error::NonFinite);
        }
        if self.consumption.iter().any(|amount| *amount < 0.0) { Err(Error::NegativeConsumption) } else { Ok(()) }
    }

    /// The one action of a request over one resource, or nothing where it has none; `None` where it has more.
    pub(super) const fn item(&self) -> Option<Item> {
        match (self.rewards, self.consumption) {
            ([], _) => Some(Item::NOTHING),
            (&[reward], &[consumption]) => Some(Item { reward, consumption }),
            _ => None,
        }
    }

    /// What an action takes of each of so many resources.
    pub(super) fn consumption(&self, action: usize, resources: usize) -> &'a [f32] {
        self.consumption.get(action * resources..(action + 1) * resources).unwrap_or(&[])
    }

    /// The action with the greatest value above 0, the lowest of equals; `value` is given what an action pays and takes.
    pub(super) fn best(&self, resources: usize, mut value: impl FnMut(f32, &[f32]) -> f32) -> Option<usize> {
        let (mut best, mut greatest) = (None, 0.0);
        for (action, reward) in self.rewards.iter().enumerate() {
            let value = value(*reward, self.consumption(action, resources));
            if value > greatest {
                (best, greatest) = (Some(action), value);
            }
        }
        best
    }
}

/// What an allocator makes of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// The action it would like; `None` for doing nothing.
    pub wanted: Option<usize>,
    /// The action to do: the one it would like, or `None` where that does not fit the budget.
    pub played: Option<usize>,
}

impl Decision {
    /// Doing nothing, as wanted.
    pub const NOTHING: Self = Self { wanted: None, played: None };
}
