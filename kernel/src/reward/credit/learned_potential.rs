//! A potential that is learned.

use crate::advantage::{LinearCritic, TabularCriticState, Tally};
use crate::error::Error;
use crate::interact::Transition;
use crate::linalg::{Const, StorageMut};
use crate::policy::Features;
use crate::reward::RewardShaping;
use crate::reward::shaping::{PotentialFunction, check_discount, finite};
use crate::state::{Identify, Identity, persist_fields};

impl<V: StorageMut, T: StorageMut<Tally>> PotentialFunction for TabularCriticState<V, T> {
    #[inline]
    fn at(&self, state: usize) -> Result<f32, Error> {
        self.value(state)
    }
}

impl<X: Features<Size = Const<F>>, const F: usize> PotentialFunction<X::Observation> for LinearCritic<X, F> {
    #[inline]
    fn at(&self, state: X::Observation) -> Result<f32, Error> {
        finite(self.value(state)?)
    }
}

/// Adds `lambda (gamma P(s') - P(s))`, `P` a critic that learns on the way, progress by milestones say
/// ([`MilestoneProgress`](super::MilestoneProgress); Wang et al. 2026, MiRA).
///
/// `P` of a terminal state is kept: it is what makes the last milestone count. So an episode is worth what its last state
/// promises, and optimal policies may change. The form that leaves them as they are takes it for 0: the same value as the
/// `Phi` of a [`Potential`](crate::reward::shaping::Potential), for it is a [`PotentialFunction`] too, `lambda P`.
///
/// Memory: the critic's and 4 bytes. Cost: two evaluations of it.
///
/// ```
/// use habit::advantage::TabularCritic;
/// use habit::interact::{Outcome, Transition};
/// use habit::reward::RewardShaping;
/// use habit::reward::credit::LearnedPotential;
/// use habit::reward::shaping::Potential;
/// let mut potential = LearnedPotential::new(TabularCritic::<2>::EMPTY);
/// potential.set_weight(0.5)?;
/// potential.critic_mut().start(1.0)?;
/// potential.critic_mut().add(1, 1.0)?;
/// potential.critic_mut().fit()?;
/// let last = Transition { state: 0, action: 0, reward: 1.0, next_state: 1, outcome: Outcome::Terminated };
/// assert_eq!(potential.apply(&last, 0.9), Ok(1.45));
/// assert_eq!(Potential::new(potential).apply(&last, 0.9), Ok(1.0));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct LearnedPotential<C> {
    critic: C,
    weight: f32,
}

impl<C> LearnedPotential<C> {
    /// Around a critic, with a `lambda` of 1.
    pub const fn new(critic: C) -> Self {
        Self { critic, weight: 1.0 }
    }

    /// Sets `lambda`.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless it is finite and not negative.
    pub const fn set_weight(&mut self, weight: f32) -> Result<(), Error> {
        if !(weight >= 0.0 && weight.is_finite()) {
            return Err(Error::ParameterOutOfRange);
        }
        self.weight = weight;
        Ok(())
    }

    /// `P`.
    pub const fn critic(&self) -> &C {
        &self.critic
    }

    /// `P`, to be started and to learn.
    pub const fn critic_mut(&mut self) -> &mut C {
        &mut self.critic
    }
}

impl<O: Copy, A, C: PotentialFunction<O>> RewardShaping<O, A> for LearnedPotential<C> {
    const PRESERVES_OPTIMUM: bool = false;

    /// # Errors
    /// [`Error::DiscountOutOfRange`] outside `(0, 1]`; what the critic says.
    #[inline]
    fn shape(&self, transition: &Transition<O, A>, reward: f32, discount: f32) -> Result<f32, Error> {
        check_discount(discount)?;
        let (before, after) = (self.critic.at(transition.state)?, self.critic.at(transition.next_state)?);
        finite(reward + self.weight * (discount * after - before))
    }
}

impl<O, C: PotentialFunction<O>> PotentialFunction<O> for LearnedPotential<C> {
    #[inline]
    fn at(&self, of: O) -> Result<f32, Error> {
        finite(self.weight * self.critic.at(of)?)
    }
}

// The critic.
persist_fields!([C: crate::state::Persist] LearnedPotential<C> { critic });

/// `"learned-potential"` around the critic.
impl<C: Identify> Identify for LearnedPotential<C> {
    fn identity(&self) -> Identity {
        Identity::around("learned-potential", self.critic.identity())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advantage::TabularCritic;
    use crate::interact::Outcome;
    use crate::policy::features::OneHot;
    use crate::reward::shaping::Potential;

    #[test]
    fn the_worked_example_comes_out() {
        let mut critic = LinearCritic::<OneHot<4>, 4>::EMPTY;
        critic.start(OneHot, 1.0).unwrap();
        let mut table = TabularCritic::<4>::EMPTY;
        table.start(1.0).unwrap();
        for (state, target) in [0.0, 0.5, 0.25, 1.0].into_iter().enumerate() {
            critic.add(state, target).unwrap();
            table.add(state, target).unwrap();
        }
        table.fit().unwrap();
        let (mut linear, mut tabular) = (LearnedPotential::new(critic), LearnedPotential::new(table));
        linear.set_weight(0.5).unwrap();
        tabular.set_weight(0.5).unwrap();
        let invariant = Potential::new(tabular.clone());
        for (state, (reward, expected)) in [(0.0, 0.225), (0.0, -0.1375), (1.0, 1.325)].into_iter().enumerate() {
            let outcome = Outcome::from_flags(state == 2, false);
            let transition = Transition { state, action: 0, reward, next_state: state + 1, outcome };
            for shaped in [linear.shape(&transition, reward, 0.9), tabular.shape(&transition, reward, 0.9)] {
                assert!((shaped.unwrap() - expected).abs() < 1e-6);
            }
            let kept = if state == 2 { 0.5 * 0.9 } else { 0.0 };
            let strict = invariant.shape(&transition, reward, 0.9).unwrap();
            assert!((strict - (expected - kept)).abs() < 1e-6);
        }
    }

    #[test]
    fn bad_input_is_refused() {
        let mut potential = LearnedPotential::new([0.0, f32::MAX]);
        for bad in [-0.1, f32::NAN, f32::INFINITY] {
            assert_eq!(potential.set_weight(bad), Err(Error::ParameterOutOfRange));
        }
        let step =
            |state, next_state| Transition { state, action: 0, reward: 0.0, next_state, outcome: Outcome::Continue };
        assert_eq!(potential.shape(&step(0, 2), 0.0, 1.0), Err(Error::StateOutOfRange));
        assert_eq!(potential.shape(&step(0, 0), 0.0, 0.0), Err(Error::DiscountOutOfRange));
        assert_eq!(potential.shape(&step(0, 1), f32::MAX, 1.0), Err(Error::NonFinite));
        potential.set_weight(2.0).unwrap();
        assert_eq!(potential.at(1), Err(Error::NonFinite));
    }
}
