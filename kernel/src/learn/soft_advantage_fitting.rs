//! Imitation without a reward and without reinforcement learning.

use super::behavioral_cloning::{add_mean_scores, ascend, clear};
use crate::error::Error;
use crate::linalg::{Const, Dim, StorageMut};
use crate::math::{Libm, Math};
use crate::policy::{Code, SoftmaxPolicy, SoftmaxState, StochasticPolicy};
use crate::state::{Identify, Identity, persist_fields};

/// No probability counts as less.
const LEAST_PROBABILITY: f32 = 1e-12;

/// Adversarial soft advantage fitting, transition form (Barde et al. 2020): a discriminator that is made of policies,
/// `D = pi(a|s) / (pi(a|s) + pi_G(a|s))` with the generator `pi_G` frozen, is fitted to tell pairs of an expert from pairs
/// that the generator has made: a step ascends `mean over expert pairs of ln D + mean over generated pairs of ln(1 - D)`,
/// whose gradient is the mean of `(1 - D) grad log pi` less the mean of `D grad log pi`. After some steps the learner becomes
/// the next generator. At the optimum it is the expert.
///
/// Memory: two policies, `8 (A F + A)` bytes for `A` actions and `F` features, states say; and as many numbers of scratch as
/// a policy has weights. Cost of a step: three evaluations of a policy a pair.
#[derive(Clone, Debug)]
pub struct SoftAdvantageFittingState<A: Dim, F: Dim, B: StorageMut, V: StorageMut, M = Libm> {
    learner: SoftmaxState<A, F, B, V, M>,
    generator: SoftmaxState<A, F, B, V, M>,
}

/// [`SoftAdvantageFittingState`] of constant size, over `S` states by number (one-hot features) and `A` actions.
///
/// ```
/// use habit::learn::SoftAdvantageFitting;
/// use habit::policy::features::{Features, OneHot};
/// let mut fitting = SoftAdvantageFitting::<4, 2>::EMPTY;
/// let pair = |state, action| Ok::<_, habit::Error>((OneHot::<4>.encode(state)?, action));
/// let (expert, generated) = ([pair(3, 1)?], [pair(3, 0)?, pair(3, 1)?]);
/// for _ in 0..10 {
///     fitting.fit(expert.into_iter(), generated.into_iter(), 1.0, &mut [0.0; 8])?;
/// }
/// fitting.sync_generator()?;
/// assert!(fitting.learner_mut().distribution(&expert[0].0)?[1] > 0.6);
/// # Ok::<(), habit::Error>(())
/// ```
pub type SoftAdvantageFitting<const S: usize, const A: usize> =
    SoftAdvantageFittingState<Const<A>, Const<S>, [[f32; S]; A], [f32; A]>;

const _: () = assert!(SoftAdvantageFitting::<36, 8>::SIZE == 8 * (8 * 36 + 8));

impl<const S: usize, const A: usize> SoftAdvantageFitting<S, A> {
    /// Every action alike.
    pub const EMPTY: Self = Self { learner: SoftmaxPolicy::EMPTY, generator: SoftmaxPolicy::EMPTY };

    /// Bytes: `8 (A S + A)`.
    pub const SIZE: usize = size_of::<Self>();
}

impl<A: Dim, F: Dim, B: StorageMut, V: StorageMut, M: Math> SoftAdvantageFittingState<A, F, B, V, M> {
    /// Over two policies of the same size, taken as they are.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub fn over(learner: SoftmaxState<A, F, B, V, M>, generator: SoftmaxState<A, F, B, V, M>) -> Result<Self, Error> {
        if learner.identity() != generator.identity() {
            return Err(Error::LengthMismatch);
        }
        Ok(Self { learner, generator })
    }

    /// Starts again with every action alike.
    pub fn clear(&mut self) {
        self.learner.clear();
        self.generator.clear();
    }

    /// The policy that learns, `pi`.
    pub const fn learner(&self) -> &SoftmaxState<A, F, B, V, M> {
        &self.learner
    }

    /// The policy that learns, to be asked or set.
    pub const fn learner_mut(&mut self) -> &mut SoftmaxState<A, F, B, V, M> {
        &mut self.learner
    }

    /// The policy that pairs are generated with, `pi_G`, to draw from it.
    pub const fn generator_mut(&mut self) -> &mut SoftmaxState<A, F, B, V, M> {
        &mut self.generator
    }

    /// One step on pairs of features and actions, and the objective before it: `-2 ln 2` where the two policies agree, never
    /// above 0. `gradient` is scratch of as many numbers as the policy has weights.
    ///
    /// # Errors
    /// [`Error::EmptyRange`] for no expert pair or no generated one; [`Error::LengthMismatch`] for the scratch;
    /// [`Error::ActionOutOfRange`]; [`Error::NonFinite`] when the step would lead nowhere. The policies are unchanged then.
    pub fn fit<C: Code>(
        &mut self,
        expert: impl Iterator<Item = (C, usize)> + Clone,
        generated: impl Iterator<Item = (C, usize)> + Clone,
        step_size: f32,
        gradient: &mut [f32],
    ) -> Result<f32, Error> {
        let Self { learner, generator } = self;
        clear(gradient, learner.parameters().len())?;
        let mut objective = add_mean_scores(learner, expert, gradient, |learner, code, action| {
            let [own, other] = probabilities(learner, generator, code, action)?;
            let sum = own + other;
            Ok((M::ln(own / sum), other / sum))
        })?;
        objective += add_mean_scores(learner, generated, gradient, |learner, code, action| {
            let [own, other] = probabilities(learner, generator, code, action)?;
            let sum = own + other;
            Ok((M::ln(other / sum), -own / sum))
        })?;
        ascend(learner, step_size, gradient)?;
        Ok(objective)
    }

    /// `pi_G := pi`.
    ///
    /// # Errors
    /// None between policies of the same size.
    pub fn sync_generator(&mut self) -> Result<(), Error> {
        self.generator.set(self.learner.parameters())
    }
}

