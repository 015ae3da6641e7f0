// Discounted returns; settings: discount.

const FORWARD = false;

@group(0) @binding(2) var<storage, read> rewards: array<f32>;
@group(0) @binding(3) var<storage, read> next_values: array<f32>;
// One byte a step, four to a word: habit::interact::Outcome.
@group(0) @binding(4) var<storage, read> outcomes: array<u32>;
@group(0) @binding(5) var<storage, read_write> returns: array<f32>;

fn step_at(at: u32, last: bool) -> Step {
    let outcome = byte_of(outcomes[at >> 2u], at);
    let discount = parameters.settings.x;
    let cut = outcome != CONTINUE;
    let beyond = select(0.0, discount * next_values[at], (cut || last) && outcome != TERMINATED);
    return Step(select(discount, 0.0, cut), rewards[at] + beyond, 0.0, vec4(0.0));
}

fn value_at(at: u32) -> f32 {
    return 0.0;
}

fn write_step(at: u32, step: Step, x: f32, later: vec2<f32>) {
    returns[at] = x;
}
