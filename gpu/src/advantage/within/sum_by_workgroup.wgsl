// Sums over teams, in shared memory.

var<workgroup> shared_sums: array<f32, WIDTH>;

// The sum over a team, to each of its members.
fn team_sum(invocation: Invocation, number: f32, team: u32) -> f32 {
    let position = position_of(invocation);
    shared_sums[position] = number;
    workgroupBarrier();
    for (var distance = team / 2u; distance > 0u; distance >>= 1u) {
        if (position & (team - 1u)) < distance {
            shared_sums[position] += shared_sums[position + distance];
        }
        workgroupBarrier();
    }
    let sum = shared_sums[position & ~(team - 1u)];
    workgroupBarrier();
    return sum;
}
