//! How fast a run goes: a slider's position as ticks now and then.

use crate::number;

/// So many ticks, every so many milliseconds. Flat out has no pause between its slices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Ticks in one go; 0 when flat out.
    pub ticks: u32,
    /// From the start of one go to the start of the next.
    pub millis: u32,
}

/// One frame of a screen at 60 Hz, rounded down so that the work is there when the frame is.
const FRAME: u32 = 16;

/// Ticks in a second at each position of the slider but the last, which is flat out.
const RATES: [u32; 12] = [1, 2, 5, 10, 30, 60, 300, 1_200, 6_000, 30_000, 120_000, 600_000];

impl Pace {
    /// No pauses.
    pub const FLAT_OUT: Self = Self { ticks: 0, millis: 0 };
    /// The slider's last position.
    pub const LAST: usize = RATES.len();
    /// Where the slider stands at first: a run of some hundred steps can be watched.
    pub const DEFAULT: usize = 8;

    /// The pace at a position of the slider.
    pub fn at(position: usize) -> Self {
        match RATES.get(position) {
            None => Self::FLAT_OUT,
            Some(&rate) if rate < 60 => Self { ticks: 1, millis: 1000 / rate },
            Some(&rate) => Self { ticks: rate / 60, millis: FRAME },
        }
    }

    /// The pace at a position in words.
    pub fn label(position: usize) -> String {
        match RATES.get(position) {
            None => "flat out".into(),
            Some(1) => "1 tick/s".into(),
            Some(&rate) => format!("{} ticks/s", number::count(f64::from(rate))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_from_single_ticks_to_flat_out() {
        assert_eq!(Pace::at(0), Pace { ticks: 1, millis: 1000 });
        assert_eq!(Pace::at(5), Pace { ticks: 1, millis: FRAME });
        assert_eq!(Pace::at(Pace::LAST), Pace::FLAT_OUT);
        assert_eq!(Pace::label(0), "1 tick/s");
        assert_eq!(Pace::label(Pace::LAST), "flat out");
    }
}
