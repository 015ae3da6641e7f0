// Every action alike, by habit::rng::below.

fn policy_act(observation: Observation, rng: ptr<function, vec4<u32>>) -> Choice {
    return Choice(below(ACTIONS, rng), 0.0);
}
