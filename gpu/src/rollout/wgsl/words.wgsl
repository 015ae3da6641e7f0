// How an environment reads its words, in whatever shader it stands.

// The environment's words, then the policy's.
@group(0) @binding(1) var<storage, read> rollout_words: array<u32>;

fn environment_word(index: u32) -> u32 {
    return rollout_words[index];
}

fn environment_number(index: u32) -> f32 {
    return bitcast<f32>(rollout_words[index]);
}

// The first i from `first` on whose threshold, word `base + stride * i` of all, is above `word`, or `last`.
fn rollout_first_above(word: u32, first: u32, last: u32, base: u32, stride: u32) -> u32 {
    var least = first;
    var most = last;
    while least < most {
        let middle = (least + most) / 2u;
        if word < rollout_words[base + stride * middle] {
            most = middle;
        } else {
            least = middle + 1u;
        }
    }
    return least;
}
