// Of the observation's numbers, each times a scale, and a constant 1: habit::policy::features::Raw. Words: the scales, then
// the weights, a row an action.

fn policy_logit(observation: Observation, action: u32) -> f32 {
    var inputs = observation;
    let row = OBSERVATION_WORDS + action * (OBSERVATION_WORDS + 1u);
    var sum = 0.0;
    for (var d = 0u; d < OBSERVATION_WORDS; d++) {
        sum += policy_number(row + d) * (inputs[d] * policy_number(d));
    }
    return sum + policy_number(row + OBSERVATION_WORDS);
}
