//! Discrete actions whose probabilities are log-linear in features.

use super::features::Code;
use super::{StochasticPolicy, Table};
use crate::error::Error;
use crate::linalg::{Const, Dim, StorageMut, all_finite};
use crate::math::{Libm, Math, maximum};
use crate::rng::{Rng, categorical};
use crate::state::{Identify, Identity, Persist, Reader, Write};
use core::marker::PhantomData;

/// A softmax-linear policy: `pi(a|s) = exp(h_a) / sum_b exp(h_b)`, `h_a = <theta_a, phi(s)>` (Sutton & Barto, equations
/// 13.2 and 13.3, with features of the state and a row of weights an action).
///
/// `grad log pi(a|s)` has in row `b` `(1[a = b] - pi_b) phi`; the entropy's has `-pi_b (log pi_b + H) phi`. Memory: `4 A F`
/// bytes and `4 A` of scratch. Cost of a call: `A` products with the features and `A` exponentials.
#[derive(Clone, Debug)]
pub struct SoftmaxState<A: Dim, F: Dim, B: StorageMut, V: StorageMut, M = Libm> {
    theta: Table<A, F, B>,
    /// `pi`, of the code seen last.
    probabilities: V,
    math: PhantomData<M>,
}

/// [`SoftmaxState`] of constant size.
///
/// ```
/// use habit::policy::features::Dense;
/// use habit::policy::{SoftmaxPolicy, StochasticPolicy};
/// let mut policy = SoftmaxPolicy::<2, 3>::EMPTY;
/// policy.set(&[0.1, -0.2, 0.3, 0.0, 0.5, -0.1])?;
/// let pi = policy.distribution(&Dense([1.0, 2.0, -1.0]))?;
/// assert!((pi[0] - 0.154465).abs() < 1e-6 && (pi[1] - 0.845535).abs() < 1e-6);
/// # Ok::<(), habit::Error>(())
/// ```
pub type SoftmaxPolicy<const A: usize, const F: usize> = SoftmaxState<Const<A>, Const<F>, [[f32; F]; A], [f32; A]>;

impl<const A: usize, const F: usize> SoftmaxPolicy<A, F> {
    /// Every action alike.
    pub const EMPTY: Self = Self { theta: Table::EMPTY, probabilities: [0.0; A], math: PhantomData };

    /// Bytes: `4 (A F + A)`.
    pub const SIZE: usize = size_of::<Self>();
}

impl<A: Dim, F: Dim, B: StorageMut, V: StorageMut, M: Math> SoftmaxState<A, F, B, V, M> {
    /// Over weights that are taken as they are, and scratch of one number an action.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub fn over(theta: Table<A, F, B>, probabilities: V) -> Result<Self, Error> {
        if probabilities.values().len() != theta.states() {
            return Err(Error::LengthMismatch);
        }
        Ok(Self { theta, probabilities, math: PhantomData })
    }

    /// Makes every action alike.
    pub fn clear(&mut self) {
        self.theta.values_mut().fill(0.0);
    }

    /// Sets every weight, row by row.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`], [`Error::NonFinite`].
    pub fn set(&mut self, theta: &[f32]) -> Result<(), Error> {
        self.theta.copy_from(theta)
    }

    /// `pi(.|s)`, one probability an action.
    ///
    /// # Errors
    /// [`Error::EmptyRange`] when there is no action; [`Error::NonFinite`] when a logit is not finite.
    pub fn distribution(&mut self, code: &impl Code) -> Result<&[f32], Error> {
        let probabilities = self.probabilities.values_mut();
        for (logit, row) in probabilities.iter_mut().zip(self.theta.rows()) {
            *logit = code.dot(row);
        }
        if probabilities.is_empty() {
            return Err(Error::EmptyRange);
        }
        if !all_finite(probabilities) {
            return Err(Error::NonFinite);
        }
        let (greatest, _) = maximum(probabilities);
        let mut sum = 0.0;
        for p in probabilities.iter_mut() {
            *p = M::exp(*p - greatest);
            sum += *p;
        }
        probabilities.iter_mut().for_each(|p| *p /= sum);
        Ok(probabilities)
    }

    /// `gradient += weight * grad H(pi(.|s))` and `H`.
    ///
    /// # Errors
    /// As [`distribution`](Self::distribution); [`Error::LengthMismatch`] for the gradient.
    pub fn add_entropy_gradient(&mut self, code: &impl Code, weight: f32, gradient: &mut [f32]) -> Result<f32, Error> {
        if gradient.len() != self.theta.values().len() {
            return Err(Error::LengthMismatch);
        }
        self.distribution(code)?;
        Ok(add_entropy_to::<M>(gradient, self.theta.actions(), self.probabilities.values(), code, weight))
    }

    /// `gradient += weight * grad log pi(a|s) + entropy_weight * grad H(pi(.|s))`, with the exponentials of one distribution.
    ///
    /// # Errors
    /// [`Error::ActionOutOfRange`]; as [`add_entropy_gradient`](Self::add_entropy_gradient).
    pub fn add_regularised_score(
        &mut self,
        code: &impl Code,
        action: usize,
        weight: f32,
        entropy_weight: f32,
        gradient: &mut [f32],
    ) -> Result<(), Error> {
        self.add_score(code, action, weight, gradient)?;
        if entropy_weight != 0.0 {
            let probabilities = self.probabilities.values();
            add_entropy_to::<M>(gradient, self.theta.actions(), probabilities, code, entropy_weight);
        }
        Ok(())
    }

    /// `theta += weight * grad log pi(a|s)` with the probabilities that the action was drawn from, when the policy was another
    /// one.
    ///
    /// # Errors
    /// [`Error::ActionOutOfRange`]; [`Error::LengthMismatch`]; [`Error::NonFinite`]; the weights are unchanged then.
    pub fn step_as_drawn(
        &mut self,
        code: &impl Code,
        probabilities: &[f32],
        action: usize,
        weight: f32,
    ) -> Result<(), Error> {
        if action >= self.theta.states() {
            return Err(Error::ActionOutOfRange);
        }
        if probabilities.len() != self.theta.states() {
            return Err(Error::LengthMismatch);
        }
        if !(weight.is_finite() && all_finite(probabilities)) {
            return Err(Error::NonFinite);
        }
        let features = self.theta.actions();
        add_score_to(self.theta.values_mut(), features, probabilities, action, code, weight);
        Ok(())
    }

    /// `H(pi(.|s)) = -sum_a pi_a log pi_a`, in nats.
    ///
    /// # Errors
    /// As [`distribution`](Self::distribution).
    pub fn entropy(&mut self, code: &impl Code) -> Result<f32, Error> {
        self.distribution(code).map(entropy_of::<M>)
    }
}

