//! Numbers as people read them.

use habit::math::RunningMoments;

/// Shown where there is no number.
const NOTHING: &str = "-";

/// A number with four significant digits; whole numbers as they are.
pub fn figure(value: f64) -> String {
    match value {
        _ if !value.is_finite() => NOTHING.into(),
        _ if value == value.round() && value.abs() < 1e7 => format!("{value}"),
        _ if !(1e-4..1e7).contains(&value.abs()) => format!("{value:.3e}"),
        _ => with_decimals(value, decimals(value, 4)),
    }
}

/// The mean, with the standard error behind it where there is one; both down to its second significant digit.
pub fn mean_and_error(moments: RunningMoments) -> String {
    match (moments.mean(), moments.standard_error()) {
        (None, _) => NOTHING.into(),
        (Some(mean), Some(error)) => format!("{} ± {}", down_to(mean, Some(error)), down_to(error, Some(error))),
        (Some(mean), None) => figure(mean),
    }
}

/// A number down to the second significant digit of what it may be off by.
pub fn down_to(value: f64, error: Option<f64>) -> String {
    match error {
        Some(error) if (1e-6..1e7).contains(&error) && value.abs() < 1e7 => with_decimals(value, decimals(error, 2)),
        _ => figure(value),
    }
}

/// Numbers that are compared with each other: all with as many decimals as give the greatest four significant digits.
pub fn alike(values: &[Option<f64>]) -> Vec<String> {
    let present = || values.iter().flatten();
    let greatest = present().fold(0.0, |greatest: f64, value| greatest.max(value.abs()));
    if present().all(|value| *value == value.round()) || !(1e-4..1e7).contains(&greatest) {
        return values.iter().map(|value| value.map_or_else(|| NOTHING.into(), figure)).collect();
    }
    let places = decimals(greatest, 4);
    values.iter().map(|value| value.map_or_else(|| NOTHING.into(), |value| with_decimals(value, places))).collect()
}

/// A number beside an axis, without zeros at its end.
pub fn tick(value: f64) -> String {
    let text = figure(value);
    if text.contains('.') && !text.contains('e') {
        text.trim_end_matches('0').trim_end_matches('.').into()
    } else {
        text
    }
}

/// A count with a noun that takes an s: "1 seed", "2 seeds".
pub fn counted(count: impl Into<u64>, noun: &str) -> String {
    match count.into() {
        1 => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    }
}

/// How many decimals show so many significant digits.
fn decimals(value: f64, digits: i32) -> usize {
    (digits - 1 - value.abs().log10().floor() as i32).max(0) as usize
}

/// Without the sign of a zero.
fn with_decimals(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(digits) if digits.bytes().all(|byte| matches!(byte, b'0' | b'.')) => digits.into(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_digits_and_whole_numbers() {
        for (value, text) in [
            (0.0, "0"),
            (13.0, "13"),
            (-25.31234, "-25.31"),
            (1234.56, "1235"),
            (0.012_345, "0.01235"),
            (0.000_012_345, "1.234e-5"),
            (123_456_789.5, "1.235e8"),
            (f64::NAN, "-"),
            (f64::NEG_INFINITY, "-"),
        ] {
            assert_eq!(figure(value), text);
        }
    }

    #[test]
    fn the_error_decides_how_many_digits_the_mean_shows() {
        let of = |numbers: &[f64]| {
            let mut moments = RunningMoments::EMPTY;
            numbers.iter().for_each(|number| moments.add(*number));
            mean_and_error(moments)
        };
        assert_eq!(of(&[]), "-");
        assert_eq!(of(&[-25.5]), "-25.50");
        assert_eq!(of(&[13.0, 13.0]), "13 ± 0");
        assert_eq!(of(&[-25.0, -26.0, -27.5]), "-26.17 ± 0.73");
        assert_eq!(of(&[100.0, 220.0, 380.0]), "233 ± 81");
        assert_eq!(of(&[-0.1, 0.1]), "0.00 ± 0.10");
    }

    #[test]
    fn numbers_side_by_side_have_the_same_decimals() {
        assert_eq!(alike(&[Some(13.0), Some(-100.0), None]), ["13", "-100", "-"]);
        assert_eq!(alike(&[Some(13.0), Some(-56.75)]), ["13.00", "-56.75"]);
        assert_eq!(alike(&[Some(307.91), Some(6771.0)]), ["308", "6771"]);
        assert_eq!(alike(&[]), [""; 0]);
    }

    #[test]
    fn ticks_have_no_idle_zeros() {
        for (value, text) in [(0.75, "0.75"), (0.5, "0.5"), (2000.0, "2000"), (1.5e-5, "1.500e-5")] {
            assert_eq!(tick(value), text);
        }
    }

    #[test]
    fn one_is_singular() {
        assert_eq!(counted(1_u32, "seed"), "1 seed");
        assert_eq!(counted(0_u32, "seed"), "0 seeds");
    }
}
