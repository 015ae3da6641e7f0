//! The greatest few.

use crate::math::argmax;

/// Marks the `count` arms with the greatest scores, the lowest where scores are level, and no others. Cost: O(`count` N).
pub(super) fn mark_top(count: usize, pulls: &mut [bool], score: impl Fn(usize) -> f32) {
    pulls.fill(false);
    for _ in 0..count.min(pulls.len()) {
        let left = |arm| if pulls.get(arm) == Some(&true) { f32::NAN } else { score(arm) };
        let best = argmax(pulls.len(), left);
        if let Some(pull) = best.and_then(|arm| pulls.get_mut(arm)) {
            *pull = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greatest_are_marked_and_ties_go_to_the_lowest() {
        let scores = [0.5, 1.0, f32::INFINITY, 0.5, 0.0];
        let mut pulls = [true; 5];
        mark_top(3, &mut pulls, |arm| scores[arm]);
        assert_eq!(pulls, [true, true, true, false, false]);
        mark_top(9, &mut pulls, |arm| scores[arm]);
        assert_eq!(pulls, [true; 5]);
        mark_top(0, &mut pulls, |arm| scores[arm]);
        assert_eq!(pulls, [false; 5]);
    }
}
