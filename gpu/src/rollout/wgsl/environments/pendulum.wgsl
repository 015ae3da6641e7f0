// habit::env::Pendulum: angle and velocity. An action is one of the torques in the environment's words.

fn environment_observe(state: State) -> Observation {
    let turned = sin_cos(state.x);
    return Observation(turned.y, turned.x, state.y);
}

fn environment_reset(rng: ptr<function, vec4<u32>>) -> State {
    const PI = 3.141592653589793;
    let angle = unit_f32(rng);
    let w = unit_f32(rng);
    return vec2(-PI + 2.0 * PI * angle, -1.0 + 2.0 * w);
}

fn environment_step(state: ptr<function, State>, action: u32, rng: ptr<function, vec4<u32>>) -> Step {
    const PI = 3.141592653589793;
    const STEP = 0.05;
    let s = *state;
    let torque = clamp(environment_number(action), -2.0, 2.0);
    let rest = (s.x + PI) % (2.0 * PI);
    let wrapped = select(rest, rest + 2.0 * PI, rest < 0.0) - PI;
    let cost = wrapped * wrapped + 0.1 * s.y * s.y + 0.001 * torque * torque;
    let w = clamp(s.y + (15.0 * sin_cos(s.x).x + 3.0 * torque) * STEP, -8.0, 8.0);
    *state = vec2(s.x + w * STEP, w);
    return Step(-cost, false);
}
