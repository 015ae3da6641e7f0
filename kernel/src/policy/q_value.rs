//! What a table keeps the value of an action as.

use crate::error::Error;
use crate::math::{Fixed, FixedInteger, Share};
use crate::state::{Identity, Persist};
use core::fmt::Debug;

mod sealed {
    pub trait Sealed {}
}

/// The value of an action: `f32`, or [`Fixed`] on chips without a unit for floats. Sealed.
pub trait QValue: sealed::Sealed + Copy + Debug + PartialOrd + Persist {
    /// Step sizes and discounts, as values are multiplied by them.
    type Share: Share;

    /// 0.
    const ZERO: Self;

    /// Not above any value.
    const LEAST: Self;

    /// The value nearest to a number.
    ///
    /// # Errors
    /// [`Error::NonFinite`]; [`Error::ValueOutOfRange`] of a fixed-point type.
    fn from_f32(x: f32) -> Result<Self, Error>;

    /// The number nearest to the value.
    fn to_f32(self) -> f32;

    /// Whether it is one: every fixed-point number is.
    fn is_finite(self) -> bool;

    /// `self + share * other`.
    fn plus_share(self, share: Self::Share, other: Self) -> Self;

    /// `self + share * (target - self)`, and the difference.
    fn towards(self, target: Self, share: Self::Share) -> (Self, f32);

    /// What a state with such values is, from the name that it has with `f32`.
    fn identity(kind: &str, states: usize, actions: usize) -> Identity;
}

impl sealed::Sealed for f32 {}

impl QValue for f32 {
    type Share = Self;

    const ZERO: Self = 0.0;
    const LEAST: Self = Self::NEG_INFINITY;

    #[inline]
    fn from_f32(x: f32) -> Result<Self, Error> {
        if x.is_finite() { Ok(x) } else { Err(Error::NonFinite) }
    }

    #[inline]
    fn to_f32(self) -> f32 {
        self
    }

    #[inline]
    fn is_finite(self) -> bool {
        self.is_finite()
    }

    #[inline]
    fn plus_share(self, share: Self, other: Self) -> Self {
        self + share * other
    }

    #[inline]
    fn towards(self, target: Self, share: Self) -> (Self, f32) {
        let difference = target - self;
        (self + share * difference, difference)
    }

    fn identity(kind: &str, states: usize, actions: usize) -> Identity {
        Identity::new(kind, Identity::PLAIN, [states, actions, 0])
    }
}

impl<I: FixedInteger, const SCALE_BITS: u32> sealed::Sealed for Fixed<I, SCALE_BITS> {}

impl<I: FixedInteger, const SCALE_BITS: u32> QValue for Fixed<I, SCALE_BITS> {
    type Share = I::Share;

    const ZERO: Self = Self::ZERO;
    const LEAST: Self = Self::LEAST;

    #[inline]
    fn from_f32(x: f32) -> Result<Self, Error> {
        Self::from_f32(x)
    }

    #[inline]
    fn to_f32(self) -> f32 {
        self.to_f32()
    }

    #[inline]
    fn is_finite(self) -> bool {
        true
    }

    #[inline]
    fn plus_share(self, share: I::Share, other: Self) -> Self {
        self.plus_share(share, other)
    }

    #[inline]
    fn towards(self, target: Self, share: I::Share) -> (Self, f32) {
        (self.towards(target, share), target.minus(self))
    }

    fn identity(kind: &str, states: usize, actions: usize) -> Identity {
        let inner = Identity::new(kind, Identity::PLAIN, [states, actions, SCALE_BITS as usize]);
        Identity::around(I::NAME, inner)
    }
}
