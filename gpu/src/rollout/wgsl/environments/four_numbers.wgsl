// A state of four numbers.

alias State = vec4<f32>;

fn state_from_words(words: StateWords) -> State {
    return bitcast<vec4<f32>>(vec4(words[0], words[1], words[2], words[3]));
}

fn words_from_state(state: State) -> StateWords {
    let words = bitcast<vec4<u32>>(state);
    return StateWords(words.x, words.y, words.z, words.w);
}
