// What environments and policies draw with: the functions of habit::rng, which take the same words and give the same bits.

// Uniform in [0, 1): the upper 24 bits of one word.
fn unit_f32(rng: ptr<function, vec4<u32>>) -> f32 {
    return f32(next_u32(rng) >> 8u) * 5.9604644775390625e-8;
}

// Uniform in 0..n by Lemire's multiplication, n at least 1; one word, rarely more.
fn below(n: u32, rng: ptr<function, vec4<u32>>) -> u32 {
    var word = next_u32(rng);
    if word * n < n {
        let least = (0u - n) % n;
        while word * n < least {
            word = next_u32(rng);
        }
    }
    return multiply_high(word, n);
}

// The upper half of a product.
fn multiply_high(a: u32, b: u32) -> u32 {
    let low = (a & 0xffffu) * (b & 0xffffu);
    let first = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
    let second = (a & 0xffffu) * (b >> 16u) + (first & 0xffffu);
    return (a >> 16u) * (b >> 16u) + (first >> 16u) + (second >> 16u);
}

// Nearly standard normal, the sum of twelve words' upper 20 bits.
fn gaussian_by_sum(rng: ptr<function, vec4<u32>>) -> f32 {
    var sum = 0u;
    for (var i = 0u; i < 12u; i++) {
        sum += next_u32(rng) >> 12u;
    }
    return f32(i32(sum) - 6291456) * 9.5367431640625e-7;
}

// floor(p * 2^32) of a probability, at most 2^32 - 1.
fn threshold(p: f32) -> u32 {
    let bits = bitcast<u32>(p);
    let mantissa = (bits & 0x7fffffu) | 0x800000u;
    let shift = i32(bits >> 23u) - 118;
    if shift >= 9 {
        return 0xffffffffu;
    }
    if shift >= 0 {
        return mantissa << u32(shift);
    }
    return select(0u, mantissa >> u32(-shift), shift > -24);
}
