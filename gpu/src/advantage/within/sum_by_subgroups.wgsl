// Sums over teams, first within each subgroup, without memory, then over a team's subgroups in shared memory.

var<workgroup> shared_sums: array<f32, WIDTH>;

// The sum over a team, to each of its members.
fn team_sum(invocation: Invocation, number: f32, team: u32) -> f32 {
    let position = position_of(invocation);
    let size = subgroup_of(invocation).x;
    var sum = number;
    for (var distance = 1u; distance < min(size, team); distance <<= 1u) {
        sum += subgroupShuffleXor(sum, distance);
    }
    if team <= size {
        return sum;
    }
    // One entry a subgroup.
    if subgroup_of(invocation).y == 0u {
        shared_sums[position / size] = sum;
    }
    workgroupBarrier();
    let begin = (position & ~(team - 1u)) / size;
    sum = 0.0;
    for (var entry = begin; entry < begin + team / size; entry++) {
        sum += shared_sums[entry];
    }
    workgroupBarrier();
    return sum;
}
