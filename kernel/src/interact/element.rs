//! What is observed or done.

use crate::error::Error;
use crate::state::{Persist, Reader, Write};
use core::fmt::Debug;

/// An element of a space: a number of a state or an action, a vector of such numbers or of real ones, or nothing.
pub trait Element: Copy + Debug + PartialEq + Persist {
    /// What stands where none was seen yet.
    const ZERO: Self;
}

impl Element for usize {
    const ZERO: Self = 0;
}

impl Element for f32 {
    const ZERO: Self = 0.0;
}

impl<const N: usize> Element for [f32; N] {
    const ZERO: Self = [0.0; N];
}

impl<const N: usize> Element for [u8; N] {
    const ZERO: Self = [0; N];
}

impl Element for () {
    const ZERO: Self = ();
}

/// 4 bytes, as `u32`.
impl Persist for usize {
    fn write(&self, out: &mut impl Write) {
        (*self as u32).write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        0u32.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        let mut value = 0u32;
        value.read(from)?;
        *self = value as Self;
        Ok(())
    }
}
