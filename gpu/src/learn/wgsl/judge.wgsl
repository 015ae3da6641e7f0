// The critic's values of what each step was taken on and of what it led to: one invocation a lane, from the first step on.

@group(0) @binding(1) var<storage, read> words: array<u32>;
@group(0) @binding(2) var<storage, read> critic: array<f32>;
@group(0) @binding(3) var<storage, read> observations: array<f32>;
// One byte a step, four to a word: habit::interact::Outcome.
@group(0) @binding(4) var<storage, read> outcomes: array<u32>;
@group(0) @binding(5) var<storage, read> ends: array<f32>;
@group(0) @binding(6) var<storage, read_write> values: array<f32>;
@group(0) @binding(7) var<storage, read_write> next_values: array<f32>;

fn value_of(number: f32, d: u32) -> f32 {
    let x = number * policy_number(d);
    return (critic[1u + d] + critic[1u + INPUTS + d] * x) * x;
}

fn value_at(row: u32, lane: u32) -> f32 {
    var value = critic[0];
    for (var d = 0u; d < INPUTS; d++) {
        value += value_of(observations[(row + d) * parameters.lanes + lane], d);
    }
    return value;
}

fn value_at_end(end: u32, lane: u32) -> f32 {
    var value = critic[0];
    for (var d = 0u; d < INPUTS; d++) {
        value += value_of(ends[(end * (INPUTS + 3u) + 3u + d) * parameters.lanes + lane], d);
    }
    return value;
}

@compute @workgroup_size(64)
fn judge(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let lane = (group.y * groups.x + group.x) * 64u + local;
    if lane >= parameters.lanes {
        return;
    }
    var end = 0u;
    var value = value_at(0u, lane);
    for (var t = 0u; t < parameters.steps; t++) {
        let at = t * parameters.lanes + lane;
        values[at] = value;
        value = value_at((t + 1u) * INPUTS, lane);
        if ((outcomes[at >> 2u] >> ((at & 3u) * 8u)) & 0xffu) == 0u {
            next_values[at] = value;
        } else {
            next_values[at] = value_at_end(end, lane);
            end++;
        }
    }
}
