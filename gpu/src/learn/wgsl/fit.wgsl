// The critic by regularised least squares on the value targets: sums of products of features, then Cholesky's method.

const PRODUCTS = CRITIC_FEATURES * (CRITIC_FEATURES + 1u) / 2u;
const ROWS = PRODUCTS + CRITIC_FEATURES;

@group(0) @binding(1) var<storage, read> words: array<u32>;
@group(0) @binding(2) var<storage, read> observations: array<f32>;
@group(0) @binding(3) var<storage, read> targets: array<f32>;
@group(0) @binding(4) var<storage, read_write> partials: array<f32>;
@group(0) @binding(5) var<storage, read_write> critic: array<f32>;

@compute @workgroup_size(64)
fn products(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
#each a 0 CRITIC_FEATURES
#each b 0 a+1
    var product$a_$b = 0.0;
#end
    var aim$a = 0.0;
#end
    let count = parameters.steps * parameters.lanes;
    for (var i = group.x * 64u + local; i < count; i += parameters.blocks * 64u) {
        let row = i / parameters.lanes * INPUTS;
        let lane = i % parameters.lanes;
        let feature0 = 1.0;
#each d 0 INPUTS
        let feature$(1+d) = input_at(row, $du, lane);
        let feature$(1+INPUTS+d) = feature$(1+d) * feature$(1+d);
#end
        let value = targets[i];
#each a 0 CRITIC_FEATURES
#each b 0 a+1
        product$a_$b += feature$a * feature$b;
#end
        aim$a += feature$a * value;
#end
    }
#each a 0 CRITIC_FEATURES
#each b 0 a+1
    keep_sum(entry($au, $bu), group.x, local, product$a_$b);
#end
    keep_sum(PRODUCTS + $au, group.x, local, aim$a);
#end
}

// The lower triangle of a row.
fn entry(a: u32, b: u32) -> u32 {
    return a * (a + 1u) / 2u + b;
}

@compute @workgroup_size(64)
fn solve(@builtin(local_invocation_index) local: u32) {
    total_up(local, 1.0 / f32(parameters.steps * parameters.lanes));
    if local != 0u {
        return;
    }
    for (var a = 0u; a < CRITIC_FEATURES; a++) {
        totals[entry(a, a)] += parameters.ridge;
        for (var b = 0u; b <= a; b++) {
            var rest = totals[entry(a, b)];
            for (var c = 0u; c < b; c++) {
                rest -= totals[entry(a, c)] * totals[entry(b, c)];
            }
            if a > b {
                totals[entry(a, b)] = rest / totals[entry(b, b)];
            } else if rest > 0.0 {
                totals[entry(a, a)] = sqrt(rest);
            } else {
                // Rounding has the better of it: the critic stays.
                return;
            }
        }
    }
    for (var a = 0u; a < CRITIC_FEATURES; a++) {
        var rest = totals[PRODUCTS + a];
        for (var b = 0u; b < a; b++) {
            rest -= totals[entry(a, b)] * totals[PRODUCTS + b];
        }
        totals[PRODUCTS + a] = rest / totals[entry(a, a)];
    }
    for (var left = CRITIC_FEATURES; left > 0u; left--) {
        let a = left - 1u;
        var rest = totals[PRODUCTS + a];
        for (var b = left; b < CRITIC_FEATURES; b++) {
            rest -= totals[entry(b, a)] * totals[PRODUCTS + b];
        }
        totals[PRODUCTS + a] = rest / totals[entry(a, a)];
        critic[a] = totals[PRODUCTS + a];
    }
}
