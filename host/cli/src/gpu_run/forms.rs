//! The experiments that a GPU runs too: the same worlds and the same contenders with the same numbers, which a test holds
//! against the CPU's.

use habit::env::CliffWalking;
use habit::lab::{Descriptor, Values};
use habit::learn::TdParameters;
use habit_gpu::rollout::{Episode, Tables};
use habit_gpu::sweep::{Arms, BanditLearner, TabularLearner, Target};

/// One experiment.
pub struct Form {
    /// In the table of experiments.
    pub id: &'static str,
    /// For each metric of the experiment, that of the sweep.
    pub metrics: &'static [usize],
    /// The contenders that a GPU runs.
    pub contenders: fn(&Descriptor, &Values) -> Result<Vec<Contender>, habit::Error>,
}

/// One contender.
pub struct Contender {
    /// Its place in the experiment.
    pub place: usize,
    /// What it does.
    pub sweep: Sweep,
}

/// What a contender does.
pub enum Sweep {
    /// Plays these arms.
    Bandit(Arms, BanditLearner),
    /// Learns in this model; the number stands for a greedy path that does not arrive.
    Tabular(Tables, TabularLearner, f32),
}

/// All of them.
pub const FORMS: &[Form] = &[
    Form { id: "classic-bandits.bernoulli", metrics: &[2], contenders: bernoulli },
    Form { id: "classic-bandits.testbed", metrics: &[0, 1, 2], contenders: testbed },
    Form { id: "tabular-td.cliff-walking", metrics: &[0, 1, 2], contenders: cliff_walking },
];

/// What a parameter is set to.
fn real(descriptor: &Descriptor, values: &Values, index: usize) -> Result<f32, habit::Error> {
    values.real(descriptor, index).ok_or(habit::Error::ParameterOutOfRange)
}

fn bernoulli(descriptor: &Descriptor, values: &Values) -> Result<Vec<Contender>, habit::Error> {
    const ARMS: [[f32; 5]; 2] = [[0.1, 0.2, 0.3, 0.4, 0.5], [0.01, 0.02, 0.03, 0.05, 0.1]];
    let means = ARMS.get(values.choice(descriptor, 0)).ok_or(habit::Error::UnknownChoice)?;
    let arms = Arms::Bernoulli { means: means.to_vec() };
    Ok(vec![Contender { place: 0, sweep: Sweep::Bandit(arms, BanditLearner::Ucb1 { confidence: 2.0 }) }])
}

fn testbed(descriptor: &Descriptor, values: &Values) -> Result<Vec<Contender>, habit::Error> {
    let arms = Arms::GaussianTestbed { arms: 10, centre: real(descriptor, values, 0)? };
    let value = |epsilon, step_size, initial| BanditLearner::ActionValue { epsilon, step_size, initial };
    let gradient = |with_baseline| BanditLearner::Gradient { step_size: 0.1, with_baseline };
    let learners = [
        value(0.0, None, 0.0),
        value(0.01, None, 0.0),
        value(0.1, None, 0.0),
        value(0.0, Some(0.1), 5.0),
        value(0.1, Some(0.1), 0.0),
        BanditLearner::Ucb1 { confidence: 4.0 },
        gradient(true),
        gradient(false),
    ];
    let contender = |(place, learner)| Contender { place, sweep: Sweep::Bandit(arms.clone(), learner) };
    Ok(learners.into_iter().enumerate().map(contender).collect())
}

fn cliff_walking(descriptor: &Descriptor, values: &Values) -> Result<Vec<Contender>, habit::Error> {
    let [step_size, epsilon, discount] = [0, 1, 2].map(|index| real(descriptor, values, index));
    let (parameters, epsilon) = (TdParameters { step_size: step_size?, discount: discount? }, epsilon?);
    let episode = Episode { start: CliffWalking::START, time_limit: None };
    let tables = Tables::new(&CliffWalking::new(false), episode)?;
    let contender = |(place, target)| {
        let learner = TabularLearner { target, parameters, epsilon, initial: 0.0 };
        Contender { place, sweep: Sweep::Tabular(tables.clone(), learner, 100.0) }
    };
    let targets = [Target::Sarsa, Target::QLearning, Target::ExpectedSarsa];
    Ok(targets.into_iter().enumerate().map(contender).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use habit::lab::{EXPERIMENTS, find};

    #[test]
    fn every_form_is_one_of_an_experiment() {
        for form in FORMS {
            let descriptor = &EXPERIMENTS[find(form.id).unwrap()];
            assert_eq!(form.metrics.len(), descriptor.metrics.len(), "{}", form.id);
            let contenders = (form.contenders)(descriptor, &Values::DEFAULTS).unwrap();
            let places: Vec<_> = contenders.iter().map(|contender| contender.place).collect();
            assert!(places.is_sorted() && places.last() < Some(&descriptor.contenders.len()), "{}", form.id);
        }
    }
}
