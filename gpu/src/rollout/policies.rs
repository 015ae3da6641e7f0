//! Policies as WGSL.

use super::{Environment, Observation, ThresholdPolicy};
use crate::unroll::unroll;
use habit::Error;
use std::borrow::Cow;

/// A policy as WGSL source: the house's own and a user's follow the same signature.
///
/// ```wgsl
/// // Chooses an action, 0 <= action < ACTIONS, and answers `Choice(action: u32, log_probability: f32)`.
/// fn policy_act(observation: Observation, rng: ptr<function, vec4<u32>>) -> Choice
/// ```
///
/// It finds what an [`Environment`] finds, and the policy's own words by `policy_word(i)` or `policy_number(i)`, as `u32` or
/// `f32`. Names that begin with `rollout_` or `environment_` are taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    source: Cow<'static, str>,
    words: Vec<u32>,
    gives_log_probabilities: bool,
    kind: Kind,
}

/// What a policy acts on, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Whatever the user's source does.
    Own,
    Uniform,
    /// Of as many states and actions.
    Thresholds(usize, usize),
    /// Of as many actions, from what is observed.
    Softmax(Observation, usize),
}

impl Policy {
    /// From WGSL and the policy's own words. `gives_log_probabilities` says whether those of its choices are recorded.
    pub fn new(source: impl Into<Cow<'static, str>>, words: Vec<u32>, gives_log_probabilities: bool) -> Self {
        Self { source: source.into(), words, gives_log_probabilities, kind: Kind::Own }
    }

    /// Every action alike, by [`habit::rng::below`]: one word, rarely more.
    pub fn uniform() -> Self {
        let source = include_str!("wgsl/policies/uniform.wgsl");
        Self { kind: Kind::Uniform, ..Self::new(source, Vec::new(), false) }
    }

    /// By integer thresholds, a row a state; where nothing is observed there is one state. One word, whatever the state.
    pub fn thresholds(policy: &ThresholdPolicy) -> Self {
        let source = include_str!("wgsl/policies/thresholds.wgsl");
        let kind = Kind::Thresholds(policy.states(), policy.actions());
        Self { kind, ..Self::new(source, policy.rows().to_vec(), false) }
    }

    /// [`habit::policy::SoftmaxPolicy`] on [`Raw`](habit::policy::features::Raw) features: each of the observation's `D`
    /// numbers divided by its scale, then a constant 1. `weights` has a row of `D + 1` an action. One word. Log-probabilities
    /// are recorded.
    ///
    /// # Errors
    /// [`Error::EmptyRange`] without numbers; [`Error::LengthMismatch`] unless the weights are whole rows, one at least;
    /// [`Error::NonFinite`]; [`Error::ParameterOutOfRange`] unless every scale is finite and not 0.
    pub fn softmax(scales: &[f32], weights: &[f32]) -> Result<Self, Error> {
        let inverse_scales: Vec<f32> = scales.iter().map(|scale| 1.0 / scale).collect();
        if scales.is_empty() {
            return Err(Error::EmptyRange);
        }
        if !scales.iter().chain(&inverse_scales).all(|scale| scale.is_finite()) {
            return Err(Error::ParameterOutOfRange);
        }
        let features = scales.len() + 1;
        let words = inverse_scales.iter().map(|scale| scale.to_bits()).collect();
        Self::linear(
            include_str!("wgsl/policies/of_numbers.wgsl"),
            words,
            Observation::Numbers(scales.len()),
            features,
            weights,
        )
    }

    /// [`habit::policy::SoftmaxPolicy`] on [`OneHot`](habit::policy::features::OneHot) features: `weights` has a row an
    /// action, a number a state; where nothing is observed there is one state. One word. Log-probabilities are recorded.
    ///
    /// # Errors
    /// [`Error::EmptyRange`] without states; [`Error::LengthMismatch`] unless the weights are whole rows, one at least;
    /// [`Error::NonFinite`]; [`Error::ParameterOutOfRange`] for 2^32 states.
    pub fn tabular_softmax(states: usize, weights: &[f32]) -> Result<Self, Error> {
        if states == 0 {
            return Err(Error::EmptyRange);
        }
        let words = vec![u32::try_from(states).map_err(|_| Error::ParameterOutOfRange)?];
        Self::linear(include_str!("wgsl/policies/of_index.wgsl"), words, Observation::Index(states), states, weights)
    }

