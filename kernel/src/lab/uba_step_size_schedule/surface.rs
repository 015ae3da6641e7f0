//! Gradient descent with noise on a quadratic, exact in expectation.

use crate::math::{Libm, Math};
use crate::state::persist_fields;

/// Directions.
pub(super) const DIMENSIONS: usize = 10;

/// The standard deviation of the gradient's noise, in units of the root of an eigenvalue.
const NOISE: f32 = 0.3;

/// The eigenvalues: from `1 / condition` to 1, each the same factor from the one before.
pub(super) fn eigenvalues(condition: f32) -> [f32; DIMENSIONS] {
    core::array::from_fn(|i| Libm::powf(condition, -(1.0 - i as f32 / (DIMENSIONS - 1) as f32)))
}

/// `E[x_i^2]` of every direction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Descent {
    moments: [f32; DIMENSIONS],
}

impl Descent {
    pub(super) const START: Self = Self { moments: [1.0; DIMENSIONS] };

    /// `m_i = (1 - a lambda_i)^2 m_i + a^2 sigma^2 lambda_i`.
    pub(super) fn update(&mut self, eigenvalues: &[f32; DIMENSIONS], step_size: f32) {
        for (moment, eigenvalue) in self.moments.iter_mut().zip(eigenvalues) {
            let kept = 1.0 - step_size * eigenvalue;
            *moment = kept * kept * *moment + step_size * step_size * (NOISE * NOISE) * eigenvalue;
        }
    }

    /// `0.5 sum lambda_i m_i`.
    pub(super) fn loss(&self, eigenvalues: &[f32; DIMENSIONS]) -> f32 {
        0.5 * self.moments.iter().zip(eigenvalues).fold(0.0, |sum, (moment, eigenvalue)| sum + moment * eigenvalue)
    }
}

persist_fields!([] Descent { moments });
