//! A card's picture: lines of one run, computed when the site is built, one text a contender.

use crate::path::Path;

/// Width of the drawing, in units of its view box; the page stretches it.
pub const WIDTH: f64 = 240.0;
/// Its height.
pub const HEIGHT: f64 = 64.0;
/// A point's height is one of so many levels, as a character from `0` on.
const LEVELS: u8 = 43;
/// Room for the width of a line, above and below.
const EDGE: f64 = 3.0;

/// The path of one line; a character that is no level is a gap.
pub fn path(levels: &str) -> String {
    let last = levels.len().saturating_sub(1).max(1) as f64;
    let height = |byte: u8| match byte.checked_sub(b'0') {
        Some(level) if level < LEVELS => {
            HEIGHT - EDGE - f64::from(level) / f64::from(LEVELS - 1) * (HEIGHT - 2.0 * EDGE)
        }
        _ => f64::NAN,
    };
    let mut path = Path::new();
    path.through(levels.bytes().enumerate().map(|(i, byte)| (i as f64 / last * WIDTH, height(byte))));
    path.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_heights() {
        assert_eq!(path("0 Z"), "M0 61M240 3");
        assert_eq!(path("0E"), "M0 61L240 32");
        assert_eq!(path(""), "");
        assert_eq!(path("~é"), "");
    }
}
