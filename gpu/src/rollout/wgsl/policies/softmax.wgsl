// habit::policy::SoftmaxPolicy: an action is drawn from its own probabilities by their integer thresholds; one word.

// The word that the action is drawn with, what the thresholds have reached, and the choice so far.
struct SoftmaxDraw {
    word: u32,
    reached: u32,
    chosen: bool,
    action: u32,
    logit: f32,
}

fn softmax_draw(draw: SoftmaxDraw, action: u32, logit: f32, p: f32) -> SoftmaxDraw {
    if draw.chosen {
        return draw;
    }
    let own = threshold(p);
    let reached = select(draw.reached + own, 0xffffffffu, own > 0xffffffffu - draw.reached);
    // The last action of a probability above 0 takes what rounding leaves.
    let possible = p > 0.0;
    return SoftmaxDraw(
        draw.word,
        reached,
        draw.word < reached,
        select(draw.action, action, possible),
        select(draw.logit, logit, possible),
    );
}

fn policy_act(observation: Observation, rng: ptr<function, vec4<u32>>) -> Choice {
#each d 0 INPUTS
    let x$d = observation[$d] * policy_number($du);
#end
#each a 0 ACTIONS
    var logit$a = 0.0;
#each d 0 INPUTS
    logit$a += policy_number(policy_row($au) + $du) * x$d;
#end
    logit$a += policy_bias(observation, $au);
#end
    var greatest = logit0;
#each a 1 ACTIONS
    greatest = max(greatest, logit$a);
#end
    var sum = 0.0;
#each a 0 ACTIONS
    let share$a = exp(logit$a - greatest);
    sum += share$a;
#end
    var draw = SoftmaxDraw(next_u32(rng), 0u, false, 0u, 0.0);
#each a 0 ACTIONS
    draw = softmax_draw(draw, $au, logit$a, share$a / sum);
#end
    return Choice(draw.action, draw.logit - greatest - log(sum));
}
