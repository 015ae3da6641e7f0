//! A policy that climbs on whole episodes.

use crate::error::Error;
use crate::interact::EpisodeSteps;
use crate::policy::features::{Features, OneHot};
use crate::policy::{SoftmaxPolicy, StochasticPolicy};
use crate::rng::Rng;
use crate::schedule::RmsProp;
use crate::state::{Identify, Identity, persist_fields};

/// What a step of an episode says to a policy gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Visit {
    /// `s_t`.
    pub state: usize,
    /// `a_t`.
    pub action: usize,
    /// What is summed up to the return.
    pub reward: f32,
    /// What is taken from the return before it weighs the step.
    pub baseline: f32,
}

/// The numbers of [`PolicyAscent`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PolicyAscentParameters {
    /// Of the policy, in `(0, 1]`.
    pub step_size: f32,
    /// Weight of the mean entropy of the states visited, at least 0.
    pub entropy_weight: f32,
    /// `H`, the most steps of an episode: at least 1.
    pub horizon: u16,
}

impl PolicyAscentParameters {
    /// For so many actions.
    pub(super) fn check<const A: usize>(&self) -> Result<(), Error> {
        if A == 0 {
            return Err(Error::EmptyRange);
        }
        if !(self.step_size > 0.0 && self.step_size <= 1.0) {
            return Err(Error::StepSizeOutOfRange);
        }
        let fits = self.entropy_weight >= 0.0 && self.entropy_weight.is_finite() && self.horizon > 0;
        if fits { Ok(()) } else { Err(Error::ParameterOutOfRange) }
    }
}

/// A softmax policy over `S` states and `A` actions that climbs `(1/H) sum_t log pi(a_t|s_t) (G_t - b_t) + reg mean_t
/// entropy(pi(.|s_t))` of one episode at a time by [`RmsProp`], the returns taken as constants (Gupta et al., NeurIPS 2023,
/// BARFI: the inner objective).
///
/// Memory: `12 S A + 4 A` bytes and 12. Cost of a step: `2 A` transcendental functions a step of the episode, and `S A` roots.
#[derive(Clone, Debug)]
pub struct PolicyAscent<const S: usize, const A: usize> {
    policy: SoftmaxPolicy<A, S>,
    mean_squares: [[f32; S]; A],
    /// Scratch.
    gradient: [[f32; S]; A],
    parameters: PolicyAscentParameters,
}

const _: () = assert!(PolicyAscent::<25, 4>::SIZE == 12 * 25 * 4 + 4 * 4 + 12);

impl<const S: usize, const A: usize> PolicyAscent<S, A> {
    /// Not started.
    pub const EMPTY: Self = Self {
        policy: SoftmaxPolicy::EMPTY,
        mean_squares: [[0.0; S]; A],
        gradient: [[0.0; S]; A],
        parameters: PolicyAscentParameters { step_size: 0.0, entropy_weight: 0.0, horizon: 0 },
    };

    /// Bytes: `12 S A + 4 A + 12`.
    pub const SIZE: usize = size_of::<Self>();

    /// Starts with every action alike.
    ///
    /// # Errors
    /// [`Error::EmptyRange`] without an action; [`Error::StepSizeOutOfRange`]; [`Error::ParameterOutOfRange`].
    pub fn start(&mut self, parameters: PolicyAscentParameters) -> Result<(), Error> {
        parameters.check::<A>()?;
        self.policy.clear();
        self.mean_squares.as_flattened_mut().fill(0.0);
        self.parameters = parameters;
        Ok(())
    }

    /// The policy.
    pub const fn policy(&self) -> &SoftmaxPolicy<A, S> {
        &self.policy
    }

    /// The policy, to be set before an episode, or asked for a distribution, which takes scratch.
    pub const fn policy_mut(&mut self) -> &mut SoftmaxPolicy<A, S> {
        &mut self.policy
    }

    /// The policy, and scratch of its shape.
    pub(super) fn parts(&mut self) -> (&mut SoftmaxPolicy<A, S>, &mut [[f32; S]; A]) {
        (&mut self.policy, &mut self.gradient)
    }

    /// The numbers it was started with.
    pub const fn parameters(&self) -> &PolicyAscentParameters {
        &self.parameters
    }

    /// Draws an action.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`]; [`Error::NotStarted`].
    pub fn act(&mut self, state: usize, rng: &mut (impl Rng + ?Sized)) -> Result<usize, Error> {
        if self.parameters.horizon == 0 {
            return Err(Error::NotStarted);
        }
        self.policy.act(&OneHot::<S>.encode(state)?, rng)
    }

    /// A step up on one episode, whose every step `visit` translates; it is `share` as long as the step size says.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`], [`Error::ActionOutOfRange`]; [`Error::NonFinite`] when returns are not finite, or nearly.
    /// The policy is unchanged then.
    pub fn ascend<T>(
        &mut self,
        episode: EpisodeSteps<'_, T>,
        visit: impl Fn(&T) -> Result<Visit, Error>,
        discount: f32,
        share: f32,
    ) -> Result<(), Error> {
        let PolicyAscentParameters { step_size, entropy_weight, horizon } = self.parameters;
        if horizon == 0 {
            return Err(Error::NotStarted);
        }
        let gradient = self.gradient.as_flattened_mut();
        gradient.fill(0.0);
        add_gradient(&mut self.policy, episode, visit, discount, horizon, entropy_weight, gradient)?;
        RmsProp::STANDARD.steps(self.mean_squares.as_flattened_mut(), gradient)?;
        self.policy.add(step_size * share, gradient)
    }
}

