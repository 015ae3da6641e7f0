//! One generator stream a lane, word for word those of [`habit::rng`].

use crate::compute::{Access, Kernel, STEPS_AT_ONCE};
use crate::context::Context;
use crate::error::Error;
use habit::rng::{self, Generator};
use habit::state::Persist;

/// The generator in WGSL; a shader that draws is concatenated after it.
pub(crate) const XOSHIRO: &str = include_str!("xoshiro128pp.wgsl");

/// Invocations of a workgroup; the same number stands in the shader.
const WIDTH: u32 = 64;

/// Streams `0..count` of a seed, those of [`rng::stream`]. Cost: one jump of 128 generator steps a stream.
///
/// ```
/// let streams = habit_gpu::streams::streams(42, 3);
/// assert_eq!(streams[2], habit::rng::stream(42, 2));
/// ```
pub fn streams(seed: u32, count: usize) -> Vec<Generator> {
    let mut next = rng::stream(seed, 0);
    let step = |_| {
        let stream = next.clone();
        next.jump();
        stream
    };
    (0..count).map(step).collect()
}

/// The state of a generator as a shader has it.
pub(crate) fn to_words(generator: &Generator) -> [u32; 4] {
    let state = generator.state();
    std::array::from_fn(|i| u32::from_le_bytes(std::array::from_fn(|j| state[4 * i + j])))
}

/// Takes over the state that a shader left.
pub(crate) fn take_words(generator: &mut Generator, words: &[u32]) -> Result<(), habit::Error> {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    generator.restore(&bytes)
}

/// Draws the next `steps` words of each stream on the device: word `t` of stream `n` is at `t N + n`. The streams move on.
///
/// # Errors
/// [`Error::Empty`], [`Error::TooLarge`], or what the device reports; the streams are unchanged then.
pub async fn words(context: &Context, streams: &mut [Generator], steps: usize) -> Result<Vec<u32>, Error> {
    let lanes = streams.len();
    let bytes = context.bytes(steps, lanes, 4)?;
    context.bytes(1, lanes, 16)?;
    let groups = context.workgroups(lanes, WIDTH)?;
    let sources = [XOSHIRO, include_str!("words.wgsl")];
    let kernel = Kernel::new(context, &sources, "words", &[Access::Write; 2]).await?;
    let mut states: Vec<u32> = streams.iter().flat_map(to_words).collect();
    let mut drawn = vec![0u32; steps * lanes];
    let before = states.clone();
    let mut outputs = [bytemuck::cast_slice_mut(&mut states), bytemuck::cast_slice_mut(&mut drawn)];
    context
        .run(&mut outputs, |recorder| {
            let states = recorder.upload(bytemuck::cast_slice(&before));
            let drawn = recorder.storage(bytes);
            for taken in (0..steps).step_by(STEPS_AT_ONCE) {
                let now = STEPS_AT_ONCE.min(steps - taken);
                let uniform = recorder.uniform(&[now as u32, taken as u32, lanes as u32]);
                recorder.dispatch(&kernel, &uniform, &[&states, &drawn], [groups, 1]);
            }
            vec![states, drawn]
        })
        .await?;
    for (stream, words) in streams.iter_mut().zip(states.chunks_exact(4)) {
        take_words(stream, words)?;
    }
    Ok(drawn)
}
