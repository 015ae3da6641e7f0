// Who an invocation is, on a device without subgroup operations. `tile` and `team` are powers of two.

// Invocations of a workgroup whose members work together.
const WIDTH = 256u;

struct Invocation {
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
}

fn position_of(invocation: Invocation) -> u32 {
    return invocation.local;
}