/// `gradient += grad ((1/H) sum_t log pi(a_t|s_t) (G_t - b_t) + reg mean_t entropy(pi(.|s_t)))`, from the last step to the first.
pub(super) fn add_gradient<const S: usize, const A: usize, T>(
    policy: &mut SoftmaxPolicy<A, S>,
    episode: EpisodeSteps<'_, T>,
    visit: impl Fn(&T) -> Result<Visit, Error>,
    discount: f32,
    horizon: u16,
    entropy_weight: f32,
    gradient: &mut [f32],
) -> Result<(), Error> {
    let entropy_weight = entropy_weight / episode.len().max(1) as f32;
    let mut total = 0.0;
    for step in episode.iter().rev() {
        let Visit { state, action, reward, baseline } = visit(step)?;
        total = reward + discount * total;
        let weight = (total - baseline) / f32::from(horizon);
        policy.add_regularised_score(&OneHot::<S>.encode(state)?, action, weight, entropy_weight, gradient)?;
    }
    Ok(())
}

// The policy, then the mean squares of its gradient: `8 S A` bytes.
persist_fields!([const S: usize, const A: usize] PolicyAscent<S, A> { policy, mean_squares });

/// `"policy-ascent"` around the policy.
impl<const S: usize, const A: usize> Identify for PolicyAscent<S, A> {
    fn identity(&self) -> Identity {
        Identity::around("policy-ascent", self.policy.identity())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;
    use crate::state::Persist;

    type Ascent = PolicyAscent<2, 2>;

    const PARAMETERS: PolicyAscentParameters =
        PolicyAscentParameters { step_size: 0.01, entropy_weight: 0.0, horizon: 4 };

    fn visit(step: &(usize, usize, f32)) -> Result<Visit, Error> {
        Ok(Visit { state: step.0, action: step.1, reward: step.2, baseline: 0.5 })
    }

    #[test]
    fn a_gradient_by_hand() {
        let steps = [(0, 1, 1.0), (1, 0, 2.0)];
        let (mut policy, mut gradient) = (SoftmaxPolicy::<2, 2>::EMPTY, [0.0; 4]);
        add_gradient(&mut policy, EpisodeSteps::new(&steps), visit, 0.5, 4, 0.0, &mut gradient).unwrap();
        // G - b = (1.5, 1.5), a quarter of which times a half.
        assert_eq!(gradient, [-0.1875, 0.1875, 0.1875, -0.1875]);
        // The entropy is greatest already.
        add_gradient(&mut policy, EpisodeSteps::new(&steps), visit, 0.5, 4, 1.0, &mut gradient).unwrap();
        gradient.into_iter().zip([-0.375, 0.375, 0.375, -0.375]).for_each(|(g, e)| assert!((g - e).abs() < 1e-6));
    }

    #[test]
    fn the_first_step_is_ten_step_sizes_long() {
        let mut ascent = Ascent::EMPTY;
        ascent.start(PARAMETERS).unwrap();
        ascent.ascend(EpisodeSteps::new(&[(0, 1, 8.0)]), visit, 0.5, 0.5).unwrap();
        let expected = [-0.05, 0.0, 0.05, 0.0];
        for (found, expected) in ascent.policy().parameters().iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6);
        }
    }

    #[test]
    fn bad_input_changes_nothing() {
        let mut ascent = Ascent::EMPTY;
        let episode = [(0, 1, 8.0)];
        assert_eq!(ascent.act(0, &mut stream(0, 0)), Err(Error::NotStarted));
        assert_eq!(ascent.ascend(EpisodeSteps::new(&episode), visit, 0.5, 1.0), Err(Error::NotStarted));
        ascent.start(PARAMETERS).unwrap();
        ascent.ascend(EpisodeSteps::new(&episode), visit, 0.5, 1.0).unwrap();
        let digest = ascent.digest();
        for (step, error) in [
            ((2, 0, 1.0), Error::StateOutOfRange),
            ((0, 2, 1.0), Error::ActionOutOfRange),
            ((0, 1, f32::NAN), Error::NonFinite),
            ((0, 1, f32::MAX), Error::NonFinite),
        ] {
            assert_eq!(ascent.ascend(EpisodeSteps::new(&[step]), visit, 0.5, 1.0), Err(error));
        }
        assert_eq!(ascent.act(2, &mut stream(0, 0)), Err(Error::StateOutOfRange));
        let bad = PolicyAscentParameters { step_size: 0.0, ..PARAMETERS };
        assert_eq!(ascent.start(bad), Err(Error::StepSizeOutOfRange));
        let bad = PolicyAscentParameters { horizon: 0, ..PARAMETERS };
        assert_eq!(ascent.start(bad), Err(Error::ParameterOutOfRange));
        let bad = PolicyAscentParameters { entropy_weight: f32::NAN, ..PARAMETERS };
        assert_eq!(ascent.start(bad), Err(Error::ParameterOutOfRange));
        assert_eq!(ascent.digest(), digest);
    }
}
