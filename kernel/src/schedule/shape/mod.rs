//! Shapes of a step size over a budget: which share of the greatest step size an update gets.
//!
//! | shape | share at update `t` of `T`, `x = t / T` |
//! |---|---|
//! | [`Uba`] | the odds of the cosine's share times `2 / phi` |
//! | [`Flat`] | 1 |
//! | [`Steps`] | 1, from half the budget on 0.1, from three quarters on 0.01 |
//! | [`Falling`] | `1 - x` |
//! | [`ToOnePercent`] | `0.01^x` |
//! | [`Cosine`] | `(1 + cos(pi x)) / 2` |
//! | [`Rex`] | `(1 - x) / (1 - x / 2)` |
//! | [`InverseRoot`] | `1 / sqrt(1 + t)` |
//! | [`OneCycle`] | up from 0.04 to 1 over three tenths, then down as a cosine |

mod sibling;
mod uba;

pub use sibling::{Cosine, Falling, Flat, InverseRoot, OneCycle, Rex, Steps, ToOnePercent};
pub use uba::Uba;

/// A share of a step size as a function of the time within a budget.
pub trait Shape {
    /// The share at update `t` of a budget of `budget` updates, in `[0, 1]`; `t <= budget`, and `budget >= 1`.
    fn share(&self, t: u32, budget: u32) -> f32;
}

impl<S: Shape + ?Sized> Shape for &S {
    #[inline]
    fn share(&self, t: u32, budget: u32) -> f32 {
        (**self).share(t, budget)
    }
}
