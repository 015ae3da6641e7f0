// habit::env::MountainCar: position and velocity.

fn environment_observe(state: State) -> Observation {
    return Observation(state.x, state.y);
}

fn environment_reset(rng: ptr<function, vec4<u32>>) -> State {
    return vec2(-0.6 + 0.2 * unit_f32(rng), 0.0);
}

fn environment_step(state: ptr<function, State>, action: u32, rng: ptr<function, vec4<u32>>) -> Step {
    const LOW = -1.2;
    let s = *state;
    let slope = sin_cos(3.0 * s.x).y;
    let v = clamp(s.y + ((f32(action) - 1.0) * 0.001 + slope * -0.0025), -0.07, 0.07);
    let x = clamp(s.x + v, LOW, 0.6);
    let next = vec2(x, select(v, 0.0, x == LOW && v < 0.0));
    *state = next;
    return Step(-1.0, next.x >= 0.5 && next.y >= 0.0);
}
