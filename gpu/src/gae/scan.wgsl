// Few long lanes: a suffix scan of affine pairs (habit::advantage::AffinePair as factor, offset) in three phases.
// `summarise` composes each block of steps into one pair, `carry` turns the pairs of a lane into what each block receives
// from the steps after it, and `apply` walks each block again with that.

const WIDTH = 256u;
const ITEMS = 4u;
const BLOCK = WIDTH * ITEMS;
const IDENTITY = vec2(1.0, 0.0);

// Of lane n and block b, at n * blocks + b.
@group(0) @binding(7) var<storage, read_write> pairs: array<vec2<f32>>;

var<workgroup> shared_pairs: array<vec2<f32>, WIDTH>;

// `earlier` followed in time by `later`.
fn compose(earlier: vec2<f32>, later: vec2<f32>) -> vec2<f32> {
    return vec2(earlier.x * later.x, earlier.y + earlier.x * later.y);
}

// Leaves in shared_pairs, at each index, the composition of the pairs from there to the end of the workgroup.
fn scan(local: u32, pair: vec2<f32>) {
    var whole = pair;
    shared_pairs[local] = whole;
    workgroupBarrier();
    for (var distance = 1u; distance < WIDTH; distance <<= 1u) {
        var later = IDENTITY;
        if local + distance < WIDTH {
            later = shared_pairs[local + distance];
        }
        workgroupBarrier();
        whole = compose(whole, later);
        shared_pairs[local] = whole;
        workgroupBarrier();
    }
}

// The composition of the pairs after `local`, to the end of the workgroup.
fn after(local: u32) -> vec2<f32> {
    if local + 1u < WIDTH {
        return shared_pairs[local + 1u];
    }
    return IDENTITY;
}

// The composition of one invocation's steps.
fn own_steps(first: u32, lane: u32) -> vec2<f32> {
    var pair = IDENTITY;
    let end = min(first + ITEMS, parameters.steps);
    for (var t = first; t < end; t++) {
        let step = step_at(t * parameters.lanes + lane);
        pair = compose(pair, vec2(step.factor, step.offset));
    }
    return pair;
}

@compute @workgroup_size(256)
fn summarise(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    scan(local, own_steps(group.x * BLOCK + local * ITEMS, group.y));
    if local == 0u {
        pairs[group.y * parameters.blocks + group.x] = shared_pairs[0];
    }
}

@compute @workgroup_size(256)
fn carry(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let row = group.x * parameters.blocks;
    var received = 0.0;
    // From the last chunk of blocks to the first.
    for (var chunk = (parameters.blocks + WIDTH - 1u) / WIDTH; chunk > 0u; chunk--) {
        let block = (chunk - 1u) * WIDTH + local;
        var pair = IDENTITY;
        if block < parameters.blocks {
            pair = pairs[row + block];
        }
        scan(local, pair);
        let later = after(local);
        if block < parameters.blocks {
            pairs[row + block] = vec2(0.0, later.x * received + later.y);
        }
        received = shared_pairs[0].x * received + shared_pairs[0].y;
        workgroupBarrier();
    }
}

@compute @workgroup_size(256)
fn apply(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let lane = group.y;
    let first = group.x * BLOCK + local * ITEMS;
    scan(local, own_steps(first, lane));
    let pair = after(local);
    var later = pair.x * pairs[lane * parameters.blocks + group.x].y + pair.y;
    let end = min(first + ITEMS, parameters.steps);
    for (var t = end; t > first; t--) {
        let at = (t - 1u) * parameters.lanes + lane;
        let step = step_at(at);
        later = step.offset + step.factor * later;
        write(at, later, step.value);
    }
}
