//! Every computation on a real device, or a software Vulkan driver: without any adapter these tests fail and say so.

mod adapters;
mod advantages;
mod environments;
mod groups;
mod learning;
mod own_environments;
mod quantiles;
mod rollouts;
mod sample;
mod sweeps;
mod words;

use habit_gpu::advantage::Path;
use habit_gpu::{Context, Options, block_on};

/// The machine's best adapter.
fn device() -> Context {
    match block_on(Context::new(&Options::default())) {
        Ok(context) => context,
        Err(error) => panic!("these tests need an adapter: {error}"),
    }
}

/// The machine's best adapter, and where it has subgroup operations, again without them.
fn with_and_without_subgroups() -> Vec<Context> {
    let with = device();
    let without = || block_on(Context::new(&Options { without_subgroups: true, ..Options::default() })).unwrap();
    if with.subgroups() { vec![with, without()] } else { vec![with] }
}

/// Every way that a recursion can be worked on.
fn ways() -> Vec<(Context, Path)> {
    let scans = with_and_without_subgroups().into_iter().map(|context| (context, Path::Scan));
    std::iter::once((device(), Path::Lanes)).chain(scans).collect()
}
