// habit::env::BernoulliBandit. Words: the threshold of each arm, 64 bits, the lower half first.

fn environment_step(state: ptr<function, State>, action: u32, rng: ptr<function, vec4<u32>>) -> Step {
    let word = next_u32(rng);
    let pays = environment_word(2u * action + 1u) != 0u || word < environment_word(2u * action);
    return Step(select(0.0, 1.0, pays), false);
}
