//! How a metric's lines are drawn: the y axis, what lies off it, and whether a mean is needed to see through the noise.

use crate::decimate::decimate;
use crate::path::Path;
use crate::scale::Axis;
use crate::series::Series;
use crate::sweep::Band;

/// Width of a curve's drawing, in units of its view box; the page stretches it.
pub const WIDTH: f64 = 1000.0;
/// Its height.
pub const HEIGHT: f64 = 300.0;

/// A drawing shows so many columns.
const COLUMNS: usize = 500;
/// A line that goes up and down so many times its own range is noise to the eye.
const ROUGH: f64 = 8.0;

/// Everything about a metric's drawing but the lines.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// The y axis.
    pub y: Axis,
    /// How many points lie off it.
    pub outside: usize,
    /// The lines are so rough that each also has a mean over a sliding window.
    pub rough: bool,
}

impl Look {
    /// For one metric over the contenders that are shown; `window` is how many points a mean takes in.
    pub fn new(series: &Series, metric: usize, shown: &[bool], window: usize) -> Self {
        let lines = || (0..shown.len()).filter(|&c| shown[c]).map(|c| series.line(c, metric));
        let rough = lines().any(|line| line.len() > 2 * window && is_rough(line));
        let mut values: Vec<f64> = if rough {
            // The first means take in few points and jump as those do.
            lines().flat_map(|line| means(line, window).into_iter().skip(window / 2)).map(|p| p.1).collect()
        } else {
            lines().flatten().map(|p| p.1).collect()
        };
        let y = Self::axis(&mut values);
        let outside = lines().flatten().filter(|p| p.1.is_finite() && !(y.low..=y.high).contains(&p.1)).count();
        Self { y, outside, rough }
    }

    /// For the bands of contenders over many seeds.
    pub fn of_bands(bands: &[&[Band]], shown: &[bool]) -> Self {
        let seen = bands.iter().enumerate().filter(|(c, _)| shown.get(*c).copied().unwrap_or(true));
        let mut values: Vec<f64> =
            seen.flat_map(|(_, band)| band.iter().flat_map(|b| [b.low, b.mean, b.high])).collect();
        Self { y: Self::axis(&mut values), outside: 0, rough: false }
    }

    /// An axis for these values; what is far from the others may lie off it.
    fn axis(values: &mut Vec<f64>) -> Axis {
        values.retain(|v| v.is_finite());
        values.sort_unstable_by(f64::total_cmp);
        let (Some(&low), Some(&high)) = (values.first(), values.last()) else {
            // An axis of nothing has no ticks.
            return Axis { ticks: Vec::new(), ..Axis::nice(0.0, 1.0, 4) };
        };
        let quantile = |q: f64| values[((values.len() - 1) as f64 * q).round() as usize];
        let (inner_low, inner_high) = (quantile(0.03), quantile(0.97));
        let inner = inner_high - inner_low;
        if inner > 0.0 && high - low > 2.5 * inner {
            Axis::nice((inner_low - 0.3 * inner).max(low), (inner_high + 0.3 * inner).min(high), 4)
        } else {
            Axis::nice(low, high, 4)
        }
    }
}

/// A line's path in the drawing.
pub fn path(line: &[(f64, f64)], x: &Axis, y: &Axis) -> String {
    let mut path = Path::new();
    let points = decimate(line, COLUMNS);
    path.through(points.iter().map(|p| (x.place(p.0) * WIDTH, (1.0 - y.place(p.1)) * HEIGHT)));
    path.finish()
}

/// The outline of a band in the drawing: along its upper end and back along its lower. Cut at the edges of the drawing, so that
/// outliers do not cover it.
pub fn band(band: &[Band], x: &Axis, y: &Axis) -> String {
    let known: Vec<_> = band.iter().filter(|b| b.low.is_finite() && b.high.is_finite()).collect();
    let place = |t: f64, value: f64| (x.place(t) * WIDTH, (1.0 - y.place(value).clamp(-0.1, 1.1)) * HEIGHT);
    let upper = known.iter().map(|b| place(b.t, b.high));
    let lower = known.iter().rev().map(|b| place(b.t, b.low));
    let mut path = Path::new();
    path.through(upper.chain(lower));
    path.finish()
}

