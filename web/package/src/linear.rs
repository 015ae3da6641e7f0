//! Bandits whose rewards are linear in features.

use alloc::vec::Vec;

use habit::bandit::{
    Bandit, Choice, ContextualBandit, ContextualState, Disjoint, DynLinUcbState, Estimates, FixedRadius, Optimistic,
};
use habit::error::Error;
use habit::linalg::{Borrowed, Ridge};
use habit::rng::Generator;

use crate::leaked::{product, zeros};
use crate::{Learner, parameter, persisted};

type Regression = Ridge<Borrowed<'static>>;

/// LinUCB with an estimate an arm, and DynLin-UCB over fixed arms.
pub enum Linear {
    /// Not started.
    None,
    /// Kind 0.
    LinUcb(ContextualState<Disjoint<Borrowed<'static>, &'static mut [Regression]>, Optimistic<FixedRadius>>),
    /// Kind 1.
    DynLinUcb(DynLinUcbState<&'static [f32], Borrowed<'static>, FixedRadius>),
}

fn regression(features: usize) -> Result<Regression, Error> {
    Ridge::over(zeros(product(features, features)?)?, zeros(features)?, zeros(features)?)
}

impl Learner for Linear {
    const NONE: Self = Self::None;

    fn start(kind: u32, [arms, features]: [usize; 2], parameters: &[f32]) -> Result<Self, Error> {
        let parameter = |index| parameter(parameters, index);
        let (radius, lambda) = (FixedRadius(parameter(0)?), parameter(1)?);
        if !(radius.0 >= 0.0 && radius.0.is_finite()) {
            return Err(Error::ParameterOutOfRange);
        }
        let count = product(arms, features)?;
        if kind == 0 {
            let regressions: Result<Vec<_>, _> = (0..arms).map(|_| regression(features)).collect();
            let mut bandit = ContextualState::new(Disjoint::new(regressions?.leak()));
            bandit.start(lambda, Optimistic(radius))?;
            return Ok(Self::LinUcb(bandit));
        }
        let vectors = parameters.get(3..).filter(|vectors| vectors.len() == count).ok_or(Error::LengthMismatch)?;
        let vectors: &'static [f32] = Vec::from(vectors).leak();
        let mut bandit = DynLinUcbState::new(vectors, regression(features)?, radius);
        bandit.start(vectors, radius, lambda, parameter(2)?)?;
        Ok(Self::DynLinUcb(bandit))
    }

    fn act(&mut self, count: usize, exchange: &[f32], rng: &mut Generator) -> Result<Choice, Error> {
        match self {
            Self::None => Err(Error::NotStarted),
            Self::LinUcb(bandit) => bandit.select(exchange.get(..count).ok_or(Error::LengthMismatch)?, rng),
            Self::DynLinUcb(bandit) => bandit.select(rng),
        }
    }

    fn reward(&mut self, arm: usize, reward: f32, context: &[f32], replayed: bool) -> Result<(), Error> {
        match self {
            Self::None => Err(Error::NotStarted),
            Self::LinUcb(bandit) if replayed => bandit.learn(context, arm, reward),
            Self::LinUcb(bandit) => bandit.update(context, arm, reward),
            Self::DynLinUcb(bandit) => bandit.update(arm, reward),
        }
    }

    fn estimate(&self, arm: usize, feature: usize) -> f32 {
        let ridge = match self {
            Self::None => None,
            Self::LinUcb(bandit) => bandit.estimates().ridges().get(arm),
            Self::DynLinUcb(bandit) => Some(bandit.ridge()),
        };
        ridge.and_then(|ridge| ridge.estimate().get(feature)).copied().unwrap_or(f32::NAN)
    }

    persisted! { drawing: ; certain: LinUcb DynLinUcb }
}
