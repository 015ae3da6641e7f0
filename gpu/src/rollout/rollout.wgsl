// A batched rollout of a finite model under a policy, both as integer thresholds: one invocation a lane, everything that a
// lane remembers in registers. Outputs are time-major: step t of lane n goes to t * lanes + n.

struct Parameters {
    // Steps of this dispatch, and those already taken before it.
    steps: u32,
    taken: u32,
    lanes: u32,
    actions: u32,
    // Where the starts of the pairs' outcomes begin in `tables`, after the policy's rows.
    starts: u32,
    start_state: u32,
    // 0 for none.
    time_limit: u32,
}

const TRUNCATED = 2u;
// Marks a pair that takes a word.
const DRAWS = 0x80000000u;

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var<storage, read> tables: array<u32>;
// Threshold, next state, bits of the reward, 1 when terminated (which is habit::interact::Outcome::Terminated).
@group(0) @binding(2) var<storage, read> model_outcomes: array<vec4<u32>>;
// Two entries a lane: the generator; the state and the elapsed steps.
@group(0) @binding(3) var<storage, read_write> lane_states: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read_write> states: array<u32>;
@group(0) @binding(5) var<storage, read_write> actions: array<u32>;
// As bits: nothing is computed with them, so nothing can round or flush them.
@group(0) @binding(6) var<storage, read_write> rewards: array<u32>;
@group(0) @binding(7) var<storage, read_write> next_states: array<u32>;
// One byte a step, four to a word, all 0 (Continue) before: four lanes share a word.
@group(0) @binding(8) var<storage, read_write> outcomes: array<atomic<u32>>;

// The first action whose threshold is above a word, or the last possible one. Takes one word, whatever the state.
fn act(state: u32, rng: ptr<function, vec4<u32>>) -> u32 {
    let row = state * parameters.actions;
    let word = next_u32(rng);
    var least = 0u;
    var last = tables[row + parameters.actions - 1u];
    while least < last {
        let middle = (least + last) / 2u;
        if word < tables[row + middle] {
            last = middle;
        } else {
            least = middle + 1u;
        }
    }
    return least;
}

// The outcome likewise; takes one word unless only one is listed.
fn draw(state: u32, action: u32, rng: ptr<function, vec4<u32>>) -> vec4<u32> {
    let pair = parameters.starts + state * parameters.actions + action;
    var least = tables[pair] & ~DRAWS;
    var last = (tables[pair + 1u] & ~DRAWS) - 1u;
    if (tables[pair] & DRAWS) != 0u {
        let word = next_u32(rng);
        while least < last {
            let middle = (least + last) / 2u;
            if word < model_outcomes[middle].x {
                last = middle;
            } else {
                least = middle + 1u;
            }
        }
    }
    return model_outcomes[least];
}

@compute @workgroup_size(64)
fn rollout(@builtin(global_invocation_id) id: vec3<u32>) {
    let lane = id.x;
    if lane >= parameters.lanes {
        return;
    }
    var rng = lane_states[2u * lane];
    var state = lane_states[2u * lane + 1u].x;
    var elapsed = lane_states[2u * lane + 1u].y;
    var at = parameters.taken * parameters.lanes + lane;
    for (var t = 0u; t < parameters.steps; t++) {
        let action = act(state, &rng);
        let drawn = draw(state, action, &rng);
        states[at] = state;
        actions[at] = action;
        rewards[at] = drawn.z;
        next_states[at] = drawn.y;
        state = drawn.y;
        elapsed++;
        var outcome = drawn.w;
        if outcome == 0u && parameters.time_limit != 0u && elapsed >= parameters.time_limit {
            outcome = TRUNCATED;
        }
        if outcome != 0u {
            atomicOr(&outcomes[at >> 2u], outcome << ((at & 3u) * 8u));
            state = parameters.start_state;
            elapsed = 0u;
        }
        at += parameters.lanes;
    }
    lane_states[2u * lane] = rng;
    lane_states[2u * lane + 1u] = vec4(state, elapsed, 0u, 0u);
}
