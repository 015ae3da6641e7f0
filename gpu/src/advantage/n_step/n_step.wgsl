// n-step returns over [steps][lanes], time-major. Short windows are summed step by step. Long ones are cut at every n-th
// step: a window is the end of one block and the beginning of the next, so that two walks over each block give them all,
// however long.

struct Parameters {
    steps: u32,
    lanes: u32,
    // n
    window: u32,
    // Of the steps of each block, those of this dispatch; on the way of short windows unused.
    first: u32,
    end: u32,
    blocks: u32,
    discount: f32,
}

// habit::interact::Outcome
const CONTINUE = 0u;
const TERMINATED = 1u;

@group(0) @binding(0) var<uniform> parameters: Parameters;
// Of block b and lane n, at b * lanes + n, where a dispatch stopped.
@group(0) @binding(1) var<storage, read_write> carried: array<vec2<f32>>;
@group(0) @binding(2) var<storage, read> rewards: array<f32>;
@group(0) @binding(3) var<storage, read> next_values: array<f32>;
// One byte a step, four to a word.
@group(0) @binding(4) var<storage, read> outcomes: array<u32>;
@group(0) @binding(5) var<storage, read_write> returns: array<f32>;

fn number_of(group: vec3<u32>, groups: vec3<u32>, local: u32) -> u32 {
    return (group.y * groups.x + group.x) * 64u + local;
}

fn outcome_of(at: u32) -> u32 {
    return (outcomes[at >> 2u] >> ((at & 3u) * 8u)) & 0xffu;
}

// One invocation a step and lane.
@compute @workgroup_size(64)
fn short(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let own = number_of(group, groups, local);
    let count = parameters.steps * parameters.lanes;
    if own >= count {
        return;
    }
    var at = own;
    var sum = 0.0;
    var weight = 1.0;
    for (var taken = 1u; taken <= parameters.window; taken++) {
        let outcome = outcome_of(at);
        sum += weight * rewards[at];
        weight *= parameters.discount;
        if outcome != CONTINUE || taken == parameters.window || count - at <= parameters.lanes {
            if outcome != TERMINATED {
                sum += weight * next_values[at];
            }
            break;
        }
        at += parameters.lanes;
    }
    returns[own] = sum;
}

// The first i steps of the next block, with the value after them: left at step i of the own block, for i from 1 on. What is
// carried: the sum so far, and the weight of what follows, 0 when nothing does.
@compute @workgroup_size(64)
fn ahead(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let own = number_of(group, groups, local);
    let block = own / parameters.lanes;
    if block + 1u >= parameters.blocks {
        return;
    }
    let lane = own % parameters.lanes;
    var sum = vec2(0.0, 1.0);
    if parameters.first > 1u {
        sum = carried[own];
    }
    for (var i = parameters.first; i < parameters.end; i++) {
        let t = (block + 1u) * parameters.window + i - 1u;
        var beyond = 0.0;
        if t < parameters.steps && sum.y != 0.0 {
            let at = t * parameters.lanes + lane;
            let outcome = outcome_of(at);
            sum = vec2(sum.x + sum.y * rewards[at], sum.y * parameters.discount);
            if outcome != TERMINATED {
                beyond = sum.y * next_values[at];
            }
            if outcome != CONTINUE || t + 1u == parameters.steps {
                sum = vec2(sum.x + beyond, 0.0);
                beyond = 0.0;
            }
        }
        returns[(block * parameters.window + i) * parameters.lanes + lane] = sum.x + beyond;
    }
    carried[own] = sum;
}

// The steps of a block from its end on, as a map (factor, offset) of what follows the block, applied to that.
@compute @workgroup_size(64)
fn behind(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let own = number_of(group, groups, local);
    let block = own / parameters.lanes;
    if block >= parameters.blocks {
        return;
    }
    let lane = own % parameters.lanes;
    var pair = vec2(1.0, 0.0);
    if parameters.end < parameters.window {
        pair = carried[own];
    }
    for (var i = parameters.end; i > parameters.first; i--) {
        let t = block * parameters.window + i - 1u;
        if t < parameters.steps {
            let at = t * parameters.lanes + lane;
            let outcome = outcome_of(at);
            pair = vec2(parameters.discount * pair.x, rewards[at] + parameters.discount * pair.y);
            if outcome != CONTINUE || t + 1u == parameters.steps {
                pair = vec2(0.0, rewards[at] + select(parameters.discount * next_values[at], 0.0, outcome == TERMINATED));
            }
            var whole = pair.y;
            if pair.x != 0.0 {
                // A window that begins with a block ends with it too.
                if i == 1u {
                    whole += pair.x * next_values[at + (parameters.window - 1u) * parameters.lanes];
                } else {
                    whole += pair.x * returns[at];
                }
            }
            returns[at] = whole;
        }
    }
    carried[own] = pair;
}
