// V-trace; settings: discount, discount * lambda, rho_bar, c_bar. x is the distance of a target from its value.

const FORWARD = false;

@group(0) @binding(2) var<storage, read> rewards: array<f32>;
@group(0) @binding(3) var<storage, read> values: array<f32>;
@group(0) @binding(4) var<storage, read> next_values: array<f32>;
// One byte a step, four to a word: habit::interact::Outcome.
@group(0) @binding(5) var<storage, read> outcomes: array<u32>;
// log pi - log mu
@group(0) @binding(6) var<storage, read> log_ratios: array<f32>;
@group(0) @binding(7) var<storage, read_write> advantages: array<f32>;
@group(0) @binding(8) var<storage, read_write> targets: array<f32>;

// Beyond this an exponential is not finite; any limit of a ratio is below it.
const GREATEST = 88.0;

fn step_at(at: u32, last: bool) -> Step {
    let outcome = byte_of(outcomes[at >> 2u], at);
    let discount = parameters.settings.x;
    let value = values[at];
    let ratio = exp(clamp(log_ratios[at], -GREATEST, GREATEST));
    let weight = min(parameters.settings.z, ratio);
    let gain = rewards[at] - value;
    let beyond = discount * select(next_values[at], 0.0, outcome == TERMINATED);
    let cut = outcome != CONTINUE;
    return Step(
        select(parameters.settings.y * min(parameters.settings.w, ratio), 0.0, cut),
        weight * (gain + beyond),
        value,
        vec4(weight, gain, beyond, select(1.0, 0.0, cut || last)),
    );
}

fn value_at(at: u32) -> f32 {
    return values[at];
}

fn write_step(at: u32, step: Step, x: f32, later: vec2<f32>) {
    // The target of the next step, where there is one in the episode.
    let beyond = select(step.own.z, parameters.settings.x * (later.y + later.x), step.own.w != 0.0);
    advantages[at] = step.own.x * (step.own.y + beyond);
    if (parameters.wanted & 2u) != 0u {
        targets[at] = step.value + x;
    }
}
