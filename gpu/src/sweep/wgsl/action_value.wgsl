// habit::bandit::ActionValueBandit with epsilon-greedy.

fn learner_select(_t: u32, rng: ptr<function, vec4<u32>>) -> u32 {
    return epsilon_greedy(rng);
}

fn learner_update(arm: u32, reward: f32, _plays: u32) {
    counts[arm]++;
    let step_size = select(1.0 / f32(counts[arm]), sweep.step_size, sweep.step_size > 0.0);
    row_values[arm] += opaque(step_size * opaque(reward - row_values[arm]));
}
