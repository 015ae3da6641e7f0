//! What passes between an agent and an environment, in Gymnasium's words.
//!
//! | piece | what it is |
//! |---|---|
//! | [`Outcome`] | how a step left the episode |
//! | [`Step`], [`Transition`] | what an environment answers, what a learner sees |
//! | [`Element`] | what is observed or done |
//! | [`EpisodeBuffer`], [`Sample`] | an episode, kept until it is over |
//! | [`EpisodeRing`], [`EpisodeSteps`] | the newest episodes, kept |
//! | [`RolloutView`] | many steps of one or several episodes over borrowed slices, checked once |

mod element;
mod episode_buffer;
mod episode_ring;
mod rollout_view;

pub use element::Element;
pub use episode_buffer::{EpisodeBuffer, Sample};
pub use episode_ring::{EpisodeRing, EpisodeSteps};
pub use rollout_view::RolloutView;

/// How a step left the episode, in one byte. Bootstrapping stops at [`Terminated`](Self::Terminated) only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Outcome {
    /// The episode goes on.
    Continue = 0,
    /// The environment reached a terminal state: no value lies beyond.
    Terminated = 1,
    /// The episode was cut from outside, by a time limit say: the next state still has its value.
    Truncated = 2,
}

impl Outcome {
    /// From Gymnasium's two flags; a step with both set has terminated.
    #[inline]
    pub const fn from_flags(terminated: bool, truncated: bool) -> Self {
        match (terminated, truncated) {
            (true, _) => Self::Terminated,
            (false, true) => Self::Truncated,
            (false, false) => Self::Continue,
        }
    }

    /// Whether the environment must be reset before the next step.
    #[inline]
    pub const fn is_over(self) -> bool {
        !matches!(self, Self::Continue)
    }
}

/// What an environment answers to an action.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step<O> {
    /// The observation after the action.
    pub observation: O,
    /// The reward of the action.
    pub reward: f32,
    /// Whether the episode goes on.
    pub outcome: Outcome,
}

/// One transition, as a learner sees it: states by number unless it says otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transition<O = usize, A = usize> {
    /// The state acted in, `s`.
    pub state: O,
    /// The action taken, `a`.
    pub action: A,
    /// The reward that followed, `r`.
    pub reward: f32,
    /// The state that followed, `s'`: the true one, before any reset.
    pub next_state: O,
    /// Whether the episode goes on from `s'`.
    pub outcome: Outcome,
}
