//! Learning faster while it still finds new trade-offs.

use super::{ParetoBufferState, WeightRule};
use crate::error::Error;
use crate::linalg::{Storage, StorageMut};
use crate::math::{Libm, Math};
use crate::state::{Identify, Identity, Persist, Reader, Write};
use core::marker::PhantomData;

/// Hypervolume-guided weighting (Lu et al. 2025, algorithm 1 and equation 1): preferences stay, and the reward they make is
/// multiplied by `r_pareto = 0.5 + 1.5 tanh(d)`, in `[0.5, 2)`, where `d` is what the last validation point added to the
/// volume of the points before it, above the returns of the initial policy. It is 1 until the first point, and acts from the
/// next rollout on.
///
/// Two things to know. The factor is common to all rewards: under group advantages that are divided by their standard deviation
/// it cancels exactly, and under Adam almost; it acts with advantages that are only centred and plain gradient steps. And
/// `tanh` is level from about `d = 3` on: keep objectives in natural units, tokens or joules; with all of them in `[0, 1]`
/// the factor sits at 0.5 and only halves the step.
///
/// Memory: `4 m (CAP + 1) + 8` bytes; while it works, `2 m CAP` bytes of scratch. Cost of an update: that of an insertion,
/// and a hyperbolic tangent.
#[derive(Clone, Debug)]
pub struct HypervolumeFactorState<P, R, F = Libm> {
    front: ParetoBufferState<P, R>,
    factor: f32,
    math: PhantomData<F>,
}

/// [`HypervolumeFactorState`] of constant size.
///
/// ```
/// use habit::reward::weights::HypervolumeFactor;
/// let mut rule = HypervolumeFactor::<3, 64>::EMPTY;
/// rule.start(&[0.25, -500.0, 0.1])?;
/// assert_eq!(rule.factor(), 1.0);
/// rule.update(&[0.3, -480.0, 0.2])?;
/// assert!((rule.factor() - 0.649502).abs() < 1e-5);
/// # Ok::<(), habit::Error>(())
/// ```
pub type HypervolumeFactor<const M: usize, const CAP: usize> = HypervolumeFactorState<[[f32; M]; CAP], [f32; M]>;

const _: () = assert!(HypervolumeFactor::<3, 64>::SIZE == 4 * 3 * (64 + 1) + 8);

impl<const M: usize, const CAP: usize> HypervolumeFactor<M, CAP> {
    /// Not started.
    pub const EMPTY: Self = Self::new([[0.0; M]; CAP], [f32::INFINITY; M]);

    /// Bytes: `4 m (CAP + 1) + 8`.
    pub const SIZE: usize = size_of::<Self>();

    /// As [`update_with`](Self::update_with), with scratch on the stack.
    ///
    /// # Errors
    /// As there.
    pub fn update(&mut self, returns: &[f32; M]) -> Result<f32, Error> {
        self.update_with(returns, [[0; CAP]; M].as_flattened_mut())
    }
}

impl<P, R, F> HypervolumeFactorState<P, R, F> {
    /// Over memory that has not been started, as [`ParetoBufferState::new`].
    pub const fn new(points: P, reference: R) -> Self {
        Self { front: ParetoBufferState::new(points, reference), factor: 1.0, math: PhantomData }
    }

    /// `r_pareto`.
    pub const fn factor(&self) -> f32 {
        self.factor
    }

    /// The validation points that no other one dominates.
    pub const fn front(&self) -> &ParetoBufferState<P, R> {
        &self.front
    }
}

impl<P: StorageMut, R: StorageMut, F: Math> HypervolumeFactorState<P, R, F> {
    /// Starts above the validation returns of the initial policy.
    ///
    /// # Errors
    /// As [`ParetoBufferState::start`].
    pub fn start(&mut self, initial: &[f32]) -> Result<(), Error> {
        self.front.start(initial)?;
        self.factor = 1.0;
        Ok(())
    }

    /// Takes in the validation returns after an update of the policy, and returns by how much they extend the volume.
    ///
    /// # Errors
    /// As [`ParetoBufferState::insert_with`].
    pub fn update_with(&mut self, returns: &[f32], scratch: &mut [u16]) -> Result<f32, Error> {
        let added = self.front.insert_with(returns, scratch)?;
        self.factor = 0.5 + 1.5 * F::tanh(added);
        Ok(added)
    }
}

impl<P: Storage, R: Storage, F> HypervolumeFactorState<P, R, F> {
    /// `r_pareto sum_i w_i r_i`.
    ///
    /// # Errors
    /// As [`WeightRule::scalarise`].
    pub fn scalarise(&self, preferences: &impl WeightRule, rewards: &[f32]) -> Result<f32, Error> {
        let reward = self.factor * preferences.scalarise(rewards)?;
        if reward.is_finite() { Ok(reward) } else { Err(Error::NonFinite) }
    }
}

