//! What is known of each arm.

use core::marker::PhantomData;

use crate::error::Error;
use crate::linalg::{Dim, Memory, Mergeable, Ridge, StorageMut};
use crate::state::{Merge, Persist, Reader, Write};

/// Ridge regressions of the reward on the features of an arm.
pub trait Estimates: Persist {
    /// The name in a checkpoint.
    const NAME: &'static str;

    /// Where their numbers live.
    type Memory: Memory;

    /// The number of arms.
    fn arms(&self) -> usize;

    /// How many numbers a context holds.
    fn context_len(&self) -> usize;

    /// All regressions: one, or one an arm.
    fn ridges(&self) -> &[Ridge<Self::Memory>];

    /// All regressions, to change them.
    fn ridges_mut(&mut self) -> &mut [Ridge<Self::Memory>];

    /// The features of an arm in a context.
    fn features<'a>(&self, context: &'a [f32], arm: usize) -> Option<&'a [f32]>;

    /// Which of the regressions is an arm's.
    fn place(&self, arm: usize) -> usize;

    /// The number of features.
    #[inline]
    fn dim(&self) -> usize {
        self.ridges().first().map_or(0, Ridge::dim)
    }

    /// An arm's regression and features.
    #[inline]
    fn of<'a>(&self, context: &'a [f32], arm: usize) -> Option<(&Ridge<Self::Memory>, &'a [f32])> {
        Some((self.ridges().get(self.place(arm))?, self.features(context, arm)?))
    }

    /// An arm's regression, to change it, and its features.
    #[inline]
    fn of_mut<'a>(&mut self, context: &'a [f32], arm: usize) -> Option<(&mut Ridge<Self::Memory>, &'a [f32])> {
        let (place, features) = (self.place(arm), self.features(context, arm)?);
        Some((self.ridges_mut().get_mut(place)?, features))
    }

    /// Forgets everything.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`], [`Error::LengthMismatch`]; the estimates are unchanged then.
    fn start(&mut self, lambda: f32) -> Result<(), Error> {
        let d = self.dim();
        if self.ridges().iter().any(|ridge| ridge.dim() != d) {
            return Err(Error::LengthMismatch);
        }
        // All take the same number, so the first says no for all.
        self.ridges_mut().iter_mut().try_for_each(|ridge| ridge.start(lambda))
    }
}

/// One estimate for all arms, which differ by their features: a context holds a row of `d` numbers an arm.
///
/// Memory: `4 (d^2 + 2 d)` bytes; the number of arms where the compiler does not know it.
#[derive(Debug)]
pub struct Shared<K, S: Memory> {
    arms: K,
    ridge: [Ridge<S>; 1],
}

impl<K: Dim, S: Memory> Shared<K, S> {
    /// Over a regression that has not been started.
    pub const fn new(arms: K, ridge: Ridge<S>) -> Self {
        Self { arms, ridge: [ridge] }
    }
}

impl<K: Dim, S: Memory> Estimates for Shared<K, S> {
    const NAME: &'static str = "shared";
    type Memory = S;

    #[inline]
    fn arms(&self) -> usize {
        self.arms.get()
    }

    #[inline]
    fn context_len(&self) -> usize {
        self.arms.get() * self.dim()
    }

    #[inline]
    fn ridges(&self) -> &[Ridge<S>] {
        &self.ridge
    }

    #[inline]
    fn ridges_mut(&mut self) -> &mut [Ridge<S>] {
        &mut self.ridge
    }

    #[inline]
    fn features<'a>(&self, context: &'a [f32], arm: usize) -> Option<&'a [f32]> {
        context.chunks_exact(self.dim().max(1)).nth(arm)
    }

    #[inline]
    fn place(&self, _arm: usize) -> usize {
        0
    }
}

/// An estimate an arm; all see the same context of `d` numbers.
///
/// Memory: `4 K (d^2 + 2 d)` bytes.
#[derive(Debug)]
pub struct Disjoint<S: Memory, C> {
    ridges: C,
    memory: PhantomData<S>,
}

impl<S: Memory, C: StorageMut<Ridge<S>>> Disjoint<S, C> {
    /// Over one regression an arm, not started: an array, or the caller's slice.
    pub const fn new(ridges: C) -> Self {
        Self { ridges, memory: PhantomData }
    }
}

impl<S: Memory, C: StorageMut<Ridge<S>>> Estimates for Disjoint<S, C> {
    const NAME: &'static str = "disjoint";
    type Memory = S;

    #[inline]
    fn arms(&self) -> usize {
        self.ridges.values().len()
    }

    #[inline]
    fn context_len(&self) -> usize {
        self.dim()
    }

    #[inline]
    fn ridges(&self) -> &[Ridge<S>] {
        self.ridges.values()
    }

    #[inline]
    fn ridges_mut(&mut self) -> &mut [Ridge<S>] {
        self.ridges.values_mut()
    }

    #[inline]
    fn features<'a>(&self, context: &'a [f32], arm: usize) -> Option<&'a [f32]> {
        (arm < self.arms()).then_some(context)
    }

    #[inline]
    fn place(&self, arm: usize) -> usize {
        arm
    }
}

macro_rules! of_regressions {
    ($([$($generics:tt)*] [$($mergeable:tt)*] $type:ident<$($of:ty),*> as <$($also:ty),*>;)*) => {$(
        /// The regressions, one after the other.
        impl<$($generics)*> Persist for $type<$($of),*> {
            fn write(&self, out: &mut impl Write) {
                self.ridges().write(out);
            }

            fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
                self.ridges().check(from)
            }

            fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
                self.ridges_mut().read(from)
            }
        }

        /// Regression by regression.
        impl<$($mergeable)*> Merge for $type<$($also),*> {
            fn check_merge(&mut self, other: &Self) -> Result<(), Error> {
                if self.arms() != other.arms() {
                    return Err(Error::OtherDimensions);
                }
                self.ridges_mut().check_merge(other.ridges())
            }

            fn take_in(&mut self, other: &Self) {
                self.ridges_mut().take_in(other.ridges());
            }
        }
    )*};
}

of_regressions! {
    [K: Dim, S: Memory] [K: Dim, S: Memory] Shared<K, S> as <K, Mergeable<S>>;
    [S: Memory, C: StorageMut<Ridge<S>>] [S: Memory, C: StorageMut<Ridge<Mergeable<S>>>]
        Disjoint<S, C> as <Mergeable<S>, C>;
}
