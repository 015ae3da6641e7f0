//! The usual shapes.

use super::Shape;
use crate::math::{Libm, Math, sin_cos};
use core::f32::consts::FRAC_PI_2;
use core::marker::PhantomData;

/// How much of the budget is over.
#[inline]
fn elapsed(t: u32, budget: u32) -> f32 {
    t as f32 / budget.max(1) as f32
}

/// How much of the budget is left.
#[inline]
fn left(t: u32, budget: u32) -> f32 {
    budget.saturating_sub(t) as f32 / budget.max(1) as f32
}

/// `(1 + cos(pi x)) / 2`, `x` all but what is left, as the square of a sine, which loses nothing near the end.
#[inline]
fn half_wave(left: f32) -> f32 {
    let (sin, _) = sin_cos(FRAC_PI_2 * left);
    sin * sin
}

/// Always 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flat;

impl Shape for Flat {
    #[inline]
    fn share(&self, _t: u32, _budget: u32) -> f32 {
        1.0
    }
}

/// 1, from half the budget on 0.1, from three quarters of it on 0.01.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Steps;

impl Shape for Steps {
    #[inline]
    fn share(&self, t: u32, budget: u32) -> f32 {
        let (t, budget) = (u64::from(t), u64::from(budget));
        if 2 * t < budget {
            1.0
        } else if 4 * t < 3 * budget {
            0.1
        } else {
            0.01
        }
    }
}

/// `1 - x`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Falling;

impl Shape for Falling {
    #[inline]
    fn share(&self, t: u32, budget: u32) -> f32 {
        left(t, budget)
    }
}

/// `0.01^x`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ToOnePercent<M = Libm>(PhantomData<M>);

impl<M: Math> ToOnePercent<M> {
    /// The shape.
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<M: Math> Shape for ToOnePercent<M> {
    #[inline]
    fn share(&self, t: u32, budget: u32) -> f32 {
        M::powf(0.01, elapsed(t, budget))
    }
}

/// `(1 + cos(pi x)) / 2` (Loshchilov, Hutter 2017, without restarts).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cosine;

impl Shape for Cosine {
    #[inline]
    fn share(&self, t: u32, budget: u32) -> f32 {
        half_wave(left(t, budget))
    }
}

/// `(1 - x) / (1/2 + (1 - x) / 2)` (Chen, Wolfe, Kyrillidis 2022).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rex;

impl Shape for Rex {
    #[inline]
    fn share(&self, t: u32, budget: u32) -> f32 {
        let left = left(t, budget);
        left / (0.5 + 0.5 * left)
    }
}

/// `1 / sqrt(1 + t)`, whatever the budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InverseRoot;

impl Shape for InverseRoot {
    #[inline]
    fn share(&self, t: u32, _budget: u32) -> f32 {
        1.0 / libm::sqrtf(1.0 + t as f32)
    }
}

/// From 0.04 up to 1 over three tenths of the budget, then down to 0 as half a wave (Smith, Topin 2019).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OneCycle;

impl Shape for OneCycle {
    #[inline]
    fn share(&self, t: u32, budget: u32) -> f32 {
        let x = elapsed(t, budget);
        if x < 0.3 { 0.04 + 0.96 * x / 0.3 } else { half_wave(left(t, budget) / 0.7) }
    }
}
