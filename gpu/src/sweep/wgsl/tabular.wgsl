// One-step temporal-difference control of a finite model, a seed a lane. Action values stand in memory, pair by pair and
// within a pair lane by lane, so that neighbours in the same place read neighbouring words.
//
// Rows of a lane: the world's generator, the choices' one, the state, the length of the episode, the episodes that are over,
// the action it is committed to and 1, or 0; the episode's return, sums of the bucket.

const WORLD = 0u;
const CHOICES = 4u;
const STATE = 8u;
const LENGTH = 9u;
const EPISODES = 10u;
const COMMITTED = 11u;
const RETURN = 12u;
const SUMS = 13u;

const UNBORN = 0xffffffffu;
const LONGEST = 16777216u;
const NOT_FINITE = 1u;
const TOO_LONG = 2u;

@group(0) @binding(4) var<storage, read_write> action_values: array<f32>;
// What went wrong in any lane; then for each dispatch how many lanes have episodes left.
@group(0) @binding(5) var<storage, read_write> sweep_status: array<atomic<u32>>;

fn value_at(state: u32, action: u32, lane: u32) -> u32 {
    return (state * ACTIONS + action) * sweep.lanes + lane;
}

fn load_row(state: u32, lane: u32) {
    for (var a = 0u; a < ACTIONS; a++) {
        row_values[a] = action_values[value_at(state, a, lane)];
    }
}

// Steps from the start to the end by greedy actions, if they lead there. The model has no chance in it.
fn greedy_path(lane: u32) -> f32 {
    var none = vec4(1u);
    var state = environment_reset(&none);
    for (var length = 1u; length <= STATES; length++) {
        load_row(state, lane);
        var best = 0u;
        for (var a = 1u; a < ACTIONS; a++) {
            best = select(best, a, row_values[a] > row_values[best]);
        }
        if environment_step(&state, best, &none).terminated {
            return f32(length);
        }
    }
    return NO_ARRIVAL;
}

@compute @workgroup_size(64)
fn tabular_sweep(
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
    var state = lane_word(STATE, lane);
    var length = lane_word(LENGTH, lane);
    var episodes = lane_word(EPISODES, lane);
    var committed = lane_word(COMMITTED, lane);
    var reward_sum = lane_number(RETURN, lane);
    var sums = vec2(lane_number(SUMS, lane), lane_number(SUMS + 1u, lane));
    if length == UNBORN {
        state = environment_reset(&world);
        length = 0u;
    }
    var wrong = 0u;
    load_row(state, lane);
    for (var i = 0u; i < sweep.steps && episodes < sweep.until; i++) {
        var action = committed - 1u;
        if committed == 0u {
            action = epsilon_greedy(&choices);
        }
        let before = state;
        let value = row_values[action];
        let step = environment_step(&state, action, &world);
        let reward = bitcast<f32>(step.reward);
        length++;
        reward_sum += reward;
        let over = step.terminated || length == sweep.time_limit;
        load_row(state, lane);
        var next_value = 0.0;
        committed = 0u;
        if !step.terminated {
            next_value = target_value(&committed, &choices);
            committed = select(committed, 0u, over);
        }
        let moved = value + sweep.step_size * ((reward + sweep.discount * next_value) - value);
        wrong |= select(0u, NOT_FINITE, (bitcast<u32>(moved) & 0x7f800000u) == 0x7f800000u);
        action_values[value_at(before, action, lane)] = moved;
        if before == state {
            row_values[action] = moved;
        }
        if over {
            episodes++;
            sums += vec2(reward_sum, f32(length));
            if bucket_ends(episodes) {
                var path = 0.0;
                if METRICS > 2u {
                    path = greedy_path(lane);
                }
                show(episodes, lane, sums, vec3(reward_sum, f32(length), path));
                sums = vec2(0.0);
            }
            state = environment_reset(&world);
            length = 0u;
            reward_sum = 0.0;
            load_row(state, lane);
        } else if length >= LONGEST {
            wrong |= TOO_LONG;
            break;
        }
    }
    if wrong != 0u {
        atomicOr(&sweep_status[0], wrong);
    } else if episodes < sweep.until {
        atomicAdd(&sweep_status[1u + sweep.counter], 1u);
    }
    keep_words(WORLD, lane, world);
    keep_words(CHOICES, lane, choices);
    keep_word(STATE, lane, state);
    keep_word(LENGTH, lane, length);
    keep_word(EPISODES, lane, episodes);
    keep_word(COMMITTED, lane, committed);
    keep_number(RETURN, lane, reward_sum);
    keep_number(SUMS, lane, sums.x);
    keep_number(SUMS + 1u, lane, sums.y);
}
