//! Weights that follow what each objective contributes to learning.

use super::{WeightRule, check_simplex};
use crate::error::Error;
use crate::linalg::{Storage, StorageMut, dot};
use crate::math::{Libm, Math};
use crate::state::{Identify, Identity, Persist, Reader, Write, check_each};
use core::marker::PhantomData;

/// No weight falls below this.
const FLOOR: f32 = 1e-30;

/// The numbers of [`InfluenceWeights`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InfluenceParameters {
    /// `eta`, the policy's step size: not negative.
    pub step_size: f32,
    /// `mu`, which keeps the weights where they are: positive.
    pub regularisation: f32,
    /// `T_acc`: after how many batches the weights move; at least 1.
    pub period: u32,
    /// `w_min`: what a weight is raised to before they are normalised again, from 0, which is the published rule, to `1 / m`.
    pub minimum: f32,
}

/// Gradient-based weighting (Lu et al. 2025, algorithm 2 and equation 3): with `g_i` the policy gradient of the advantages of
/// reward `i` alone, over the same batch for all, the influence of an objective is `I_i = <g_i, sum_k g_k>`; after every
/// `T_acc` batches, with the mean influence, `w_i` becomes `w_i exp(eta I_i / mu) / sum_k w_k exp(eta I_k / mu)`. The policy is
/// then trained on `sum_i w_i r_i`, without clipping, so that its gradient is `sum_i w_i g_i`.
///
/// Without a minimum an objective that conflicts with the others can be starved when `eta / mu` is large.
///
/// Memory: `8 m + 20` bytes, and the caller's Gram matrix of `4 m^2`. Cost of an update: O(m^2), and `2 m` transcendental
/// functions when the weights move.
#[derive(Clone, Debug)]
pub struct InfluenceWeightsState<V, F = Libm> {
    weights: V,
    /// The sum of the influences since the weights have moved.
    influences: V,
    batches: u32,
    parameters: InfluenceParameters,
    math: PhantomData<F>,
}

/// [`InfluenceWeightsState`] of constant size.
pub type InfluenceWeights<const M: usize> = InfluenceWeightsState<[f32; M]>;

const _: () = assert!(InfluenceWeights::<3>::SIZE == 8 * 3 + 20);

impl<const M: usize> InfluenceWeights<M> {
    /// Not started.
    pub const EMPTY: Self = Self::new([0.0; M], [0.0; M]);

    /// Bytes: `8 m + 20`.
    pub const SIZE: usize = size_of::<Self>();
}

impl<V, F> InfluenceWeightsState<V, F> {
    /// Over memory that has not been started: two arrays of one number an objective.
    pub const fn new(weights: V, influences: V) -> Self {
        let parameters = InfluenceParameters { step_size: 0.0, regularisation: 1.0, period: 0, minimum: 0.0 };
        Self { weights, influences, batches: 0, parameters, math: PhantomData }
    }
}

impl<V: StorageMut, F: Math> InfluenceWeightsState<V, F> {
    /// Starts with one weight an objective: `1 / m` each, or preferences.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::EmptyRange`] for no objective; [`Error::NonFinite`]; [`Error::ParameterOutOfRange`]
    /// for weights that are below 0 or do not sum to 1 within 0.001, and for parameters outside their ranges.
    pub fn start(&mut self, weights: &[f32], parameters: InfluenceParameters) -> Result<(), Error> {
        let InfluenceParameters { step_size, regularisation, period, minimum } = parameters;
        if [self.weights.values().len(), self.influences.values().len()] != [weights.len(); 2] {
            return Err(Error::LengthMismatch);
        }
        check_simplex(weights)?;
        let rates_fit = step_size >= 0.0 && regularisation > 0.0 && (step_size / regularisation).is_finite();
        if !(rates_fit && period > 0 && (0.0..=1.0).contains(&(minimum * weights.len() as f32))) {
            return Err(Error::ParameterOutOfRange);
        }
        for (own, weight) in self.weights.values_mut().iter_mut().zip(weights) {
            *own = weight.max(FLOOR);
        }
        self.influences.values_mut().fill(0.0);
        (self.batches, self.parameters) = (0, parameters);
        Ok(())
    }

