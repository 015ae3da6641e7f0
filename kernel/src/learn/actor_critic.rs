//! A policy and its judge, learning at every step.

use super::adjusted::{adjustable, set_ascent};
use super::{Control, Suits};
use crate::discount::discounted;
use crate::env::{Env, Space};
use crate::error::Error;
use crate::interact::{Outcome, Transition};
use crate::linalg::{Const, StorageMut, all_finite, dot};
use crate::policy::{Code, Features, StochasticPolicy};
use crate::rng::Rng;
use crate::schedule::StepSized;
use crate::state::{Identify, Identity, Persist, Reader, Write, persist_fields};

/// The numbers of [`ActorCritic`] and [`NaturalActorCritic`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ActorCriticParameters {
    /// `alpha_theta`, of the policy: positive.
    pub actor_step_size: f32,
    /// `alpha_w`, of the critic, in `(0, 1]`.
    pub critic_step_size: f32,
    /// `gamma`, in `[0, 1]`.
    pub discount: f32,
    /// `lambda_theta`, of the policy's traces, in `[0, 1]`; the natural actor-critic has none.
    pub actor_lambda: f32,
    /// `lambda_w`, of the critic's traces, in `[0, 1]`.
    pub critic_lambda: f32,
}

impl ActorCriticParameters {
    const ZERO: Self =
        Self { actor_step_size: 0.0, critic_step_size: 0.0, discount: 0.0, actor_lambda: 0.0, critic_lambda: 0.0 };

    fn check(&self) -> Result<(), Error> {
        if !(self.actor_step_size > 0.0 && self.actor_step_size.is_finite()) {
            return Err(Error::StepSizeOutOfRange);
        }
        if !(self.critic_step_size > 0.0 && self.critic_step_size <= 1.0) {
            return Err(Error::StepSizeOutOfRange);
        }
        if !(0.0..=1.0).contains(&self.discount) {
            return Err(Error::DiscountOutOfRange);
        }
        let fits = [self.actor_lambda, self.critic_lambda].iter().all(|lambda| (0.0..=1.0).contains(lambda));
        if fits { Ok(()) } else { Err(Error::ParameterOutOfRange) }
    }
}

discounted!([] ActorCriticParameters { discount });

/// The policy's.
impl StepSized for ActorCriticParameters {
    fn step_size(&self) -> f32 {
        self.actor_step_size
    }

    fn set_step_size(&mut self, step_size: f32) -> Result<(), Error> {
        set_ascent(&mut self.actor_step_size, step_size)
    }
}

/// `v(s) = <w, phi(s)>` with accumulating traces.
#[derive(Clone, Debug)]
struct Critic<X: Features<Size = Const<F>>, const F: usize> {
    features: Option<X>,
    weights: [f32; F],
    traces: [f32; F],
    parameters: ActorCriticParameters,
}

impl<X: Features<Size = Const<F>>, const F: usize> Critic<X, F> {
    const EMPTY: Self =
        Self { features: None, weights: [0.0; F], traces: [0.0; F], parameters: ActorCriticParameters::ZERO };

    fn start(&mut self, features: X, parameters: ActorCriticParameters) -> Result<(), Error> {
        parameters.check()?;
        (self.features, self.parameters) = (Some(features), parameters);
        (self.weights, self.traces) = ([0.0; F], [0.0; F]);
        Ok(())
    }

    fn encode(&self, state: X::Observation) -> Result<X::Code, Error> {
        self.features.as_ref().ok_or(Error::NotStarted)?.encode(state)
    }

    /// The temporal-difference error of a transition.
    fn error<A>(&self, code: &X::Code, transition: &Transition<X::Observation, A>) -> Result<f32, Error> {
        let next_value = match transition.outcome {
            Outcome::Terminated => 0.0,
            _ => self.encode(transition.next_state)?.dot(&self.weights),
        };
        let delta = transition.reward + self.parameters.discount * next_value - code.dot(&self.weights);
        if delta.is_finite() { Ok(delta) } else { Err(Error::NonFinite) }
    }

