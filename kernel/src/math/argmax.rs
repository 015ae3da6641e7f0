//! The best index, ties to the lowest.

/// Scores closer than this, relative to the larger of 1 and the best score's magnitude, count as level.
pub const TIE_TOLERANCE: f32 = 1e-6;

/// The index in `0..count` with the greatest score. A later index wins only when it exceeds the best so far by more than
/// [`TIE_TOLERANCE`], so that equal scores go to the lowest index whatever rounding does to them. `None` when `count` is
/// 0; a NaN score never wins.
///
/// ```
/// use habit::math::argmax;
/// let scores = [0.3, 0.5, 0.5000001];
/// assert_eq!(argmax(3, |i| scores[i]), Some(1));
/// ```
#[inline]
pub fn argmax(count: usize, mut score: impl FnMut(usize) -> f32) -> Option<usize> {
    let (mut best, mut bar) = (None, f32::NEG_INFINITY);
    for index in 0..count {
        let value = score(index);
        if value > bar || (best.is_none() && !value.is_nan()) {
            best = Some(index);
            bar = if value.is_finite() { value + TIE_TOLERANCE * value.abs().max(1.0) } else { value };
        }
    }
    best
}

/// The greatest value, to the bit, and how many share it; minus infinity and 0 of nothing.
#[inline]
pub fn maximum(values: &[f32]) -> (f32, u32) {
    values.iter().fold((f32::NEG_INFINITY, 0), |(best, count), &value| {
        if value > best { (value, 1) } else { (best, count + u32::from(value == best)) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_go_to_the_lowest_index() {
        let of = |scores: &[f32]| argmax(scores.len(), |i| scores[i]);
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[2.0, 2.0]), Some(0));
        assert_eq!(of(&[-3.0, -2.0, -2.0]), Some(1));
        assert_eq!(of(&[1e9, 1e9 + 64.0]), Some(0));
        assert_eq!(of(&[f32::NAN, 1.0, f32::NAN]), Some(1));
        assert_eq!(of(&[f32::NEG_INFINITY, 0.0]), Some(1));
        assert_eq!(of(&[f32::NAN, f32::NEG_INFINITY, f32::NEG_INFINITY]), Some(1));
        assert_eq!(of(&[1.0, f32::INFINITY, f32::INFINITY, 2.0]), Some(1));
        assert_eq!(of(&[f32::NAN]), None);
    }
}
