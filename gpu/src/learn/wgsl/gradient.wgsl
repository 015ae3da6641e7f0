// One pass over a batch: the mean gradient of a surrogate, as habit::learn::policy_gradient_step has it, and the step along
// it.

const WEIGHTS = ACTIONS * POLICY_FEATURES;
// Gradient, objective, divergence, clipped samples.
const ROWS = WEIGHTS + 3u;

@group(0) @binding(1) var<storage, read_write> words: array<u32>;
@group(0) @binding(2) var<storage, read> observations: array<f32>;
@group(0) @binding(3) var<storage, read> actions: array<u32>;
@group(0) @binding(4) var<storage, read> log_probabilities: array<f32>;
@group(0) @binding(5) var<storage, read> advantages: array<f32>;
@group(0) @binding(6) var<storage, read_write> partials: array<f32>;
@group(0) @binding(7) var<storage, read_write> progress: array<f32>;

@compute @workgroup_size(64)
fn gradient(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    var sums: array<f32, ROWS>;
    let count = parameters.steps * parameters.lanes;
    let trusts_all = parameters.clip < 0.0;
    for (var i = group.x * 64u + local; i < count; i += parameters.blocks * 64u) {
        var inputs = inputs_at(i / parameters.lanes * INPUTS, i % parameters.lanes);
        var logits: array<f32, ACTIONS>;
        var greatest = 0.0;
        for (var a = 0u; a < ACTIONS; a++) {
            let row = INPUTS + a * POLICY_FEATURES;
            var logit = 0.0;
            for (var d = 0u; d < INPUTS; d++) {
                logit += policy_number(row + d) * inputs[d];
            }
            logits[a] = logit + policy_number(row + INPUTS);
            greatest = select(max(greatest, logits[a]), logits[a], a == 0u);
        }
        var sum = 0.0;
        for (var a = 0u; a < ACTIONS; a++) {
            sum += exp(logits[a] - greatest);
        }
        let action = actions[i];
        let advantage = advantages[i];
        let log_ratio = logits[action] - greatest - log(sum) - log_probabilities[i];
        let ratio = exp(log_ratio);
        let clipped = !trusts_all && ((advantage > 0.0 && ratio > 1.0 + parameters.clip)
            || (advantage < 0.0 && ratio < 1.0 - parameters.clip));
        let own = select(select(ratio * advantage, 0.0, clipped), advantage, trusts_all);
        let bounded = clamp(ratio, 1.0 - parameters.clip, 1.0 + parameters.clip) * advantage;
        for (var a = 0u; a < ACTIONS; a++) {
            let weight = own * (select(0.0, 1.0, a == action) - exp(logits[a] - greatest) / sum);
            for (var d = 0u; d < INPUTS; d++) {
                sums[a * POLICY_FEATURES + d] += weight * inputs[d];
            }
            sums[a * POLICY_FEATURES + INPUTS] += weight;
        }
        sums[WEIGHTS] += select(min(ratio * advantage, bounded), advantage, trusts_all);
        sums[WEIGHTS + 1u] += ratio - 1.0 - log_ratio;
        sums[WEIGHTS + 2u] += select(0.0, 1.0, clipped);
    }
    keep_sums(group.x, local, &sums);
}

@compute @workgroup_size(64)
fn update(@builtin(local_invocation_index) local: u32) {
    total_up(local, 1.0 / f32(parameters.steps * parameters.lanes));
    if local != 0u {
        return;
    }
    var squares = 0.0;
    for (var row = 0u; row < WEIGHTS; row++) {
        squares += totals[row] * totals[row];
    }
    // A step that would lead nowhere is not taken.
    if (bitcast<u32>(squares) & 0x7f800000u) != 0x7f800000u {
        for (var row = 0u; row < WEIGHTS; row++) {
            let at = parameters.policy + INPUTS + row;
            words[at] = bitcast<u32>(bitcast<f32>(words[at]) + parameters.step_size * totals[row]);
        }
    }
    progress[parameters.progress + 3u] = totals[WEIGHTS];
    progress[parameters.progress + 4u] = totals[WEIGHTS + 1u];
    progress[parameters.progress + 5u] = totals[WEIGHTS + 2u];
}
