// The scan within a workgroup, in its shared memory alone.

struct Invocation {
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
}

// Row by row of `tile` columns.
fn position_of(invocation: Invocation) -> u32 {
    return invocation.local;
}

fn suffix(invocation: Invocation, pair: vec2<f32>, tile: u32) -> Suffix {
    let position = invocation.local;
    shared_pairs[position] = pair;
    workgroupBarrier();
    let results = compose_columns(position, WIDTH, tile);
    var after = IDENTITY;
    if position + tile < WIDTH {
        after = shared_pairs[results + position + tile];
    }
    return Suffix(after, shared_pairs[results + (position & (tile - 1u))]);
}
