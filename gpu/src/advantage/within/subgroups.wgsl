// Who an invocation is, on a device with subgroup operations. `tile` and `team` are powers of two.

// Invocations of a workgroup whose members work together.
const WIDTH = 256u;

struct Invocation {
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
    @builtin(subgroup_id) subgroup: u32,
    @builtin(num_subgroups) subgroups: u32,
    @builtin(subgroup_invocation_id) inner: u32,
    @builtin(subgroup_size) size: u32,
}

// Whether the subgroups are full; else each invocation counts as one of its own.
fn full(invocation: Invocation) -> bool {
    return invocation.subgroups * invocation.size == WIDTH;
}

// Its place in the workgroup: subgroup by subgroup, because nothing says that a subgroup's invocations are neighbours.
fn position_of(invocation: Invocation) -> u32 {
    if full(invocation) {
        return invocation.subgroup * invocation.size + invocation.inner;
    }
    return invocation.local;
}

// How many invocations work together without memory, and which of them this one is.
fn subgroup_of(invocation: Invocation) -> vec2<u32> {
    if full(invocation) {
        return vec2(invocation.size, invocation.inner);
    }
    return vec2(1u, 0u);
}
