// Many lanes: one invocation walks one lane backwards. Neighbours read neighbouring addresses. Long lanes are walked in
// several dispatches, the last steps first.

@compute @workgroup_size(64)
fn lanes(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let lane = (group.y * groups.x + group.x) * 64u + local;
    if lane >= parameters.lanes {
        return;
    }
    var later = vec2(0.0);
    if parameters.end < parameters.steps {
        later = pairs[lane];
    }
    for (var left = (parameters.end - parameters.first + ITEMS - 1u) / ITEMS; left > 0u; left--) {
        let t = parameters.first + (left - 1u) * ITEMS;
        later = walk(t, parameters.end, lane, read_steps(t, parameters.end, lane), later);
    }
    if parameters.first > 0u {
        pairs[lane] = later;
    }
}
