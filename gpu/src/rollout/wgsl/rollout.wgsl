// A batched rollout of an environment under a policy: one invocation a lane, everything that a lane remembers in registers.
// Time-major: step t of lane n goes to t * lanes + n, and of an observation's D numbers each has a row of lanes of its own,
// so that neighbours write neighbouring words.
//
// Beside this file, the host writes STATE_WORDS, OBSERVATION_WORDS, ACTIONS, RECORDS_LOG_PROBABILITIES, StateWords, Observation,
// Step, reward_bits, rollout_observe and rollout_observe_end; an environment and a policy give the rest.

struct RolloutParameters {
    // Steps of this dispatch, and those already taken before it.
    steps: u32,
    taken: u32,
    lanes: u32,
    // 0 for none.
    time_limit: u32,
    // Where the policy's words begin.
    policy: u32,
    // Ends that a lane has room for.
    slots: u32,
}

// What a policy does.
struct Choice {
    action: u32,
    log_probability: f32,
}

const ROLLOUT_TRUNCATED = 2u;
// Elapsed steps of a lane before its first episode.
const ROLLOUT_UNBORN = 0xffffffffu;

@group(0) @binding(0) var<uniform> rollout_parameters: RolloutParameters;
// Rows of lanes: the generator's four words; the episode's steps and the sum of its rewards so far; the ends in this rollout;
// the state's words.
@group(0) @binding(2) var<storage, read_write> rollout_lanes: array<u32>;
// A row more than steps: the last is what the next step will see.
@group(0) @binding(3) var<storage, read_write> rollout_observations: array<u32>;
@group(0) @binding(4) var<storage, read_write> rollout_actions: array<u32>;
@group(0) @binding(5) var<storage, read_write> rollout_rewards: array<u32>;
// One byte a step, four to a word, all 0 (Continue) before: four lanes share a word.
@group(0) @binding(6) var<storage, read_write> rollout_outcomes: array<atomic<u32>>;
@group(0) @binding(7) var<storage, read_write> rollout_log_probabilities: array<f32>;
// For the first, second, ... end of each lane rows of lanes: its step; the episode's steps and the sum of its rewards; the true
// last observation.
@group(0) @binding(8) var<storage, read_write> rollout_ends: array<u32>;

fn policy_word(index: u32) -> u32 {
    return rollout_words[rollout_parameters.policy + index];
}

fn policy_number(index: u32) -> f32 {
    return bitcast<f32>(policy_word(index));
}

fn rollout_end(slot: u32, end: vec3<u32>, lane: u32, observation: Observation) {
    let lanes = rollout_parameters.lanes;
    let at = slot * (OBSERVATION_WORDS + 3u) * lanes + lane;
    rollout_ends[at] = end.x;
    rollout_ends[at + lanes] = end.y;
    rollout_ends[at + 2u * lanes] = end.z;
    rollout_observe_end(at + 3u * lanes, observation);
}

@compute @workgroup_size(64)
fn rollout(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let lanes = rollout_parameters.lanes;
    let lane = (group.y * groups.x + group.x) * 64u + local;
    if lane >= lanes {
        return;
    }
    var rng = vec4(
        rollout_lanes[lane],
        rollout_lanes[lanes + lane],
        rollout_lanes[2u * lanes + lane],
        rollout_lanes[3u * lanes + lane],
    );
    var elapsed = rollout_lanes[4u * lanes + lane];
    var earned = bitcast<f32>(rollout_lanes[5u * lanes + lane]);
    var ends = select(rollout_lanes[6u * lanes + lane], 0u, rollout_parameters.taken == 0u);
    var words: StateWords;
    for (var i = 0u; i < STATE_WORDS; i++) {
        words[i] = rollout_lanes[(7u + i) * lanes + lane];
    }
    var state = state_from_words(words);
    if elapsed == ROLLOUT_UNBORN {
        state = environment_reset(&rng);
        elapsed = 0u;
        earned = 0.0;
    }
    var observation = environment_observe(state);
    let end = rollout_parameters.taken + rollout_parameters.steps;
    for (var t = rollout_parameters.taken; t < end; t++) {
        rollout_observe(t * OBSERVATION_WORDS * lanes + lane, observation);
        let choice = policy_act(observation, &rng);
        let action = min(choice.action, ACTIONS - 1u);
        let step = environment_step(&state, action, &rng);
        observation = environment_observe(state);
        elapsed++;
        let at = t * lanes + lane;
        rollout_actions[at] = action;
        rollout_rewards[at] = reward_bits(step);
        earned += bitcast<f32>(reward_bits(step));
        if RECORDS_LOG_PROBABILITIES {
            rollout_log_probabilities[at] = choice.log_probability;
        }
        var outcome = u32(step.terminated);
        if outcome == 0u && rollout_parameters.time_limit != 0u && elapsed >= rollout_parameters.time_limit {
            outcome = ROLLOUT_TRUNCATED;
        }
        if outcome != 0u {
            atomicOr(&rollout_outcomes[at >> 2u], outcome << ((at & 3u) * 8u));
            if ends < rollout_parameters.slots {
                rollout_end(ends, vec3(t, elapsed, bitcast<u32>(earned)), lane, observation);
            }
            ends++;
            state = environment_reset(&rng);
            elapsed = 0u;
            earned = 0.0;
            observation = environment_observe(state);
        }
    }
    rollout_observe(end * OBSERVATION_WORDS * lanes + lane, observation);
    rollout_lanes[lane] = rng.x;
    rollout_lanes[lanes + lane] = rng.y;
    rollout_lanes[2u * lanes + lane] = rng.z;
    rollout_lanes[3u * lanes + lane] = rng.w;
    rollout_lanes[4u * lanes + lane] = elapsed;
    rollout_lanes[5u * lanes + lane] = bitcast<u32>(earned);
    rollout_lanes[6u * lanes + lane] = ends;
    words = words_from_state(state);
    for (var i = 0u; i < STATE_WORDS; i++) {
        rollout_lanes[(7u + i) * lanes + lane] = words[i];
    }
}
