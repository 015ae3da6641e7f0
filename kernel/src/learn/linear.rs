//! What every learner that is linear in features has.

use super::{TdParameters, TraceKind, Traces};
use crate::error::Error;
use crate::linalg::{Dim, StorageMut};
use crate::policy::{Code, Features, Table};

/// Features, weights with a row an action, and the numbers of the method.
#[derive(Clone, Debug)]
pub(super) struct Linear<X: Features, A: Dim, B: StorageMut> {
    pub(super) features: Option<X>,
    pub(super) weights: Table<A, X::Size, B>,
    pub(super) parameters: TdParameters,
}

impl<X: Features, A: Dim, B: StorageMut> Linear<X, A, B> {
    /// Not started: no features, and a step size of 0.
    pub(super) const fn new(weights: Table<A, X::Size, B>) -> Self {
        Self { features: None, weights, parameters: TdParameters::ZERO }
    }

    /// Starts with every weight at `initial`.
    pub(super) fn start(&mut self, features: X, parameters: TdParameters, initial: f32) -> Result<(), Error> {
        parameters.check()?;
        if features.size().get() != self.weights.actions() {
            return Err(Error::LengthMismatch);
        }
        self.weights.fill(initial)?;
        self.features = Some(features);
        self.parameters = parameters;
        Ok(())
    }

    #[inline]
    pub(super) fn encode(&self, observation: X::Observation) -> Result<X::Code, Error> {
        self.features.as_ref().ok_or(Error::NotStarted)?.encode(observation)
    }

    /// `<w_a, phi>`.
    #[inline]
    pub(super) fn value(&self, code: &X::Code, action: usize) -> Result<f32, Error> {
        self.weights.row(action).map(|row| code.dot(row)).map_err(|_| Error::ActionOutOfRange)
    }

    /// The values of every action, into `values`.
    #[inline]
    pub(super) fn values(&self, code: &X::Code, values: &mut [f32]) {
        values.iter_mut().zip(self.weights.rows()).for_each(|(value, row)| *value = code.dot(row));
    }

    /// The step size of a feature's weight.
    #[inline]
    fn step_size(&self, feature: usize) -> f32 {
        self.parameters.step_size * self.features.as_ref().map_or(0.0, |features| features.step_scale(feature))
    }

    /// `w_a += alpha delta phi`.
    pub(super) fn step(&mut self, code: &X::Code, action: usize, delta: f32) -> Result<(), Error> {
        if !delta.is_finite() {
            return Err(Error::NonFinite);
        }
        let (TdParameters { step_size, .. }, offset) = (self.parameters, action * self.weights.actions());
        let Self { features, weights, .. } = self;
        let Some(features) = features else { return Err(Error::NotStarted) };
        let weights = weights.values_mut();
        code.for_each(|feature, x| {
            if let Some(weight) = weights.get_mut(offset + feature) {
                *weight += step_size * features.step_scale(feature) * delta * x;
            }
        });
        Ok(())
    }

    /// Lets the traces decay by `factor`, then marks the visit of an action under these features.
    pub(super) fn visit(&self, traces: &mut impl Traces, kind: TraceKind, factor: f32, code: &X::Code, action: usize) {
        let width = self.weights.actions();
        let offset = action * width;
        traces.decay(factor);
        match kind {
            TraceKind::Accumulating => {
                code.for_each(|feature, x| traces.set(offset + feature, traces.get(offset + feature) + x));
            }
            TraceKind::Replacing => {
                for other in 0..self.weights.states() {
                    let trace = if other == action { 1.0 } else { 0.0 };
                    code.for_each(|feature, _| traces.set(other * width + feature, trace));
                }
            }
            TraceKind::Dutch => {
                let mut overlap = 0.0;
                code.for_each(|feature, x| overlap += self.step_size(feature) * traces.get(offset + feature) * x);
                let rest = 1.0 - overlap;
                code.for_each(|feature, x| {
                    traces.set(offset + feature, traces.get(offset + feature) + rest * x);
                });
            }
        }
    }

    /// `w += alpha delta z`.
    pub(super) fn apply(&mut self, traces: &impl Traces, delta: f32) -> Result<(), Error> {
        if !delta.is_finite() {
            return Err(Error::NonFinite);
        }
        let (TdParameters { step_size, .. }, width) = (self.parameters, self.weights.actions().max(1));
        let Self { features, weights, .. } = self;
        let Some(features) = features else { return Err(Error::NotStarted) };
        let weights = weights.values_mut();
        traces.for_each(|index, trace| {
            if let Some(weight) = weights.get_mut(index) {
                *weight += step_size * features.step_scale(index % width) * delta * trace;
            }
        });
        Ok(())
    }
}
