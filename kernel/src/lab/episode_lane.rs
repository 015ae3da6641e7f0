//! A learner in its own copy of an environment, episode by episode.

use crate::env::{Action, Env, Observation};
use crate::error::Error;
use crate::interact::Element;
use crate::learn::{Control, Episode, Suits, run_step};
use crate::rng::{Generator, stream};
use crate::state::{Persist, persist_fields};

/// One contender: its learner, its own environment, its own copies of the generators.
#[derive(Debug)]
pub(super) struct EpisodeLane<V: Env, C> {
    pub(super) env: V,
    pub(super) agent: C,
    generators: Option<[Generator; 2]>,
    state: Observation<V>,
    pub(super) episode: Episode,
    /// The present episode has ended, or none has begun.
    pub(super) over: bool,
}

impl<V: Env, C> EpisodeLane<V, C> {
    pub(super) const fn new(env: V, agent: C) -> Self {
        Self { env, agent, generators: None, state: Observation::<V>::ZERO, episode: Episode::START, over: true }
    }
}

impl<V, C> EpisodeLane<V, C>
where
    V: Env,
    C: Control<Observation = Observation<V>, Action = Action<V>> + Suits<V>,
{
    /// Starts with the environment and the learner as they are.
    pub(super) fn start(&mut self, seed: u32) {
        self.generators = Some([stream(seed, 0), stream(seed, 1)]);
        (self.episode, self.over) = (Episode::START, true);
    }

    /// Begins an episode.
    pub(super) fn reset(&mut self) {
        if let Some([env_rng, _]) = &mut self.generators {
            self.state = self.env.reset(env_rng);
        }
        (self.episode, self.over) = (Episode::START, false);
    }

    /// One step of an episode of at most `limit` steps, unless it is over; whether it is.
    pub(super) fn tick(&mut self, limit: u32) -> Result<bool, Error> {
        if !self.over {
            let [env_rng, agent_rng] = self.generators.as_mut().ok_or(Error::NotStarted)?;
            let Self { env, agent, state, episode, .. } = self;
            run_step(env, agent, state, episode, limit, env_rng, agent_rng)?;
            self.over = episode.outcome.is_over();
        }
        Ok(self.over)
    }
}

persist_fields!([V: Env, C: Persist] EpisodeLane<V, C> { agent });

/// Begins an episode of every lane once all have ended, then gives each a step; whether all have ended.
macro_rules! tick_episodes {
    ($limit:expr, [$($lane:expr),+ $(,)?]) => {{
        if $($lane.over)&&+ {
            $($lane.reset();)+
        }
        let mut over = true;
        $(over &= $lane.tick($limit)?;)+
        Ok(over)
    }};
}
pub(super) use tick_episodes;
