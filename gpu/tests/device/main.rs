//! Every computation on a real device, or a software Vulkan driver: without any adapter these tests fail and say so.

mod adapters;
mod advantages;
mod environments;
mod own_environments;
mod rollouts;
mod words;

use habit_gpu::{Context, Options, block_on};

/// The machine's best adapter.
fn device() -> Context {
    match block_on(Context::new(&Options::default())) {
        Ok(context) => context,
        Err(error) => panic!("these tests need an adapter: {error}"),
    }
}
