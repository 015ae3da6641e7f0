//! What passes between an agent and an environment, in Gymnasium's words.

/// How a step left the episode. Bootstrapping stops at [`Terminated`](Self::Terminated) only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The episode goes on.
    Continue,
    /// The environment reached a terminal state: no value lies beyond.
    Terminated,
    /// The episode was cut from outside, by a time limit say: the next state still has its value.
    Truncated,
}

impl Outcome {
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

/// One transition of a finite environment, as a learner sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transition {
    /// The state acted in, `s`.
    pub state: usize,
    /// The action taken, `a`.
    pub action: usize,
    /// The reward that followed, `r`.
    pub reward: f32,
    /// The state that followed, `s'`: the true one, before any reset.
    pub next_state: usize,
    /// Whether the episode goes on from `s'`.
    pub outcome: Outcome,
}
