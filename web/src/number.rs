//! Numbers as people read them.

/// Shown where there is no number.
pub const NONE: &str = "–";

/// A reading: four significant digits, a real minus sign, thin spaces between thousands.
pub fn reading(value: f64) -> String {
    if !value.is_finite() {
        return infinite(value);
    }
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e9).contains(&size) {
        return signed(value, &format!("{size:.2e}"));
    }
    let decimals = if size == 0.0 { 0 } else { (3 - size.log10().floor() as i32).clamp(0, 6) as usize };
    let mut text = format!("{size:.decimals$}");
    if text.contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    signed(value, &grouped(&text))
}

/// A number as it was written: all of its digits, and a real minus sign.
pub fn exact(value: f64) -> String {
    value.to_string().replace('-', "−")
}

/// A whole number with thin spaces between thousands.
pub fn count(value: f64) -> String {
    if !value.is_finite() {
        return infinite(value);
    }
    signed(value, &grouped(&format!("{:.0}", value.abs())))
}

/// The label of a tick on an axis whose ticks lie `step` apart: as many decimals as the step needs, `k` and `M` for
/// round thousands and millions.
pub fn tick(value: f64, step: f64) -> String {
    for (unit, suffix) in [(1e6, "M"), (1e3, "k")] {
        if step >= unit / 10.0 && value.abs() >= unit {
            let decimals = if step >= unit { 0 } else { 1 };
            return signed(value, &format!("{:.decimals$}{suffix}", value.abs() / unit));
        }
    }
    let decimals = if step > 0.0 { (-step.log10() - 1e-9).ceil().clamp(0.0, 9.0) as usize } else { 0 };
    signed(value, &format!("{:.decimals$}", value.abs()))
}

fn infinite(value: f64) -> String {
    match value {
        v if v == f64::INFINITY => "∞".into(),
        v if v == f64::NEG_INFINITY => "−∞".into(),
        _ => NONE.into(),
    }
}

/// Puts the sign of `value` before `size` unless that reads as zero.
fn signed(value: f64, size: &str) -> String {
    let zero = !size.bytes().any(|b| (b'1'..=b'9').contains(&b));
    if value < 0.0 && !zero { format!("−{size}") } else { size.into() }
}

/// Groups the digits before the point in threes when there are more than four.
fn grouped(size: &str) -> String {
    let whole = size.find('.').unwrap_or(size.len());
    if whole <= 4 {
        return size.into();
    }
    let mut text = String::new();
    for (i, c) in size.chars().enumerate() {
        if i > 0 && i < whole && (whole - i).is_multiple_of(3) {
            text.push('\u{2009}');
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_have_four_digits() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (-25.0, "−25"),
            (0.123456, "0.1235"),
            (1234.56, "1235"),
            (12345.6, "12\u{2009}346"),
            (1.5, "1.5"),
            (-0.00001, "−1.00e-5"),
            (f64::NAN, NONE),
            (f64::INFINITY, "∞"),
        ] {
            assert_eq!(reading(value), text);
        }
    }

    #[test]
    fn counts_are_grouped() {
        assert_eq!(count(400_000.0), "400\u{2009}000");
        assert_eq!(count(4000.0), "4000");
    }

    #[test]
    fn ticks_show_what_the_step_needs() {
        for (value, step, text) in [
            (0.3, 0.1, "0.3"),
            (0.25, 0.05, "0.25"),
            (-50.0, 10.0, "−50"),
            (100_000.0, 50_000.0, "100k"),
            (1500.0, 500.0, "1.5k"),
            (2_500_000.0, 500_000.0, "2.5M"),
            (0.0, 500.0, "0"),
            (1000.0, 50.0, "1000"),
            (-0.0, 0.1, "0.0"),
        ] {
            assert_eq!(tick(value, step), text);
        }
    }
}
