// habit::policy::SoftmaxPolicy: an action is drawn from its own probabilities by their integer thresholds; one word.

fn policy_act(observation: Observation, rng: ptr<function, vec4<u32>>) -> Choice {
    var logits: array<f32, ACTIONS>;
    var greatest = policy_logit(observation, 0u);
    logits[0] = greatest;
    for (var a = 1u; a < ACTIONS; a++) {
        logits[a] = policy_logit(observation, a);
        greatest = max(greatest, logits[a]);
    }
    var sum = 0.0;
    for (var a = 0u; a < ACTIONS; a++) {
        sum += exp(logits[a] - greatest);
    }
    let word = next_u32(rng);
    var reached = 0u;
    var action = 0u;
    var chosen = false;
    for (var a = 0u; a < ACTIONS && !chosen; a++) {
        let p = exp(logits[a] - greatest) / sum;
        let own = threshold(p);
        reached = select(reached + own, 0xffffffffu, own > 0xffffffffu - reached);
        // The last action of a probability above 0 takes what rounding leaves.
        action = select(action, a, p > 0.0);
        chosen = word < reached;
    }
    return Choice(action, logits[action] - greatest - log(sum));
}
