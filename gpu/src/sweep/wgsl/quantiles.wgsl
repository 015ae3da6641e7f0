// Order statistics of many rows, one workgroup a row: each wanted one is found byte by byte from the top, by counting how
// often each byte follows the bytes found so far. Equal to the bit with what sorting finds, the bits of a number being ordered
// as by f32::total_cmp. The row's mean beside them.
//
// Before this file stand `Invocation` and `team_sum`.

struct QuantileParameters {
    lanes: u32,
    rows: u32,
    // Wanted in this dispatch, at most 8, and how many were wanted before.
    ranks: u32,
    first: u32,
    // Words of a row's results.
    stride: u32,
    // Places in the order, from 0.
    @align(16) rank: array<vec4<u32>, 2>,
}

const RANKS = 8u;
const BINS = 256u;
// So many numbers are added up before their sum is added to the others, so that rounding stays small in long rows.
const BLOCK = 64u;

@group(0) @binding(0) var<uniform> quantile_parameters: QuantileParameters;
@group(0) @binding(1) var<storage, read> quantile_values: array<u32>;
// Of each row: sum, 1 if a number is not finite, then for each rank the number and the one after it.
@group(0) @binding(2) var<storage, read_write> quantile_results: array<u32>;

var<workgroup> histogram: array<atomic<u32>, 2048>;
// Of each rank: the bytes found so far, and its place among the numbers that begin with them.
var<workgroup> found: array<u32, 8>;
var<workgroup> places: array<u32, 8>;
// Of each rank: how many numbers equal it, and the least number above it.
var<workgroup> equals: array<u32, 8>;
var<workgroup> nexts: array<atomic<u32>, 8>;
var<workgroup> irregular: atomic<u32>;

// Ordered as the numbers are.
fn key_of(bits: u32) -> u32 {
    return bits ^ select(0x80000000u, 0xffffffffu, (bits >> 31u) != 0u);
}

fn bits_of(key: u32) -> u32 {
    return key ^ select(0xffffffffu, 0x80000000u, (key >> 31u) != 0u);
}

@compute @workgroup_size(256)
fn quantiles(invocation: Invocation) {
    let position = position_of(invocation);
    let row = invocation.group.y * invocation.groups.x + invocation.group.x;
    let lanes = quantile_parameters.lanes;
    let ranks = quantile_parameters.ranks;
    // Past the last row there is nothing to do, but the barriers want everyone.
    let count = select(0u, lanes, row < quantile_parameters.rows);
    let begin = row * lanes;
    if position < RANKS {
        found[position] = 0u;
        places[position] = quantile_parameters.rank[position / 4u][position % 4u];
        atomicStore(&nexts[position], 0xffffffffu);
    }
    if position == 0u {
        atomicStore(&irregular, 0u);
    }

    for (var level = 0u; level < 4u; level++) {
        // Nothing is found before the first level: one histogram serves all.
        let tables = select(ranks, 1u, level == 0u);
        let shift = 24u - 8u * level;
        for (var table = 0u; table < RANKS; table++) {
            atomicStore(&histogram[table * BINS + position], 0u);
        }
        workgroupBarrier();
        for (var i = position; i < count; i += WIDTH) {
            let key = key_of(quantile_values[begin + i]);
            for (var table = 0u; table < tables; table++) {
                if level == 0u || (key >> (shift + 8u)) == found[table] {
                    atomicAdd(&histogram[table * BINS + ((key >> shift) & 255u)], 1u);
                }
            }
        }
        workgroupBarrier();
        if position < ranks && count > 0u {
            let table = select(position, 0u, level == 0u);
            var place = places[position];
            var bin = 0u;
            var here = atomicLoad(&histogram[table * BINS]);
            while place >= here && bin < BINS - 1u {
                place -= here;
                bin++;
                here = atomicLoad(&histogram[table * BINS + bin]);
            }
            found[position] = (found[position] << 8u) | bin;
            places[position] = place;
            equals[position] = here;
        }
        workgroupBarrier();
    }

    var sum = 0.0;
    var strange = false;
    for (var block = position; block < count; block += WIDTH * BLOCK) {
        var part = 0.0;
        for (var i = block; i < min(block + WIDTH * BLOCK, count); i += WIDTH) {
            let bits = quantile_values[begin + i];
            strange = strange || (bits & 0x7f800000u) == 0x7f800000u;
            part += bitcast<f32>(bits);
            let key = key_of(bits);
            for (var rank = 0u; rank < ranks; rank++) {
                if key > found[rank] {
                    atomicMin(&nexts[rank], key);
                }
            }
        }
        sum += part;
    }
    if strange {
        atomicStore(&irregular, 1u);
    }
    sum = team_sum(invocation, sum, WIDTH);
    workgroupBarrier();

    if count > 0u {
        let out = row * quantile_parameters.stride;
        if position == 0u {
            quantile_results[out] = bitcast<u32>(sum);
            quantile_results[out + 1u] = atomicLoad(&irregular);
        }
        if position < ranks {
            let at = out + 2u + 2u * (quantile_parameters.first + position);
            let own = found[position];
            let last = places[position] + 1u >= equals[position];
            quantile_results[at] = bits_of(own);
            quantile_results[at + 1u] = bits_of(select(own, atomicLoad(&nexts[position]), last));
        }
    }
}
