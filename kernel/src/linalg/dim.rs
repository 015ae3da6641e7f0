//! Sizes: known to the compiler, or at run time.

mod sealed {
    pub trait Sealed {}
}

/// The size of an axis. Sealed: [`Const`] compiles to fixed loops, [`Dyn`] serves sizes that only the caller knows.
pub trait Dim: sealed::Sealed + Copy + core::fmt::Debug {
    /// The number of elements.
    fn get(self) -> usize;
}

/// A size that can stand for another: [`Const`] only for itself, [`Dyn`], which is looked at when the program runs, for
/// every one.
pub trait Fits<D: Dim>: Dim {}

impl<const N: usize> Fits<Const<N>> for Const<N> {}
impl<D: Dim> Fits<D> for Dyn {}

/// A size known to the compiler; takes no memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Const<const N: usize>;

/// A size known at run time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dyn(pub usize);

impl<const N: usize> sealed::Sealed for Const<N> {}
impl sealed::Sealed for Dyn {}

impl<const N: usize> Dim for Const<N> {
    #[inline]
    fn get(self) -> usize {
        N
    }
}

impl Dim for Dyn {
    #[inline]
    fn get(self) -> usize {
        self.0
    }
}
