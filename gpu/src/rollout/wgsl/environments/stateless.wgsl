// Of an environment whose steps leave nothing behind, and in which there is nothing to see.

alias State = u32;

fn state_from_words(words: StateWords) -> State {
    return words[0];
}

fn words_from_state(state: State) -> StateWords {
    return StateWords(state);
}

fn environment_observe(state: State) -> Observation {
    return 0u;
}

fn environment_reset(rng: ptr<function, vec4<u32>>) -> State {
    return 0u;
}
