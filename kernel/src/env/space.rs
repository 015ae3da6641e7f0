//! What can be observed, and what can be done.

use crate::interact::Element;
use crate::linalg::Dim;

/// A set of observations or actions, with Gymnasium's names.
pub trait Space {
    /// One of them.
    type Element: Element;

    /// Whether this is one of them.
    fn contains(&self, element: Self::Element) -> bool;
}

/// The whole numbers below `n`: `Discrete(n)`. The size is part of the type where the compiler knows it, so that a table
/// of another size does not compile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Discrete<N: Dim>(pub N);

impl<N: Dim> Space for Discrete<N> {
    type Element = usize;

    fn contains(&self, element: usize) -> bool {
        element < self.0.get()
    }
}

/// The vectors of `N` numbers between two corners, both included: Gymnasium's `Box`. A bound may be infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounded<const N: usize> {
    /// The least value of each number.
    pub low: [f32; N],
    /// The greatest.
    pub high: [f32; N],
}

impl<const N: usize> Space for Bounded<N> {
    type Element = [f32; N];

    fn contains(&self, element: [f32; N]) -> bool {
        element.iter().zip(&self.low).zip(&self.high).all(|((x, low), high)| low <= x && x <= high)
    }
}

/// The vectors of `N` whole numbers, each below a size of its own: Gymnasium's `MultiDiscrete`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MultiDiscrete<const N: usize>(pub [u8; N]);

impl<const N: usize> Space for MultiDiscrete<N> {
    type Element = [u8; N];

    fn contains(&self, element: [u8; N]) -> bool {
        element.iter().zip(&self.0).all(|(x, size)| x < size)
    }
}

/// Nothing to see, or nothing to choose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Nothing;

impl Space for Nothing {
    type Element = ();

    fn contains(&self, _element: ()) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::{Const, Dyn};

    #[test]
    fn a_space_knows_its_elements() {
        assert!(Discrete(Const::<4>).contains(3) && !Discrete(Const::<4>).contains(4));
        assert!(!Discrete(Dyn(0)).contains(0));
        let space = Bounded { low: [-1.0, f32::NEG_INFINITY], high: [1.0, 0.0] };
        assert!(space.contains([1.0, -1e30]) && !space.contains([1.1, 0.0]) && !space.contains([f32::NAN, 0.0]));
        let space = MultiDiscrete([2, 3]);
        assert!(space.contains([1, 2]) && !space.contains([2, 0]) && !space.contains([0, 3]));
        assert!(Nothing.contains(()));
    }
}