/// At each point, the mean of it and of up to `window - 1` points before it; what is not a number is left out.
pub fn means(line: &[(f64, f64)], window: usize) -> Vec<(f64, f64)> {
    let (mut sum, mut count) = (0.0, 0u32);
    let mut out = Vec::with_capacity(line.len());
    for (i, &(t, value)) in line.iter().enumerate() {
        if !value.is_nan() {
            (sum, count) = (sum + value, count + 1);
        }
        if let Some(&(_, old)) = i.checked_sub(window.max(1)).and_then(|i| line.get(i))
            && !old.is_nan()
        {
            (sum, count) = (sum - old, count - 1);
        }
        out.push((t, if count == 0 { f64::NAN } else { sum / f64::from(count) }));
    }
    out
}

fn is_rough(line: &[(f64, f64)]) -> bool {
    let (mut low, mut high, mut way) = (f64::INFINITY, f64::NEG_INFINITY, 0.0);
    let mut last = f64::NAN;
    for value in line.iter().map(|p| p.1).filter(|v| v.is_finite()) {
        (low, high) = (low.min(value), high.max(value));
        if last.is_finite() {
            way += (value - last).abs();
        }
        last = value;
    }
    way > ROUGH * (high - low)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(values: impl IntoIterator<Item = f64>) -> Series {
        let mut series = Series::new(1, 1);
        for (t, value) in values.into_iter().enumerate() {
            series.push(0, t as f64 + 1.0, &[value]);
        }
        series
    }

    #[test]
    fn outliers_do_not_flatten_the_curve() {
        let far = series((0..200).map(|i| if i == 3 { -5000.0 } else { f64::from(i) / 20.0 }));
        let look = Look::new(&far, 0, &[true], 20);
        assert!(look.y.low >= -20.0 && look.outside == 1 && !look.rough);
        let near = series((0..200).map(f64::from));
        assert_eq!(Look::new(&near, 0, &[true], 20).outside, 0);
        assert!(Look::new(&near, 0, &[false], 20).y.ticks.is_empty());
    }

    #[test]
    fn noise_gets_a_mean_and_an_axis_around_it() {
        let noise = series((0..500).map(|i| if i % 2 == 0 { -10.0 } else { 10.0 + f64::from(i) / 500.0 }));
        let look = Look::new(&noise, 0, &[true], 20);
        assert!(look.rough && look.y.low >= -1.0 && look.y.high <= 1.0 && look.outside == 500);
        assert!(!Look::new(&series((0..500).map(f64::from)), 0, &[true], 20).rough);
    }

    #[test]
    fn a_mean_slides() {
        let line = [(1.0, 1.0), (2.0, 3.0), (3.0, f64::NAN), (4.0, 5.0)];
        assert_eq!(means(&line, 2), [(1.0, 1.0), (2.0, 2.0), (3.0, 3.0), (4.0, 5.0)]);
        assert!(means(&[(1.0, f64::NAN)], 3)[0].1.is_nan());
    }

    #[test]
    fn a_band_is_closed_on_itself() {
        let at = |t, low, high| Band { t, mean: 0.0, low, high };
        let bands = [at(1.0, 0.0, 10.0), at(2.0, 5.0, 1e9), at(3.0, f64::NAN, f64::NAN)];
        let outline = band(&bands, &Axis::exact(0.0, 2.0, 2, true), &Axis::nice(0.0, 10.0, 4));
        assert_eq!(outline, "M500 0L1000 -30L1000 150L500 300");
    }

    #[test]
    fn the_path_fills_the_drawing() {
        let line = [(1.0, 0.0), (2.0, 10.0)];
        let path = path(&line, &Axis::exact(0.0, 2.0, 2, true), &Axis::nice(0.0, 10.0, 4));
        assert_eq!(path, "M500 300L1000 0");
    }
}
