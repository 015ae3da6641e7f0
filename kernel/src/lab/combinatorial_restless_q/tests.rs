use super::*;
use crate::model::{FiniteModel, ModelOutcome};
use crate::state::Persist;
use std::vec::Vec;

fn started(family: &str) -> std::boxed::Box<CombinatorialRestlessQExperiment> {
    let mut values = Values::DEFAULTS;
    values.set(&CombinatorialRestlessQExperiment::DESCRIPTOR, "family", family).unwrap();
    let mut experiment = std::boxed::Box::new(CombinatorialRestlessQExperiment::EMPTY);
    experiment.start(1, TRAINING, &values).unwrap();
    experiment
}

/// The mean reward a step of the best policy for the horizon, by backward induction in `f64` over all joint states, from
/// what the arms' models list.
fn exact_optimum(arms: &Arms, actions: &Actions) -> f64 {
    let joint = STATES.pow(ARMS as u32);
    let state_of = |number: usize, arm: usize| (number / STATES.pow(arm as u32)) % STATES;
    // Every combination of the arms' outcomes: its probability, its reward, the joint state it leads to.
    let ways = |number: usize, action: &[u8]| {
        let mut ways = std::vec![(1.0f64, 0.0f64, 0usize)];
        for (arm, level) in action.iter().enumerate() {
            let of = |index| arms[arm].outcome(state_of(number, arm), usize::from(*level), index).unwrap().unwrap();
            let outcomes = [of(0), of(1)];
            let join = |(p, reward, next): (f64, f64, usize), o: ModelOutcome| {
                let next = next + o.next_state * STATES.pow(arm as u32);
                (p * f64::from(o.probability), reward + f64::from(o.reward), next)
            };
            ways = ways.iter().flat_map(|way| outcomes.map(|outcome| join(*way, outcome))).collect();
        }
        ways
    };
    let all: Vec<Vec<_>> =
        (0..joint).map(|number| actions.iter().map(|action| ways(number, action)).collect()).collect();
    let mut values = std::vec![0.0f64; joint];
    for _ in 0..HORIZON {
        let worth = |ways: &Vec<(f64, f64, usize)>| {
            let mut sum = 0.0;
            for (p, reward, next) in ways {
                sum += p * (reward + values[*next]);
            }
            sum
        };
        values = all.iter().map(|ways| ways.iter().map(worth).fold(f64::NEG_INFINITY, f64::max)).collect();
    }
    let starts: Vec<_> = (0..joint).filter(|number| (0..ARMS).all(|arm| state_of(*number, arm) < 2)).collect();
    starts.iter().map(|number| values[*number]).sum::<f64>() / starts.len() as f64 / f64::from(HORIZON)
}

#[test]
fn the_optimum_is_the_exact_one_and_the_one_that_was_specified() {
    for (family, actions, specified) in
        [("capacity", 12, 6.774), ("schedule", 15, 6.774), ("path", 12, 6.772), ("interventions", 22, 5.749)]
    {
        let mut experiment = started(family);
        assert_eq!(experiment.actions.len(), actions, "{family}");
        for _ in 0..HORIZON {
            assert!(experiment.metric(5, 0).is_nan());
            while !experiment.tick().unwrap() {}
        }
        let (found, exact) = (f64::from(experiment.metric(5, 0)), exact_optimum(&experiment.arms, &experiment.actions));
        assert!((exact - specified).abs() < 6e-4, "{family}: {exact}");
        assert!((found - exact).abs() < 1e-5, "{family}: {found} {exact}");
    }
}

#[test]
fn exploration_falls_and_ends_with_training() {
    let at = |episode| epsilon(episode).unwrap();
    assert_eq!(at(0), Some(0.9));
    assert!((at(175).unwrap() - 0.45).abs() < 1e-6);
    assert_eq!((at(349), at(TRAINING - 1), at(TRAINING)), (Some(0.05), Some(0.05), None));
}

#[test]
fn once_training_is_over_nothing_is_learned_and_all_meet_the_same_world() {
    let mut experiment = started("path");
    experiment.episode = TRAINING;
    let learned = experiment.per_arm.player.digest();
    while !experiment.tick().unwrap() {}
    assert_eq!(experiment.per_arm.player.digest(), learned);
    // Warm from the same table, and nothing learned: the same choices in the same world.
    assert_eq!(experiment.metric(3, 0), experiment.metric(1, 0));
    assert_eq!(experiment.metric(3, 0), experiment.metric(4, 0));
}