    fn learn(&mut self, code: &X::Code, delta: f32, outcome: Outcome) {
        let ActorCriticParameters { critic_step_size, discount, critic_lambda, .. } = self.parameters;
        self.traces.iter_mut().for_each(|trace| *trace *= discount * critic_lambda);
        code.add_to(1.0, &mut self.traces);
        for (weight, trace) in self.weights.iter_mut().zip(&self.traces) {
            *weight += critic_step_size * delta * trace;
        }
        if outcome.is_over() {
            self.traces = [0.0; F];
        }
    }
}

persist_fields!([X: Features<Size = Const<F>>, const F: usize] Critic<X, F> { weights, traces });

/// Actor-critic with eligibility traces (Sutton & Barto, section 13.5): `delta = r + gamma v(s') - v(s)`; both traces decay by
/// `gamma lambda` of their own and take the gradients in, the policy's times `gamma^t`; `w += alpha_w delta z_w`, `theta +=
/// alpha_theta delta z_theta`. With both lambdas 0 it is the one-step actor-critic.
///
/// Memory: the policy, its weights once more as `B`, the features, `8 F` bytes and 28. Cost: one gradient, two products
/// with the features, and a pass over all traces.
#[derive(Clone, Debug)]
pub struct ActorCritic<P, X: Features<Size = Const<F>>, B, const F: usize> {
    policy: P,
    critic: Critic<X, F>,
    traces: B,
    /// `gamma^t`
    importance: f32,
}

impl<P, X, B, const F: usize> ActorCritic<P, X, B, F>
where
    P: StochasticPolicy<Size = Const<F>>,
    X: Features<Size = Const<F>>,
    B: StorageMut,
{
    /// Around a policy and as many numbers as it has weights; not started.
    pub const fn new(policy: P, traces: B) -> Self {
        Self { policy, critic: Critic::EMPTY, traces, importance: 1.0 }
    }

    /// Bytes: those of the policy, the traces and the features, `8 F` and 28.
    pub const SIZE: usize = size_of::<Self>();

    /// Starts with the policy as it is and a critic of 0.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] for the traces; [`Error::StepSizeOutOfRange`], [`Error::DiscountOutOfRange`],
    /// [`Error::ParameterOutOfRange`].
    pub fn start(&mut self, features: X, parameters: ActorCriticParameters) -> Result<(), Error> {
        if self.traces.values().len() != self.policy.parameters().len() {
            return Err(Error::LengthMismatch);
        }
        self.critic.start(features, parameters)?;
        self.traces.values_mut().fill(0.0);
        self.importance = 1.0;
        Ok(())
    }

    /// The policy.
    pub const fn policy(&self) -> &P {
        &self.policy
    }

    /// The critic's weights.
    pub const fn critic(&self) -> &[f32; F] {
        &self.critic.weights
    }
}

impl<P, X, B, const F: usize> Control for ActorCritic<P, X, B, F>
where
    P: StochasticPolicy<Size = Const<F>>,
    X: Features<Size = Const<F>>,
    B: StorageMut,
{
    type Observation = X::Observation;
    type Action = P::Action;

    fn act(&mut self, state: X::Observation, rng: &mut (impl Rng + ?Sized)) -> Result<P::Action, Error> {
        let code = self.critic.encode(state)?;
        self.policy.act(&code, rng)
    }

    fn learn(
        &mut self,
        transition: &Transition<X::Observation, P::Action>,
        _rng: &mut (impl Rng + ?Sized),
    ) -> Result<f32, Error> {
        let code = self.critic.encode(transition.state)?;
        let delta = self.critic.error(&code, transition)?;
        self.policy.log_probability(&code, transition.action)?;
        let ActorCriticParameters { actor_step_size, discount, actor_lambda, .. } = self.critic.parameters;
        let traces = self.traces.values_mut();
        traces.iter_mut().for_each(|trace| *trace *= discount * actor_lambda);
        self.policy.add_score(&code, transition.action, self.importance, traces)?;
        self.policy.add(actor_step_size * delta, traces)?;
        self.critic.learn(&code, delta, transition.outcome);
        self.importance *= discount;
        if transition.outcome.is_over() {
            traces.fill(0.0);
            self.importance = 1.0;
        }
        Ok(delta)
    }
}