fn entropy_of<M: Math>(probabilities: &[f32]) -> f32 {
    probabilities.iter().filter(|p| **p > 0.0).fold(0.0, |sum, p| sum - p * M::ln(*p))
}

/// Adds `-weight pi_b (log pi_b + H) phi` to every row `b`, and returns `H`.
fn add_entropy_to<M: Math>(
    rows: &mut [f32],
    features: usize,
    probabilities: &[f32],
    code: &impl Code,
    weight: f32,
) -> f32 {
    let entropy = entropy_of::<M>(probabilities);
    for (p, row) in probabilities.iter().zip(rows.chunks_exact_mut(features.max(1))) {
        if *p > 0.0 {
            code.add_to(-weight * p * (M::ln(*p) + entropy), row);
        }
    }
    entropy
}

/// Adds `weight (1[a = b] - pi_b) phi` to every row `b`.
fn add_score_to(
    rows: &mut [f32],
    features: usize,
    probabilities: &[f32],
    action: usize,
    code: &impl Code,
    weight: f32,
) {
    for (index, (p, row)) in probabilities.iter().zip(rows.chunks_exact_mut(features.max(1))).enumerate() {
        let chosen = if index == action { 1.0 } else { 0.0 };
        code.add_to(weight * (chosen - p), row);
    }
}

impl<A: Dim, F: Dim, B: StorageMut, V: StorageMut, M: Math> StochasticPolicy for SoftmaxState<A, F, B, V, M> {
    type Action = usize;
    type Size = F;

    fn act(&mut self, code: &impl Code, rng: &mut (impl Rng + ?Sized)) -> Result<usize, Error> {
        categorical(self.distribution(code)?, rng)
    }

    fn log_probability(&mut self, code: &impl Code, action: usize) -> Result<f32, Error> {
        // From the logits, so that a probability that is rounded to 0 still has a logarithm.
        if action >= self.theta.states() {
            return Err(Error::ActionOutOfRange);
        }
        self.distribution(code)?;
        let (mut greatest, mut own) = (f32::NEG_INFINITY, 0.0);
        for (index, row) in self.theta.rows().enumerate() {
            let logit = code.dot(row);
            greatest = greatest.max(logit);
            own = if index == action { logit } else { own };
        }
        let sum = self.theta.rows().fold(0.0, |sum, row| sum + M::exp(code.dot(row) - greatest));
        Ok(own - greatest - M::ln(sum))
    }

    fn add_score(&mut self, code: &impl Code, action: usize, weight: f32, gradient: &mut [f32]) -> Result<(), Error> {
        if action >= self.theta.states() {
            return Err(Error::ActionOutOfRange);
        }
        if gradient.len() != self.theta.values().len() {
            return Err(Error::LengthMismatch);
        }
        self.distribution(code)?;
        add_score_to(gradient, self.theta.actions(), self.probabilities.values(), action, code, weight);
        Ok(())
    }

    fn step(&mut self, code: &impl Code, action: usize, weight: f32) -> Result<(), Error> {
        if action >= self.theta.states() {
            return Err(Error::ActionOutOfRange);
        }
        if !weight.is_finite() {
            return Err(Error::NonFinite);
        }
        self.distribution(code)?;
        let features = self.theta.actions();
        add_score_to(self.theta.values_mut(), features, self.probabilities.values(), action, code, weight);
        Ok(())
    }

    fn parameters(&self) -> &[f32] {
        self.theta.values()
    }

