//! What is expected of an arm, from the rows before.

use habit::Error;
use habit::linalg::{Ridge, dot};
use habit::math::CompensatedMoments;

/// How many numbers all models may hold together: 512 MiB.
const MOST_NUMBERS: usize = 1 << 27;
const REGULARISATION: f32 = 1.0;

/// A model an arm, made when the arm is first played: ridge regression on 1 and the context, the mean reward where there is
/// no context. Before its first row an arm is expected to pay 0.
///
/// The inverse inside a ridge regression of `f32` cannot take contexts much greater than 1. Each column is therefore divided
/// by a unit, a power of two from 1, that grows when a greater number comes; then all models, which knew the old unit, begin
/// anew. That happens a few times at the start of a log.
#[derive(Debug)]
pub struct Models {
    /// One model for all arms.
    shared: bool,
    units: Box<[f32]>,
    /// 1, then the present context in those units.
    features: Box<[f32]>,
    arms: Vec<Option<Model>>,
    numbers: usize,
}

#[derive(Debug)]
enum Model {
    Mean(CompensatedMoments),
    Ridge { inverse: Box<[f32]>, estimate: Box<[f32]>, scratch: Box<[f32]> },
}

/// Why a row cannot be learnt from.
#[derive(Debug, PartialEq, Eq)]
pub enum Fault {
    /// There is no memory for another model.
    Memory,
    /// What the kernel says of its numbers.
    Numbers(Error),
}

impl Models {
    /// None yet, for contexts of so many numbers; `shared` makes one serve all arms.
    pub fn new(contexts: usize, shared: bool) -> Self {
        let ones = |count| vec![1.0; count].into_boxed_slice();
        Self { shared, units: ones(contexts), features: ones(1 + contexts), arms: Vec::new(), numbers: 0 }
    }

    /// Turns to another context.
    pub fn face(&mut self, context: &[f32]) {
        for ((unit, feature), number) in self.units.iter_mut().zip(&mut self.features[1..]).zip(context) {
            // Twice the greatest unit would be infinite.
            while number.abs() > *unit && (2.0 * *unit).is_finite() {
                *unit *= 2.0;
                self.arms.clear();
                self.numbers = 0;
            }
            *feature = number / *unit;
        }
    }

    fn place(&self, arm: u32) -> usize {
        if self.shared { 0 } else { arm as usize }
    }

    /// What the arm is expected to pay in the present context.
    pub fn predict(&self, arm: u32) -> f32 {
        match self.arms.get(self.place(arm)) {
            Some(Some(Model::Mean(moments))) => moments.mean().unwrap_or_default(),
            Some(Some(Model::Ridge { estimate, .. })) => dot(estimate, &self.features),
            _ => 0.0,
        }
    }

    /// Takes in what an arm paid in the present context.
    ///
    /// # Errors
    /// The models need too much memory; the numbers are too large.
    pub fn learn(&mut self, arm: u32, reward: f32) -> Result<(), Fault> {
        let place = self.place(arm);
        if self.arms.len() <= place {
            self.arms.resize_with(place + 1, || None);
        }
        let model = match &mut self.arms[place] {
            Some(model) => model,
            empty => {
                let features = self.features.len();
                self.numbers = self.numbers.saturating_add(features.saturating_mul(features + 2));
                if self.numbers > MOST_NUMBERS {
                    return Err(Fault::Memory);
                }
                empty.insert(Model::new(features).map_err(Fault::Numbers)?)
            }
        };
        model.learn(&self.features, reward).map_err(Fault::Numbers)
    }
}

impl Model {
    fn new(features: usize) -> Result<Self, Error> {
        if features == 1 {
            return Ok(Self::Mean(CompensatedMoments::EMPTY));
        }
        let numbers = |count| vec![0.0; count].into_boxed_slice();
        let (mut inverse, mut estimate, mut scratch) =
            (numbers(features * features), numbers(features), numbers(features));
        Ridge::over(&mut inverse, &mut estimate, &mut scratch)?.start(REGULARISATION)?;
        Ok(Self::Ridge { inverse, estimate, scratch })
    }

    fn learn(&mut self, features: &[f32], reward: f32) -> Result<(), Error> {
        match self {
            Self::Mean(moments) => moments.add(reward),
            Self::Ridge { inverse, estimate, scratch } => {
                Ridge::over(inverse, estimate, scratch)?.update(features, reward)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(models: &mut Models, arm: u32, context: &[f32]) -> f32 {
        models.face(context);
        models.predict(arm)
    }

    fn learn(models: &mut Models, arm: u32, context: &[f32], reward: f32) {
        models.face(context);
        models.learn(arm, reward).unwrap();
    }

    #[test]
    fn each_arm_has_a_line_of_its_own_whatever_the_unit() {
        for unit in [1.0, 5000.0, 1e9, 1e37] {
            let mut models = Models::new(1, false);
            assert_eq!(expected(&mut models, 3, &[0.5 * unit]), 0.0);
            for index in 0..10_000 {
                let x = (index % 10) as f32 / 10.0;
                learn(&mut models, 0, &[x * unit], 1.0 + x);
                learn(&mut models, 2, &[x * unit], 2.0 - x);
            }
            for (arm, x, reward) in [(0, 0.5, 1.5), (1, 0.5, 0.0), (2, 0.5, 1.5), (7, 0.5, 0.0), (2, 0.9, 1.1)] {
                let found = expected(&mut models, arm, &[x * unit]);
                assert!((found - reward).abs() < 0.02, "{unit} {arm} {found}");
            }
        }
    }

    #[test]
    fn without_contexts_it_is_the_mean_and_shared_it_is_that_of_all() {
        let (mut apart, mut shared) = (Models::new(0, false), Models::new(0, true));
        for (arm, reward) in [(0, 1.0), (1, 4.0), (0, 2.0), (0, 3.0)] {
            learn(&mut apart, arm, &[], reward);
            learn(&mut shared, arm, &[], reward);
        }
        assert_eq!([apart.predict(0), apart.predict(1)], [2.0, 4.0]);
        assert_eq!([shared.predict(0), shared.predict(9)], [2.5, 2.5]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut models = Models::new(1, false);
        learn(&mut models, 0, &[0.0], f32::MAX);
        assert_eq!(models.learn(0, f32::MIN), Err(Fault::Numbers(Error::NonFinite)));
        models.numbers = MOST_NUMBERS - 2 * 4;
        assert_eq!(models.learn(1, 1.0), Ok(()));
        assert_eq!(models.learn(2, 1.0), Err(Fault::Memory));
        models.face(&[1.5]);
        assert_eq!(models.learn(2, 1.0), Ok(()));
    }
}