adjustable!([P, X: Features<Size = Const<F>>, B, const F: usize] ActorCritic<P, X, B, F> { critic.parameters });

impl<P, X, B, V, const F: usize> Suits<V> for ActorCritic<P, X, B, F>
where
    P: StochasticPolicy,
    X: Features<Size = Const<F>>,
    V: Env,
    V::ObservationSpace: Space<Element = X::Observation>,
    V::ActionSpace: Space<Element = P::Action>,
{
}

/// The policy, the critic's weights and traces, the policy's traces, `gamma^t`.
impl<P: Persist, X: Features<Size = Const<F>>, B: StorageMut, const F: usize> Persist for ActorCritic<P, X, B, F> {
    fn write(&self, out: &mut impl Write) {
        self.policy.write(out);
        self.critic.write(out);
        self.traces.values().write(out);
        self.importance.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.policy.check(from)?;
        self.critic.check(from)?;
        self.traces.values().check(from)?;
        self.importance.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.policy.read(from)?;
        self.critic.read(from)?;
        self.traces.values_mut().read(from)?;
        self.importance.read(from)
    }
}

/// `"actor-critic"` around the policy.
impl<P: Identify, X: Features<Size = Const<F>>, B: StorageMut, const F: usize> Identify for ActorCritic<P, X, B, F> {
    fn identity(&self) -> Identity {
        Identity::around("actor-critic", self.policy.identity())
    }
}

/// The natural actor-critic with advantage parameters (Bhatnagar, Sutton, Ghavamzadeh, Lee 2009, algorithm 3): compatible
/// features `psi = grad log pi(a|s)` and weights `u` of their shape estimate the advantage, `u += alpha_w (delta - <u, psi>)
/// psi`; since the natural gradient of such an estimate is `u` itself, `theta += alpha_theta u`.
///
/// Memory: the policy, its weights twice more as `B`, the features, `8 F` bytes and 24. Cost: one gradient, two products
/// with the features, and three passes over the policy's weights.
#[derive(Clone, Debug)]
pub struct NaturalActorCritic<P, X: Features<Size = Const<F>>, B, const F: usize> {
    policy: P,
    critic: Critic<X, F>,
    advantage: B,
    score: B,
}

impl<P, X, B, const F: usize> NaturalActorCritic<P, X, B, F>
where
    P: StochasticPolicy<Size = Const<F>>,
    X: Features<Size = Const<F>>,
    B: StorageMut,
{
    /// Around a policy and, twice, as many numbers as it has weights; not started.
    pub const fn new(policy: P, advantage: B, score: B) -> Self {
        Self { policy, critic: Critic::EMPTY, advantage, score }
    }

    /// Bytes: those of the policy, the two vectors and the features, `8 F` and 24.
    pub const SIZE: usize = size_of::<Self>();

    /// Starts with the policy as it is, and a critic and advantages of 0.
    ///
    /// # Errors
    /// As [`ActorCritic::start`].
    pub fn start(&mut self, features: X, parameters: ActorCriticParameters) -> Result<(), Error> {
        let length = self.policy.parameters().len();
        if self.advantage.values().len() != length || self.score.values().len() != length {
            return Err(Error::LengthMismatch);
        }
        self.critic.start(features, parameters)?;
        self.advantage.values_mut().fill(0.0);
        Ok(())
    }

    /// The policy.
    pub const fn policy(&self) -> &P {
        &self.policy
    }

    /// The weights of the advantage: the natural gradient.
    pub fn natural_gradient(&self) -> &[f32] {
        self.advantage.values()
    }
}

