// Returns of groups of one size, group after group, less what each group brought. A team of invocations, a power of two,
// takes a group; where a group is larger than a workgroup takes at once, a workgroup takes a block of it, in three phases.

struct Parameters {
    groups: u32,
    size: u32,
    // Invocations of a team.
    team: u32,
    // Of a large group.
    blocks: u32,
    // MEAN, LEAVE_ONE_OUT or STANDARDISED.
    baseline: u32,
    ddof: f32,
    epsilon: f32,
}

const LEAVE_ONE_OUT = 1u;
const STANDARDISED = 2u;
// Returns that an invocation keeps.
const ITEMS = 4u;
// Those of a workgroup.
const BLOCK = WIDTH * ITEMS;

@group(0) @binding(0) var<uniform> parameters: Parameters;
// Mean, counted from the group's first return, and sum of squares about it: of block b of group g at g * blocks + b. In the
// end in place of the first of them the group's mean, and what the distance from it is multiplied by.
@group(0) @binding(1) var<storage, read_write> partials: array<vec2<f32>>;
@group(0) @binding(2) var<storage, read> returns: array<f32>;
@group(0) @binding(3) var<storage, read_write> advantages: array<f32>;

// An invocation's returns, counted from the group's first; a return that is not there lies at the mean.
struct Kept {
    numbers: vec4<f32>,
    there: vec4<bool>,
    first: f32,
}

// The returns of group `group` from `begin` on, one in `team`.
fn keep(group: u32, begin: u32, team: u32) -> Kept {
    var kept = Kept(vec4(0.0), vec4(false), 0.0);
    if group < parameters.groups {
        let row = group * parameters.size;
        kept.first = returns[row];
        kept.there = vec4(begin) + vec4(0u, 1u, 2u, 3u) * team < vec4(parameters.size);
        for (var item = 0u; item < ITEMS; item++) {
            if kept.there[item] {
                kept.numbers[item] = returns[row + begin + item * team] - kept.first;
            }
        }
    }
    return kept;
}

fn sum_of(numbers: vec4<f32>) -> f32 {
    return (numbers.x + numbers.y) + (numbers.z + numbers.w);
}

fn squares_about(kept: Kept, mean: f32) -> f32 {
    let away = select(vec4(0.0), kept.numbers - mean, kept.there);
    return sum_of(away * away);
}

// What a distance from the mean is multiplied by: 0 where no two returns differ.
fn scale_of(squares: f32) -> f32 {
    let count = f32(parameters.size);
    if parameters.baseline == LEAVE_ONE_OUT {
        return count / (count - 1.0);
    }
    if parameters.baseline == STANDARDISED {
        let freedom = count - parameters.ddof;
        if freedom <= 0.0 || squares <= 0.0 {
            return 0.0;
        }
        return 1.0 / (sqrt(squares / freedom) + parameters.epsilon);
    }
    return 1.0;
}

fn write_kept(group: u32, begin: u32, team: u32, kept: Kept, mean: f32, scale: f32) {
    for (var item = 0u; item < ITEMS; item++) {
        if kept.there[item] {
            advantages[group * parameters.size + begin + item * team] = scale * (kept.numbers[item] - mean);
        }
    }
}

fn number_of(invocation: Invocation) -> u32 {
    return invocation.group.y * invocation.groups.x + invocation.group.x;
}

// Groups of up to BLOCK returns: one read, one write.
@compute @workgroup_size(256)
fn whole(invocation: Invocation) {
    let position = position_of(invocation);
    let team = parameters.team;
    let group = number_of(invocation) * (WIDTH / team) + position / team;
    let begin = position & (team - 1u);
    let kept = keep(group, begin, team);
    let mean = team_sum(invocation, sum_of(kept.numbers), team) / f32(parameters.size);
    let scale = scale_of(team_sum(invocation, squares_about(kept, mean), team));
    write_kept(group, begin, team, kept, mean, scale);
}

// Returns in a block of a large group.
fn count_of(block: u32) -> f32 {
    return f32(min(parameters.size - block * BLOCK, BLOCK));
}

@compute @workgroup_size(256)
fn summarise(invocation: Invocation) {
    let position = position_of(invocation);
    let number = number_of(invocation);
    let block = number % parameters.blocks;
    let kept = keep(number / parameters.blocks, block * BLOCK + position, WIDTH);
    let mean = team_sum(invocation, sum_of(kept.numbers), WIDTH) / count_of(block);
    let squares = team_sum(invocation, squares_about(kept, mean), WIDTH);
    if position == 0u && number < parameters.groups * parameters.blocks {
        partials[number] = vec2(mean, squares);
    }
}

// The blocks of a group are samples of another size: their means have a mean, and squares about it.
@compute @workgroup_size(256)
fn combine(invocation: Invocation) {
    let position = position_of(invocation);
    let group = number_of(invocation);
    let exists = group < parameters.groups;
    let row = group * parameters.blocks;
    var sum = 0.0;
    for (var block = position; exists && block < parameters.blocks; block += WIDTH) {
        sum += count_of(block) * partials[row + block].x;
    }
    let mean = team_sum(invocation, sum, WIDTH) / f32(parameters.size);
    var squares = 0.0;
    for (var block = position; exists && block < parameters.blocks; block += WIDTH) {
        let partial = partials[row + block];
        squares += partial.y + count_of(block) * (partial.x - mean) * (partial.x - mean);
    }
    let scale = scale_of(team_sum(invocation, squares, WIDTH));
    if position == 0u && exists {
        partials[row] = vec2(mean, scale);
    }
}

@compute @workgroup_size(256)
fn apply(invocation: Invocation) {
    let position = position_of(invocation);
    let number = number_of(invocation);
    let group = number / parameters.blocks;
    let begin = number % parameters.blocks * BLOCK + position;
    let kept = keep(group, begin, WIDTH);
    if group < parameters.groups {
        let result = partials[group * parameters.blocks];
        write_kept(group, begin, WIDTH, kept, result.x, result.y);
    }
}
