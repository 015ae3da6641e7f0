// The words of many streams, one lane each: word t of lane n goes to t * lanes + n.

struct Parameters {
    // Steps of this dispatch, and those already taken before it.
    steps: u32,
    taken: u32,
    lanes: u32,
}

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var<storage, read_write> states: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> drawn: array<u32>;

@compute @workgroup_size(64)
fn words(@builtin(global_invocation_id) id: vec3<u32>) {
    let lane = id.x;
    if lane >= parameters.lanes {
        return;
    }
    var state = states[lane];
    var at = parameters.taken * parameters.lanes + lane;
    for (var t = 0u; t < parameters.steps; t++) {
        drawn[at] = next_u32(&state);
        at += parameters.lanes;
    }
    states[lane] = state;
}