    /// Takes in the Gram matrix `<g_i, g_k>` of a batch, row by row, and says whether the weights have moved: update them
    /// before the policy steps on the batch.
    ///
    /// # Errors
    /// [`Error::NotStarted`]; [`Error::LengthMismatch`]; [`Error::NonFinite`].
    pub fn update(&mut self, gram: &[f32]) -> Result<bool, Error> {
        let objectives = self.weights.values().len();
        let InfluenceParameters { step_size, regularisation, period, minimum } = self.parameters;
        if period == 0 {
            return Err(Error::NotStarted);
        }
        if objectives.checked_mul(objectives) != Some(gram.len()) {
            return Err(Error::LengthMismatch);
        }
        let batches = self.batches.saturating_add(1);
        let moves = batches >= period;
        // From the sum of the influences to the exponent of a weight.
        let rate = step_size / (regularisation * batches as f32);
        let rows = || gram.chunks_exact(objectives.max(1)).map(|row| row.iter().sum::<f32>());
        let mut sums = self.influences.values().iter().zip(rows()).map(|(sum, influence)| sum + influence);
        if !sums.all(|sum| sum.is_finite() && (rate * sum).is_finite()) {
            return Err(Error::NonFinite);
        }
        self.influences.values_mut().iter_mut().zip(rows()).for_each(|(sum, influence)| *sum += influence);
        self.batches = batches;
        if moves {
            let (weights, influences) = (self.weights.values_mut(), self.influences.values_mut());
            for (weight, influence) in weights.iter_mut().zip(influences.iter()) {
                *weight = F::ln(*weight) + rate * influence;
            }
            let greatest = weights.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            weights.iter_mut().for_each(|weight| *weight = F::exp(*weight - greatest));
            normalise(weights);
            if minimum > 0.0 {
                weights.iter_mut().for_each(|weight| *weight = weight.max(minimum));
                normalise(weights);
            }
            influences.fill(0.0);
            self.batches = 0;
        }
        Ok(moves)
    }
}

/// Divides by the sum, which is above 0; nothing falls below the floor.
fn normalise(weights: &mut [f32]) {
    let sum: f32 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight = (*weight / sum).max(FLOOR));
}

/// `gram += G G^T`, where `G` has a gradient a row: the inner products of the gradients of several objectives, block of
/// parameters by block. Cost: O(m^2 d).
///
/// # Errors
/// [`Error::EmptyRange`] for no objective; [`Error::LengthMismatch`]; [`Error::NonFinite`]: what was added up so far is
/// unchanged then.
pub fn add_gram(gradients: &[&[f32]], gram: &mut [f32]) -> Result<(), Error> {
    let objectives = gradients.len();
    let Some(first) = gradients.first() else { return Err(Error::EmptyRange) };
    let fits = gradients.iter().all(|gradient| gradient.len() == first.len());
    if !fits || objectives.checked_mul(objectives) != Some(gram.len()) {
        return Err(Error::LengthMismatch);
    }
    let products = || gradients.iter().flat_map(|a| gradients.iter().map(|b| dot(a, b)));
    if !gram.iter().zip(products()).all(|(sum, product)| (sum + product).is_finite()) {
        return Err(Error::NonFinite);
    }
    gram.iter_mut().zip(products()).for_each(|(sum, product)| *sum += product);
    Ok(())
}

impl<V: Storage, F> WeightRule for InfluenceWeightsState<V, F> {
    fn weights(&self) -> &[f32] {
        self.weights.values()
    }
}

/// The weights, the sums of influences, then the batches they are of as `u32`: `8 m + 4` bytes.
impl<V: StorageMut, F> Persist for InfluenceWeightsState<V, F> {
    fn write(&self, out: &mut impl Write) {
        self.weights.values().write(out);
        self.influences.values().write(out);
        self.batches.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        check_each(self.weights.values(), from, |weight| weight > 0.0 && weight <= 1.0)?;
        self.influences.values().check(from)?;
        self.batches.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.weights.values_mut().read(from)?;
        self.influences.values_mut().read(from)?;
        self.batches.read(from)
    }
}

