// How many episodes ended, the sums of their lengths and of what they earned, and how many found no room.

@group(0) @binding(1) var<storage, read> lane_rows: array<u32>;
@group(0) @binding(2) var<storage, read> end_rows: array<u32>;
@group(0) @binding(3) var<storage, read_write> partials: array<f32>;
@group(0) @binding(4) var<storage, read_write> progress: array<f32>;

const ROWS = 4u;
// Where a lane's number of ends lies.
const ENDS = 6u;

@compute @workgroup_size(64)
fn episodes(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    var sums = vec4(0.0);
    for (var lane = group.x * 64u + local; lane < parameters.lanes; lane += parameters.blocks * 64u) {
        let found = lane_rows[ENDS * parameters.lanes + lane];
        let ends = min(found, parameters.slots);
        sums.w += f32(found - ends);
        for (var end = 0u; end < ends; end++) {
            let row = end * (INPUTS + 3u);
            let length = f32(end_rows[(row + 1u) * parameters.lanes + lane]);
            sums += vec4(1.0, length, bitcast<f32>(end_rows[(row + 2u) * parameters.lanes + lane]), 0.0);
        }
    }
    keep_sum(0u, group.x, local, sums.x);
    keep_sum(1u, group.x, local, sums.y);
    keep_sum(2u, group.x, local, sums.z);
    keep_sum(3u, group.x, local, sums.w);
}

@compute @workgroup_size(64)
fn collect(@builtin(local_invocation_index) local: u32) {
    total_up(local, 1.0);
    if local == 0u {
        for (var row = 0u; row < ROWS; row++) {
            progress[parameters.progress + row] = totals[row];
        }
    }
}
