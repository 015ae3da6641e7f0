//! Takes what fits.

use super::{Allocator, Budget, Decision, Request};
use crate::error::Error;
use crate::linalg::StorageMut;
use crate::state::{Identify, Identity, persist_fields};

/// Plays the action that pays most among those that fit the budget, if it pays anything; the lowest of equals.
///
/// Memory: `4 m` bytes. Cost: O(A m) for A actions. Before it is started nothing remains.
#[derive(Clone, Debug)]
pub struct GreedyState<V> {
    budget: Budget<V>,
}

/// [`GreedyState`] of constant size.
pub type Greedy<const M: usize> = GreedyState<[f32; M]>;

const _: () = assert!(Greedy::<2>::SIZE == 4 * 2);

impl<const M: usize> Greedy<M> {
    /// Not started.
    pub const EMPTY: Self = Self::new([0.0; M]);

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();
}

impl<V> GreedyState<V> {
    /// Over memory that has not been started: one number a resource.
    pub const fn new(left: V) -> Self {
        Self { budget: Budget::new(left) }
    }
}

impl<V: StorageMut> GreedyState<V> {
    /// Starts with what there is of each resource for a request, and the number of requests that the budget is for.
    ///
    /// # Errors
    /// As [`Budget::start`].
    pub fn start(&mut self, rates: &[f32], horizon: u32) -> Result<(), Error> {
        self.budget.start(rates, horizon)
    }
}

impl<V: StorageMut> Allocator for GreedyState<V> {
    fn left(&self) -> &[f32] {
        self.budget.left()
    }

    fn decide(&mut self, request: Request<'_>) -> Result<Decision, Error> {
        let resources = self.left().len();
        request.check(resources)?;
        let best =
            request.best(resources, |reward, consumption| if self.budget.allows(consumption) { reward } else { 0.0 });
        let played = best.filter(|action| self.budget.spend(request.consumption(*action, resources)));
        Ok(Decision { wanted: best, played })
    }
}

// What remains of each resource.
persist_fields!([V: StorageMut] GreedyState<V> { budget });

/// `"greedy-allocator"`: resources.
impl<V: StorageMut> Identify for GreedyState<V> {
    fn identity(&self) -> Identity {
        Identity::new("greedy-allocator", Identity::PLAIN, [self.left().len(), 0, 0])
    }
}
