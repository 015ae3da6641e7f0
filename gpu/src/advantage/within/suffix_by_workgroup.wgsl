// In shared memory alone.

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