    fn linear(
        logit: &'static str,
        mut words: Vec<u32>,
        of: Observation,
        features: usize,
        weights: &[f32],
    ) -> Result<Self, Error> {
        if weights.is_empty() || !weights.len().is_multiple_of(features) {
            return Err(Error::LengthMismatch);
        }
        if !weights.iter().all(|weight| weight.is_finite()) {
            return Err(Error::NonFinite);
        }
        words.extend(weights.iter().map(|weight| weight.to_bits()));
        let actions = weights.len() / features;
        let inputs = if let Observation::Numbers(inputs) = of { inputs } else { 0 };
        let softmax = unroll(include_str!("wgsl/policies/softmax.wgsl"), &[("INPUTS", inputs), ("ACTIONS", actions)]);
        let source = softmax + logit;
        let kind = Kind::Softmax(of, actions);
        Ok(Self { kind, ..Self::new(source, words, true) })
    }

    /// Its WGSL.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Its own words.
    pub fn words(&self) -> &[u32] {
        &self.words
    }

    /// Whether the log-probabilities of its choices are recorded.
    pub const fn gives_log_probabilities(&self) -> bool {
        self.gives_log_probabilities
    }

    pub(crate) const fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether it can act in an environment.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub(crate) fn check(&self, environment: &Environment) -> Result<(), Error> {
        let one_state =
            |observation| if observation == Observation::Nothing { Observation::Index(1) } else { observation };
        let seen = one_state(environment.observation());
        let fits = match self.kind {
            Kind::Own | Kind::Uniform => true,
            Kind::Thresholds(states, actions) => seen == Observation::Index(states) && actions == environment.actions(),
            Kind::Softmax(observation, actions) => seen == observation && actions == environment.actions(),
        };
        if fits { Ok(()) } else { Err(Error::LengthMismatch) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_input_is_refused() {
        assert_eq!(Policy::softmax(&[], &[0.0; 2]), Err(Error::EmptyRange));
        assert_eq!(Policy::softmax(&[1.0], &[]), Err(Error::LengthMismatch));
        assert_eq!(Policy::softmax(&[1.0], &[0.0; 3]), Err(Error::LengthMismatch));
        assert_eq!(Policy::softmax(&[0.0], &[0.0; 2]), Err(Error::ParameterOutOfRange));
        assert_eq!(Policy::softmax(&[1.0], &[0.0, f32::NAN]), Err(Error::NonFinite));
        assert_eq!(Policy::tabular_softmax(0, &[0.0]), Err(Error::EmptyRange));
        assert_eq!(Policy::tabular_softmax(2, &[0.0; 3]), Err(Error::LengthMismatch));
    }

    #[test]
    fn a_policy_fits_what_it_was_made_for() {
        let (pole, bandit) = (Environment::cart_pole().unwrap(), Environment::bernoulli_bandit(&[0.5; 3]).unwrap());
        let softmax = Policy::softmax(&[1.0; 4], &[0.0; 10]).unwrap();
        assert_eq!((softmax.check(&pole), softmax.check(&bandit)), (Ok(()), Err(Error::LengthMismatch)));
        let rows = Policy::thresholds(&ThresholdPolicy::new(1, 3, &[0.5; 3]).unwrap());
        assert_eq!((rows.check(&pole), rows.check(&bandit)), (Err(Error::LengthMismatch), Ok(())));
        let arms = Policy::tabular_softmax(1, &[0.0; 2]).unwrap();
        assert_eq!(arms.check(&bandit), Err(Error::LengthMismatch));
        assert_eq!((Policy::uniform().check(&pole), Policy::uniform().check(&bandit)), (Ok(()), Ok(())));
    }
}
