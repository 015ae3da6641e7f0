// Sums of many rows over all samples: a workgroup adds up its own, and one workgroup then adds up what they found.

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

// The sum of the row `row` of partial sums, one a block, to one workgroup.
fn sum_of_row(local: u32, row: u32, blocks: u32) -> f32 {
    var sum = 0.0;
    for (var block = local; block < blocks; block += 64u) {
        sum += partials[row * blocks + block];
    }
    return sum_up(local, sum);
}