/// The factor, then as `pareto-buffer`: `4 m (CAP + 1) + 8` bytes.
impl<P: StorageMut, R: StorageMut, F> Persist for HypervolumeFactorState<P, R, F> {
    fn write(&self, out: &mut impl Write) {
        self.factor.write(out);
        self.front.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        let mut factor = 0.0f32;
        factor.read(from)?;
        if !(0.5..=2.0).contains(&factor) {
            return Err(Error::Malformed);
        }
        self.front.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.factor.read(from)?;
        self.front.read(from)
    }
}

/// `"hypervolume-factor"`: objectives, capacity.
impl<P: StorageMut, R: StorageMut, F: Math> Identify for HypervolumeFactorState<P, R, F> {
    fn identity(&self) -> Identity {
        Identity::new("hypervolume-factor", F::NUMERICS, [self.front.objectives(), self.front.capacity(), 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advantage::GroupBaseline;
    use crate::reward::weights::FixedWeights;
    use crate::rng::{stream, unit_f32};

    #[test]
    fn the_worked_example_comes_out() {
        let mut rule = HypervolumeFactor::<3, 64>::EMPTY;
        rule.start(&[0.25, -500.0, 0.1]).unwrap();
        for (point, added, factor) in [
            ([0.3, -480.0, 0.2], 0.1, 0.649_502),
            ([0.4, -450.0, 0.3], 1.4, 1.828_03),
            ([0.35, -460.0, 0.25], 0.0, 0.5),
            ([0.39, -430.0, 0.3], 0.56, 1.261_97),
        ] {
            assert!((rule.update(&point).unwrap() - added).abs() < 1e-5);
            assert!((rule.factor() - factor).abs() < 1e-5, "{}", rule.factor());
        }
        assert_eq!(rule.front().len(), 2);
    }

    #[test]
    fn standardised_advantages_do_not_feel_it() {
        let (mut rng, mut rule) = (stream(1, 0), HypervolumeFactor::<2, 8>::EMPTY);
        let mut preferences = FixedWeights::<2>::EMPTY;
        preferences.start(&[0.5, 0.5]).unwrap();
        rule.start(&[0.0, 0.0]).unwrap();
        rule.update(&[1.0, 2.0]).unwrap();
        let standardised = GroupBaseline::Standardised { ddof: 1, epsilon: 0.0 };
        for _ in 0..200 {
            let rewards: [[f32; 2]; 8] = core::array::from_fn(|_| [unit_f32(&mut rng), unit_f32(&mut rng)]);
            let plain = rewards.map(|rewards| preferences.scalarise(&rewards).unwrap());
            let amplified = rewards.map(|rewards| rule.scalarise(&preferences, &rewards).unwrap());
            let (mut a, mut b) = ([0.0; 8], [0.0; 8]);
            standardised.advantages(&plain, &mut a).unwrap();
            standardised.advantages(&amplified, &mut b).unwrap();
            assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-5), "{a:?} {b:?}");
            // Centred only, they do.
            GroupBaseline::LeaveOneOut.advantages(&plain, &mut a).unwrap();
            GroupBaseline::LeaveOneOut.advantages(&amplified, &mut b).unwrap();
            assert!(a.iter().zip(&b).all(|(a, b)| (rule.factor() * a - b).abs() < 1e-5));
        }
        assert!(rule.factor() > 1.9);
    }

    #[test]
    fn with_objectives_in_the_unit_interval_it_sits_at_a_half() {
        let (mut rng, mut rule) = (stream(2, 0), HypervolumeFactor::<3, 64>::EMPTY);
        rule.start(&[0.2, 0.4, 0.2]).unwrap();
        for step in 0..100 {
            let progress = step as f32 / 100.0;
            let point = [0.2 + 0.7 * progress, 0.4 + 0.3 * progress * unit_f32(&mut rng), 0.2 + 0.6 * progress];
            rule.update(&point).unwrap();
            assert!((0.5..0.53).contains(&rule.factor()), "{}", rule.factor());
        }
    }

    #[test]
    fn a_rejected_call_changes_nothing() {
        let mut rule = HypervolumeFactor::<2, 4>::EMPTY;
        assert_eq!(rule.update(&[1.0, 1.0]), Err(Error::NotStarted));
        rule.start(&[0.0, 0.0]).unwrap();
        rule.update(&[0.5, 0.5]).unwrap();
        let digest = rule.digest();
        assert_eq!(rule.update(&[f32::NAN, 1.0]), Err(Error::NonFinite));
        assert_eq!(rule.start(&[f32::NAN, 1.0]), Err(Error::NonFinite));
        assert_eq!(rule.scalarise(&FixedWeights::<2>::EMPTY, &[1.0]), Err(Error::LengthMismatch));
        assert_eq!(rule.restore(&[0; 48]), Err(Error::Malformed));
        assert_eq!(rule.digest(), digest);
    }
}
