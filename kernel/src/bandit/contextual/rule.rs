//! How an arm is chosen by what is known of all.

use core::marker::PhantomData;

use super::Estimates;
use crate::bandit::{Choice, Radius};
use crate::error::Error;
use crate::linalg::{Cholesky, Dyn, Memory, Owned, Storage, StorageMut, dot_by_lanes};
use crate::math::{Libm, Math, argmax};
use crate::policy::Exploration;
use crate::rng::{Rng, box_muller};

/// Chooses an arm by regressions of the reward on features.
pub trait ContextualRule {
    /// Whether the rule's numbers are in their ranges and its memory fits the estimates.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`], [`Error::LengthMismatch`].
    fn check(&self, estimates: &impl Estimates) -> Result<(), Error>;

    /// Chooses; `context` has the right length and is finite, and `rounds` rewards were learned from.
    ///
    /// # Errors
    /// [`Error::NonFinite`] when no prediction is a number; what the rule says of its own.
    fn choose(
        &mut self,
        estimates: &impl Estimates,
        context: &[f32],
        rounds: u32,
        rng: &mut (impl Rng + ?Sized),
    ) -> Result<Choice, Error>;
}

/// The greatest `<theta, x> + radius sqrt(x^T V^-1 x)`; ties go to the lowest arm. Li et al. (2010) call the radius alpha.
///
/// Memory: that of the radius. Cost: between `K d^2 / 2` and `K d^2` multiplications, `K` square roots; no word.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Optimistic<R>(pub R);

impl<R: Radius> Optimistic<R> {
    /// The half-width of an arm's confidence bound after `rounds` rewards.
    pub fn half_width(&self, estimates: &impl Estimates, context: &[f32], arm: usize, rounds: u32) -> f32 {
        let uncertainty = estimates.of(context, arm).map_or(f32::NAN, |(ridge, x)| ridge.uncertainty(x));
        self.0.radius(rounds as f32) * uncertainty
    }
}

impl<R: Radius> ContextualRule for Optimistic<R> {
    fn check(&self, _estimates: &impl Estimates) -> Result<(), Error> {
        let radius = self.0.radius(0.0);
        if radius >= 0.0 && radius.is_finite() { Ok(()) } else { Err(Error::ParameterOutOfRange) }
    }

    #[inline]
    fn choose(
        &mut self,
        estimates: &impl Estimates,
        context: &[f32],
        rounds: u32,
        _rng: &mut (impl Rng + ?Sized),
    ) -> Result<Choice, Error> {
        let radius = self.0.radius(rounds as f32);
        let bound = |arm| {
            estimates.of(context, arm).map_or(f32::NAN, |(ridge, x)| ridge.predict(x) + radius * ridge.uncertainty(x))
        };
        argmax(estimates.arms(), bound).map(Choice::certain).ok_or(Error::NonFinite)
    }
}

/// The greatest `<theta~, x>` with `theta~` drawn from `N(theta, v^2 V^-1)`, once a round from each regression (Agrawal,
/// Goyal 2013). The probability of a choice has no closed form.
///
/// Memory: `4 (d^2 + d)` bytes of scratch and 4. Cost: `d^3 / 6` multiplications and `d` square roots for each regression,
/// `d` words or one more.
#[derive(Debug)]
pub struct PosteriorSampling<S: Memory, M = Libm> {
    factor: S::Matrix,
    sample: S::Vector,
    deviation: f32,
    math: PhantomData<M>,
}

impl<const D: usize, M: Math> PosteriorSampling<Owned<D>, M> {
    /// With the scale `v`; wider than the posterior above the deviation of the noise.
    pub const fn new(deviation: f32) -> Self {
        Self::over(deviation, [[0.0; D]; D], [0.0; D])
    }
}

impl<S: Memory, M: Math> PosteriorSampling<S, M> {
    /// With the scale `v` and scratch of `d^2` and `d` numbers.
    pub const fn over(deviation: f32, factor: S::Matrix, sample: S::Vector) -> Self {
        Self { factor, sample, deviation, math: PhantomData }
    }

    fn draw(&mut self, inverse: &[f32], estimate: &[f32], rng: &mut (impl Rng + ?Sized)) -> Result<(), Error> {
        let sample = self.sample.values_mut();
        let factor = Cholesky::of(inverse, sample.len(), self.factor.values_mut())?;
        for pair in sample.chunks_mut(2) {
            let (first, second) = box_muller::<M>(rng);
            pair.iter_mut().zip([first, second]).for_each(|(entry, normal)| *entry = normal);
        }
        factor.multiply(sample)?;
        for (entry, mean) in sample.iter_mut().zip(estimate) {
            *entry = mean + self.deviation * *entry;
        }
        Ok(())
    }
}

