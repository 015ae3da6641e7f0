//! How much better than its group each sample was.

use crate::error::Error;
use crate::linalg::all_finite;
use crate::math::CompensatedSum;

/// What the returns of a group, several samples of one prompt or start, are compared with. `G` is their number.
///
/// All three are the return less a baseline, so a gradient `sum_i A_i grad log pi_i` may be averaged over any number of
/// groups; `LeaveOneOut` alone is unbiased, as the baseline of each sample does not contain the sample.
///
/// | paper | here | loss |
/// |---|---|---|
/// | RLOO (Kool, van Hoof, Welling 2019; Ahmadian et al. 2024, arXiv 2402.14740) | `LeaveOneOut` | of whole sequences |
/// | Dr. GRPO (Liu et al. 2025, arXiv 2503.20783) | `Mean` | divided by a constant, the greatest length or the number of tokens of a batch |
/// | GRPO (Shao et al. 2024, arXiv 2402.03300, section 4.1.2) | `Standardised { ddof: 1, epsilon: 1e-6 }` | each sequence divided by its own length |
///
/// `LeaveOneOut` is `G / (G - 1)` times `Mean`. Dividing by the deviation, as GRPO does, weighs groups by how certain their
/// outcome is: of two prompts the one that is nearly always solved counts for more than its share, which is the bias that
/// Dr. GRPO takes out, together with that of the length.
///
/// Zero variance is safe: a group whose returns are all equal has advantages of 0 to the bit, whatever epsilon. Cost: O(G),
/// two passes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GroupBaseline {
    /// `A_i = r_i - mean(r)`: Dr. GRPO. A group of one has advantage 0.
    Mean,
    /// `A_i = r_i - mean of the others`: RLOO. There must be others.
    LeaveOneOut,
    /// `A_i = (r_i - mean(r)) / (std(r) + epsilon)`: GRPO. A group of no more than `ddof` samples has no deviation: its
    /// advantages are 0.
    Standardised {
        /// What is taken from the number of samples where the variance divides by it: papers differ.
        ddof: u8,
        /// Added to the standard deviation: not negative.
        epsilon: f32,
    },
}

impl GroupBaseline {
    /// Writes an advantage a return.
    ///
    /// # Errors
    /// [`Error::EmptyGroup`] for no return; [`Error::GroupTooSmall`] for a single one that has no others;
    /// [`Error::LengthMismatch`]; [`Error::NonFinite`] for returns that are not finite or too far apart;
    /// [`Error::ParameterOutOfRange`] for epsilon. Nothing is written then.
    ///
    /// ```
    /// use habit::advantage::GroupBaseline;
    /// let mut out = [0.0; 4];
    /// GroupBaseline::LeaveOneOut.advantages(&[1.0, 0.0, 0.0, 1.0], &mut out)?;
    /// assert!((out[0] - 2.0 / 3.0).abs() < 1e-6);
    /// GroupBaseline::Standardised { ddof: 1, epsilon: 1e-6 }.advantages(&[1.0, 0.0, 0.0, 1.0], &mut out)?;
    /// assert!((out[0] - 0.866024).abs() < 1e-6);
    /// GroupBaseline::Mean.advantages(&[1.0, 0.0, 0.0, 1.0], &mut out)?;
    /// assert_eq!(out, [0.5, -0.5, -0.5, 0.5]);
    /// # Ok::<(), habit::Error>(())
    /// ```
    pub fn advantages(self, returns: &[f32], out: &mut [f32]) -> Result<(), Error> {
        if returns.is_empty() {
            return Err(Error::EmptyGroup);
        }
        if returns.len() != out.len() {
            return Err(Error::LengthMismatch);
        }
        if !all_finite(returns) {
            return Err(Error::NonFinite);
        }
        let comparison = Comparison::of(self, returns)?;
        out.iter_mut().zip(returns).for_each(|(advantage, x)| *advantage = comparison.advantage(*x));
        Ok(())
    }
}

/// `A = scale (x - first - mean)`, with numbers counted from the first, so that equal ones have equal means.
#[derive(Clone, Copy)]
pub(super) struct Comparison {
    first: f32,
    mean: f32,
    scale: f32,
}

impl Comparison {
    /// With finite numbers.
    ///
    /// # Errors
    /// As [`GroupBaseline::advantages`].
    pub(super) fn of(baseline: GroupBaseline, all: &[f32]) -> Result<Self, Error> {
        let first = *all.first().ok_or(Error::EmptyGroup)?;
        let count = all.len() as f32;
        let mut sum = CompensatedSum::EMPTY;
        all.iter().for_each(|x| sum.add(x - first));
        let mean = sum.value() / count;
        let scale = match baseline {
            GroupBaseline::Mean => 1.0,
            GroupBaseline::LeaveOneOut if all.len() == 1 => return Err(Error::GroupTooSmall),
            GroupBaseline::LeaveOneOut => count / (count - 1.0),
            GroupBaseline::Standardised { epsilon, .. } if !(epsilon >= 0.0 && epsilon.is_finite()) => {
                return Err(Error::ParameterOutOfRange);
            }
            GroupBaseline::Standardised { ddof, epsilon } => {
                let mut squares = CompensatedSum::EMPTY;
                all.iter().for_each(|x| squares.add((x - first - mean) * (x - first - mean)));
                let freedom = count - f32::from(ddof);
                let deviation = if freedom > 0.0 { libm::sqrtf(squares.value() / freedom) } else { 0.0 };
                if !deviation.is_finite() {
                    return Err(Error::NonFinite);
                }
                if deviation > 0.0 { 1.0 / (deviation + epsilon) } else { 0.0 }
            }
        };
        let comparison = Self { first, mean, scale };
        if !(scale.is_finite() && all.iter().all(|x| comparison.advantage(*x).is_finite())) {
            return Err(Error::NonFinite);
        }
        Ok(comparison)
    }

