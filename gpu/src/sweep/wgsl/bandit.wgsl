// Bandits, a seed a lane, everything that a lane remembers in registers while a dispatch lasts.
//
// Rows of a lane: the world's generator, the choices' one, sums of the bucket, the compensated regret, the arms, then what
// the learner knows: a number and a count for each arm, and a number.

const WORLD = 0u;
const CHOICES = 4u;
const SUMS = 8u;
const REGRET = 10u;
const ARMS = 12u;
const NUMBERS = ARMS + STATE_WORDS;
const COUNTS = NUMBERS + ACTIONS;
const OTHER = COUNTS + ACTIONS;

var<private> counts: array<u32, ACTIONS>;
var<private> other: f32;

// One term more, and what rounding leaves of it (habit::math::CompensatedSum).
fn compensated(sum: vec2<f32>, term: f32) -> vec2<f32> {
    let rough = opaque(sum.x + term);
    let added = opaque(rough - sum.x);
    let rounded = opaque(sum.x - opaque(rough - added)) + opaque(term - added);
    let rest = opaque(sum.y + opaque(rounded));
    let settled = opaque(rough + rest);
    return vec2(settled, rest - opaque(settled - rough));
}

@compute @workgroup_size(64)
fn bandit_sweep(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let lane = (group.y * groups.x + group.x) * 64u + local;
    if lane >= sweep.lanes {
        return;
    }
    var world = lane_words(WORLD, lane);
    var choices = lane_words(CHOICES, lane);
    var sums = vec2(lane_number(SUMS, lane), lane_number(SUMS + 1u, lane));
    var regret = vec2(lane_number(REGRET, lane), lane_number(REGRET + 1u, lane));
    var state: State;
    if sweep.taken == 0u {
        state = environment_reset(&world);
        for (var arm = 0u; arm < ACTIONS; arm++) {
            row_values[arm] = sweep.initial;
        }
    } else {
        var words: StateWords;
        for (var i = 0u; i < STATE_WORDS; i++) {
            words[i] = lane_word(ARMS + i, lane);
        }
        state = state_from_words(words);
        for (var arm = 0u; arm < ACTIONS; arm++) {
            row_values[arm] = lane_number(NUMBERS + arm, lane);
            counts[arm] = lane_word(COUNTS + arm, lane);
        }
        other = lane_number(OTHER, lane);
    }
    var best = arm_mean(state, 0u);
    for (var arm = 1u; arm < ACTIONS; arm++) {
        best = max(best, arm_mean(state, arm));
    }
    for (var t = sweep.taken; t < sweep.taken + sweep.steps; t++) {
        let arm = learner_select(t, &choices);
        let reward = environment_step(&state, arm, &world).reward;
        learner_update(arm, reward, t + 1u);
        let own = arm_mean(state, arm);
        regret = compensated(regret, best - own);
        let optimal = select(0.0, 1.0, own >= best);
        sums += vec2(reward, optimal);
        if bucket_ends(t + 1u) {
            show(t + 1u, lane, sums, vec3(reward, optimal, regret.x + regret.y));
            sums = vec2(0.0);
        }
    }
    keep_words(WORLD, lane, world);
    keep_words(CHOICES, lane, choices);
    for (var i = 0u; i < 2u; i++) {
        keep_number(SUMS + i, lane, sums[i]);
        keep_number(REGRET + i, lane, regret[i]);
    }
    var words = words_from_state(state);
    for (var i = 0u; i < STATE_WORDS; i++) {
        keep_word(ARMS + i, lane, words[i]);
    }
    for (var arm = 0u; arm < ACTIONS; arm++) {
        keep_number(NUMBERS + arm, lane, row_values[arm]);
        keep_word(COUNTS + arm, lane, counts[arm]);
    }
    keep_number(OTHER, lane, other);
}
