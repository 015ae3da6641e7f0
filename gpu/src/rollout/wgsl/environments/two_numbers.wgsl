// A state of two numbers.

alias State = vec2<f32>;

fn state_from_words(words: StateWords) -> State {
    return bitcast<vec2<f32>>(vec2(words[0], words[1]));
}

fn words_from_state(state: State) -> StateWords {
    let words = bitcast<vec2<u32>>(state);
    return StateWords(words.x, words.y);
}
