// habit::bandit::GradientBandit, with the exponential that the kernel has: plain arithmetic.

var<private> probabilities: array<f32, ACTIONS>;

// libm::expf of a number that is not above 0; 0 where the result is subnormal.
fn exponential(number: f32) -> f32 {
    if number < -87.33654 {
        return 0.0;
    }
    if number > -6.103515625e-5 {
        return 1.0 + number;
    }
    var k = 0;
    var x = number;
    var high = number;
    var low = 0.0;
    let bits = bitcast<u32>(number) & 0x7fffffffu;
    if bits > 0x3eb17218u {
        k = select(-1, i32(opaque(0xb8aa3bp-23f * number) - 0.5), bits > 0x3f851592u);
        high = opaque(number - opaque(f32(k) * 0xb17200p-24f));
        low = opaque(f32(k) * 0xbfbe8ep-43f);
        x = opaque(high - low);
    }
    let square = opaque(x * x);
    let c = opaque(x - opaque(square * opaque(0xaaaa8fp-26f - opaque(square * 0xb55215p-32f))));
    let quotient = opaque(opaque(x * c) / opaque(2.0 - c));
    let y = 1.0 + opaque(opaque(quotient - low) + high);
    return y * bitcast<f32>(u32(k + 127) << 23u);
}

fn learner_select(_t: u32, rng: ptr<function, vec4<u32>>) -> u32 {
    let best = greatest();
    var sum = 0.0;
    for (var arm = 0u; arm < ACTIONS; arm++) {
        probabilities[arm] = exponential(opaque(row_values[arm] - best));
        sum += probabilities[arm];
    }
    var last = 0u;
    for (var arm = 0u; arm < ACTIONS; arm++) {
        probabilities[arm] /= sum;
        last = select(last, arm, probabilities[arm] > 0.0);
    }
    let word = next_u32(rng);
    var reached = 0u;
    for (var arm = 0u; arm < last; arm++) {
        let own = threshold(probabilities[arm]);
        reached = select(reached + own, 0xffffffffu, own > 0xffffffffu - reached);
        if word < reached {
            return arm;
        }
    }
    return last;
}

fn learner_update(arm: u32, reward: f32, plays: u32) {
    let scale = opaque(sweep.step_size * opaque(select(reward, reward - other, sweep.baseline != 0u)));
    other += opaque(opaque(reward - other) / f32(plays));
    for (var i = 0u; i < ACTIONS; i++) {
        row_values[i] += opaque(scale * opaque(select(0.0, 1.0, i == arm) - probabilities[i]));
    }
}
