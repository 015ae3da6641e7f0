//! Percentiles.

use crate::error::Error;

/// The `q`-th percentile, `q` in `[0, 100]`, of numbers sorted from the least on, with linear interpolation: with `n` numbers
/// and `pos = (n - 1) q / 100` it is `x[floor(pos)] + frac(pos) (x[floor(pos) + 1] - x[floor(pos)])`.
///
/// # Errors
/// [`Error::ParameterOutOfRange`] for `q`; [`Error::EmptyRange`] of nothing.
///
/// ```
/// use habit::math::percentile;
/// assert_eq!(percentile(&[1.0, 2.0, 3.0, 10.0], 50.0), Ok(2.5));
/// assert_eq!(percentile(&[1.0, 2.0, 3.0, 10.0], 100.0), Ok(10.0));
/// ```
pub fn percentile(sorted: &[f32], q: f32) -> Result<f32, Error> {
    percentile_by(sorted.len(), q, |index| sorted.get(index).copied().unwrap_or(0.0))
}

/// As [`percentile`], of `count` numbers that are asked for by their place in the order: at most two of them are.
///
/// # Errors
/// As [`percentile`].
pub fn percentile_by(count: usize, q: f32, sorted: impl Fn(usize) -> f32) -> Result<f32, Error> {
    if !(0.0..=100.0).contains(&q) {
        return Err(Error::ParameterOutOfRange);
    }
    let last = count.checked_sub(1).ok_or(Error::EmptyRange)?;
    // The product is exact for whole percents, so the fraction is as good as its one division.
    let product = last as f32 * q;
    let below = ((product / 100.0) as usize).min(last);
    let fraction = (product - below as f32 * 100.0) / 100.0;
    let low = sorted(below);
    if below == last || fraction <= 0.0 {
        return Ok(low);
    }
    Ok(low + fraction * (sorted(below + 1) - low))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_between_is_interpolated() {
        let x = [1.0, 2.0, 4.0, 8.0, 16.0];
        for (q, expected) in [(0.0, 1.0), (25.0, 2.0), (50.0, 4.0), (60.0, 5.6), (90.0, 12.8), (100.0, 16.0)] {
            assert!((percentile(&x, q).unwrap() - expected).abs() < 1e-6, "{q}");
        }
        assert_eq!(percentile(&[7.0], 90.0), Ok(7.0));
        // Nine tenths of the way from 20 to 30 is 29 to the bit: (12 - 1) 0.9 = 9.9.
        let x: [f32; 12] = core::array::from_fn(|i| if i > 9 { 30.0 } else { 20.0 });
        assert_eq!(percentile(&x, 90.0), Ok(29.0));
    }

    #[test]
    fn bad_input_is_refused() {
        assert_eq!(percentile(&[], 50.0), Err(Error::EmptyRange));
        for q in [-0.1, 100.1, f32::NAN] {
            assert_eq!(percentile(&[1.0], q), Err(Error::ParameterOutOfRange));
        }
    }
}
