//! A linear score and what it was fitted to.

use super::{Examples, Label, LinearReward, LinearState};
use crate::error::Error;
use crate::linalg::StorageMut;
use crate::math::Math;
use crate::state::{Persist, Reader, Write};

/// How a fit goes on when labels come in: gradient ascent from the present weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogisticAscent {
    /// Step size, in `(0, 1]`.
    pub step_size: f32,
    /// Steps for each label that came in.
    pub steps: u32,
}

impl LogisticAscent {
    /// Step size 0.5, 8 steps for each label.
    pub const USUAL: Self = Self { step_size: 0.5, steps: 8 };

    /// Of what has not been started.
    const NONE: Self = Self { step_size: 0.0, steps: 0 };

    fn check(&self) -> Result<(), Error> {
        if !(self.step_size > 0.0 && self.step_size <= 1.0) {
            return Err(Error::StepSizeOutOfRange);
        }
        if self.steps == 0 { Err(Error::StepsOutOfRange) } else { Ok(()) }
    }
}

/// Logistic regression on the labels so far, or the last `N`: what the classifier and the ranking share.
#[derive(Clone, Debug)]
pub(super) struct LogisticFit<V, X, Y, M> {
    pub(super) model: LinearState<V, M>,
    pub(super) examples: Examples<X, Y>,
    ascent: LogisticAscent,
}

impl<const D: usize, const N: usize, M> LogisticFit<[f32; D], [[f32; D]; N], [f32; N], M> {
    /// Not started.
    pub(super) const EMPTY: Self =
        Self { model: LinearReward::EMPTY, examples: Examples::EMPTY, ascent: LogisticAscent::NONE };
}

impl<V: StorageMut, X: StorageMut, Y: StorageMut, M: Math> LogisticFit<V, X, Y, M> {
    /// Over a model and memory for its examples; not started.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub(super) fn over(model: LinearState<V, M>, examples: Examples<X, Y>) -> Result<Self, Error> {
        if model.weights().len() != examples.dimensions() {
            return Err(Error::LengthMismatch);
        }
        Ok(Self { model, examples, ascent: LogisticAscent::NONE })
    }

    /// Starts without a label.
    ///
    /// # Errors
    /// [`Error::StepSizeOutOfRange`], [`Error::StepsOutOfRange`].
    pub(super) fn start(&mut self, ascent: LogisticAscent) -> Result<(), Error> {
        ascent.check()?;
        self.model.start();
        self.examples.clear();
        self.ascent = ascent;
        Ok(())
    }

    /// Keeps the labels and ascends, so many steps for each of them; see [`MessageReward::learn`](super::MessageReward::learn).
    pub(super) fn learn(&mut self, labels: &[Label<'_>]) -> Result<(), Error> {
        if self.ascent.steps == 0 {
            return Err(Error::NotStarted);
        }
        if self.examples.capacity() == 0 {
            return Err(Error::BufferTooSmall);
        }
        self.examples.check_labels(labels)?;
        labels.iter().for_each(|label| self.examples.push(label.features, label.value));
        let steps = self.ascent.steps.saturating_mul(labels.len() as u32);
        self.model.ascend(&self.examples, self.ascent.step_size, steps);
        Ok(())
    }

    /// The numbers of features and of examples.
    pub(super) fn dimensions(&self) -> [usize; 3] {
        [self.examples.dimensions(), self.examples.capacity(), 0]
    }
}

/// The weights, then the examples.
impl<V: StorageMut, X: StorageMut, Y: StorageMut, M> Persist for LogisticFit<V, X, Y, M> {
    fn write(&self, out: &mut impl Write) {
        self.model.write(out);
        self.examples.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.model.check(from)?;
        self.examples.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.model.read(from)?;
        self.examples.read(from)
    }
}
