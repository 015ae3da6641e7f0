//! Where numbers live. One body of code serves owners with constant sizes and views over the caller's slices.

use super::{Const, Dim, Dyn};
use core::marker::PhantomData;

mod sealed {
    pub trait Sealed<T> {}
}

/// Numbers that can be read: an array or a slice, or a box with the feature `alloc`. Sealed.
pub trait Storage<T = f32>: sealed::Sealed<T> {
    /// All numbers, row by row.
    fn values(&self) -> &[T];
}

/// Numbers that can be written. Sealed.
pub trait StorageMut<T = f32>: Storage<T> {
    /// All numbers, row by row.
    fn values_mut(&mut self) -> &mut [T];
}

macro_rules! storage {
    ($([$($generics:tt)*] $type:ty, |$this:ident| $values:expr;)*) => {$(
        impl<$($generics)*> sealed::Sealed<T> for $type {}
        impl<$($generics)*> Storage<T> for $type {
            #[inline]
            fn values(&self) -> &[T] {
                let $this = self;
                $values
            }
        }
    )*};
}

macro_rules! storage_mut {
    ($([$($generics:tt)*] $type:ty, |$this:ident| $values:expr;)*) => {$(
        impl<$($generics)*> StorageMut<T> for $type {
            #[inline]
            fn values_mut(&mut self) -> &mut [T] {
                let $this = self;
                $values
            }
        }
    )*};
}

storage! {
    [T, const N: usize] [T; N], |this| this;
    [T, const N: usize, const M: usize] [[T; N]; M], |this| this.as_flattened();
    [T, const N: usize, const M: usize, const K: usize] [[[T; N]; M]; K], |this| this.as_flattened().as_flattened();
    [T, const N: usize, const M: usize] &[[T; N]; M], |this| this.as_flattened();
    [T, const N: usize] &[T; N], |this| *this;
    [T] &[T], |this| this;
    [T] &mut [T], |this| this;
}

#[cfg(feature = "alloc")]
storage! {
    [T] alloc::boxed::Box<[T]>, |this| this;
}

#[cfg(feature = "alloc")]
storage_mut! {
    [T] alloc::boxed::Box<[T]>, |this| this;
}

storage_mut! {
    [T, const N: usize] [T; N], |this| this;
    [T, const N: usize, const M: usize] [[T; N]; M], |this| this.as_flattened_mut();
    [T, const N: usize, const M: usize, const K: usize] [[[T; N]; M]; K],
        |this| this.as_flattened_mut().as_flattened_mut();
    [T] &mut [T], |this| this;
}

/// The storage of one `d x d` matrix and vectors of length `d`: [`Owned`] or [`Borrowed`], or one of them as [`Mergeable`];
/// `Boxed` with the feature `alloc`.
pub trait Memory {
    /// The type of `d`.
    type Dim: Dim;
    /// `d * d` numbers.
    type Matrix: StorageMut + core::fmt::Debug;
    /// `d` numbers.
    type Vector: StorageMut + core::fmt::Debug;
    /// What a ridge regression keeps so that it can be merged: [`Gram`], or nothing.
    type Gram: GramMemory + core::fmt::Debug;
}

/// A place for a Gram matrix, or none. Sealed.
pub trait GramMemory: sealed::Sealed<f32> {
    /// The sum of `x x^T`, row by row, and the regularisation; `None` where nothing is kept.
    fn get(&self) -> Option<(&[f32], f32)>;

    /// To write them.
    fn get_mut(&mut self) -> Option<(&mut [f32], &mut f32)>;
}

impl sealed::Sealed<f32> for () {}

/// Nothing is kept.
impl GramMemory for () {
    #[inline]
    fn get(&self) -> Option<(&[f32], f32)> {
        None
    }

    #[inline]
    fn get_mut(&mut self) -> Option<(&mut [f32], &mut f32)> {
        None
    }
}

/// The sum of `x x^T` and the regularisation: `4 d^2 + 4` bytes.
#[derive(Clone, Copy, Debug)]
pub struct Gram<M> {
    sum: M,
    lambda: f32,
}

impl<M> Gram<M> {
    /// Over `d * d` numbers, which are cleared when the regression starts.
    pub const fn new(sum: M) -> Self {
        Self { sum, lambda: 0.0 }
    }
}

impl<M: StorageMut> Gram<M> {
    pub(super) fn sum(&self) -> &[f32] {
        self.sum.values()
    }

    pub(super) const fn lambda(&self) -> f32 {
        self.lambda
    }

    pub(super) fn both(&mut self) -> (&mut [f32], f32) {
        (self.sum.values_mut(), self.lambda)
    }
}

impl<M> sealed::Sealed<f32> for Gram<M> {}

impl<M: StorageMut> GramMemory for Gram<M> {
    #[inline]
    fn get(&self) -> Option<(&[f32], f32)> {
        Some((self.sum.values(), self.lambda))
    }

    #[inline]
    fn get_mut(&mut self) -> Option<(&mut [f32], &mut f32)> {
        Some((self.sum.values_mut(), &mut self.lambda))
    }
}

/// Arrays inside the learner; `D` is known to the compiler.
#[derive(Clone, Copy, Debug)]
pub struct Owned<const D: usize>;

impl<const D: usize> Memory for Owned<D> {
    type Dim = Const<D>;
    type Matrix = [[f32; D]; D];
    type Vector = [f32; D];
    type Gram = ();
}

/// The caller's slices; `d` is known at run time.
#[derive(Clone, Copy, Debug)]
pub struct Borrowed<'a>(PhantomData<&'a mut [f32]>);

impl<'a> Memory for Borrowed<'a> {
    type Dim = Dyn;
    type Matrix = &'a mut [f32];
    type Vector = &'a mut [f32];
    type Gram = ();
}

/// Boxes that the learner owns; `d` is known at run time.
#[cfg(feature = "alloc")]
#[derive(Clone, Copy, Debug)]
pub struct Boxed;

#[cfg(feature = "alloc")]
impl Memory for Boxed {
    type Dim = Dyn;
    type Matrix = alloc::boxed::Box<[f32]>;
    type Vector = alloc::boxed::Box<[f32]>;
    type Gram = ();
}

/// The storage of `S` and a Gram matrix beside it: what can be merged.
#[derive(Clone, Copy, Debug)]
pub struct Mergeable<S>(PhantomData<S>);

impl<S: Memory> Memory for Mergeable<S> {
    type Dim = S::Dim;
    type Matrix = S::Matrix;
    type Vector = S::Vector;
    type Gram = Gram<S::Matrix>;
}
