//! Axes: which ticks, and where a value lies between two ends.

/// An axis: its ends and its ticks, both in the units of the data.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The distance between two ticks.
    pub step: f64,
    /// From low to high.
    pub ticks: Vec<f64>,
}

impl Axis {
    /// The ends as they are, with round ticks between them; `whole` keeps ticks on whole numbers.
    pub fn exact(low: f64, high: f64, about: usize, whole: bool) -> Self {
        let (low, high) = widened(low, high);
        let mut step = round_step((high - low) / about.max(1) as f64);
        if whole {
            step = step.max(1.0);
        }
        Self { low, high, step, ticks: ticks(low, high, step) }
    }

    /// The ends moved outwards to the next tick.
    pub fn nice(low: f64, high: f64, about: usize) -> Self {
        let (low, high) = widened(low, high);
        let step = round_step((high - low) / about.max(1) as f64);
        // A hair inside, so that an end on a tick stays there in spite of rounding.
        let low = (low / step + 1e-9).floor() * step;
        let high = (high / step - 1e-9).ceil() * step;
        Self { low, high, step, ticks: ticks(low, high, step) }
    }

    /// Where a value lies: 0 at the lower end, 1 at the upper.
    pub fn place(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }

    /// The value at a place.
    pub fn value(&self, place: f64) -> f64 {
        self.low + place * (self.high - self.low)
    }
}

/// The next step of the form 1, 2 or 5 times a power of ten that is at least `step`.
pub fn round_step(step: f64) -> f64 {
    if !(step.is_finite() && step > 0.0) {
        return 1.0;
    }
    let power = 10f64.powf(step.log10().floor());
    let lead = step / power;
    let lead = match lead {
        l if l <= 1.0 + 1e-9 => 1.0,
        l if l <= 2.0 + 1e-9 => 2.0,
        l if l <= 5.0 + 1e-9 => 5.0,
        _ => 10.0,
    };
    lead * power
}

fn widened(low: f64, high: f64) -> (f64, f64) {
    if !(low.is_finite() && high.is_finite()) {
        return (0.0, 1.0);
    }
    if high > low {
        return (low, high);
    }
    let room = if low == 0.0 { 1.0 } else { low.abs() * 0.5 };
    (low - room, low + room)
}

fn ticks(low: f64, high: f64, step: f64) -> Vec<f64> {
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    (first..=last).map(|i| i as f64 * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nice_ends_are_ticks() {
        let axis = Axis::nice(-97.0, -3.0, 5);
        assert_eq!((axis.low, axis.high, axis.step), (-100.0, 0.0, 20.0));
        assert_eq!(axis.ticks, [-100.0, -80.0, -60.0, -40.0, -20.0, 0.0]);
        let axis = Axis::nice(0.0, 0.3, 3);
        assert_eq!(axis.ticks.len(), 4);
    }

    #[test]
    fn exact_ends_stay() {
        let axis = Axis::exact(0.0, 450.0, 5, true);
        assert_eq!((axis.low, axis.high), (0.0, 450.0));
        assert_eq!(axis.ticks, [0.0, 100.0, 200.0, 300.0, 400.0]);
        assert_eq!(Axis::exact(0.0, 3.0, 10, true).ticks, [0.0, 1.0, 2.0, 3.0]);
    }

    #[test]
    fn nothing_and_one_value_have_an_axis() {
        assert_eq!(Axis::nice(f64::INFINITY, f64::NEG_INFINITY, 4).low, 0.0);
        let axis = Axis::nice(13.0, 13.0, 4);
        assert!(axis.low < 13.0 && axis.high > 13.0);
    }

    #[test]
    fn place_and_value_are_inverse() {
        let axis = Axis::exact(-10.0, 30.0, 4, false);
        assert_eq!(axis.place(0.0), 0.25);
        assert_eq!(axis.value(0.25), 0.0);
    }
}