    /// What a number of the group is worth.
    #[inline(always)]
    pub(super) fn advantage(self, x: f32) -> f32 {
        self.scale * (x - self.first - self.mean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{gaussian_by_sum, stream};
    use std::vec::Vec;

    #[test]
    fn each_baseline_is_what_it_says() {
        let returns = [3.0, 1.0, 0.0, 8.0];
        let mut out = [0.0; 4];
        GroupBaseline::Mean.advantages(&returns, &mut out).unwrap();
        assert_eq!(out, [0.0, -2.0, -3.0, 5.0]);
        GroupBaseline::LeaveOneOut.advantages(&returns, &mut out).unwrap();
        assert!(out.iter().zip([0.0, -8.0 / 3.0, -4.0, 20.0 / 3.0]).all(|(a, b)| (a - b).abs() < 1e-6));
        for (ddof, variance) in [(0, 38.0f32 / 4.0), (1, 38.0 / 3.0)] {
            GroupBaseline::Standardised { ddof, epsilon: 0.5 }.advantages(&returns, &mut out).unwrap();
            let expected = [0.0, -2.0, -3.0, 5.0].map(|x| x / (variance.sqrt() + 0.5));
            assert!(out.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6));
        }
    }

    #[test]
    fn leaving_one_out_is_the_mean_by_a_factor_and_all_agree_with_double_length() {
        let mut rng = stream(1, 0);
        for size in 2..40usize {
            let returns: Vec<f32> = (0..size).map(|_| 3.0 + gaussian_by_sum(&mut rng)).collect();
            let of = |baseline: GroupBaseline| {
                let mut out = std::vec![f32::NAN; size];
                baseline.advantages(&returns, &mut out).unwrap();
                out
            };
            let count = size as f64;
            let mean = returns.iter().map(|x| f64::from(*x)).sum::<f64>() / count;
            let squares: f64 = returns.iter().map(|x| (f64::from(*x) - mean) * (f64::from(*x) - mean)).sum();
            let deviation = (squares / (count - 1.0)).sqrt() + f64::from(1e-6f32);
            let all = [
                (GroupBaseline::Mean, 1.0),
                (GroupBaseline::LeaveOneOut, count / (count - 1.0)),
                (GroupBaseline::Standardised { ddof: 1, epsilon: 1e-6 }, 1.0 / deviation),
            ];
            for (baseline, scale) in all {
                for (own, x) in of(baseline).iter().zip(&returns) {
                    assert!((f64::from(*own) - scale * (f64::from(*x) - mean)).abs() < 2e-6 * scale.max(1.0));
                }
            }
            let factor = size as f32 / (size as f32 - 1.0);
            let scaled: Vec<_> = of(GroupBaseline::Mean).iter().map(|advantage| factor * advantage).collect();
            assert_eq!(of(GroupBaseline::LeaveOneOut), scaled);
        }
    }

    #[test]
    fn equal_returns_have_no_advantage() {
        let all = [
            GroupBaseline::Mean,
            GroupBaseline::LeaveOneOut,
            GroupBaseline::Standardised { ddof: 0, epsilon: 0.0 },
            GroupBaseline::Standardised { ddof: 1, epsilon: 1e-8 },
        ];
        for (baseline, x) in all.into_iter().flat_map(|baseline| [0.1, -1e-30, 3e37].map(|x| (baseline, x))) {
            let mut out = [1.0; 7];
            baseline.advantages(&[x; 7], &mut out).unwrap();
            assert_eq!(out, [0.0; 7]);
        }
        for baseline in [all[0], all[2], all[3]] {
            let mut out = [1.0];
            baseline.advantages(&[2.0], &mut out).unwrap();
            assert_eq!(out, [0.0]);
        }
        let mut out = [1.0; 2];
        GroupBaseline::Standardised { ddof: 2, epsilon: 0.0 }.advantages(&[2.0, 3.0], &mut out).unwrap();
        assert_eq!(out, [0.0; 2]);
    }

    #[test]
    fn a_rejected_call_writes_nothing() {
        let mut out = [9.0; 2];
        for baseline in
            [GroupBaseline::Mean, GroupBaseline::LeaveOneOut, GroupBaseline::Standardised { ddof: 1, epsilon: 0.0 }]
        {
            assert_eq!(baseline.advantages(&[], &mut []), Err(Error::EmptyGroup));
            for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                assert_eq!(baseline.advantages(&[1.0, bad], &mut out), Err(Error::NonFinite));
            }
        }
        assert_eq!(GroupBaseline::Mean.advantages(&[], &mut out), Err(Error::EmptyGroup));
        assert_eq!(GroupBaseline::Mean.advantages(&[1.0], &mut out), Err(Error::LengthMismatch));
        assert_eq!(GroupBaseline::Mean.advantages(&[1.0, f32::NAN], &mut out), Err(Error::NonFinite));
        assert_eq!(GroupBaseline::Mean.advantages(&[f32::MAX, f32::MIN], &mut out), Err(Error::NonFinite));
        let negative = GroupBaseline::Standardised { ddof: 0, epsilon: -1.0 };
        assert_eq!(negative.advantages(&[1.0, 2.0], &mut out), Err(Error::ParameterOutOfRange));
        assert_eq!(GroupBaseline::LeaveOneOut.advantages(&[1.0], &mut out[..1]), Err(Error::GroupTooSmall));
        assert_eq!(out, [9.0; 2]);
    }
}
