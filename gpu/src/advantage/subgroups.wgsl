// The scan within a workgroup, first within each subgroup without memory, then over the subgroups in shared memory.

struct Invocation {
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
    @builtin(subgroup_id) subgroup: u32,
    @builtin(num_subgroups) subgroups: u32,
    @builtin(subgroup_invocation_id) inner: u32,
    @builtin(subgroup_size) size: u32,
}

// Whether the subgroups are full; else each invocation counts as one of its own.
fn full(invocation: Invocation) -> bool {
    return invocation.subgroups * invocation.size == WIDTH;
}

// Row by row of `tile` columns. Subgroup by subgroup, because nothing says that a subgroup's invocations are neighbours.
fn position_of(invocation: Invocation) -> u32 {
    if full(invocation) {
        return invocation.subgroup * invocation.size + invocation.inner;
    }
    return invocation.local;
}

fn suffix(invocation: Invocation, pair: vec2<f32>, tile: u32) -> Suffix {
    let position = position_of(invocation);
    var size = 1u;
    var inner = 0u;
    if full(invocation) {
        size = invocation.size;
        inner = invocation.inner;
    }
    var whole = pair;
    for (var distance = tile; distance < size; distance <<= 1u) {
        let later = subgroupShuffleDown(whole, distance);
        if inner + distance < size {
            whole = compose(whole, later);
        }
    }
    var after = IDENTITY;
    if tile < size {
        let later = subgroupShuffleDown(whole, tile);
        if inner + tile < size {
            after = later;
        }
    }
    // Of each subgroup its first row; where a row is wider than a subgroup, all of it.
    let width = min(size, tile);
    let entries = WIDTH / size * width;
    let entry = position / size * width + (inner & (width - 1u));
    if inner < width {
        shared_pairs[entry] = whole;
    }
    workgroupBarrier();
    let results = compose_columns(position, entries, tile);
    if entry + tile < entries {
        after = compose(after, shared_pairs[results + entry + tile]);
    }
    return Suffix(after, shared_pairs[results + (position & (tile - 1u))]);
}
