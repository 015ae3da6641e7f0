// habit::env::CartPole: position, velocity, angle, angular velocity.

fn environment_observe(state: State) -> Observation {
    return Observation(state.x, state.y, state.z, state.w);
}

fn environment_reset(rng: ptr<function, vec4<u32>>) -> State {
    let x = unit_f32(rng);
    let v = unit_f32(rng);
    let angle = unit_f32(rng);
    let w = unit_f32(rng);
    return -0.05 + 0.1 * vec4(x, v, angle, w);
}

fn environment_step(state: ptr<function, State>, action: u32, rng: ptr<function, vec4<u32>>) -> Step {
    const MOMENT = 0.05 / 1.1;
    const STEP = 0.02;
    let s = *state;
    let turned = sin_cos(s.z);
    let force = select(-10.0 / 1.1, 10.0 / 1.1, action == 1u);
    let push = force + MOMENT * s.w * s.w * turned.x;
    let angular = (9.8 * turned.x - turned.y * push) / (0.5 * 4.0 / 3.0 - MOMENT * turned.y * turned.y);
    let linear = push - MOMENT * angular * turned.y;
    let next = vec4(s.x + STEP * s.y, s.y + STEP * linear, s.z + STEP * s.w, s.w + STEP * angular);
    *state = next;
    let upright = abs(next.x) <= 2.4 && abs(next.z) <= 12.0 * 2.0 * 3.141592653589793 / 360.0;
    return Step(1.0, !upright);
}
