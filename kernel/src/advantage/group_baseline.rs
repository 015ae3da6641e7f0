//! How much better than its group each sample was.

use crate::error::Error;
use crate::linalg::all_finite;
use crate::math::CompensatedSum;

/// What the returns of a group, several samples of one prompt or start, are compared with.
///
/// Zero variance is safe: a group whose returns are all equal has advantages of 0 to the bit, whatever epsilon. Cost: O(n),
/// two passes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GroupBaseline {
    /// `A_i = r_i - mean(r)` (Dr. GRPO; Liu et al. 2025).
    Mean,
    /// `A_i = r_i - mean of the others` (RLOO; Kool, van Hoof, Welling 2019).
    LeaveOneOut,
    /// `A_i = (r_i - mean(r)) / (std(r) + epsilon)` (GRPO; Shao et al. 2024). A group of no more than `ddof` samples has no
    /// deviation: its advantages are 0.
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
    /// [`Error::EmptyRange`] for no return, and for a single one that has no others; [`Error::LengthMismatch`];
    /// [`Error::NonFinite`] for returns that are not finite or too far apart; [`Error::ParameterOutOfRange`] for epsilon.
    /// Nothing is written then.
    ///
    /// ```
    /// use habit::advantage::GroupBaseline;
    /// let mut out = [0.0; 4];
    /// GroupBaseline::LeaveOneOut.advantages(&[1.0, 0.0, 0.0, 1.0], &mut out)?;
    /// assert!((out[0] - 2.0 / 3.0).abs() < 1e-6);
    /// GroupBaseline::Standardised { ddof: 0, epsilon: 0.0 }.advantages(&[1.0, 0.0, 0.0, 1.0], &mut out)?;
    /// assert_eq!(out, [1.0, -1.0, -1.0, 1.0]);
    /// # Ok::<(), habit::Error>(())
    /// ```
    pub fn advantages(self, returns: &[f32], out: &mut [f32]) -> Result<(), Error> {
        let Some(&first) = returns.first() else { return Err(Error::EmptyRange) };
        if returns.len() != out.len() {
            return Err(Error::LengthMismatch);
        }
        if !all_finite(returns) {
            return Err(Error::NonFinite);
        }
        // Counted from the first return, so that equal returns have equal means.
        let count = returns.len() as f32;
        let mut sum = CompensatedSum::EMPTY;
        returns.iter().for_each(|x| sum.add(x - first));
        let mean = sum.value() / count;
        let scale = match self {
            Self::Mean => 1.0,
            Self::LeaveOneOut if returns.len() == 1 => return Err(Error::EmptyRange),
            Self::LeaveOneOut => count / (count - 1.0),
            Self::Standardised { epsilon, .. } if !(epsilon >= 0.0 && epsilon.is_finite()) => {
                return Err(Error::ParameterOutOfRange);
            }
            Self::Standardised { ddof, epsilon } => {
                let mut squares = CompensatedSum::EMPTY;
                returns.iter().for_each(|x| squares.add((x - first - mean) * (x - first - mean)));
                let freedom = count - f32::from(ddof);
                let deviation = if freedom > 0.0 { libm::sqrtf(squares.value() / freedom) } else { 0.0 };
                if !deviation.is_finite() {
                    return Err(Error::NonFinite);
                }
                if deviation > 0.0 { 1.0 / (deviation + epsilon) } else { 0.0 }
            }
        };
        if !(scale.is_finite() && returns.iter().all(|x| (scale * (x - first - mean)).is_finite())) {
            return Err(Error::NonFinite);
        }
        out.iter_mut().zip(returns).for_each(|(advantage, x)| *advantage = scale * (x - first - mean));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let mut out = [1.0];
        GroupBaseline::Standardised { ddof: 1, epsilon: 0.0 }.advantages(&[2.0], &mut out).unwrap();
        assert_eq!(out, [0.0]);
    }

    #[test]
    fn a_rejected_call_writes_nothing() {
        let mut out = [9.0; 2];
        assert_eq!(GroupBaseline::Mean.advantages(&[], &mut out), Err(Error::EmptyRange));
        assert_eq!(GroupBaseline::Mean.advantages(&[1.0], &mut out), Err(Error::LengthMismatch));
        assert_eq!(GroupBaseline::Mean.advantages(&[1.0, f32::NAN], &mut out), Err(Error::NonFinite));
        assert_eq!(GroupBaseline::Mean.advantages(&[f32::MAX, f32::MIN], &mut out), Err(Error::NonFinite));
        let negative = GroupBaseline::Standardised { ddof: 0, epsilon: -1.0 };
        assert_eq!(negative.advantages(&[1.0, 2.0], &mut out), Err(Error::ParameterOutOfRange));
        assert_eq!(GroupBaseline::LeaveOneOut.advantages(&[1.0], &mut out[..1]), Err(Error::EmptyRange));
        assert_eq!(out, [9.0; 2]);
    }
}
