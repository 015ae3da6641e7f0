//! What a user writes: an environment and a policy in WGSL, and their twins in Rust.

use super::device;
use habit::interact::Outcome;
use habit::math::{Libm, Math};
use habit::rng::{Generator, Rng, below, stream, unit_f32};
use habit_gpu::rollout::{Environment, Observation, Policy, Rollout, ThresholdPolicy, Twin, compare};
use habit_gpu::{Error, block_on};

/// A frog on seven leaves in a row, and how wet it is: a jump lands a leaf further on or, with luck, two, or on the leaf
/// before; the last leaf is home. Numbers and integers in one state, words of its own, words that are drawn in a branch.
const FROG: &str = "
struct State {
    leaf: u32,
    jumps: u32,
    wet: f32,
}

fn state_from_words(words: StateWords) -> State {
    return State(words[0], words[1], bitcast<f32>(words[2]));
}

fn words_from_state(state: State) -> StateWords {
    return StateWords(state.leaf, state.jumps, bitcast<u32>(state.wet));
}

fn environment_reset(rng: ptr<function, vec4<u32>>) -> State {
    return State(below(3u, rng), 0u, 0.5 * unit_f32(rng));
}

fn environment_observe(state: State) -> Observation {
    return Observation(f32(state.leaf), state.wet);
}

fn environment_step(state: ptr<function, State>, action: u32, rng: ptr<function, vec4<u32>>) -> Step {
    (*state).jumps += 1u;
    (*state).wet *= environment_number(1u);
    if action == 0u {
        (*state).leaf -= min((*state).leaf, 1u);
    } else {
        (*state).leaf += 1u;
        if next_u32(rng) < environment_word(0u) {
            (*state).leaf += 1u;
            (*state).wet += unit_f32(rng);
        }
    }
    let home = (*state).leaf >= 6u;
    return Step(select(-(*state).wet, 1.0, home), home);
}
";

/// The same in Rust.
struct Frog;

/// A quarter, and how much stays wet.
const LUCK: u32 = 1 << 30;
const WETNESS: f32 = 0.9;

impl Twin for Frog {
    fn start(&self, rng: &mut Generator) -> Result<Vec<u32>, habit::Error> {
        let leaf = below(3, rng)?;
        Ok(vec![leaf, 0, (0.5 * unit_f32(rng)).to_bits()])
    }

    fn act(&self, state: &mut [u32], action: usize, rng: &mut Generator) -> Result<(f32, bool), habit::Error> {
        let mut wet = f32::from_bits(state[2]) * WETNESS;
        state[1] += 1;
        if action == 0 {
            state[0] -= state[0].min(1);
        } else {
            state[0] += 1;
            if rng.next_u32() < LUCK {
                state[0] += 1;
                wet += unit_f32(rng);
            }
        }
        state[2] = wet.to_bits();
        let home = state[0] >= 6;
        Ok((if home { 1.0 } else { -wet }, home))
    }

    fn see(&self, state: &[u32]) -> Vec<u32> {
        vec![(state[0] as f32).to_bits(), state[2]]
    }

    fn rounds(&self, word: usize) -> bool {
        word == 2
    }
}

fn frog() -> Environment {
    let frog = Environment::new(FROG, 3, Observation::Numbers(2), 2).unwrap();
    frog.with_words(vec![LUCK, WETNESS.to_bits()]).with_shortest_episode(2).unwrap().with_time_limit(Some(9)).unwrap()
}

#[test]
fn an_environment_of_ones_own_is_held_against_its_twin() {
    for policy in [Policy::uniform(), Policy::softmax(&[3.0, 1.0], &[0.1, -1.0, 0.0, 0.5, 0.3, 0.4]).unwrap()] {
        let rollout = block_on(Rollout::new(&device(), frog(), policy)).unwrap();
        let found = block_on(compare(&rollout, &Frog, 1, 67, 53)).unwrap();
        assert!(found.holds() && found.close_calls < 3, "{found}");
        assert!(found.ends.iter().all(|&ends| ends > 67), "{found}");
    }
}

#[test]
fn a_twin_that_does_otherwise_is_told_apart() {
    // Luckier than its twin; drier than its twin.
    for words in [vec![LUCK + (1 << 26), WETNESS.to_bits()], vec![LUCK, (WETNESS - 1e-3).to_bits()]] {
        let rollout = block_on(Rollout::new(&device(), frog().with_words(words), Policy::uniform())).unwrap();
        let found = block_on(compare(&rollout, &Frog, 1, 67, 53)).unwrap();
        assert!(!found.holds(), "{found}");
    }
}

