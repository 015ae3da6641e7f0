//! Arms that are seen before they are chosen, and pay along a hidden direction.

use super::{Bounded, Discrete, Env};
use crate::error::Error;
use crate::interact::{Outcome, Step};
use crate::linalg::{Const, dot};
use crate::math::Libm;
use crate::rng::{Rng, box_muller, gaussian_by_sum};
use crate::state::{Identify, Identity, persist_fields};

/// `K` arms whose features are drawn anew every round, uniformly on the unit sphere of `D` dimensions; an arm with features
/// `x` pays `<theta, x>` and noise (Agrawal, Goyal 2013; Abbasi-Yadkori, Pál, Szepesvári 2011). An observation holds the
/// arms' features one after the other: `N = K D` numbers, which the compiler checks.
///
/// Noise takes 12 words a step, then the next features `K (D + D mod 2)`, whatever the arm. Never ends; `reset` draws new
/// features and keeps `theta`. Memory: `4 (N + D + 1)` bytes.
#[derive(Clone, Copy, Debug)]
pub struct LinearContextualBandit<const K: usize, const D: usize, const N: usize> {
    theta: [f32; D],
    features: [f32; N],
    deviation: f32,
}

/// Uniform on the unit sphere: Gaussians, normalised.
fn on_sphere<const D: usize>(rng: &mut (impl Rng + ?Sized)) -> [f32; D] {
    loop {
        let mut x = [0.0; D];
        for pair in x.chunks_mut(2) {
            let (first, second) = box_muller::<Libm>(rng);
            pair.iter_mut().zip([first, second]).for_each(|(entry, normal)| *entry = normal);
        }
        let norm = libm::sqrtf(dot(&x, &x));
        if norm > 0.0 {
            return x.map(|entry| entry / norm);
        }
    }
}

impl<const K: usize, const D: usize, const N: usize> LinearContextualBandit<K, D, N> {
    /// Pays nothing.
    pub const EMPTY: Self = {
        assert!(N == K * D, "an observation holds D features for each of K arms");
        Self { theta: [0.0; D], features: [0.0; N], deviation: 0.0 }
    };

    /// With a hidden direction drawn uniformly on the unit sphere and noise of standard deviation `deviation`.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless `deviation` is finite and not negative; no word is taken then.
    pub fn new(deviation: f32, rng: &mut (impl Rng + ?Sized)) -> Result<Self, Error> {
        if !(deviation >= 0.0 && deviation.is_finite()) {
            return Err(Error::ParameterOutOfRange);
        }
        let mut bandit = Self { theta: on_sphere(rng), deviation, ..Self::EMPTY };
        bandit.reset(rng);
        Ok(bandit)
    }

    /// What the agent sees now.
    pub const fn features(&self) -> &[f32; N] {
        &self.features
    }

    /// What an arm pays on average this round; NaN for one that is no arm. For metrics; a learner does not see it.
    pub fn mean(&self, arm: usize) -> f32 {
        self.features.chunks_exact(D.max(1)).nth(arm).map_or(f32::NAN, |x| dot(&self.theta, x))
    }
}

impl<const K: usize, const D: usize, const N: usize> Env for LinearContextualBandit<K, D, N> {
    type ObservationSpace = Bounded<N>;
    type ActionSpace = Discrete<Const<K>>;

    fn observation_space(&self) -> Bounded<N> {
        Bounded { low: [-1.0; N], high: [1.0; N] }
    }

    fn action_space(&self) -> Self::ActionSpace {
        Discrete(Const)
    }

    fn reset(&mut self, rng: &mut (impl Rng + ?Sized)) -> [f32; N] {
        for features in self.features.chunks_exact_mut(D.max(1)) {
            features.copy_from_slice(&on_sphere::<D>(rng));
        }
        self.features
    }

    fn step(&mut self, action: usize, rng: &mut (impl Rng + ?Sized)) -> Result<Step<[f32; N]>, Error> {
        if action >= K {
            return Err(Error::ActionOutOfRange);
        }
        let reward = self.mean(action) + self.deviation * gaussian_by_sum(rng);
        Ok(Step { observation: self.reset(rng), reward, outcome: Outcome::Continue })
    }
}

persist_fields!([const K: usize, const D: usize, const N: usize] LinearContextualBandit<K, D, N> { theta, features });

/// `"linear-contextual-bandit"`: arms, features.
impl<const K: usize, const D: usize, const N: usize> Identify for LinearContextualBandit<K, D, N> {
    fn identity(&self) -> Identity {
        Identity::new("linear-contextual-bandit", <Libm as crate::math::Math>::NUMERICS, [K, D, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;

    #[test]
    fn features_lie_on_the_sphere_in_no_preferred_direction() {
        let mut rng = stream(2, 0);
        let mut bandit = LinearContextualBandit::<10, 5, 50>::new(0.3, &mut rng).unwrap();
        let mut sums = [[0.0f64; 2]; 5];
        for _ in 0..2000 {
            let observed = bandit.step(3, &mut rng).unwrap().observation;
            assert_eq!(&observed, bandit.features());
            for x in observed.chunks_exact(5) {
                assert!((dot(x, x) - 1.0).abs() < 1e-5);
                for (sum, entry) in sums.iter_mut().zip(x) {
                    *sum = [sum[0] + f64::from(*entry), sum[1] + f64::from(entry * entry)];
                }
            }
        }
        for [sum, square] in sums {
            assert!((sum / 2e4).abs() < 0.012 && (square / 2e4 - 0.2).abs() < 0.006, "{sum} {square}");
        }
    }

    #[test]
    fn rewards_have_the_stated_mean_and_noise() {
        let mut rng = stream(3, 0);
        let mut bandit = LinearContextualBandit::<2, 3, 6>::new(0.5, &mut rng).unwrap();
        let (mut sum, mut square) = (0.0f64, 0.0f64);
        for round in 0..20_000 {
            let mean = bandit.mean(round % 2);
            let noise = f64::from(bandit.step(round % 2, &mut rng).unwrap().reward - mean);
            (sum, square) = (sum + noise, square + noise * noise);
        }
        assert!((sum / 2e4).abs() < 0.018 && (square / 2e4 - 0.25).abs() < 0.013);
    }

    #[test]
    fn what_is_refused_changes_nothing() {
        let mut rng = stream(1, 0);
        for deviation in [-1.0, f32::NAN, f32::INFINITY] {
            assert!(LinearContextualBandit::<2, 2, 4>::new(deviation, &mut rng).is_err());
        }
        assert_eq!(rng, stream(1, 0));
        let mut bandit = LinearContextualBandit::<2, 2, 4>::new(0.0, &mut rng).unwrap();
        let (before, features) = (rng.clone(), *bandit.features());
        assert_eq!(bandit.step(2, &mut rng), Err(Error::ActionOutOfRange));
        assert_eq!((rng, *bandit.features()), (before, features));
        assert!(bandit.mean(2).is_nan());
    }
}