impl<P, X, B, const F: usize> Control for NaturalActorCritic<P, X, B, F>
where
    P: StochasticPolicy<Size = Const<F>>,
    X: Features<Size = Const<F>>,
    B: StorageMut,
{
    type Observation = X::Observation;
    type Action = P::Action;

    fn act(&mut self, state: X::Observation, rng: &mut (impl Rng + ?Sized)) -> Result<P::Action, Error> {
        let code = self.critic.encode(state)?;
        self.policy.act(&code, rng)
    }

    fn learn(
        &mut self,
        transition: &Transition<X::Observation, P::Action>,
        _rng: &mut (impl Rng + ?Sized),
    ) -> Result<f32, Error> {
        let code = self.critic.encode(transition.state)?;
        let delta = self.critic.error(&code, transition)?;
        self.policy.log_probability(&code, transition.action)?;
        let ActorCriticParameters { actor_step_size, critic_step_size, .. } = self.critic.parameters;
        let (advantage, score) = (self.advantage.values_mut(), self.score.values_mut());
        score.fill(0.0);
        self.policy.add_score(&code, transition.action, 1.0, score)?;
        let step = critic_step_size * (delta - dot(advantage, score));
        if !(step.is_finite() && all_finite(score)) {
            return Err(Error::NonFinite);
        }
        advantage.iter_mut().zip(score.iter()).for_each(|(u, psi)| *u += step * psi);
        self.policy.add(actor_step_size, advantage)?;
        self.critic.learn(&code, delta, transition.outcome);
        Ok(delta)
    }
}

adjustable!([P, X: Features<Size = Const<F>>, B, const F: usize] NaturalActorCritic<P, X, B, F> { critic.parameters });

impl<P, X, B, V, const F: usize> Suits<V> for NaturalActorCritic<P, X, B, F>
where
    P: StochasticPolicy,
    X: Features<Size = Const<F>>,
    V: Env,
    V::ObservationSpace: Space<Element = X::Observation>,
    V::ActionSpace: Space<Element = P::Action>,
{
}

/// The policy, the critic's weights and traces, the weights of the advantage.
impl<P: Persist, X: Features<Size = Const<F>>, B: StorageMut, const F: usize> Persist
    for NaturalActorCritic<P, X, B, F>
{
    fn write(&self, out: &mut impl Write) {
        self.policy.write(out);
        self.critic.write(out);
        self.advantage.values().write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.policy.check(from)?;
        self.critic.check(from)?;
        self.advantage.values().check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.policy.read(from)?;
        self.critic.read(from)?;
        self.advantage.values_mut().read(from)
    }
}

