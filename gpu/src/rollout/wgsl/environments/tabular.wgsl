// A finite model as tables. Words: the start; where the outcomes begin; where those of each pair begin, with a mark where the
// pair takes a word, and at the end their number; the outcomes, four words each: threshold, next state, bits of the reward, 1
// when terminated.

fn environment_observe(state: State) -> Observation {
    return state;
}

fn environment_reset(rng: ptr<function, vec4<u32>>) -> State {
    return environment_word(0u);
}

fn environment_step(state: ptr<function, State>, action: u32, rng: ptr<function, vec4<u32>>) -> Step {
    const DRAWS = 0x80000000u;
    let outcomes = environment_word(1u);
    let pair = 2u + *state * ACTIONS + action;
    let first = environment_word(pair);
    var chosen = first & ~DRAWS;
    if (first & DRAWS) != 0u {
        let last = (environment_word(pair + 1u) & ~DRAWS) - 1u;
        chosen = rollout_first_above(next_u32(rng), chosen, last, outcomes, 4u);
    }
    let at = outcomes + 4u * chosen;
    *state = environment_word(at + 1u);
    return Step(environment_word(at + 2u), environment_word(at + 3u) != 0u);
}
