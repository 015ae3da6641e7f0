// xoshiro128++ (Blackman & Vigna), word for word habit::rng::Generator.

fn rotate_left(word: u32, bits: u32) -> u32 {
    return (word << bits) | (word >> (32u - bits));
}

// The next word of a stream; its state moves on.
fn next_u32(state: ptr<function, vec4<u32>>) -> u32 {
    var s = *state;
    let word = rotate_left(s.x + s.w, 7u) + s.x;
    let t = s.y << 9u;
    s.z ^= s.x;
    s.w ^= s.y;
    s.y ^= s.z;
    s.x ^= s.w;
    s.z ^= t;
    s.w = rotate_left(s.w, 11u);
    *state = s;
    return word;
}