#[test]
fn a_policy_of_ones_own_acts_and_records_its_probabilities() {
    // Forward, but for one word in as many as its own word says.
    let source = "
        fn policy_act(observation: Observation, rng: ptr<function, vec4<u32>>) -> Choice {
            let back = below(policy_word(0u), rng) == 0u;
            return Choice(select(1u, 0u, back), policy_number(select(1u, 2u, back)));
        }
    ";
    let policy = |odds: u32| {
        let p = 1.0 / odds as f32;
        Policy::new(source, vec![odds, Libm::ln(1.0 - p).to_bits(), Libm::ln(p).to_bits()], true)
    };
    let rollout = block_on(Rollout::new(&device(), frog(), policy(4))).unwrap();
    let mut lanes = rollout.start(3, 41).unwrap();
    for odds in [4, 9] {
        let batch = block_on(rollout.run_under(&policy(odds), &mut lanes, 100)).unwrap();
        let back = batch.actions().iter().filter(|&&action| action == 0).count() as f32 / 4100.0;
        assert!((back - 1.0 / odds as f32).abs() < 0.03, "{back}");
        let expected = [1.0 / odds as f32, 1.0 - 1.0 / odds as f32].map(Libm::ln);
        for (&action, &logarithm) in batch.actions().iter().zip(batch.log_probabilities()) {
            assert_eq!(logarithm, expected[action as usize]);
        }
    }
}

#[test]
fn wgsl_that_does_not_compile_is_an_error_with_the_compilers_words_and_the_users_lines() {
    let refused = |source: &str, policy: Policy| {
        let environment = Environment::new(source.to_owned(), 3, Observation::Numbers(2), 2).unwrap();
        match block_on(Rollout::new(&device(), environment, policy)) {
            Err(Error::Shader(reason)) => reason,
            other => panic!("{other:?}"),
        }
    };
    let reason = refused(&FROG.replace("fn environment_observe", "fun environment_observe"), Policy::uniform());
    let line = 1 + FROG.lines().position(|line| line.starts_with("fn environment_observe")).unwrap();
    assert!(reason.contains(&format!(":{line}:")), "{reason}");
    let reason = refused(&FROG.replace("below(3u, rng)", "unheard_of(3u)"), Policy::uniform());
    assert!(reason.contains("unheard_of"), "{reason}");
    // A state of other words than announced, a function too few, and a name that is taken.
    refused(&FROG.replace("state.jumps,", ""), Policy::uniform());
    let reason = refused(&FROG.replace("environment_reset", "environment_restart"), Policy::uniform());
    assert!(reason.contains("environment_reset"), "{reason}");
    refused(&format!("{FROG} fn next_u32() {{}}"), Policy::uniform());
    let reason = refused(FROG, Policy::new("fn policy_act() -> Choice { return Choice(0u, 0.0); }", Vec::new(), false));
    assert!(!reason.is_empty());
    // And what compiles after all that still runs.
    assert!(block_on(Rollout::new(&device(), frog(), Policy::uniform())).is_ok());
}

#[test]
fn an_action_outside_its_range_is_the_last_one() {
    let wild = Policy::new(
        "fn policy_act(observation: Observation, rng: ptr<function, vec4<u32>>) -> Choice { return Choice(7u, 0.0); }",
        Vec::new(),
        false,
    );
    let rollout = block_on(Rollout::new(&device(), frog(), wild)).unwrap();
    let batch = block_on(rollout.run(&mut rollout.start(0, 5).unwrap(), 20)).unwrap();
    assert!(batch.actions().iter().all(|&action| action == 1));
}

/// Some drivers leave a loop behind 65 535 rounds without a word: a dispatch must not come to as many.
#[test]
fn loops_of_ones_own_are_gone_through_however_long_the_rollout_is() {
    const ROUNDS: u32 = 200;
    let counts = format!(
        "alias State = u32;
        fn state_from_words(words: StateWords) -> State {{ return words[0]; }}
        fn words_from_state(state: State) -> StateWords {{ return StateWords(state); }}
        fn environment_reset(rng: ptr<function, vec4<u32>>) -> State {{ return next_u32(rng); }}
        fn environment_observe(state: State) -> Observation {{ return 0u; }}
        fn environment_step(state: ptr<function, State>, action: u32, rng: ptr<function, vec4<u32>>) -> Step {{
            var rounds = 0u;
            for (var i = 0u; i < {ROUNDS}u; i += 1u) {{
                *state = *state * 1664525u + 1013904223u;
                rounds += 1u;
            }}
            return Step(f32(rounds), false);
        }}"
    );
    let environment = Environment::new(counts, 1, Observation::Nothing, 1).unwrap().with_loop_rounds(ROUNDS);
    let rollout = block_on(Rollout::new(&device(), environment, Policy::uniform())).unwrap();
    let batch = block_on(rollout.run(&mut rollout.start(3, 5).unwrap(), 1111)).unwrap();
    let short = batch.rewards().iter().filter(|&&reward| reward != ROUNDS as f32).count();
    assert_eq!(short, 0, "steps whose loop was left early, of {}", batch.rewards().len());
}

#[test]
fn episodes_shorter_than_announced_are_refused_and_the_lanes_stay() {
    let rollout =
        block_on(Rollout::new(&device(), frog().with_shortest_episode(9).unwrap(), Policy::uniform())).unwrap();
    let mut lanes = rollout.start(0, 50).unwrap();
    let before = lanes.clone();
    assert_eq!(block_on(rollout.run(&mut lanes, 200)), Err(Error::ShortEpisode));
    assert_eq!(lanes, before);
}

