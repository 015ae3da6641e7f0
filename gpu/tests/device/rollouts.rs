use super::device;
use habit::env::{CliffWalking, Env};
use habit::interact::Outcome;
use habit::model::{FiniteModel, ModelOutcome};
use habit::rng::{below, stream, threshold, unit_f32};
use habit::state::Persist;
use habit_gpu::rollout::{Episode, Lane, Tables, TabularRollout, ThresholdPolicy, cpu};
use habit_gpu::{Error, block_on};

/// A model of random outcomes, some of probability 0, rewards that no computation may touch.
struct RandomModel {
    outcomes: Vec<Vec<ModelOutcome>>,
}

impl RandomModel {
    const STATES: usize = 23;
    const ACTIONS: usize = 3;

    fn new(seed: u32) -> Self {
        let mut rng = stream(seed, 0);
        let mut outcome = |_| ModelOutcome {
            probability: if below(4, &mut rng).unwrap() == 0 { 0.0 } else { unit_f32(&mut rng) },
            next_state: below(Self::STATES as u32, &mut rng).unwrap() as usize,
            // Subnormal, and both signs of zero among them.
            reward: [-0.0, 0.0, f32::from_bits(1), -1e-40, 0.1, f32::MAX][below(6, &mut rng).unwrap() as usize],
            terminated: below(10, &mut rng).unwrap() == 0,
        };
        let mut pair = |index: usize| {
            let mut outcomes: Vec<_> = (0..1 + index % 5).map(&mut outcome).collect();
            if outcomes.iter().all(|outcome| outcome.probability == 0.0) {
                outcomes[index % (1 + index % 5)].probability = 0.5;
            }
            outcomes
        };
        Self { outcomes: (0..Self::STATES * Self::ACTIONS).map(&mut pair).collect() }
    }
}

impl FiniteModel for RandomModel {
    fn states(&self) -> usize {
        Self::STATES
    }

    fn actions(&self) -> usize {
        Self::ACTIONS
    }

    fn outcome_count(&self, state: usize, action: usize) -> Result<usize, habit::Error> {
        Ok(self.outcomes[state * Self::ACTIONS + action].len())
    }

    fn outcome(&self, state: usize, action: usize, index: usize) -> Result<Option<ModelOutcome>, habit::Error> {
        Ok(self.outcomes[state * Self::ACTIONS + action].get(index).copied())
    }
}

fn random_policy(states: usize, actions: usize, seed: u32) -> ThresholdPolicy {
    let mut rng = stream(seed, 0);
    let probabilities: Vec<_> = (0..states * actions).map(|_| unit_f32(&mut rng) / actions as f32).collect();
    ThresholdPolicy::new(states, actions, &probabilities).unwrap()
}

/// Runs `steps` on the device and on the CPU and compares every bit.
fn compare(model: &impl FiniteModel, episode: Episode, lanes: usize, steps: usize, seed: u32) {
    let context = device();
    let policy = random_policy(model.states(), model.actions(), seed);
    let rollout = block_on(TabularRollout::new(&context, Tables::new(model, episode).unwrap())).unwrap();
    let mut device = Lane::starting(seed, lanes, episode.start);
    let mut host = device.clone();
    // The second call goes on from where the first left the lanes.
    for _ in 0..2 {
        let found = block_on(rollout.run(&policy, &mut device, steps)).unwrap();
        let expected = cpu::rollout(model, episode, &policy, &mut host, steps).unwrap();
        assert_eq!(
            found.rewards.iter().map(|x| x.to_bits()).collect::<Vec<_>>(),
            expected.rewards.iter().map(|x| x.to_bits()).collect::<Vec<_>>()
        );
        assert_eq!(found, expected);
        assert_eq!(device, host);
    }
}

#[test]
fn cliff_walking_is_equal_bit_for_bit() {
    for slippery in [false, true] {
        for time_limit in [None, Some(1), Some(37)] {
            compare(&CliffWalking::new(slippery), Episode { start: 36, time_limit }, 61, 113, 1);
        }
    }
}

