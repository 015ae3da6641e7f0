// habit::env::Acrobot: both angles, then both velocities.

fn environment_observe(state: State) -> Observation {
    let first = sin_cos(state.x);
    let second = sin_cos(state.y);
    return Observation(first.y, first.x, second.y, second.x, state.z, state.w);
}

fn environment_reset(rng: ptr<function, vec4<u32>>) -> State {
    let t1 = unit_f32(rng);
    let t2 = unit_f32(rng);
    let w1 = unit_f32(rng);
    let w2 = unit_f32(rng);
    return -0.1 + 0.2 * vec4(t1, t2, w1, w2);
}

// The derivative of the state by time.
fn acrobot_slope(s: vec4<f32>, torque: f32) -> vec4<f32> {
    let second = sin_cos(s.y);
    let d1 = 3.5 + second.y;
    let d2 = 1.25 + 0.5 * second.y;
    let phi2 = 4.9 * sin_cos(s.x + s.y).x;
    let phi1 = -0.5 * s.w * s.w * second.x - s.w * s.z * second.x + 3.0 * 4.9 * sin_cos(s.x).x + phi2;
    let a2 = (torque + d2 / d1 * phi1 - 0.5 * s.z * s.z * second.x - phi2) / (1.25 - d2 * d2 / d1);
    return vec4(s.z, s.w, -(d2 * a2 + phi1) / d1, a2);
}

// The angle in +-pi; a step makes a few turns at most.
fn acrobot_wrapped(angle: f32) -> f32 {
    const PI = 3.141592653589793;
    var wrapped = angle;
    for (var i = 0u; i < 8u; i++) {
        if wrapped > PI {
            wrapped -= 2.0 * PI;
        } else if wrapped < -PI {
            wrapped += 2.0 * PI;
        }
    }
    return wrapped;
}

fn environment_step(state: ptr<function, State>, action: u32, rng: ptr<function, vec4<u32>>) -> Step {
    const PI = 3.141592653589793;
    const STEP = 0.2;
    let s = *state;
    let torque = f32(action) - 1.0;
    let k1 = acrobot_slope(s, torque);
    let k2 = acrobot_slope(s + STEP / 2.0 * k1, torque);
    let k3 = acrobot_slope(s + STEP / 2.0 * k2, torque);
    let k4 = acrobot_slope(s + STEP * k3, torque);
    let moved = s + STEP / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4);
    let next = vec4(
        acrobot_wrapped(moved.x),
        acrobot_wrapped(moved.y),
        clamp(moved.z, -4.0 * PI, 4.0 * PI),
        clamp(moved.w, -9.0 * PI, 9.0 * PI),
    );
    *state = next;
    let above = -sin_cos(next.x).y - sin_cos(next.y + next.x).y > 1.0;
    return Step(select(-1.0, 0.0, above), above);
}
