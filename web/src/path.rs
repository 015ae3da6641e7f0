//! The `d` attribute of SVG paths, with one decimal: a tenth of a pixel is enough for the eye and half the text.

use core::fmt::Write;

/// A path that is written from left to right.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Path(String);

impl Path {
    /// Nothing drawn yet.
    pub const fn new() -> Self {
        Self(String::new())
    }

    /// Lifts the pen.
    pub fn to(&mut self, x: f64, y: f64) -> &mut Self {
        self.put('M', &[x, y])
    }

    /// A straight line.
    pub fn line(&mut self, x: f64, y: f64) -> &mut Self {
        self.put('L', &[x, y])
    }

    /// A line of no length: with round caps, a dot as wide as the stroke.
    pub fn dot(&mut self, x: f64, y: f64) -> &mut Self {
        self.to(x, y).put('h', &[0.0])
    }

    /// A closed rectangle.
    pub fn rectangle(&mut self, x: f64, y: f64, width: f64, height: f64) -> &mut Self {
        self.to(x, y).put('h', &[width]).put('v', &[height]).put('h', &[-width]);
        self.0.push('z');
        self
    }

    /// A line through points, broken where a value is not a number.
    pub fn through(&mut self, points: impl IntoIterator<Item = (f64, f64)>) -> &mut Self {
        let mut down = false;
        for (x, y) in points {
            if y.is_nan() {
                down = false;
            } else if down {
                self.line(x, y);
            } else {
                self.to(x, y);
                down = true;
            }
        }
        self
    }

    /// What has been written.
    pub fn finish(self) -> String {
        self.0
    }

    fn put(&mut self, command: char, numbers: &[f64]) -> &mut Self {
        self.0.push(command);
        for (i, number) in numbers.iter().enumerate() {
            if i > 0 {
                self.0.push(' ');
            }
            let tenths = (number * 10.0).round() as i64;
            let sign = if tenths < 0 { "-" } else { "" };
            let (whole, rest) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
            // Writing to a `String` cannot fail.
            let _ = if rest == 0 { write!(self.0, "{sign}{whole}") } else { write!(self.0, "{sign}{whole}.{rest}") };
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_where_nothing_was_measured() {
        let mut path = Path::new();
        path.through([(0.0, 1.0), (1.0, 2.04), (2.0, f64::NAN), (3.0, -0.26)]);
        assert_eq!(path.finish(), "M0 1L1 2M3 -0.3");
    }

    #[test]
    fn shapes() {
        let mut path = Path::new();
        path.rectangle(1.0, 2.0, 3.5, 4.0).dot(9.0, 9.0);
        assert_eq!(path.finish(), "M1 2h3.5v4h-3.5zM9 9h0");
    }
}
