// Sums of many rows over all samples: a workgroup adds up its own, and one workgroup then adds up what they found. Who
// uses it says how many ROWS there are, and binds `partials`.

var<workgroup> sums_of: array<f32, 64>;

// The sum of a workgroup's numbers, added by halves; all know it.
fn sum_up(local: u32, value: f32) -> f32 {
    sums_of[local] = value;
    workgroupBarrier();
    for (var width = 32u; width > 0u; width /= 2u) {
        if local < width {
            sums_of[local] += sums_of[local + width];
        }
        workgroupBarrier();
    }
    let sum = sums_of[0];
    workgroupBarrier();
    return sum;
}

// What an invocation has added up of its samples for a row, to its workgroup's place in it.
fn keep_sum(row: u32, block: u32, local: u32, own: f32) {
    let sum = sum_up(local, own);
    if local == 0u {
        partials[row * parameters.blocks + block] = sum;
    }
}

var<workgroup> totals: array<f32, ROWS>;

// The sums of all rows, times a share, to one workgroup's first invocation.
fn total_up(local: u32, share: f32) {
    for (var row = 0u; row < ROWS; row++) {
        var sum = 0.0;
        for (var block = local; block < parameters.blocks; block += 64u) {
            sum += partials[row * parameters.blocks + block];
        }
        let total = sum_up(local, sum);
        if local == 0u {
            totals[row] = total * share;
        }
    }
    workgroupBarrier();
}
