//! The next action, drawn before it is taken.

use crate::error::Error;
use crate::interact::Element;
use crate::state::{Persist, Reader, Write};

/// What an on-policy method has drawn for the next state: it learns from that action, then takes it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Committed<O>(Option<(O, u32)>);

/// Stands for "no action drawn" in the persisted state.
const NONE: u32 = u32::MAX;

impl<O: Element> Committed<O> {
    pub(super) const NONE: Self = Self(None);

    pub(super) const fn to(state: O, action: usize) -> Self {
        Self(Some((state, action as u32)))
    }

    /// The action drawn for this state, if one was.
    pub(super) fn action(&self, state: O) -> Option<usize> {
        self.0.filter(|(of, _)| *of == state).map(|(_, action)| action as usize)
    }

    /// Checks the bytes, and what was drawn by `fits`.
    pub(super) fn check_that(from: &mut Reader<'_>, fits: impl Fn(O, usize) -> bool) -> Result<(), Error> {
        Self::NONE.check(&mut from.clone())?;
        let mut committed = Self::NONE;
        committed.read(from)?;
        let fits = |(state, action): (O, u32)| fits(state, action as usize);
        if committed.0.is_none_or(fits) { Ok(()) } else { Err(Error::Malformed) }
    }
}

/// The action as `u32`, `u32::MAX` where none was drawn; where one was, then the state.
impl<O: Element> Persist for Committed<O> {
    fn write(&self, out: &mut impl Write) {
        match self.0 {
            None => NONE.write(out),
            Some((state, action)) => {
                action.write(out);
                state.write(out);
            }
        }
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        let mut action = 0u32;
        action.read(from)?;
        if action == NONE { Ok(()) } else { O::ZERO.check(from) }
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        let (mut state, mut action) = (O::ZERO, 0u32);
        action.read(from)?;
        if action == NONE {
            self.0 = None;
        } else {
            state.read(from)?;
            self.0 = Some((state, action));
        }
        Ok(())
    }
}
