// Masked GAE and, where TURNS, the first of two passes of turn-level GAE; settings: discount, discount * lambda. x is what a
// token leaves to those before it: past the start of a turn of value u and advantage A, discount * u + discount * lambda * A,
// and within the turn the rewards of its later tokens besides.

const FORWARD = false;

@group(0) @binding(2) var<storage, read> rewards: array<f32>;
@group(0) @binding(3) var<storage, read> values: array<f32>;
@group(0) @binding(4) var<storage, read> next_values: array<f32>;
// One byte a step, four to a word: habit::interact::Outcome.
@group(0) @binding(5) var<storage, read> outcomes: array<u32>;
// Likewise, 0 for an observation.
@group(0) @binding(6) var<storage, read> actions: array<u32>;
@group(0) @binding(7) var<storage, read_write> advantages: array<f32>;

fn step_at(at: u32, last: bool) -> Step {
    let outcome = byte_of(outcomes[at >> 2u], at);
    let action = byte_of(actions[at >> 2u], at) != 0u;
    let cut = outcome != CONTINUE;
    let start = action && !(TURNS && follows_action(at));
    let discount = parameters.settings.x;
    let decay = parameters.settings.y;
    let reward = rewards[at];
    let value = values[at];
    // What an end leaves, and what the token makes of what it receives.
    let left = select(0.0, discount * next_values[at], (cut || last) && outcome != TERMINATED);
    let factor = select(1.0, decay, start);
    let offset = select(select(0.0, reward, action), discount * value + decay * (reward - value), start);
    let error = reward - value;
    return Step(
        select(factor, 0.0, cut),
        offset + factor * left,
        0.0,
        vec4(error, left, select(1.0, 0.0, cut), select(select(0.0, 1.0, action), 2.0, start)),
    );
}

fn value_at(at: u32) -> f32 {
    return 0.0;
}

fn write_step(at: u32, step: Step, x: f32, later: vec2<f32>) {
    if step.own.w == 2.0 {
        advantages[at] = step.own.x + step.own.y + step.own.z * later.x;
    } else if !TURNS {
        advantages[at] = 0.0;
    }
}
