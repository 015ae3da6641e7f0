// A state of one word.

alias State = u32;

fn state_from_words(words: StateWords) -> State {
    return words[0];
}

fn words_from_state(state: State) -> StateWords {
    return StateWords(state);
}
