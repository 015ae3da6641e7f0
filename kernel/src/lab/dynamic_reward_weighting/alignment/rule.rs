//! The rules that are compared.

use super::task::OBJECTIVES;
use crate::error::Error;
use crate::reward::weights::{
    FixedWeights, HypervolumeFactor, InfluenceParameters, InfluenceWeights, WeightRule, add_gram,
};
use crate::state::persist_fields;

/// One reward of three, by weights that may change.
pub(super) trait Rule {
    const EMPTY: Self;

    /// Whether it looks at the gradient of every objective.
    const LOOKS_AT_GRADIENTS: bool = false;

    fn start(&mut self, preferences: &[f32; OBJECTIVES], initial: &[f32; OBJECTIVES], ratio: f32) -> Result<(), Error>;

    /// Before the policy steps: the gradients, in blocks of parameters.
    fn look(&mut self, _gradients: [[&[f32]; 3]; OBJECTIVES]) -> Result<(), Error> {
        Ok(())
    }

    fn scalarise(&self, rewards: &[f32; OBJECTIVES]) -> Result<f32, Error>;

    /// After the policy has stepped: its exact returns.
    fn validate(&mut self, _returns: &[f32; OBJECTIVES]) -> Result<(), Error> {
        Ok(())
    }

    fn weight(&self, objective: usize) -> f32;

    fn factor(&self) -> f32 {
        1.0
    }
}

fn weight(rule: &impl WeightRule, objective: usize) -> f32 {
    rule.weights().get(objective).copied().unwrap_or(f32::NAN)
}

impl Rule for FixedWeights<OBJECTIVES> {
    const EMPTY: Self = Self::EMPTY;

    fn start(&mut self, preferences: &[f32; OBJECTIVES], _: &[f32; OBJECTIVES], _: f32) -> Result<(), Error> {
        self.start(preferences)
    }

    fn scalarise(&self, rewards: &[f32; OBJECTIVES]) -> Result<f32, Error> {
        WeightRule::scalarise(self, rewards)
    }

    fn weight(&self, objective: usize) -> f32 {
        weight(self, objective)
    }
}

/// Preferences, amplified.
#[derive(Debug)]
pub(super) struct Amplified {
    preferences: FixedWeights<OBJECTIVES>,
    factor: HypervolumeFactor<OBJECTIVES, 64>,
}

persist_fields!([] Amplified { preferences, factor });

impl Rule for Amplified {
    const EMPTY: Self = Self { preferences: FixedWeights::EMPTY, factor: HypervolumeFactor::EMPTY };

    fn start(&mut self, preferences: &[f32; OBJECTIVES], initial: &[f32; OBJECTIVES], _: f32) -> Result<(), Error> {
        self.preferences.start(preferences)?;
        self.factor.start(initial)
    }

    fn scalarise(&self, rewards: &[f32; OBJECTIVES]) -> Result<f32, Error> {
        self.factor.scalarise(&self.preferences, rewards)
    }

    fn validate(&mut self, returns: &[f32; OBJECTIVES]) -> Result<(), Error> {
        self.factor.update(returns).map(|_| ())
    }

    fn weight(&self, objective: usize) -> f32 {
        weight(&self.preferences, objective)
    }

    fn factor(&self) -> f32 {
        self.factor.factor()
    }
}

impl Rule for InfluenceWeights<OBJECTIVES> {
    const EMPTY: Self = Self::EMPTY;
    const LOOKS_AT_GRADIENTS: bool = true;

    fn start(&mut self, preferences: &[f32; OBJECTIVES], _: &[f32; OBJECTIVES], ratio: f32) -> Result<(), Error> {
        let parameters = InfluenceParameters { step_size: ratio, regularisation: 1.0, period: 1, minimum: 0.0 };
        self.start(preferences, parameters)
    }

    fn look(&mut self, gradients: [[&[f32]; 3]; OBJECTIVES]) -> Result<(), Error> {
        let mut gram = [0.0; OBJECTIVES * OBJECTIVES];
        for block in 0..3 {
            add_gram(&gradients.map(|blocks| blocks[block]), &mut gram)?;
        }
        self.update(&gram).map(|_| ())
    }

    fn scalarise(&self, rewards: &[f32; OBJECTIVES]) -> Result<f32, Error> {
        WeightRule::scalarise(self, rewards)
    }

    fn weight(&self, objective: usize) -> f32 {
        weight(self, objective)
    }
}
