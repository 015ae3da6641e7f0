// A row a state: the thresholds of all actions but the last, and then the last possible action. One word, whatever the state.

fn policy_act(observation: Observation, rng: ptr<function, vec4<u32>>) -> Choice {
    let row = rollout_parameters.policy + observation * ACTIONS;
    return Choice(rollout_first_above(next_u32(rng), 0u, rollout_words[row + ACTIONS - 1u], row, 1u), 0.0);
}
