//! How far a rounded result may be from the CPU's.

use std::fmt;

/// How far results lay from their references, against the bound `1e-5 * sum |terms| + 1e-6` of each.
///
/// ```
/// use habit_gpu::Tolerance;
/// let mut tolerance = Tolerance::default();
/// tolerance.compare(1.000_001, 1.0, 2.0);
/// assert!(tolerance.holds());
/// tolerance.compare(1.1, 1.0, 2.0);
/// assert!(!tolerance.holds());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tolerance {
    compared: u64,
    worst: f64,
    largest: f64,
}

impl Tolerance {
    /// Adds one result. `terms` is the sum of the magnitudes of all that was added up for it.
    pub fn compare(&mut self, result: f32, reference: f32, terms: f32) {
        let difference = (f64::from(result) - f64::from(reference)).abs();
        // A NaN must not pass for agreement.
        let difference = if difference.is_nan() { f64::INFINITY } else { difference };
        self.compared += 1;
        self.worst = self.worst.max(difference / (1e-5 * f64::from(terms) + 1e-6));
        self.largest = self.largest.max(difference);
    }

    /// Whether every result lay within its bound.
    pub fn holds(&self) -> bool {
        self.worst <= 1.0
    }

    /// The largest share of its bound that a result used up; above 1, the bound is broken.
    pub const fn worst(&self) -> f64 {
        self.worst
    }

    /// The largest difference.
    pub const fn largest(&self) -> f64 {
        self.largest
    }
}

impl fmt::Display for Tolerance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { compared, worst, largest } = self;
        write!(f, "{compared} values, {:.2} % of the tolerance, largest difference {largest:.1e}", 100.0 * worst)
    }
}
