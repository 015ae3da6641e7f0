//! What an image needs of a board.

use core::fmt;

/// A board: a serial line, 115200 baud, 8 bits, no parity, one stop bit, and what else it has. What it lacks it says: by a constant
/// or by `None`.
pub trait Board {
    /// The next byte that was received, if one is there.
    fn receive(&mut self) -> Option<u8>;

    /// Sends a byte; returns when the line has taken it.
    fn send(&mut self, byte: u8);

    /// Sleeps until a byte is there; may return before.
    fn idle(&mut self);

    /// Starts the board anew.
    fn restart(&mut self) -> !;

    /// Microseconds that have gone by, modulo 2^32: it wraps every 71 minutes and 35 seconds. Take the `wrapping_sub` of two.
    fn clock(&mut self) -> u32;

    /// 32 bits from a physical source, to seed a generator with; `None` where the chip has no source, or it does not work. Not for keys.
    fn entropy(&mut self) -> Option<u32> {
        None
    }

    /// What the board shows pictures on.
    const LIGHTS: Lights = Lights::None;

    /// Shows a picture until the next one; of a single light its middle.
    fn show(&mut self, _picture: &Picture) {}

    /// Whether a button is held down; `None` where there is no such button.
    fn pressed(&mut self, _button: Button) -> Option<bool> {
        None
    }

    /// Keeps the watchdog from starting the board anew, for the next few seconds.
    fn feed(&mut self) {}

    /// Whether it was the watchdog that has started the board this time. Answers yes once.
    fn was_hung(&mut self) -> bool {
        false
    }
}

/// What a board shows pictures on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lights {
    /// Nothing.
    None,
    /// One light.
    One,
    /// Five rows of five.
    Matrix,
}

/// A button of a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Button {
    /// The first, or the only one.
    A,
    /// The second.
    B,
}

/// How a light shines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Light {
    /// Not at all.
    Off,
    /// A quarter of the time; a light that stands alone, not at all.
    Dim,
    /// All the time that it can.
    Bright,
}

/// Five rows of five lights, from the top left on, 8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture {
    bright: u32,
    dim: u32,
}

impl Picture {
    /// All off.
    pub const DARK: Self = Self { bright: 0, dim: 0 };

    /// The lights of a picture.
    pub const SIZE: usize = 25;

    /// The light that a board with a single one shows.
    pub const MIDDLE: usize = 12;

    /// Of two sets of lights, the bit `i` of which is light `i`.
    pub const fn of(bright: u32, dim: u32) -> Self {
        Self { bright, dim }
    }

    /// The bright lights as bits.
    pub const fn bright(&self) -> u32 {
        self.bright
    }

    /// The dim lights as bits.
    pub const fn dim(&self) -> u32 {
        self.dim
    }

    /// Changes a light; a place beyond the last changes nothing.
    pub fn set(&mut self, place: usize, light: Light) {
        if place >= Self::SIZE {
            return;
        }
        let bit = 1 << place;
        self.bright = self.bright & !bit | if light == Light::Bright { bit } else { 0 };
        self.dim = self.dim & !bit | if light == Light::Dim { bit } else { 0 };
    }

    /// How a light shines; off beyond the last.
    pub fn light(&self, place: usize) -> Light {
        let is_in = |lights: u32| lights.checked_shr(place as u32).unwrap_or(0) & 1 == 1;
        match (is_in(self.bright), is_in(self.dim)) {
            (true, _) => Light::Bright,
            (false, true) => Light::Dim,
            (false, false) => Light::Off,
        }
    }
}

/// The serial line as a place to write to, which never fails.
pub struct Line<'a, B>(pub &'a mut B);

impl<B: Board> fmt::Write for Line<'_, B> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // A line that is taken shows that nothing hangs, and the answer to one command may take long.
        self.0.feed();
        text.bytes().for_each(|byte| self.0.send(byte));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_keeps_each_light_and_nothing_beyond_the_last() {
        let mut picture = Picture::DARK;
        for (place, light) in [(0, Light::Bright), (12, Light::Dim), (24, Light::Bright), (25, Light::Bright)] {
            picture.set(place, light);
        }
        assert_eq!((picture.bright(), picture.dim()), (1 | 1 << 24, 1 << 12));
        picture.set(0, Light::Dim);
        picture.set(24, Light::Off);
        let lights = [0, 1, 12, 24, 25, 400].map(|place| picture.light(place));
        assert_eq!(lights, [Light::Dim, Light::Off, Light::Dim, Light::Off, Light::Off, Light::Off]);
    }
}
