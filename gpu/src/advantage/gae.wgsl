// GAE(lambda); settings: discount, discount * lambda.

const FORWARD = false;

@group(0) @binding(2) var<storage, read> rewards: array<f32>;
@group(0) @binding(3) var<storage, read> values: array<f32>;
@group(0) @binding(4) var<storage, read> next_values: array<f32>;
// One byte a step, four to a word: habit::interact::Outcome.
@group(0) @binding(5) var<storage, read> outcomes: array<u32>;
@group(0) @binding(6) var<storage, read_write> advantages: array<f32>;
@group(0) @binding(7) var<storage, read_write> targets: array<f32>;

// After the last step there is nothing, so it needs no cut of its own.
fn step_at(at: u32, last: bool) -> Step {
    let outcome = byte_of(outcomes[at >> 2u], at);
    let value = values[at];
    let beyond = select(next_values[at], 0.0, outcome == TERMINATED);
    return Step(
        select(parameters.settings.y, 0.0, outcome != CONTINUE),
        rewards[at] + parameters.settings.x * beyond - value,
        0.0,
        vec4(value, 0.0, 0.0, 0.0),
    );
}

fn value_at(at: u32) -> f32 {
    return 0.0;
}

fn write_step(at: u32, step: Step, x: f32, later: vec2<f32>) {
    advantages[at] = x;
    if (parameters.wanted & 2u) != 0u {
        targets[at] = x + step.own.x;
    }
}
