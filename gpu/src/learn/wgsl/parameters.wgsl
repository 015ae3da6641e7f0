// What the passes of an iteration are told. The host writes INPUTS and ACTIONS.

struct Parameters {
    steps: u32,
    lanes: u32,
    // Workgroups that add up samples.
    blocks: u32,
    // Ends that a lane has room for.
    slots: u32,
    // Where the policy's words begin: scales, then weights.
    policy: u32,
    // Where an iteration's numbers go.
    progress: u32,
    step_size: f32,
    // Ratios from 1 - clip to 1 + clip are trusted; below 0 the ratio plays no part.
    clip: f32,
    ridge: f32,
}

@group(0) @binding(0) var<uniform> parameters: Parameters;
