// habit::learn::Sarsa: the next state is worth the action that will be taken.

fn target_value(committed: ptr<function, u32>, rng: ptr<function, vec4<u32>>) -> f32 {
    let action = epsilon_greedy(rng);
    *committed = action + 1u;
    return row_values[action];
}
