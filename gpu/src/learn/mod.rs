//! Training that never leaves the device: rollout, advantages, policy gradient and update, one after the other, without a
//! number read back but the progress that is asked for.
//!
//! | piece | what it is |
//! |---|---|
//! | [`PolicyGradient`], [`Settings`] | a softmax-linear policy with a critic: actor-critic, or PPO-clip |
//! | [`Progress`] | what an iteration says of itself |

mod policy_gradient;
mod settings;

pub use policy_gradient::PolicyGradient;
pub use settings::{Progress, Settings};
