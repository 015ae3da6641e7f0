// The critic by regularised least squares on the value targets: sums of products of features, then Cholesky's method.

const PRODUCTS = CRITIC_FEATURES * (CRITIC_FEATURES + 1u) / 2u;
const FIT_ROWS = PRODUCTS + CRITIC_FEATURES;

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
    var sums: array<f32, FIT_ROWS>;
    let count = parameters.steps * parameters.lanes;
    for (var i = group.x * 64u + local; i < count; i += parameters.blocks * 64u) {
        var inputs = inputs_at(i / parameters.lanes * INPUTS, i % parameters.lanes);
        var features: array<f32, CRITIC_FEATURES>;
        features[0] = 1.0;
        for (var d = 0u; d < INPUTS; d++) {
            features[1u + d] = inputs[d];
            features[1u + INPUTS + d] = inputs[d] * inputs[d];
        }
        var row = 0u;
        for (var a = 0u; a < CRITIC_FEATURES; a++) {
            for (var b = 0u; b <= a; b++) {
                sums[row] += features[a] * features[b];
                row++;
            }
            sums[PRODUCTS + a] += features[a] * targets[i];
        }
    }
    for (var row = 0u; row < FIT_ROWS; row++) {
        let sum = sum_up(local, sums[row]);
        if local == 0u {
            partials[row * parameters.blocks + group.x] = sum;
        }
    }
}

var<workgroup> fit_totals: array<f32, FIT_ROWS>;

// The lower triangle of a row.
fn entry(a: u32, b: u32) -> u32 {
    return a * (a + 1u) / 2u + b;
}

@compute @workgroup_size(64)
fn solve(@builtin(local_invocation_index) local: u32) {
    let share = 1.0 / f32(parameters.steps * parameters.lanes);
    for (var row = 0u; row < FIT_ROWS; row++) {
        let sum = sum_of_row(local, row, parameters.blocks);
        if local == 0u {
            fit_totals[row] = sum * share;
        }
    }
    workgroupBarrier();
    if local != 0u {
        return;
    }
    for (var a = 0u; a < CRITIC_FEATURES; a++) {
        fit_totals[entry(a, a)] += parameters.ridge;
        for (var b = 0u; b <= a; b++) {
            var rest = fit_totals[entry(a, b)];
            for (var c = 0u; c < b; c++) {
                rest -= fit_totals[entry(a, c)] * fit_totals[entry(b, c)];
            }
            if a > b {
                fit_totals[entry(a, b)] = rest / fit_totals[entry(b, b)];
            } else if rest > 0.0 {
                fit_totals[entry(a, a)] = sqrt(rest);
            } else {
                // Rounding has the better of it: the critic stays.
                return;
            }
        }
    }
    for (var a = 0u; a < CRITIC_FEATURES; a++) {
        var rest = fit_totals[PRODUCTS + a];
        for (var b = 0u; b < a; b++) {
            rest -= fit_totals[entry(a, b)] * fit_totals[PRODUCTS + b];
        }
        fit_totals[PRODUCTS + a] = rest / fit_totals[entry(a, a)];
    }
    for (var left = CRITIC_FEATURES; left > 0u; left--) {
        let a = left - 1u;
        var rest = fit_totals[PRODUCTS + a];
        for (var b = left; b < CRITIC_FEATURES; b++) {
            rest -= fit_totals[entry(b, a)] * fit_totals[PRODUCTS + b];
        }
        fit_totals[PRODUCTS + a] = rest / fit_totals[entry(a, a)];
        critic[a] = fit_totals[PRODUCTS + a];
    }
}