    fn add(&mut self, scale: f32, direction: &[f32]) -> Result<(), Error> {
        self.theta.add_scaled(scale, direction)
    }
}

/// The weights row by row: `4 A F` bytes.
impl<A: Dim, F: Dim, B: StorageMut, V: StorageMut, M> Persist for SoftmaxState<A, F, B, V, M> {
    fn write(&self, out: &mut impl Write) {
        self.theta.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.theta.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.theta.read(from)
    }
}

/// `"softmax"`: actions, features.
impl<A: Dim, F: Dim, B: StorageMut, V: StorageMut, M: Math> Identify for SoftmaxState<A, F, B, V, M> {
    fn identity(&self) -> Identity {
        Identity::new("softmax", M::NUMERICS, [self.theta.states(), self.theta.actions(), 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::features::Dense;
    use crate::rng::stream;

    const CODE: Dense<3> = Dense([1.0, 2.0, -1.0]);

    fn policy() -> SoftmaxPolicy<2, 3> {
        let mut policy = SoftmaxPolicy::EMPTY;
        policy.set(&[0.1, -0.2, 0.3, 0.0, 0.5, -0.1]).unwrap();
        policy
    }

    #[test]
    fn the_worked_example_comes_out() {
        let mut gradient = [0.0; 6];
        policy().add_score(&CODE, 1, 1.0, &mut gradient).unwrap();
        let row = [-0.154_465, -0.308_930, 0.154_465];
        for (found, expected) in gradient.iter().zip(row.into_iter().chain(row.map(|x| -x))) {
            assert!((found - expected).abs() < 1e-6);
        }
        let mut stepped = policy();
        stepped.step(&CODE, 1, 1.0).unwrap();
        let mut added = policy();
        added.add(1.0, &gradient).unwrap();
        assert_eq!(stepped.parameters(), added.parameters());
    }

    #[test]
    fn the_gradients_are_those_of_finite_differences() {
        for index in 0..6 {
            let moved = |by: f32| {
                let mut theta = policy().parameters().to_vec();
                theta[index] += by;
                let mut moved = policy();
                moved.set(&theta).unwrap();
                moved
            };
            let (mut up, mut down) = (moved(0.01), moved(-0.01));
            let mut score = [0.0; 6];
            policy().add_score(&CODE, 0, 1.0, &mut score).unwrap();
            let slope = |up: f32, down: f32| (up - down) / 0.02;
            let expected = slope(up.log_probability(&CODE, 0).unwrap(), down.log_probability(&CODE, 0).unwrap());
            assert!((score[index] - expected).abs() < 1e-3);
            let mut entropy = [0.0; 6];
            policy().add_entropy_gradient(&CODE, 1.0, &mut entropy).unwrap();
            assert!((entropy[index] - slope(up.entropy(&CODE).unwrap(), down.entropy(&CODE).unwrap())).abs() < 1e-3);
        }
    }

    #[test]
    fn both_gradients_at_once_are_their_sum() {
        let (mut apart, mut at_once) = ([0.0; 6], [0.0; 6]);
        policy().add_score(&CODE, 1, 0.5, &mut apart).unwrap();
        policy().add_entropy_gradient(&CODE, 0.25, &mut apart).unwrap();
        policy().add_regularised_score(&CODE, 1, 0.5, 0.25, &mut at_once).unwrap();
        assert_eq!(apart, at_once);
    }

    #[test]
    fn a_step_as_drawn_takes_the_probabilities_it_is_given() {
        let mut policy = SoftmaxPolicy::<2, 3>::EMPTY;
        policy.step_as_drawn(&CODE, &[0.75, 0.25], 1, 2.0).unwrap();
        assert_eq!(policy.parameters(), [-1.5, -3.0, 1.5, 1.5, 3.0, -1.5]);
    }

    #[test]
    fn bad_input_changes_nothing() {
        let mut policy = policy();
        let before = policy.digest();
        assert_eq!(policy.step(&CODE, 2, 1.0), Err(Error::ActionOutOfRange));
        assert_eq!(policy.step(&CODE, 0, f32::NAN), Err(Error::NonFinite));
        assert_eq!(policy.set(&[0.0; 5]), Err(Error::LengthMismatch));
        assert_eq!(policy.add(f32::INFINITY, &[1.0; 6]), Err(Error::NonFinite));
        assert_eq!(policy.act(&Dense([f32::NAN, 0.0, 0.0]), &mut stream(0, 0)), Err(Error::NonFinite));
        assert_eq!(policy.add_score(&CODE, 0, 1.0, &mut [0.0; 5]), Err(Error::LengthMismatch));
        assert_eq!(policy.step_as_drawn(&CODE, &[0.5; 2], 2, 1.0), Err(Error::ActionOutOfRange));
        assert_eq!(policy.step_as_drawn(&CODE, &[0.5; 3], 0, 1.0), Err(Error::LengthMismatch));
        assert_eq!(policy.step_as_drawn(&CODE, &[0.5, f32::NAN], 0, 1.0), Err(Error::NonFinite));
        assert_eq!(policy.digest(), before);
    }
}
