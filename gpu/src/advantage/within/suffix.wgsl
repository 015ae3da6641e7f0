// Affine pairs (habit::advantage::AffinePair as factor, offset), composed within a workgroup.

const IDENTITY = vec2(1.0, 0.0);

// Two halves, read and written in turn: one barrier a round.
var<workgroup> shared_pairs: array<vec2<f32>, 2 * WIDTH>;

// What follows an invocation's own pair in its column, to the column's end, and the whole column.
struct Suffix {
    after: vec2<f32>,
    whole: vec2<f32>,
}

// `earlier` followed in time by `later`.
fn compose(earlier: vec2<f32>, later: vec2<f32>) -> vec2<f32> {
    return vec2(earlier.x * later.x, earlier.y + earlier.x * later.y);
}

// Of the first `entries` pairs in `shared_pairs`, which lie in `tile` columns, composes each with all that follow it in its
// column. Returns where the results begin. They must have been written before a barrier.
fn compose_columns(position: u32, entries: u32, tile: u32) -> u32 {
    var begin = 0u;
    var whole = shared_pairs[position];
    for (var distance = tile; distance < entries; distance <<= 1u) {
        let to = WIDTH - begin;
        if position + distance < entries {
            whole = compose(whole, shared_pairs[begin + position + distance]);
        }
        shared_pairs[to + position] = whole;
        workgroupBarrier();
        begin = to;
    }
    return begin;
}
