// habit::env::LinearDynamicalBandit. Words: the noise's deviation; the output's weights; the transition, row by row; then,
// for each arm, what it adds to the output and to each number of the state.

alias State = array<f32, STATE_WORDS>;

fn state_from_words(words: StateWords) -> State {
    var bits = words;
    var state: State;
    for (var i = 0u; i < STATE_WORDS; i++) {
        state[i] = bitcast<f32>(bits[i]);
    }
    return state;
}

fn words_from_state(state: State) -> StateWords {
    var numbers = state;
    var words: StateWords;
    for (var i = 0u; i < STATE_WORDS; i++) {
        words[i] = bitcast<u32>(numbers[i]);
    }
    return words;
}

fn environment_observe(state: State) -> Observation {
    return 0u;
}

fn environment_reset(rng: ptr<function, vec4<u32>>) -> State {
    return State();
}

// The product of the state with the numbers from `at` on.
fn weighed(state: ptr<function, State>, at: u32) -> f32 {
    var sum = 0.0;
    for (var i = 0u; i < STATE_WORDS; i++) {
        sum += environment_number(at + i) * (*state)[i];
    }
    return sum;
}

fn environment_step(state: ptr<function, State>, action: u32, rng: ptr<function, vec4<u32>>) -> Step {
    const N = STATE_WORDS;
    let noise = environment_number(0u);
    let arm = 1u + N + N * N + action * (1u + N);
    let reward = weighed(state, 1u) + environment_number(arm) + noise * gaussian_by_sum(rng);
    var next: State;
    for (var i = 0u; i < N; i++) {
        next[i] = weighed(state, 1u + N + i * N) + environment_number(arm + 1u + i) + noise * gaussian_by_sum(rng);
    }
    *state = next;
    return Step(reward, false);
}
