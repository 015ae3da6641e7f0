//! Optimism where little was tried.

use super::Exploration;
use crate::error::Error;
use crate::linalg::StorageMut;
use crate::math::{Libm, Math, argmax};
use crate::rng::Rng;
use core::marker::PhantomData;

/// Upper-confidence-bound action selection (Sutton & Barto, equation 2.10) in every state by itself: the greatest
/// `values[a] + c sqrt(ln t / n_a)`, where `n_a` counts how often `a` was drawn in the state and `t` how often any was;
/// actions never drawn come first, the lowest index first. Takes no word.
///
/// Memory: `4 S A` bytes of counts, an array or the caller's slice, and 16 bytes. Cost: a logarithm, and a square root and
/// a division an action.
#[derive(Clone, Debug)]
pub struct UpperConfidenceBound<C, M = Libm> {
    counts: Option<C>,
    confidence: f32,
    math: PhantomData<M>,
}

impl<C: StorageMut<u32>, M: Math> UpperConfidenceBound<C, M> {
    /// With `c = confidence`, over one count a state and action, which are taken as they are.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless `confidence` is finite and not negative.
    pub fn new(confidence: f32, counts: C) -> Result<Self, Error> {
        if !(confidence >= 0.0 && confidence.is_finite()) {
            return Err(Error::ParameterOutOfRange);
        }
        Ok(Self { counts: Some(counts), confidence, math: PhantomData })
    }

    /// How often each action of a state was drawn.
    fn row(&self, state: usize, actions: usize) -> Result<&[u32], Error> {
        let counts = self.counts.as_ref().map_or(&[][..], |counts| counts.values());
        counts.get(state * actions..(state + 1) * actions).ok_or(Error::StateOutOfRange)
    }

    fn choose(&self, counts: &[u32], values: &[f32]) -> Option<usize> {
        let total = counts.iter().fold(0u32, |sum, count| sum.saturating_add(*count));
        let logarithm = M::ln(total.max(1) as f32);
        argmax(values.len(), |action| match (counts.get(action), values.get(action)) {
            (Some(0), _) => f32::INFINITY,
            (Some(count), Some(value)) => value + self.confidence * libm::sqrtf(logarithm / *count as f32),
            _ => f32::NAN,
        })
    }
}

impl<C: StorageMut<u32>, M: Math> Exploration for UpperConfidenceBound<C, M> {
    const GREEDY: Self = Self { counts: None, confidence: 0.0, math: PhantomData };

    /// # Errors
    /// [`Error::StateOutOfRange`] besides the trait's, when there are no counts for the state.
    fn draw(&mut self, state: usize, values: &[f32], _rng: &mut (impl Rng + ?Sized)) -> Result<(usize, f32), Error> {
        if values.is_empty() {
            return Err(Error::EmptyRange);
        }
        let action = self.choose(self.row(state, values.len())?, values).ok_or(Error::NonFinite)?;
        let counts = self.counts.as_mut().map_or(&mut [][..], |counts| counts.values_mut());
        if let Some(count) = counts.get_mut(state * values.len() + action) {
            *count = count.saturating_add(1);
        }
        Ok((action, 1.0))
    }

    fn expected_value(&self, state: usize, values: &[f32]) -> f32 {
        let counts = self.row(state, values.len()).ok();
        let action = counts.and_then(|counts| self.choose(counts, values));
        action.and_then(|action| values.get(action)).copied().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;

    #[test]
    fn every_action_is_tried_and_the_bound_decides() {
        let mut memory = [0u32; 6];
        let mut rng = stream(0, 0);
        let mut policy = UpperConfidenceBound::<_, Libm>::new(1.0, &mut memory[..]).unwrap();
        let values = [0.5, 0.4, 0.0];
        let drawn: [usize; 4] = core::array::from_fn(|_| policy.act(1, &values, &mut rng).unwrap());
        // After one of each: .5 + sqrt(ln 3) is the greatest.
        assert_eq!(drawn, [0, 1, 2, 0]);
        // .5 + sqrt(ln 4 / 2) < .4 + sqrt(ln 4)
        assert_eq!(policy.expected_value(1, &values), 0.4);
        assert_eq!(policy.act(0, &values, &mut rng), Ok(0));
        assert_eq!(policy.act(2, &values, &mut rng), Err(Error::StateOutOfRange));
        assert_eq!(policy.act(0, &[], &mut rng), Err(Error::EmptyRange));
        assert_eq!(memory, [1, 0, 0, 2, 1, 1]);
        assert!(UpperConfidenceBound::<_, Libm>::new(f32::NAN, [0u32; 2]).is_err());
    }
}
