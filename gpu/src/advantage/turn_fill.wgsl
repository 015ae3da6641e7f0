// The second pass of turn-level GAE: the advantage at the start of a turn, in place, to all its tokens.

const FORWARD = true;

// One byte a step, four to a word: habit::interact::Outcome.
@group(0) @binding(2) var<storage, read> outcomes: array<u32>;
// Likewise, 0 for an observation.
@group(0) @binding(3) var<storage, read> actions: array<u32>;
@group(0) @binding(4) var<storage, read_write> advantages: array<f32>;

fn step_at(at: u32, last: bool) -> Step {
    if byte_of(actions[at >> 2u], at) == 0u {
        return Step(0.0, 0.0, 0.0, vec4(0.0));
    }
    if follows_action(at) {
        return Step(1.0, 0.0, 0.0, vec4(0.0));
    }
    return Step(0.0, advantages[at], 0.0, vec4(0.0));
}

fn value_at(at: u32) -> f32 {
    return 0.0;
}

fn write_step(at: u32, step: Step, x: f32, later: vec2<f32>) {
    advantages[at] = x;
}
