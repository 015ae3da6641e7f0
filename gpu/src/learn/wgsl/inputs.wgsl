// What policy and critic see: an observation's numbers, scaled.

// Inputs, then 1.
const POLICY_FEATURES = INPUTS + 1u;
// 1, inputs, their squares.
const CRITIC_FEATURES = 2u * INPUTS + 1u;

fn policy_number(index: u32) -> f32 {
    return bitcast<f32>(words[parameters.policy + index]);
}

// The inputs of a sample, by its first row of lanes.
fn inputs_at(row: u32, lane: u32) -> array<f32, INPUTS> {
    var inputs: array<f32, INPUTS>;
    for (var d = 0u; d < INPUTS; d++) {
        inputs[d] = observations[(row + d) * parameters.lanes + lane] * policy_number(d);
    }
    return inputs;
}
