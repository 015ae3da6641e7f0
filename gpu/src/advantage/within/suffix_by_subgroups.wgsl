// First within each subgroup, without memory, then over the subgroups in shared memory.

fn suffix(invocation: Invocation, pair: vec2<f32>, tile: u32) -> Suffix {
    let position = position_of(invocation);
    let size = subgroup_of(invocation).x;
    let inner = subgroup_of(invocation).y;
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
