// One-step temporal-difference control of a finite model, a seed a lane. Action values stand in memory, pair by pair and
// within a pair lane by lane, so that neighbours in the same place read neighbouring words.
//
// Rows of a lane: the world's generator, the choices' one, the state, the length of the episode, the episodes that are over,
// the action it is committed to and 1, or 0; the episode's return, sums of the bucket; where the greedy path is and its steps
// with the next, or 0.

const WORLD = 0u;
const CHOICES = 4u;
const STATE = 8u;
const LENGTH = 9u;
const EPISODES = 10u;
const COMMITTED = 11u;
const RETURN = 12u;
const SUMS = 13u;
const WALKER = 15u;
const WALKED = 16u;

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

// The lowest action with the greatest value of the row.
fn greedy() -> u32 {
    var best = 0u;
    for (var a = 1u; a < ACTIONS; a++) {
        best = select(best, a, row_values[a] > row_values[best]);
    }
    return best;
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
    var walker = lane_word(WALKER, lane);
    var walked = lane_word(WALKED, lane);
    var wrong = 0u;
    load_row(state, lane);
    for (var i = 0u; i < sweep.steps && episodes < sweep.until; i++) {
        var over = false;
        if walked == 0u {
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
            over = step.terminated || length == sweep.time_limit;
            load_row(state, lane);
            var next_value = 0.0;
            committed = 0u;
            if !step.terminated {
                next_value = target_value(&committed, &choices);
                committed = select(committed, 0u, over);
            }
            let aim = opaque(reward + opaque(sweep.discount * next_value));
            let moved = value + opaque(sweep.step_size * opaque(aim - value));
            wrong |= select(0u, NOT_FINITE, (bitcast<u32>(moved) & 0x7f800000u) == 0x7f800000u);
            action_values[value_at(before, action, lane)] = moved;
            if before == state {
                row_values[action] = moved;
            }
            if over {
                sums += vec2(reward_sum, f32(length));
            } else if length >= LONGEST {
                wrong |= TOO_LONG;
                break;
            }
        }
        let shown = over && bucket_ends(episodes + 1u);
        var path = NO_ARRIVAL;
        if METRICS > 2u {
            // The greedy path, a step a round as the learner's own are, so that no round is longer than others. The model has
            // no chance in it, and a path longer than there are states goes round in circles.
            if walked > 0u {
                load_row(walker, lane);
                var none = vec4(1u);
                let arrived = environment_step(&walker, greedy(), &none).terminated;
                path = select(NO_ARRIVAL, f32(walked), arrived);
                over = arrived || walked == STATES;
                walked = select(walked + 1u, 0u, over);
            } else if shown {
                var none = vec4(1u);
                walker = environment_reset(&none);
                walked = 1u;
                over = false;
            }
        }
        if over {
            episodes++;
            if bucket_ends(episodes) {
                show(episodes, lane, sums, vec3(reward_sum, f32(length), path));
                sums = vec2(0.0);
            }
            state = environment_reset(&world);
            length = 0u;
            reward_sum = 0.0;
            load_row(state, lane);
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
    keep_word(WALKER, lane, walker);
    keep_word(WALKED, lane, walked);
}
