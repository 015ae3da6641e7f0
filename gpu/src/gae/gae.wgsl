// GAE(lambda) on [steps][lanes], time-major: what both paths share.

struct Parameters {
    steps: u32,
    lanes: u32,
    // On the path of many lanes, the steps of this dispatch.
    first: u32,
    end: u32,
    // On the path of few lanes, the blocks of each.
    blocks: u32,
    writes_targets: u32,
    discount: f32,
    // discount * lambda
    decay: f32,
}

const TERMINATED = 1u;

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var<storage, read> rewards: array<f32>;
@group(0) @binding(2) var<storage, read> values: array<f32>;
@group(0) @binding(3) var<storage, read> next_values: array<f32>;
// One byte a step, four to a word: habit::interact::Outcome.
@group(0) @binding(4) var<storage, read> outcomes: array<u32>;
@group(0) @binding(5) var<storage, read_write> advantages: array<f32>;
@group(0) @binding(6) var<storage, read_write> targets: array<f32>;

// One step: A_t = factor * A_{t+1} + offset. After the last step there is nothing, A_T = 0, so it needs no cut of its own.
struct Step {
    factor: f32,
    offset: f32,
    value: f32,
}

fn step_at(at: u32) -> Step {
    let outcome = (outcomes[at >> 2u] >> ((at & 3u) * 8u)) & 0xffu;
    let value = values[at];
    let beyond = select(next_values[at], 0.0, outcome == TERMINATED);
    return Step(
        select(parameters.decay, 0.0, outcome != 0u),
        rewards[at] + parameters.discount * beyond - value,
        value,
    );
}

fn write(at: u32, advantage: f32, value: f32) {
    advantages[at] = advantage;
    if parameters.writes_targets != 0u {
        targets[at] = advantage + value;
    }
}