#[test]
fn random_models_are_equal_bit_for_bit() {
    for seed in 0..5 {
        compare(&RandomModel::new(seed), Episode { start: 3, time_limit: Some(9) }, 130, 57, seed);
    }
}

#[test]
fn words_at_the_edge_of_a_threshold_are_decided_alike() {
    let context = device();
    let (model, episode) = (CliffWalking::new(true), Episode { start: 36, time_limit: None });
    let lane = |words: [u32; 4]| {
        let mut lane = Lane { rng: stream(0, 0), state: 12, elapsed: 0 };
        lane.rng.restore(words.map(u32::to_le_bytes).as_flattened()).unwrap();
        lane
    };
    let actions = [0.1, 0.2, 0.3].map(|p| threshold(p).unwrap() as u32);
    let third = threshold(1.0 / 3.0).unwrap() as u32;
    let sums =
        [actions[0], actions[0] + actions[1], actions[0] + actions[1] + actions[2], third, 2 * third, 0, u32::MAX];
    let edges = sums.into_iter().flat_map(|sum| [sum.wrapping_sub(1), sum, sum.wrapping_add(1)]);
    // xoshiro128++ gives the edge as its first word from the one state, as its second from the other.
    let mut device: Vec<_> = edges
        .flat_map(|word| {
            let x = word.rotate_right(18);
            [[0, 1, 0, word.rotate_right(7)], [x, 1, 0, x ^ 1]]
        })
        .map(lane)
        .collect();
    let mut host = device.clone();
    let policy = ThresholdPolicy::new(48, 4, [[0.1, 0.2, 0.3, 0.4]; 48].as_flattened()).unwrap();
    let rollout = block_on(TabularRollout::new(&context, Tables::new(&model, episode).unwrap())).unwrap();
    let found = block_on(rollout.run(&policy, &mut device, 1)).unwrap();
    assert_eq!(found, cpu::rollout(&model, episode, &policy, &mut host, 1).unwrap());
    assert_eq!(device, host);
}

#[test]
fn a_rollout_longer_than_one_dispatch_is_equal_bit_for_bit() {
    compare(&CliffWalking::new(true), Episode { start: 36, time_limit: Some(200) }, 3, 9001, 2);
}

#[test]
fn a_rollout_walks_as_the_environment_does() {
    let context = device();
    let episode = Episode { start: CliffWalking::START, time_limit: None };
    // Along the cliff to the goal.
    let policy = ThresholdPolicy::new(48, 4, [[0.3, 0.5, 0.1, 0.1]; 48].as_flattened()).unwrap();
    for slippery in [false, true] {
        let tables = Tables::new(&CliffWalking::new(slippery), episode).unwrap();
        let rollout = block_on(TabularRollout::new(&context, tables)).unwrap();
        let mut lanes = Lane::starting(5, 4, episode.start);
        let found = block_on(rollout.run(&policy, &mut lanes, 3000)).unwrap();
        for (lane, moved) in lanes.iter().enumerate() {
            let (mut cliff, mut rng) = (CliffWalking::new(slippery), stream(5, lane as u32));
            let mut state = cliff.reset(&mut rng);
            for t in 0..3000 {
                let action = policy.act(state, &mut rng).unwrap();
                let step = cliff.step(action, &mut rng).unwrap();
                let transition = found.transition(t, lane).unwrap();
                assert_eq!((transition.state, transition.action), (state, action));
                assert_eq!((transition.next_state, transition.reward), (step.observation, step.reward));
                assert_eq!(transition.outcome, step.outcome);
                state = if step.outcome.is_over() { cliff.reset(&mut rng) } else { step.observation };
            }
            assert_eq!((&moved.rng, moved.state), (&rng, state));
        }
        assert!(found.outcomes.contains(&Outcome::Terminated));
    }
}

#[test]
fn a_cpu_takes_over_where_the_device_stopped() {
    let context = device();
    let (model, episode) = (CliffWalking::new(true), Episode { start: 36, time_limit: Some(30) });
    let policy = random_policy(48, 4, 4);
    let rollout = block_on(TabularRollout::new(&context, Tables::new(&model, episode).unwrap())).unwrap();
    let mut moved = Lane::starting(6, 10, 36);
    let mut host = moved.clone();
    block_on(rollout.run(&policy, &mut moved, 47)).unwrap();
    let second = cpu::rollout(&model, episode, &policy, &mut moved, 47).unwrap();
    let whole = cpu::rollout(&model, episode, &policy, &mut host, 94).unwrap();
    assert_eq!(whole.states[470..], second.states);
    assert_eq!(whole.outcomes[470..], second.outcomes);
    assert_eq!(moved, host);
}

