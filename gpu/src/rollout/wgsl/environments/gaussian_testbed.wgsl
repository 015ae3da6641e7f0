// habit::env::GaussianBandit::testbed: an episode is a bandit of its own. State: the mean of each arm. Words: their centre.

alias State = StateWords;

fn state_from_words(words: StateWords) -> State {
    return words;
}

fn words_from_state(state: State) -> StateWords {
    return state;
}

fn environment_observe(state: State) -> Observation {
    return 0u;
}

fn environment_reset(rng: ptr<function, vec4<u32>>) -> State {
    var means: State;
    for (var arm = 0u; arm < STATE_WORDS; arm++) {
        means[arm] = bitcast<u32>(environment_number(0u) + gaussian_by_sum(rng));
    }
    return means;
}

fn environment_step(state: ptr<function, State>, action: u32, rng: ptr<function, vec4<u32>>) -> Step {
    return Step(bitcast<f32>((*state)[action]) + gaussian_by_sum(rng), false);
}
