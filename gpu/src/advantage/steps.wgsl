// Backward recursions x_t = factor_t x_{t+1} + offset_t over [steps][lanes], time-major: what the estimators and both paths
// share. A recursion may also go forward in time: then t counts from the end. An estimator gives, in a file of its own,
//
//     const FORWARD                                                   whether it goes forward
//     fn step_at(at: u32, last: bool) -> Step                         what it reads of one step; the last of a lane is marked
//     fn value_at(at: u32) -> f32                                     `value` of that step alone, 0.0 where it is of no use
//     fn write_step(at: u32, step: Step, x: f32, later: vec2<f32>)    what it writes; `later` is x and `value` of the next

struct Parameters {
    steps: u32,
    lanes: u32,
    // On the path of many lanes, the steps of this dispatch.
    first: u32,
    end: u32,
    // On the path of few lanes, the blocks of each, and how many lanes a workgroup takes side by side: a power of two.
    blocks: u32,
    tile: u32,
    // Which outputs are wanted, a bit each.
    wanted: u32,
    // The estimator's own numbers.
    settings: vec4<f32>,
}

// `value` is what the step before may want to know; `own` is the estimator's, from reading to writing.
struct Step {
    factor: f32,
    offset: f32,
    value: f32,
    own: vec4<f32>,
}

// habit::interact::Outcome
const CONTINUE = 0u;
const TERMINATED = 1u;

// Leaves all as it is.
const NO_STEP = Step(1.0, 0.0, 0.0, vec4(0.0));
// Steps that an invocation reads before it computes, so that their reads overlap.
const ITEMS = 4u;

@group(0) @binding(0) var<uniform> parameters: Parameters;
// Many lanes: x and `value` of each lane where a dispatch stopped. Few lanes: of block b and lane n, at b * lanes + n.
@group(0) @binding(1) var<storage, read_write> pairs: array<vec2<f32>>;

// Of the bytes in a word, that of entry `at`.
fn byte_of(word: u32, at: u32) -> u32 {
    return (word >> ((at & 3u) * 8u)) & 0xffu;
}

// Where a step lies.
fn place_at(t: u32, lane: u32) -> u32 {
    return select(t, parameters.steps - 1u - t, FORWARD) * parameters.lanes + lane;
}

struct Steps {
    first: Step,
    second: Step,
    third: Step,
    fourth: Step,
}

fn step_before(end: u32, t: u32, lane: u32) -> Step {
    if t < end {
        return step_at(place_at(t, lane), t + 1u == parameters.steps);
    }
    return NO_STEP;
}

// Steps t to t + 3 of a lane, those from `end` on left out.
fn read_steps(t: u32, end: u32, lane: u32) -> Steps {
    return Steps(
        step_before(end, t, lane),
        step_before(end, t + 1u, lane),
        step_before(end, t + 2u, lane),
        step_before(end, t + 3u, lane),
    );
}

fn write_before(end: u32, t: u32, lane: u32, step: Step, later: vec2<f32>) -> vec2<f32> {
    if t < end {
        let x = step.offset + step.factor * later.x;
        write_step(place_at(t, lane), step, x, later);
        return vec2(x, step.value);
    }
    return later;
}

// Walks back over what was read; `later` is x and `value` of the step after the fourth.
fn walk(t: u32, end: u32, lane: u32, steps: Steps, later: vec2<f32>) -> vec2<f32> {
    var now = write_before(end, t + 3u, lane, steps.fourth, later);
    now = write_before(end, t + 2u, lane, steps.third, now);
    now = write_before(end, t + 1u, lane, steps.second, now);
    return write_before(end, t, lane, steps.first, now);
}