/// `"natural-actor-critic"` around the policy.
impl<P: Identify, X: Features<Size = Const<F>>, B: StorageMut, const F: usize> Identify
    for NaturalActorCritic<P, X, B, F>
{
    fn identity(&self) -> Identity {
        Identity::around("natural-actor-critic", self.policy.identity())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::features::{OneHot, Raw};
    use crate::policy::{GaussianPolicy, SoftmaxPolicy};
    use crate::rng::{stream, unit_f32};

    const PARAMETERS: ActorCriticParameters = ActorCriticParameters {
        actor_step_size: 0.5,
        critic_step_size: 0.25,
        discount: 0.5,
        actor_lambda: 0.0,
        critic_lambda: 0.0,
    };

    fn step(state: usize, action: usize, reward: f32, outcome: Outcome) -> Transition {
        Transition { state, action, reward, next_state: 1, outcome }
    }

    #[test]
    fn a_one_step_actor_critic_by_hand() {
        let mut rng = stream(0, 0);
        let mut agent = ActorCritic::<_, OneHot<2>, _, 2>::new(SoftmaxPolicy::<2, 2>::EMPTY, [[0.0; 2]; 2]);
        agent.start(OneHot, PARAMETERS).unwrap();
        assert_eq!(agent.learn(&step(0, 0, 1.0, Outcome::Continue), &mut rng), Ok(1.0));
        assert_eq!(agent.policy().parameters(), [0.25, 0.0, -0.25, 0.0]);
        assert_eq!(agent.critic(), &[0.25, 0.0]);
        // The second step counts gamma = .5.
        assert_eq!(agent.learn(&step(1, 1, 2.0, Outcome::Terminated), &mut rng), Ok(2.0));
        assert_eq!(agent.policy().parameters(), [0.25, -0.25, -0.25, 0.25]);
    }

    #[test]
    fn the_natural_gradient_does_not_depend_on_how_the_policy_is_written() {
        // One state, one feature, twice as large: the plain gradient in terms of the distribution is four times as large,
        // the natural one the same. Two actions pay 1 and 0.
        let slope = |scale: f32| {
            let features = Raw::<1, 2>::new([1.0 / scale]).unwrap();
            let mut agent = NaturalActorCritic::<_, Raw<1, 2>, _, 2>::new(
                SoftmaxPolicy::<2, 2>::EMPTY,
                [[0.0; 2]; 2],
                [[0.0; 2]; 2],
            );
            let parameters =
                ActorCriticParameters { actor_step_size: 1e-9, critic_step_size: 0.01, discount: 0.0, ..PARAMETERS };
            agent.start(features, parameters).unwrap();
            let mut rng = stream(1, 0);
            for _ in 0..20_000 {
                let action = agent.act([1.0], &mut rng).unwrap();
                let reward = if action == 0 { 1.0 } else { 0.0 };
                let step = Transition { state: [1.0], action, reward, next_state: [1.0], outcome: Outcome::Terminated };
                agent.learn(&step, &mut rng).unwrap();
            }
            let u = agent.natural_gradient();
            // What a step along u changes of the logits' difference.
            (u[0] - u[2]) * scale + (u[1] - u[3])
        };
        // The advantage of the one over the other is 1.
        for scale in [1.0, 2.0] {
            assert!((slope(scale) - 1.0).abs() < 0.05, "{}", slope(scale));
        }
    }

    #[test]
    fn a_continuous_action_finds_its_target() {
        let mut agent = ActorCritic::<_, Raw<1, 2>, _, 2>::new(GaussianPolicy::<2>::EMPTY, [[0.0; 2]; 2]);
        let parameters = ActorCriticParameters { actor_step_size: 0.01, critic_step_size: 0.05, ..PARAMETERS };
        agent.start(Raw::new([1.0]).unwrap(), parameters).unwrap();
        let mut rng = stream(3, 0);
        for _ in 0..20_000 {
            let state = [2.0 * unit_f32(&mut rng) - 1.0];
            let action = agent.act(state, &mut rng).unwrap();
            // Best is a = 1 - .5 s.
            let miss = action[0] - (1.0 - 0.5 * state[0]);
            let step =
                Transition { state, action, reward: -miss * miss, next_state: state, outcome: Outcome::Terminated };
            agent.learn(&step, &mut rng).unwrap();
        }
        let theta = agent.policy().parameters();
        assert!((theta[0] + 0.5).abs() < 0.15 && (theta[1] - 1.0).abs() < 0.1, "{theta:?}");
    }

    #[test]
    fn bad_input_changes_nothing() {
        let mut rng = stream(0, 0);
        let mut agent = ActorCritic::<_, OneHot<2>, _, 2>::new(SoftmaxPolicy::<2, 2>::EMPTY, [[0.0; 2]; 2]);
        assert_eq!(agent.act(0, &mut rng), Err(Error::NotStarted));
        agent.start(OneHot, PARAMETERS).unwrap();
        agent.learn(&step(0, 0, 1.0, Outcome::Continue), &mut rng).unwrap();
        let digest = agent.digest();
        assert_eq!(agent.learn(&step(0, 2, 1.0, Outcome::Continue), &mut rng), Err(Error::ActionOutOfRange));
        assert_eq!(agent.learn(&step(2, 0, 1.0, Outcome::Continue), &mut rng), Err(Error::StateOutOfRange));
        assert_eq!(agent.learn(&step(0, 0, f32::NAN, Outcome::Continue), &mut rng), Err(Error::NonFinite));
        let bad = ActorCriticParameters { critic_lambda: -0.1, ..PARAMETERS };
        assert_eq!(agent.start(OneHot, bad), Err(Error::ParameterOutOfRange));
        let bad = ActorCriticParameters { critic_step_size: 2.0, ..PARAMETERS };
        assert_eq!(agent.start(OneHot, bad), Err(Error::StepSizeOutOfRange));
        assert_eq!(agent.digest(), digest);
        let mut short = ActorCritic::<_, OneHot<2>, _, 2>::new(SoftmaxPolicy::<2, 2>::EMPTY, [0.0; 3]);
        assert_eq!(short.start(OneHot, PARAMETERS), Err(Error::LengthMismatch));
    }
}
