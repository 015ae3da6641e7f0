// Many lanes: one invocation walks one lane backwards. Neighbours read neighbouring addresses. Long lanes are walked in
// several dispatches, the last steps first.

@compute @workgroup_size(64)
fn lanes(@builtin(global_invocation_id) id: vec3<u32>) {
    if id.x >= parameters.lanes {
        return;
    }
    var at = parameters.end * parameters.lanes + id.x;
    var later = 0.0;
    if parameters.end < parameters.steps {
        later = advantages[at];
    }
    for (var t = parameters.end; t > parameters.first; t--) {
        at -= parameters.lanes;
        let step = step_at(at);
        later = step.offset + step.factor * later;
        write(at, later, step.value);
    }
}
