//! Where numbers live. One body of code serves owners with constant sizes and views over the caller's slices.

use super::{Const, Dim, Dyn};
use core::marker::PhantomData;

mod sealed {
    pub trait Sealed<T> {}
}

/// Numbers that can be read: an array or a slice. Sealed.
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
    [T] &[T], |this| this;
    [T] &mut [T], |this| this;
}

storage_mut! {
    [T, const N: usize] [T; N], |this| this;
    [T, const N: usize, const M: usize] [[T; N]; M], |this| this.as_flattened_mut();
    [T, const N: usize, const M: usize, const K: usize] [[[T; N]; M]; K],
        |this| this.as_flattened_mut().as_flattened_mut();
    [T] &mut [T], |this| this;
}

/// The storage of one `d x d` matrix and vectors of length `d`: [`Owned`] or [`Borrowed`].
pub trait Memory {
    /// The type of `d`.
    type Dim: Dim;
    /// `d * d` numbers.
    type Matrix: StorageMut + core::fmt::Debug;
    /// `d` numbers.
    type Vector: StorageMut + core::fmt::Debug;
}

/// Arrays inside the learner; `D` is known to the compiler.
#[derive(Clone, Copy, Debug)]
pub struct Owned<const D: usize>;

impl<const D: usize> Memory for Owned<D> {
    type Dim = Const<D>;
    type Matrix = [[f32; D]; D];
    type Vector = [f32; D];
}

/// The caller's slices; `d` is known at run time.
#[derive(Clone, Copy, Debug)]
pub struct Borrowed<'a>(PhantomData<&'a mut [f32]>);

impl<'a> Memory for Borrowed<'a> {
    type Dim = Dyn;
    type Matrix = &'a mut [f32];
    type Vector = &'a mut [f32];
}
