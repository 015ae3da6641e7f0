// habit::bandit::Ucb1. What is explored depends on the number of plays alone, so the host says it: no logarithm is taken here.

// Of each play of this submission.
@group(0) @binding(4) var<storage, read> ucb_exploration: array<f32>;

fn learner_select(t: u32, _rng: ptr<function, vec4<u32>>) -> u32 {
    let exploration = ucb_exploration[t - sweep.until];
    var best = 0u;
    var bar = 0.0;
    for (var arm = 0u; arm < ACTIONS; arm++) {
        if counts[arm] == 0u {
            return arm;
        }
        let count = f32(counts[arm]);
        let index = opaque(row_values[arm] / count) + opaque(sqrt(opaque(exploration / count)));
        if arm == 0u || index > bar {
            best = arm;
            bar = index + opaque(1e-6 * max(abs(index), 1.0));
        }
    }
    return best;
}

fn learner_update(arm: u32, reward: f32, _plays: u32) {
    counts[arm]++;
    row_values[arm] += reward;
}