/// `"influence-weights"`: objectives.
impl<V: StorageMut, F: Math> Identify for InfluenceWeightsState<V, F> {
    fn identity(&self) -> Identity {
        Identity::new("influence-weights", F::NUMERICS, [self.weights.values().len(), 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARAMETERS: InfluenceParameters =
        InfluenceParameters { step_size: 0.3, regularisation: 1.0, period: 1, minimum: 0.0 };

    fn close(found: &[f32], expected: [f32; 2], tolerance: f32) -> bool {
        found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < tolerance)
    }

    #[test]
    fn the_worked_example_comes_out() {
        let mut rule = InfluenceWeights::<2>::EMPTY;
        rule.start(&[0.5, 0.5], PARAMETERS).unwrap();
        let mut gram = [0.0; 4];
        // Block by block.
        add_gram(&[&[1.0], &[-0.5]], &mut gram).unwrap();
        add_gram(&[&[0.0], &[0.5]], &mut gram).unwrap();
        assert_eq!(gram, [1.0, -0.5, -0.5, 0.5]);
        assert_eq!(rule.update(&gram), Ok(true));
        assert!(close(rule.weights(), [0.537_430, 0.462_570], 1e-6), "{:?}", rule.weights());
    }

    #[test]
    fn weights_move_by_the_mean_of_a_period() {
        let (mut once, mut late) = (InfluenceWeights::<2>::EMPTY, InfluenceWeights::<2>::EMPTY);
        once.start(&[0.5, 0.5], PARAMETERS).unwrap();
        late.start(&[0.5, 0.5], InfluenceParameters { period: 2, ..PARAMETERS }).unwrap();
        once.update(&[2.0, 0.0, 0.0, 1.0]).unwrap();
        assert_eq!(late.update(&[3.0, 0.0, 0.0, 0.0]), Ok(false));
        assert_eq!(late.weights(), [0.5, 0.5]);
        assert_eq!(late.update(&[1.0, 0.0, 0.0, 2.0]), Ok(true));
        assert_eq!(late.weights(), once.weights());
    }

    #[test]
    fn a_minimum_keeps_an_objective_alive() {
        let conflict = [9.0, -4.0, -4.0, 1.0];
        let (mut starved, mut kept) = (InfluenceWeights::<2>::EMPTY, InfluenceWeights::<2>::EMPTY);
        starved.start(&[0.5, 0.5], InfluenceParameters { step_size: 10.0, ..PARAMETERS }).unwrap();
        kept.start(&[0.5, 0.5], InfluenceParameters { step_size: 10.0, minimum: 0.1, ..PARAMETERS }).unwrap();
        for _ in 0..50 {
            starved.update(&conflict).unwrap();
            kept.update(&conflict).unwrap();
        }
        assert_eq!(starved.weights(), [1.0, FLOOR]);
        assert!(close(kept.weights(), [1.0 / 1.1, 0.1 / 1.1], 1e-6));
    }

    #[test]
    fn a_rejected_call_changes_nothing() {
        let mut rule = InfluenceWeights::<2>::EMPTY;
        assert_eq!(rule.update(&[0.0; 4]), Err(Error::NotStarted));
        rule.start(&[0.5, 0.5], InfluenceParameters { period: 3, ..PARAMETERS }).unwrap();
        rule.update(&[1.0, 0.0, 0.0, 0.5]).unwrap();
        let digest = rule.digest();
        for parameters in [
            InfluenceParameters { regularisation: 0.0, ..PARAMETERS },
            InfluenceParameters { regularisation: -1.0, ..PARAMETERS },
            InfluenceParameters { step_size: f32::NAN, ..PARAMETERS },
            InfluenceParameters { period: 0, ..PARAMETERS },
            InfluenceParameters { minimum: 0.6, ..PARAMETERS },
        ] {
            assert_eq!(rule.start(&[0.5, 0.5], parameters), Err(Error::ParameterOutOfRange));
        }
        assert_eq!(rule.start(&[1.5, -0.5], PARAMETERS), Err(Error::ParameterOutOfRange));
        assert_eq!(rule.start(&[0.3; 3], PARAMETERS), Err(Error::LengthMismatch));
        let mut none = InfluenceWeights::<0>::EMPTY;
        assert_eq!(none.start(&[], PARAMETERS), Err(Error::EmptyRange));
        assert_eq!(rule.update(&[0.0, f32::NAN, 0.0, 0.0]), Err(Error::NonFinite));
        assert_eq!(rule.update(&[0.0; 3]), Err(Error::LengthMismatch));
        assert_eq!(rule.restore(&[0; 20]), Err(Error::Malformed));
        assert_eq!(rule.digest(), digest);
        let mut gram = [1.0; 4];
        assert_eq!(add_gram(&[], &mut []), Err(Error::EmptyRange));
        assert_eq!(add_gram(&[&[1.0, 2.0], &[1.0]], &mut gram), Err(Error::LengthMismatch));
        assert_eq!(add_gram(&[&[f32::INFINITY], &[1.0]], &mut gram), Err(Error::NonFinite));
        assert_eq!(gram, [1.0; 4]);
    }
}
