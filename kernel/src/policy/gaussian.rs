//! A continuous action whose mean and spread are linear in features.

use super::features::Code;
use super::{StochasticPolicy, Table};
use crate::error::Error;
use crate::linalg::{Const, Dim, StorageMut};
use crate::math::{Libm, Math};
use crate::rng::{Rng, box_muller};
use crate::state::{Identify, Identity, Persist, Reader, Write};
use core::marker::PhantomData;

/// A Gaussian-linear policy: `a ~ N(mu, sigma^2)`, `mu = <theta_mu, phi(s)>`, `sigma = exp(<theta_sigma, phi(s)>)` (Sutton &
/// Barto, equations 13.20 and 13.21); the logarithm of `sigma` is kept within -10 and 10.
///
/// `grad log pi` is `(a - mu)/sigma^2 phi` for the mean's weights and `((a - mu)^2/sigma^2 - 1) phi` for the spread's.
/// An action is one number, as a [`Bounded<1>`](crate::env::Bounded) holds it. Memory: `8 F` bytes. Cost of a call: two
/// products with the features and an exponential; a draw takes two words.
///
/// ```
/// use habit::env::{Pendulum, TimeLimit};
/// use habit::learn::{ActorCritic, ActorCriticParameters, run_episode};
/// use habit::policy::{GaussianPolicy, features::Raw};
/// use habit::rng::stream;
/// let features = Raw::<3, 4>::new([1.0, 1.0, 8.0])?;
/// let parameters = ActorCriticParameters {
///     actor_step_size: 1e-4,
///     critic_step_size: 0.01,
///     discount: 0.95,
///     actor_lambda: 0.8,
///     critic_lambda: 0.8,
/// };
/// let mut agent = ActorCritic::<_, Raw<3, 4>, _, 4>::new(GaussianPolicy::<4>::EMPTY, [[0.0; 4]; 2]);
/// agent.start(features, parameters)?;
/// let mut pendulum = TimeLimit::new(Pendulum::new(), Pendulum::TIME_LIMIT);
/// let episode = run_episode(&mut pendulum, &mut agent, u32::MAX, &mut stream(1, 0), &mut stream(1, 1))?;
/// assert_eq!(episode.length, 200);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct GaussianState<F: Dim, B: StorageMut, M = Libm> {
    theta: Table<Const<2>, F, B>,
    math: PhantomData<M>,
}

/// [`GaussianState`] of constant size.
pub type GaussianPolicy<const F: usize> = GaussianState<Const<F>, [[f32; F]; 2]>;

impl<const F: usize> GaussianPolicy<F> {
    /// Mean 0 and standard deviation 1 everywhere.
    pub const EMPTY: Self = Self { theta: Table::EMPTY, math: PhantomData };

    /// Bytes: `8 F`.
    pub const SIZE: usize = size_of::<Self>();
}

impl<F: Dim, B: StorageMut, M: Math> GaussianState<F, B, M> {
    /// Sets every weight: the mean's, then the spread's.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`], [`Error::NonFinite`].
    pub fn set(&mut self, theta: &[f32]) -> Result<(), Error> {
        self.theta.copy_from(theta)
    }

    /// Mean and standard deviation.
    ///
    /// # Errors
    /// [`Error::NonFinite`].
    pub fn distribution(&self, code: &impl Code) -> Result<(f32, f32), Error> {
        let (mean, spread) = (code.dot(self.theta.row(0)?), code.dot(self.theta.row(1)?));
        if !(mean.is_finite() && spread.is_finite()) {
            return Err(Error::NonFinite);
        }
        Ok((mean, M::exp(spread.clamp(-10.0, 10.0))))
    }

    /// The factors of `phi` in the two rows of `grad log pi`.
    fn score(&self, code: &impl Code, action: f32) -> Result<[f32; 2], Error> {
        let (mean, deviation) = self.distribution(code)?;
        let standard = (action - mean) / deviation;
        let score = [standard / deviation, standard * standard - 1.0];
        if score.iter().all(|x| x.is_finite()) { Ok(score) } else { Err(Error::NonFinite) }
    }

    fn add_score_to(rows: &mut [f32], features: usize, score: [f32; 2], code: &impl Code, weight: f32) {
        for (row, factor) in rows.chunks_exact_mut(features.max(1)).zip(score) {
            code.add_to(weight * factor, row);
        }
    }
}

