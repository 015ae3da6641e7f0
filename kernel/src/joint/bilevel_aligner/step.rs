//! A step with two rewards.

use crate::error::Error;
use crate::state::{Persist, Reader, Write};

/// A step with both of its rewards, as it is kept: state and action in a byte each. 10 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeuristicStep {
    state: u8,
    action: u8,
    primary: [u8; 4],
    heuristic: [u8; 4],
}

const _: () = assert!(size_of::<HeuristicStep>() == 10);

impl HeuristicStep {
    /// With the reward of the task and that of the heuristic.
    pub const fn new(state: u8, action: u8, primary: f32, heuristic: f32) -> Self {
        Self { state, action, primary: primary.to_le_bytes(), heuristic: heuristic.to_le_bytes() }
    }

    /// `s`.
    #[inline]
    pub const fn state(&self) -> usize {
        self.state as usize
    }

    /// `a`.
    #[inline]
    pub const fn action(&self) -> usize {
        self.action as usize
    }

    /// `r_p`.
    #[inline]
    pub const fn primary(&self) -> f32 {
        f32::from_le_bytes(self.primary)
    }

    /// `r_aux`.
    #[inline]
    pub const fn heuristic(&self) -> f32 {
        f32::from_le_bytes(self.heuristic)
    }
}

/// State, action, `r_p`, `r_aux`: 10 bytes.
impl Persist for HeuristicStep {
    fn write(&self, out: &mut impl Write) {
        out.bytes(&[self.state, self.action]);
        self.primary().write(out);
        self.heuristic().write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        [0u8; 2].check(from)?;
        [0.0f32; 2].check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        let (mut numbers, mut rewards) = ([0u8; 2], [0.0f32; 2]);
        numbers.read(from)?;
        rewards.read(from)?;
        *self = Self::new(numbers[0], numbers[1], rewards[0], rewards[1]);
        Ok(())
    }
}
