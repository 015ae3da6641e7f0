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

// Whether the surrogate takes a sample away.
fn is_clipped(ratio: f32, advantage: f32) -> bool {
    return (advantage > 0.0 && ratio > 1.0 + parameters.clip) || (advantage < 0.0 && ratio < 1.0 - parameters.clip);
}

@compute @workgroup_size(64)
fn gradient(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
#each a 0 ACTIONS
#each d 0 INPUTS+1
    let weight$a_$d = policy_number(INPUTS + $au * POLICY_FEATURES + $du);
    var slope$a_$d = 0.0;
#end
#end
    var objective = 0.0;
    var divergence = 0.0;
    var taken_away = 0.0;
    let count = parameters.steps * parameters.lanes;
    let trusts_all = parameters.clip < 0.0;
    for (var i = group.x * 64u + local; i < count; i += parameters.blocks * 64u) {
        let row = i / parameters.lanes * INPUTS;
        let lane = i % parameters.lanes;
#each d 0 INPUTS
        let input$d = input_at(row, $du, lane);
#end
        let input$INPUTS = 1.0;
#each a 0 ACTIONS
        var logit$a = 0.0;
#each d 0 INPUTS+1
        logit$a += weight$a_$d * input$d;
#end
#end
        var greatest = logit0;
#each a 1 ACTIONS
        greatest = max(greatest, logit$a);
#end
        let action = actions[i];
        var sum = 0.0;
        var chosen = logit0;
#each a 0 ACTIONS
        let share$a = exp(logit$a - greatest);
        sum += share$a;
        chosen = select(chosen, logit$a, action == $au);
#end
        let advantage = advantages[i];
        let log_ratio = chosen - greatest - log(sum) - log_probabilities[i];
        let ratio = exp(log_ratio);
        let clipped = !trusts_all && is_clipped(ratio, advantage);
        let own = select(select(ratio * advantage, 0.0, clipped), advantage, trusts_all);
#each a 0 ACTIONS
        let along$a = own * (select(0.0, 1.0, action == $au) - share$a / sum);
#each d 0 INPUTS+1
        slope$a_$d += along$a * input$d;
#end
#end
        let bounded = clamp(ratio, 1.0 - parameters.clip, 1.0 + parameters.clip) * advantage;
        objective += select(min(ratio * advantage, bounded), advantage, trusts_all);
        divergence += ratio - 1.0 - log_ratio;
        taken_away += select(0.0, 1.0, clipped);
    }
#each a 0 ACTIONS
#each d 0 INPUTS+1
    keep_sum($au * POLICY_FEATURES + $du, group.x, local, slope$a_$d);
#end
#end
    keep_sum(WEIGHTS, group.x, local, objective);
    keep_sum(WEIGHTS + 1u, group.x, local, divergence);
    keep_sum(WEIGHTS + 2u, group.x, local, taken_away);
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
    progress[parameters.progress + 4u] = totals[WEIGHTS];
    progress[parameters.progress + 5u] = totals[WEIGHTS + 1u];
    progress[parameters.progress + 6u] = totals[WEIGHTS + 2u];
}