impl<S: Memory, M: Math> ContextualRule for PosteriorSampling<S, M> {
    fn check(&self, estimates: &impl Estimates) -> Result<(), Error> {
        let d = estimates.dim();
        if self.sample.values().len() != d || self.factor.values().len() != d * d {
            return Err(Error::LengthMismatch);
        }
        if self.deviation >= 0.0 && self.deviation.is_finite() { Ok(()) } else { Err(Error::ParameterOutOfRange) }
    }

    /// # Errors
    /// [`Error::NotPositiveDefinite`] besides the trait's, when rounding has spoilt an inverse.
    fn choose(
        &mut self,
        estimates: &impl Estimates,
        context: &[f32],
        _rounds: u32,
        rng: &mut (impl Rng + ?Sized),
    ) -> Result<Choice, Error> {
        let (mut drawn, mut failure) = (None, None);
        let arm = argmax(estimates.arms(), |arm| {
            let Some((ridge, x)) = estimates.of(context, arm) else { return f32::NAN };
            let place = estimates.place(arm);
            if drawn != Some(place) {
                if let Err(error) = self.draw(ridge.inverse(), ridge.estimate(), rng) {
                    failure = Some(error);
                }
                drawn = Some(place);
            }
            dot_by_lanes(Dyn(x.len()), self.sample.values(), x)
        });
        match failure {
            Some(error) => Err(error),
            None => arm.map(Choice::sampled).ok_or(Error::NonFinite),
        }
    }
}

/// An exploration over the arms' predictions: epsilon-greedy, Boltzmann.
///
/// Memory: `4 K` bytes and the exploration. Cost: `K d` multiplications and what the exploration costs.
#[derive(Clone, Debug)]
pub struct Explored<C, X> {
    predictions: C,
    exploration: X,
}

impl<const K: usize, X: Exploration> Explored<[f32; K], X> {
    /// With an exploration.
    pub const fn new(exploration: X) -> Self {
        Self::over(exploration, [0.0; K])
    }
}

impl<C: StorageMut, X: Exploration> Explored<C, X> {
    /// With an exploration and scratch of one number an arm.
    pub const fn over(exploration: X, predictions: C) -> Self {
        Self { predictions, exploration }
    }
}

impl<C: StorageMut, X: Exploration> ContextualRule for Explored<C, X> {
    fn check(&self, estimates: &impl Estimates) -> Result<(), Error> {
        if self.predictions.values().len() == estimates.arms() { Ok(()) } else { Err(Error::LengthMismatch) }
    }

    fn choose(
        &mut self,
        estimates: &impl Estimates,
        context: &[f32],
        _rounds: u32,
        rng: &mut (impl Rng + ?Sized),
    ) -> Result<Choice, Error> {
        for (arm, prediction) in self.predictions.values_mut().iter_mut().enumerate() {
            *prediction = estimates.of(context, arm).map_or(f32::NAN, |(ridge, x)| ridge.predict(x));
        }
        let (arm, probability) = self.exploration.draw(0, self.predictions.values(), rng)?;
        Ok(Choice::drawn(arm, probability))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::Ridge;
    use crate::rng::stream;

    #[test]
    fn a_posterior_draw_has_the_covariance_of_the_inverse() {
        let mut ridge = Ridge::<Owned<2>>::EMPTY;
        ridge.start(1.0).unwrap();
        ridge.update(&[1.0, 0.5], 1.0).unwrap();
        let mut rule = PosteriorSampling::<Owned<2>>::new(2.0);
        let mut rng = stream(4, 0);
        let mut sums = [[0.0f64; 2]; 2];
        for _ in 0..20_000 {
            rule.draw(ridge.inverse(), ridge.estimate(), &mut rng).unwrap();
            let off: [f64; 2] = core::array::from_fn(|i| f64::from(rule.sample[i] - ridge.estimate()[i]));
            (0..4).for_each(|k| sums[k / 2][k % 2] += off[k / 2] * off[k % 2]);
        }
        for (sum, entry) in sums.as_flattened().iter().zip(ridge.inverse()) {
            assert!((sum / 20_000.0 - 4.0 * f64::from(*entry)).abs() < 0.1, "{sums:?}");
        }
    }
}