/// What both policies give an action.
fn probabilities<A: Dim, F: Dim, B: StorageMut, V: StorageMut, M: Math>(
    learner: &mut SoftmaxState<A, F, B, V, M>,
    generator: &mut SoftmaxState<A, F, B, V, M>,
    code: &impl Code,
    action: usize,
) -> Result<[f32; 2], Error> {
    let own = learner.distribution(code)?.get(action).ok_or(Error::ActionOutOfRange)?;
    let other = generator.distribution(code)?.get(action).ok_or(Error::ActionOutOfRange)?;
    Ok([own.max(LEAST_PROBABILITY), other.max(LEAST_PROBABILITY)])
}

persist_fields!([A: Dim, F: Dim, B: StorageMut, V: StorageMut, M] SoftAdvantageFittingState<A, F, B, V, M> { learner, generator });

/// `"soft-advantage-fitting"` around the policy.
impl<A: Dim, F: Dim, B: StorageMut, V: StorageMut, M: Math> Identify for SoftAdvantageFittingState<A, F, B, V, M> {
    fn identity(&self) -> Identity {
        Identity::around("soft-advantage-fitting", self.learner.identity())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::features::Active;
    use crate::rng::{categorical, stream};
    use crate::state::Persist;
    use std::vec::Vec;

    fn pairs(pairs: &[(u16, usize)]) -> impl Iterator<Item = (Active<1>, usize)> + Clone {
        pairs.iter().map(|(state, action)| (Active([*state]), *action))
    }

    #[test]
    fn the_gradient_is_that_of_the_objective() {
        let (expert, generated) = ([(0, 1), (1, 2), (0, 1)], [(0, 0), (1, 2), (1, 1), (0, 2)]);
        let theta = [0.3, -0.2, 0.1, 0.4, -0.5, 0.2];
        let objective = |theta: &[f32], gradient: &mut [f32]| {
            let mut fitting = SoftAdvantageFitting::<2, 3>::EMPTY;
            fitting.generator_mut().set(&[0.1, 0.0, -0.3, 0.2, 0.0, 0.5]).unwrap();
            fitting.learner_mut().set(theta).unwrap();
            fitting.fit(pairs(&expert), pairs(&generated), 0.0, gradient).unwrap()
        };
        let mut gradient = [0.0; 6];
        objective(&theta, &mut gradient);
        for index in 0..6 {
            let moved = |by: f32| {
                let mut moved = theta;
                moved[index] += by;
                objective(&moved, &mut [0.0; 6])
            };
            let slope = (moved(0.01) - moved(-0.01)) / 0.02;
            assert!((gradient[index] - slope).abs() < 1e-3, "{index}: {} {slope}", gradient[index]);
        }
    }

    #[test]
    fn it_comes_to_the_expert() {
        let (mut rng, wanted) = (stream(1, 0), [0.7, 0.2, 0.1]);
        let expert: Vec<_> = (0..1000).map(|_| (0, categorical(&wanted, &mut rng).unwrap())).collect();
        let mut fitting = SoftAdvantageFitting::<1, 3>::EMPTY;
        for _ in 0..60 {
            let generator = fitting.generator_mut();
            let generated: Vec<_> = (0..400).map(|_| (0, generator.act(&Active([0]), &mut rng).unwrap())).collect();
            for _ in 0..10 {
                let objective = fitting.fit(pairs(&expert), pairs(&generated), 0.5, &mut [0.0; 3]).unwrap();
                assert!(objective < 0.0);
            }
            fitting.sync_generator().unwrap();
        }
        let found = fitting.learner_mut().distribution(&Active([0])).unwrap();
        assert!(found.iter().zip(wanted).all(|(found, wanted)| (found - wanted).abs() < 0.08), "{found:?}");
    }

    #[test]
    fn a_rejected_call_changes_nothing() {
        let mut fitting = SoftAdvantageFitting::<2, 3>::EMPTY;
        fitting.fit(pairs(&[(0, 1)]), pairs(&[(0, 0)]), 1.0, &mut [0.0; 6]).unwrap();
        let digest = fitting.digest();
        let mut fit = |expert: &[(u16, usize)], generated: &[(u16, usize)], step_size, gradient: &mut [f32]| {
            fitting.fit(pairs(expert), pairs(generated), step_size, gradient)
        };
        let mut gradient = [0.0; 6];
        assert_eq!(fit(&[], &[(0, 0)], 1.0, &mut gradient), Err(Error::EmptyRange));
        assert_eq!(fit(&[(0, 0)], &[], 1.0, &mut gradient), Err(Error::EmptyRange));
        assert_eq!(fit(&[(0, 3)], &[(0, 0)], 1.0, &mut gradient), Err(Error::ActionOutOfRange));
        assert_eq!(fit(&[(0, 0)], &[(0, 9)], 1.0, &mut gradient), Err(Error::ActionOutOfRange));
        assert_eq!(fit(&[(0, 0)], &[(0, 1)], f32::INFINITY, &mut gradient), Err(Error::NonFinite));
        assert_eq!(fit(&[(0, 0)], &[(0, 0)], 1.0, &mut [0.0; 5]), Err(Error::LengthMismatch));
        assert_eq!(fitting.digest(), digest);
        fitting.clear();
        assert_eq!(fitting.digest(), SoftAdvantageFitting::<2, 3>::EMPTY.digest());
    }
}