#[test]
fn true_last_observations_are_recorded_apart() {
    let rollout = block_on(Rollout::new(&device(), frog(), Policy::uniform())).unwrap();
    let batch = block_on(rollout.run(&mut rollout.start(5, 33).unwrap(), 71)).unwrap();
    let mut ends = 0;
    for step in 0..71 {
        for lane in 0..33 {
            let number = |words: Vec<u32>| f32::from_bits(words[0]);
            let (here, next) = (number(batch.observation(step, lane)), number(batch.next_observation(step, lane)));
            let at = step * 33 + lane;
            let far = if batch.actions()[at] == 0 { here - 1.0..=here } else { here + 1.0..=here + 2.0 };
            assert!(far.contains(&next), "{here} {next}");
            let after = number(batch.observation(step + 1, lane));
            match batch.outcomes()[at] {
                Outcome::Continue => assert_eq!(after, next),
                Outcome::Terminated => assert!(next >= 6.0 && after < 3.0),
                Outcome::Truncated => assert!(next < 6.0 && after < 3.0),
            }
            ends += usize::from(batch.outcomes()[at].is_over());
        }
    }
    assert!(ends >= 33 * (71 / 9));
    assert_eq!((batch.ends().len(), batch.final_observations().len()), (ends, 2 * ends));
    assert!(batch.ends().is_sorted_by_key(habit_gpu::rollout::End::place));
}

#[test]
fn bad_input_is_refused_before_anything_is_submitted() {
    let new = |state, observation, actions| Environment::new(FROG, state, observation, actions).err();
    let empty = Some(habit::Error::EmptyRange);
    assert_eq!(new(0, Observation::Numbers(2), 2), empty);
    assert_eq!(new(3, Observation::Numbers(0), 2), empty);
    assert_eq!(new(3, Observation::Index(0), 2), empty);
    assert_eq!(new(3, Observation::Nothing, 0), empty);
    assert_eq!(new(1 << 17, Observation::Nothing, 2), Some(habit::Error::ParameterOutOfRange));
    assert_eq!(frog().with_time_limit(Some(0)).err(), Some(habit::Error::ParameterOutOfRange));
    assert_eq!(frog().with_shortest_episode(0).err(), Some(habit::Error::ParameterOutOfRange));
    let nan = Some(habit::Error::NonFinite);
    assert_eq!(Environment::pendulum(&[f32::NAN]).err(), nan);
    assert_eq!(Environment::gaussian_bandit(&[0.0], f32::INFINITY).err(), nan);
    assert_eq!(Environment::gaussian_bandit(&[0.0], -1.0).err(), Some(habit::Error::ParameterOutOfRange));
    assert_eq!(Environment::gaussian_testbed(2, f32::NAN).err(), nan);
    assert_eq!(Environment::bernoulli_bandit(&[1.5]).err(), Some(habit::Error::ProbabilityOutOfRange));
    assert_eq!(Environment::bernoulli_bandit(&[]).err(), empty);

    let context = device();
    let rows = Policy::thresholds(&ThresholdPolicy::new(2, 2, &[0.5; 4]).unwrap());
    let mismatch = Error::Input(habit::Error::LengthMismatch);
    assert_eq!(block_on(Rollout::new(&context, frog(), rows.clone())).err(), Some(mismatch.clone()));
    let rollout = block_on(Rollout::new(&context, frog(), Policy::uniform())).unwrap();
    assert_eq!(rollout.start(0, 0).err(), Some(Error::Empty));
    for many in [context.limits().buffer_bytes as usize, usize::MAX] {
        assert!(matches!(rollout.start(0, many), Err(Error::TooLarge { .. })));
    }
    let mut lanes = rollout.start(0, 3).unwrap();
    let before = lanes.clone();
    assert_eq!(block_on(rollout.run(&mut lanes, 0)).err(), Some(Error::Empty));
    assert!(matches!(block_on(rollout.run(&mut lanes, usize::MAX)), Err(Error::TooLarge { .. })));
    assert_eq!(block_on(rollout.run_under(&rows, &mut lanes, 1)).err(), Some(mismatch.clone()));
    assert_eq!(lanes, before);
    let pole = block_on(Rollout::new(&context, Environment::cart_pole().unwrap(), Policy::uniform())).unwrap();
    assert_eq!(block_on(pole.run(&mut lanes, 1)).err(), Some(mismatch));
    let rng = stream(1, 1);
    assert_eq!(lanes.set(3, &rng, 0, &[0; 3]), Err(habit::Error::StateOutOfRange));
    assert_eq!(lanes.set(2, &rng, 0, &[0; 2]), Err(habit::Error::LengthMismatch));
    assert_eq!(lanes.set(2, &rng, u32::MAX, &[0; 3]), Err(habit::Error::ParameterOutOfRange));
    assert_eq!(lanes, before);
    assert_eq!((lanes.elapsed(2), lanes.state(3)), (None, Vec::new()));
    lanes.set(2, &rng, 4, &[1, 2, 3]).unwrap();
    assert_eq!((lanes.generator(2), lanes.elapsed(2), lanes.state(2)), (Ok(rng), Some(4), vec![1, 2, 3]));
}
