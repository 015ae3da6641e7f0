// Of the observation's number, as habit::policy::features::OneHot. Words: how many there are; then the weights, a row an
// action.

fn policy_bias(observation: Observation, action: u32) -> f32 {
    return policy_number(1u + action * policy_word(0u) + observation);
}
