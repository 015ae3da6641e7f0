// Few long lanes: a suffix scan of affine pairs in three phases. `summarise` composes each block of steps into one pair,
// `carry` turns the pairs of a lane into what each block receives from the steps after it, and `apply` scans each block
// again with that. A lane of one block needs `apply` alone.

struct Place {
    lane: u32,
    block: u32,
    // The first of the invocation's steps.
    t: u32,
    column: u32,
    row: u32,
}

// Of a workgroup that is one of `blocks` to each tile of lanes; past the last tile there is no such lane.
fn place_of(invocation: Invocation, blocks: u32) -> Place {
    let position = position_of(invocation);
    let group = invocation.group.y * invocation.groups.x + invocation.group.x;
    let column = position & (parameters.tile - 1u);
    let row = position / parameters.tile;
    let block = group % blocks;
    return Place(
        group / blocks * parameters.tile + column,
        block,
        (block * (WIDTH / parameters.tile) + row) * ITEMS,
        column,
        row,
    );
}

// The end of the steps that an invocation reads: none of a lane that does not exist.
fn end_of(place: Place) -> u32 {
    return select(0u, parameters.steps, place.lane < parameters.lanes);
}

fn compose_steps(steps: Steps) -> vec2<f32> {
    let late = compose(vec2(steps.third.factor, steps.third.offset), vec2(steps.fourth.factor, steps.fourth.offset));
    return compose(
        vec2(steps.first.factor, steps.first.offset),
        compose(vec2(steps.second.factor, steps.second.offset), late),
    );
}

@compute @workgroup_size(256)
fn summarise(invocation: Invocation) {
    let place = place_of(invocation, parameters.blocks);
    let pair = compose_steps(read_steps(place.t, end_of(place), place.lane));
    let suffix = suffix(invocation, pair, parameters.tile);
    if place.row == 0u && place.lane < parameters.lanes {
        pairs[place.block * parameters.lanes + place.lane] = suffix.whole;
    }
}

@compute @workgroup_size(256)
fn carry(invocation: Invocation) {
    let place = place_of(invocation, 1u);
    let rows = WIDTH / parameters.tile;
    var received = 0.0;
    // From the last chunk of blocks to the first.
    for (var chunk = (parameters.blocks + rows - 1u) / rows; chunk > 0u; chunk--) {
        let block = (chunk - 1u) * rows + place.row;
        let exists = block < parameters.blocks && place.lane < parameters.lanes;
        var pair = IDENTITY;
        if exists {
            pair = pairs[block * parameters.lanes + place.lane];
        }
        let suffix = suffix(invocation, pair, parameters.tile);
        if exists {
            pairs[block * parameters.lanes + place.lane] = vec2(0.0, suffix.after.x * received + suffix.after.y);
        }
        received = suffix.whole.x * received + suffix.whole.y;
        workgroupBarrier();
    }
}

@compute @workgroup_size(256)
fn apply(invocation: Invocation) {
    let place = place_of(invocation, parameters.blocks);
    let end = end_of(place);
    let steps = read_steps(place.t, end, place.lane);
    let suffix = suffix(invocation, compose_steps(steps), parameters.tile);
    if place.t >= end {
        return;
    }
    var later = vec2(suffix.after.y, 0.0);
    if parameters.blocks > 1u {
        later.x += suffix.after.x * pairs[place.block * parameters.lanes + place.lane].y;
    }
    if place.t + ITEMS < end {
        later.y = value_at(place_at(place.t + ITEMS, place.lane));
    }
    walk(place.t, end, place.lane, steps, later);
}