#[test]
fn the_true_next_state_is_recorded_before_the_reset() {
    let context = device();
    let episode = Episode { start: 36, time_limit: Some(2) };
    // Up, always.
    let policy = ThresholdPolicy::new(48, 4, [[1.0, 0.0, 0.0, 0.0]; 48].as_flattened()).unwrap();
    let tables = Tables::new(&CliffWalking::new(false), episode).unwrap();
    let rollout = block_on(TabularRollout::new(&context, tables)).unwrap();
    let found = block_on(rollout.run(&policy, &mut Lane::starting(0, 1, 36), 4)).unwrap();
    assert_eq!((found.states, found.next_states), (vec![36, 24, 36, 24], vec![24, 12, 24, 12]));
    let (go_on, cut) = (Outcome::Continue, Outcome::Truncated);
    assert_eq!(found.outcomes, [go_on, cut, go_on, cut]);
}

#[test]
fn bad_input_is_refused_before_anything_is_submitted() {
    let context = device();
    let tables = Tables::new(&CliffWalking::new(false), Episode { start: 36, time_limit: None }).unwrap();
    let rollout = block_on(TabularRollout::new(&context, tables)).unwrap();
    let policy = random_policy(48, 4, 0);
    let mut lanes = Lane::starting(0, 2, 36);
    let before = lanes.clone();
    let mismatch = Error::Input(habit::Error::LengthMismatch);
    assert_eq!(block_on(rollout.run(&random_policy(47, 4, 0), &mut lanes, 1)), Err(mismatch.clone()));
    assert_eq!(block_on(rollout.run(&random_policy(48, 3, 0), &mut lanes, 1)), Err(mismatch));
    assert_eq!(block_on(rollout.run(&policy, &mut lanes, 0)), Err(Error::Empty));
    assert_eq!(block_on(rollout.run(&policy, &mut [], 1)), Err(Error::Empty));
    let error = block_on(rollout.run(&policy, &mut lanes, context.limits().buffer_bytes as usize)).unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    assert_eq!(lanes, before);
    lanes[1].state = 48;
    let outside = Error::Input(habit::Error::StateOutOfRange);
    assert_eq!(block_on(rollout.run(&policy, &mut lanes, 1)), Err(outside));
}

#[test]
fn models_that_cannot_be_drawn_from_are_refused() {
    let episode = Episode { start: 0, time_limit: None };
    let listed = |change: fn(&mut ModelOutcome), episode| {
        let mut model = RandomModel::new(0);
        model.outcomes[7].iter_mut().for_each(change);
        Tables::new(&model, episode).err()
    };
    assert_eq!(listed(|_| {}, episode), None);
    assert_eq!(listed(|outcome| outcome.probability = 0.0, episode), Some(habit::Error::ProbabilityOutOfRange));
    assert_eq!(listed(|outcome| outcome.probability = f32::NAN, episode), Some(habit::Error::ProbabilityOutOfRange));
    let reward = |outcome: &mut ModelOutcome| (outcome.probability, outcome.reward) = (0.5, f32::INFINITY);
    assert_eq!(listed(reward, episode), Some(habit::Error::NonFinite));
    let next = |outcome: &mut ModelOutcome| (outcome.probability, outcome.next_state) = (0.5, RandomModel::STATES);
    assert_eq!(listed(next, episode), Some(habit::Error::StateOutOfRange));
    let outside = Episode { start: RandomModel::STATES, ..episode };
    assert_eq!(listed(|_| {}, outside), Some(habit::Error::StateOutOfRange));
    let no_time = Episode { time_limit: Some(0), ..episode };
    assert_eq!(listed(|_| {}, no_time), Some(habit::Error::ParameterOutOfRange));
}
