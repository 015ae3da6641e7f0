// What the sweeps have in common: their parameters, and the curves that they leave. A step is a play or an episode, counted
// from 1; a bucket is `every` of them, the last one perhaps fewer.

struct SweepParameters {
    lanes: u32,
    // Of this dispatch, and of the whole sweep.
    steps: u32,
    total: u32,
    every: u32,
    // The first that the curves have room for.
    first_bucket: u32,
    // 1 where a bucket is shown by its mean, 0 where by its last step.
    averages: u32,
    // Plays taken before.
    taken: u32,
    // Episodes after which a lane waits for the others, and which counter says so.
    until: u32,
    counter: u32,
    // Threshold of the coin that explores, and 1 where it always does.
    explores: u32,
    always: u32,
    time_limit: u32,
    epsilon: f32,
    step_size: f32,
    discount: f32,
    initial: f32,
    // 1 where a gradient bandit has a baseline.
    baseline: u32,
    // 0, always.
    zero: u32,
}

@group(0) @binding(0) var<uniform> sweep: SweepParameters;
// Rows of lanes: what each remembers between dispatches.
@group(0) @binding(2) var<storage, read_write> sweep_lanes: array<u32>;
// A row of lanes for each metric of each bucket.
@group(0) @binding(3) var<storage, read_write> sweep_curves: array<u32>;

// The values of what can be chosen from.
var<private> row_values: array<f32, ACTIONS>;

// The same number, rounded, whatever a compiler would like to fuse it with or to cancel it against: it cannot know that the
// word is 0. Where a device rounds as the CPU does, results are then equal to the CPU's.
fn opaque(number: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(number) ^ sweep.zero);
}

fn lane_word(row: u32, lane: u32) -> u32 {
    return sweep_lanes[row * sweep.lanes + lane];
}

fn lane_words(row: u32, lane: u32) -> vec4<u32> {
    return vec4(lane_word(row, lane), lane_word(row + 1u, lane), lane_word(row + 2u, lane), lane_word(row + 3u, lane));
}

fn lane_number(row: u32, lane: u32) -> f32 {
    return bitcast<f32>(lane_word(row, lane));
}

fn keep_word(row: u32, lane: u32, word: u32) {
    sweep_lanes[row * sweep.lanes + lane] = word;
}

fn keep_words(row: u32, lane: u32, words: vec4<u32>) {
    for (var i = 0u; i < 4u; i++) {
        keep_word(row + i, lane, words[i]);
    }
}

fn keep_number(row: u32, lane: u32, number: f32) {
    keep_word(row, lane, bitcast<u32>(number));
}

// Whether a bucket is over after step t.
fn bucket_ends(t: u32) -> bool {
    return t % sweep.every == 0u || t == sweep.total;
}

// Shows the bucket that ends with step t: two metrics by their sums or their last values, a third by its last value.
fn show(t: u32, lane: u32, sums: vec2<f32>, last: vec3<f32>) {
    let bucket = (t - 1u) / sweep.every;
    let shown = select(last.xy, sums / f32(t - bucket * sweep.every), sweep.averages != 0u);
    let at = (bucket - sweep.first_bucket) * METRICS * sweep.lanes + lane;
    sweep_curves[at] = bitcast<u32>(shown.x);
    sweep_curves[at + sweep.lanes] = bitcast<u32>(shown.y);
    if METRICS > 2u {
        sweep_curves[at + 2u * sweep.lanes] = bitcast<u32>(last.z);
    }
}

// The greatest of the row.
fn greatest() -> f32 {
    var best = row_values[0];
    for (var a = 1u; a < ACTIONS; a++) {
        best = select(best, row_values[a], row_values[a] > best);
    }
    return best;
}

// habit::policy::EpsilonGreedy over the row.
fn epsilon_greedy(rng: ptr<function, vec4<u32>>) -> u32 {
    let word = next_u32(rng);
    if sweep.always != 0u || word < sweep.explores {
        return below(ACTIONS, rng);
    }
    let best = greatest();
    var count = 0u;
    var first = 0u;
    for (var i = ACTIONS; i > 0u; i--) {
        if row_values[i - 1u] == best {
            count++;
            first = i - 1u;
        }
    }
    if count <= 1u {
        return first;
    }
    var skip = below(count, rng);
    var chosen = first;
    for (var a = first; a < ACTIONS; a++) {
        if row_values[a] == best {
            if skip == 0u {
                chosen = a;
            }
            skip--;
        }
    }
    return chosen;
}
