// habit::learn::ExpectedSarsa: the next state is worth what the policy expects of it.

fn target_value(_committed: ptr<function, u32>, _rng: ptr<function, vec4<u32>>) -> f32 {
    var sum = 0.0;
    for (var a = 0u; a < ACTIONS; a++) {
        sum += row_values[a];
    }
    let explored = opaque(opaque(sweep.epsilon * sum) / f32(ACTIONS));
    return explored + opaque(opaque(1.0 - sweep.epsilon) * greatest());
}