impl<F: Dim, B: StorageMut, M: Math> StochasticPolicy for GaussianState<F, B, M> {
    type Action = [f32; 1];
    type Size = F;

    fn act(&mut self, code: &impl Code, rng: &mut (impl Rng + ?Sized)) -> Result<[f32; 1], Error> {
        let (mean, deviation) = self.distribution(code)?;
        Ok([mean + deviation * box_muller::<M>(rng).0])
    }

    fn log_probability(&mut self, code: &impl Code, [action]: [f32; 1]) -> Result<f32, Error> {
        const HALF_LOG_TAU: f32 = 0.918_938_5;
        let (mean, deviation) = self.distribution(code)?;
        let standard = (action - mean) / deviation;
        Ok(-0.5 * standard * standard - M::ln(deviation) - HALF_LOG_TAU)
    }

    fn add_score(
        &mut self,
        code: &impl Code,
        [action]: [f32; 1],
        weight: f32,
        gradient: &mut [f32],
    ) -> Result<(), Error> {
        if gradient.len() != self.theta.values().len() {
            return Err(Error::LengthMismatch);
        }
        let score = self.score(code, action)?;
        Self::add_score_to(gradient, self.theta.actions(), score, code, weight);
        Ok(())
    }

    fn step(&mut self, code: &impl Code, [action]: [f32; 1], weight: f32) -> Result<(), Error> {
        let score = self.score(code, action)?;
        if !weight.is_finite() {
            return Err(Error::NonFinite);
        }
        let features = self.theta.actions();
        Self::add_score_to(self.theta.values_mut(), features, score, code, weight);
        Ok(())
    }

    fn parameters(&self) -> &[f32] {
        self.theta.values()
    }

    fn add(&mut self, scale: f32, direction: &[f32]) -> Result<(), Error> {
        self.theta.add_scaled(scale, direction)
    }
}

/// The mean's weights, then the spread's: `8 F` bytes.
impl<F: Dim, B: StorageMut, M> Persist for GaussianState<F, B, M> {
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

/// `"gaussian"`: features.
impl<F: Dim, B: StorageMut, M: Math> Identify for GaussianState<F, B, M> {
    fn identity(&self) -> Identity {
        Identity::new("gaussian", M::NUMERICS, [self.theta.actions(), 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::features::Dense;
    use crate::rng::stream;

    const CODE: Dense<2> = Dense([1.0, -0.5]);

    fn policy() -> GaussianPolicy<2> {
        let mut policy = GaussianPolicy::EMPTY;
        policy.set(&[0.5, 1.0, -0.3, 0.4]).unwrap();
        policy
    }

    #[test]
    fn draws_have_the_mean_and_the_spread() {
        let (mut policy, mut rng) = (policy(), stream(3, 0));
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..50_000 {
            let action = f64::from(policy.act(&CODE, &mut rng).unwrap()[0]);
            sum += action;
            squares += action * action;
        }
        // Mean 0, sigma exp(-.5).
        assert!((sum / 5e4).abs() < 0.014 && (squares / 5e4 - 0.367_879).abs() < 0.012);
    }

    #[test]
    fn the_score_is_that_of_finite_differences() {
        let mut score = [0.0; 4];
        policy().add_score(&CODE, [0.7], 1.0, &mut score).unwrap();
        for index in 0..4 {
            let moved = |by: f32| {
                let mut theta = policy().parameters().to_vec();
                theta[index] += by;
                let mut moved = policy();
                moved.set(&theta).unwrap();
                moved.log_probability(&CODE, [0.7]).unwrap()
            };
            assert!((score[index] - (moved(0.01) - moved(-0.01)) / 0.02).abs() < 2e-3);
        }
        let mut stepped = policy();
        stepped.step(&CODE, [0.7], 1.0).unwrap();
        let mut added = policy();
        added.add(1.0, &score).unwrap();
        assert_eq!(stepped.parameters(), added.parameters());
    }

    #[test]
    fn bad_input_changes_nothing() {
        let mut policy = policy();
        let before = policy.digest();
        assert_eq!(policy.step(&CODE, [f32::NAN], 1.0), Err(Error::NonFinite));
        assert_eq!(policy.step(&CODE, [0.0], f32::INFINITY), Err(Error::NonFinite));
        assert_eq!(policy.act(&Dense([f32::NAN, 0.0]), &mut stream(0, 0)), Err(Error::NonFinite));
        assert_eq!(policy.digest(), before);
    }
}
