// What policy and critic see: an observation's numbers, scaled.

// Inputs, then 1.
const POLICY_FEATURES = INPUTS + 1u;
// 1, inputs, their squares.
const CRITIC_FEATURES = 2u * INPUTS + 1u;

fn policy_number(index: u32) -> f32 {
    return bitcast<f32>(words[parameters.policy + index]);
}

// Input d of the observation whose first row of lanes this is.
fn input_at(row: u32, d: u32, lane: u32) -> f32 {
    return observations[(row + d) * parameters.lanes + lane] * policy_number(d);
}
