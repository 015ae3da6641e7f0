// Of the observation's numbers, each times a scale, and a constant 1: habit::policy::features::Raw. Words: the scales, then
// the weights, a row an action.

fn policy_row(action: u32) -> u32 {
    return OBSERVATION_WORDS + action * (OBSERVATION_WORDS + 1u);
}

fn policy_bias(observation: Observation, action: u32) -> f32 {
    return policy_number(policy_row(action) + OBSERVATION_WORDS);
}
