//! A bandit's arms: estimate, confidence bound, plays and true value, one row an arm.

use crate::path::Path;
use crate::scale::Axis;

/// Width of a drawing, in units of its view box; the page stretches it.
pub const WIDTH: f64 = 400.0;
/// Height of a row.
pub const ROW: f64 = 24.0;

/// One arm; NaN where a contender has no such number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arm {
    /// What the contender believes.
    pub estimate: f64,
    /// Half the width of its confidence bound.
    pub bound: f64,
    /// How often it was played.
    pub plays: f64,
    /// What is so.
    pub truth: f64,
}

/// The paths of one contender's arms.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// From the lower to the upper end of each bound.
    pub bounds: String,
    /// The ends of the bounds that lie on the scale.
    pub caps: String,
    /// The estimates.
    pub estimates: String,
    /// The true values.
    pub truths: String,
    /// How often each arm was played, as a share of all plays.
    pub plays: String,
}

/// Reads one contender's arms.
pub fn read(numbers: &[f32]) -> Vec<Arm> {
    let arm = |n: &[f32]| Arm {
        estimate: f64::from(n[0]),
        bound: f64::from(n[1]),
        plays: f64::from(n[2]),
        truth: f64::from(n[3]),
    };
    numbers.chunks_exact(4).map(arm).collect()
}

/// One scale for all contenders: wide enough for what is true and what is believed. Bounds may reach beyond it.
pub fn axis<'a>(arms: impl Iterator<Item = &'a Arm>) -> Axis {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in arms.flat_map(|arm| [arm.estimate, arm.truth]).filter(|v| v.is_finite()) {
        (low, high) = (low.min(value), high.max(value));
    }
    let room = if high > low { 0.25 * (high - low) } else { 0.0 };
    Axis::nice(low - room, high + room, 4)
}

/// Whether a contender is a reference that neither plays nor believes anything.
pub fn is_reference(arms: &[Arm]) -> bool {
    !arms.is_empty() && arms.iter().all(|arm| arm.plays.is_nan() && arm.estimate.is_nan())
}

/// Every play, of all arms together.
pub fn total(arms: &[Arm]) -> f64 {
    arms.iter().map(|arm| arm.plays).filter(|p| p.is_finite()).sum()
}

/// The drawing of one contender's arms.
pub fn picture(arms: &[Arm], axis: &Axis) -> Picture {
    let (mut bounds, mut caps) = (Path::new(), Path::new());
    let (mut estimates, mut truths, mut plays) = (Path::new(), Path::new(), Path::new());
    let total = total(arms);
    for (row, arm) in arms.iter().enumerate() {
        let y = (row as f64 + 0.5) * ROW;
        let x = |value: f64| axis.place(value) * WIDTH;
        if total > 0.0 && arm.plays > 0.0 {
            plays.rectangle(0.0, y - 0.32 * ROW, arm.plays / total * WIDTH, 0.64 * ROW);
        }
        if arm.truth.is_finite() {
            truths.to(x(arm.truth), y - 0.38 * ROW).line(x(arm.truth), y + 0.38 * ROW);
        }
        if !arm.estimate.is_finite() {
            continue;
        }
        if arm.bound > 0.0 {
            let (from, to) = (x(arm.estimate - arm.bound), x(arm.estimate + arm.bound));
            bounds.to(from.clamp(0.0, WIDTH), y).line(to.clamp(0.0, WIDTH), y);
            for end in [from, to].into_iter().filter(|end| (0.0..=WIDTH).contains(end)) {
                caps.to(end, y - 0.18 * ROW).line(end, y + 0.18 * ROW);
            }
        }
        if (0.0..=1.0).contains(&axis.place(arm.estimate)) {
            estimates.dot(x(arm.estimate), y);
        }
    }
    Picture {
        bounds: bounds.finish(),
        caps: caps.finish(),
        estimates: estimates.finish(),
        truths: truths.finish(),
        plays: plays.finish(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_not_drawn() {
        let nan = f32::NAN;
        let arms = read(&[0.5, 0.25, 3.0, 0.75, nan, nan, 1.0, nan]);
        let picture = picture(&arms, &Axis::exact(0.0, 1.0, 4, false));
        assert_eq!(picture.estimates, "M200 12h0");
        assert_eq!(picture.bounds, "M100 12L300 12");
        assert_eq!(picture.caps.matches('M').count(), 2);
        assert_eq!(picture.truths.matches('M').count(), 1);
        assert_eq!(picture.plays, "M0 4.3h300v15.4h-300zM0 28.3h100v15.4h-100z");
    }

    #[test]
    fn a_reference_plays_nothing() {
        let nan = f32::NAN;
        assert!(is_reference(&read(&[nan, nan, nan, 0.5, nan, nan, nan, nan])));
        assert!(!is_reference(&read(&[nan, nan, nan, 0.5, nan, nan, 0.0, nan])) && !is_reference(&[]));
    }

    #[test]
    fn bounds_beyond_the_scale_are_cut() {
        let arms = read(&[0.5, f32::INFINITY, 1.0, 0.5]);
        let picture = picture(&arms, &Axis::exact(0.0, 1.0, 4, false));
        assert_eq!((picture.bounds.as_str(), picture.caps.as_str()), ("M0 12L400 12", ""));
    }

    #[test]
    fn the_scale_holds_beliefs_and_truths() {
        let arms = read(&[0.5, 9.0, 1.0, -0.5, 2.0, 0.0, 0.0, f32::NAN]);
        let axis = axis(arms.iter());
        assert!(axis.low <= -0.5 && axis.high >= 2.0 && axis.high < 4.0);
    }
}
