// habit::env::GaussianBandit. Words: the deviation, then the mean of each arm.

fn environment_step(state: ptr<function, State>, action: u32, rng: ptr<function, vec4<u32>>) -> Step {
    return Step(environment_number(1u + action) + environment_number(0u) * gaussian_by_sum(rng), false);
}
