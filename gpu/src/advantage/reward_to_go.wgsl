// Rewards to go.

const FORWARD = false;

@group(0) @binding(2) var<storage, read> rewards: array<f32>;
// One byte a step, four to a word: habit::interact::Outcome.
@group(0) @binding(3) var<storage, read> outcomes: array<u32>;
@group(0) @binding(4) var<storage, read_write> sums: array<f32>;

fn step_at(at: u32, last: bool) -> Step {
    let cut = byte_of(outcomes[at >> 2u], at) != CONTINUE;
    return Step(select(1.0, 0.0, cut), rewards[at], 0.0, vec4(0.0));
}

fn value_at(at: u32) -> f32 {
    return 0.0;
}

fn write_step(at: u32, step: Step, x: f32, later: vec2<f32>) {
    sums[at] = x;
}
