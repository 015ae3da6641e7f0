//! Habit: a reinforcement-learning kernel that fits anywhere.
//!
//! No standard library, no heap, no `unsafe`, no panics; fixed buffers, and the same bits from the same seed in a browser
//! tab, on a microcontroller and in a host application.
//!
//! ```
//! use habit::env::CliffWalking;
//! use habit::learn::{QLearning, TdParameters, run_episode};
//! use habit::policy::EpsilonGreedy;
//! use habit::rng::stream;
//!
//! let mut agent = QLearning::<48, 4>::EMPTY;
//! agent.start(TdParameters { step_size: 0.5, discount: 1.0 }, EpsilonGreedy::new(0.1)?, 0.0)?;
//! let (mut cliff, mut world, mut choices) = (CliffWalking::new(false), stream(7, 0), stream(7, 1));
//! for _ in 0..500 {
//!     run_episode(&mut cliff, &mut agent, u32::MAX, &mut world, &mut choices)?;
//! }
//! assert_eq!(agent.table().greedy(CliffWalking::START)?.1, -13.0);
//! # Ok::<(), habit::Error>(())
//! ```
//!
//! # What all have in common
//!
//! - A learner is made `EMPTY`, in its place, and then started there: nothing large is returned by value, because a state that
//!   is built on the stack and moved costs a small board its stack.
//! - A call that is refused says why in an [`Error`] and has changed nothing, not even a generator.
//! - Whatever draws takes its generator as an argument: [`rng::stream`] makes as many as are wanted from one seed.
//! - Sizes are part of the type. Most learners are also a view over the caller's slices with sizes known at run time
//!   ([`linalg::Dyn`]), to the same bits.
//! - What was learned can be digested ([`state`]), saved and loaded ([`checkpoint`]) and, where its order does not matter,
//!   pooled with what others have learned ([`state::Merge`]).
//!
//! # The rooms
//!
//! A tour from the ground up; a module uses only what stands above it in this list.
//!
//! The ground:
//! - [`error`]: the one [`Error`], with a code for programs and a clause for people.
//! - [`math`], [`linalg`]: functions that every target computes alike, moments and sums that do not drift; ridge regression
//!   over fixed buffers.
//! - [`rng`]: xoshiro128++ and its streams; every draw is decided by integers.
//! - [`state`]: learned state as bytes, with a digest and an identity.
//!
//! What passes between an agent and its world:
//! - [`interact`]: steps and transitions in Gymnasium's words, episodes and rollouts, checked once. A time limit is not an
//!   end: [`interact::Outcome`] keeps the two apart everywhere.
//! - [`schedule`], [`discount`]: step sizes, rates and discounts that change with time.
//! - [`mod@env`]: environments, Gymnasium's among them to the bit; yours implements [`env::Env`].
//! - [`model`]: finite models, for what plans.
//! - [`policy`]: action values, explorations, features, policies with a gradient.
//! - [`advantage`]: returns, GAE, V-trace and their kin, over borrowed arrays.
//!
//! Rewards:
//! - [`reward`]: rules between world and learner, a chain of them a tuple: shaping that keeps the optimum, credit, learned
//!   rewards, weights on several objectives.
//!
//! The learners:
//! - [`learn`]: from transitions. Q-learning to gradient TD, traces, actor-critic; over integers, too.
//! - [`bandit`]: from one choice at a time, with and without a context, against chance, change and adversaries; evaluation
//!   from logs.
//! - [`plan`]: what is optimal where the model is known.
//! - [`allocate`]: who gets what, under budgets that must last.
//! - [`joint`]: what trains a reward or a discount together with a policy.
//!
//! The house around them:
//! - [`checkpoint`]: learned state in a container with a version and a checksum, for every target to go on from.
//! - [`lab`]: experiments that compare learners on the same random numbers, and the claims they must meet (features `lab-*`).
//! - `protocol`: JSON lines in and out, for a serial line, a worker or a pipe (feature `protocol`).
//!
//! # Examples to copy
//!
//! In `examples/`: `custom_environment`, `shape_a_sparse_task`, `policy_for_a_board` (trained on a host, a constant on a
//! chip), and `request_loop` (a contextual bandit whose rewards come late, logged and evaluated).

#![no_std]
#![forbid(unsafe_code)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(test)]
extern crate std;

/// The example of the README compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

pub mod advantage;
pub mod allocate;
pub mod bandit;
pub mod checkpoint;
pub mod discount;
pub mod env;
pub mod error;
pub mod interact;
pub mod joint;
pub mod lab;
pub mod learn;
pub mod linalg;
pub mod math;
pub mod model;
pub mod plan;
pub mod policy;
#[cfg(feature = "protocol")]
pub mod protocol;
pub mod reward;
pub mod rng;
pub mod schedule;
pub mod state;

pub use error::Error;
