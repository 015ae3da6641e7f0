//! A tabular softmax policy in its own copy of an environment: batches of episodes, then one step on all of them.

use crate::env::{Env, Space, TimeLimit};
use crate::error::Error;
use crate::interact::Outcome;
use crate::policy::features::OneHot;
use crate::policy::{Features, SoftmaxPolicy, StochasticPolicy};
use crate::rng::{Generator, stream};
use crate::state::persist_fields;

/// A state, and what was done in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Visit {
    state: u8,
    action: u8,
}

impl Visit {
    const NONE: Self = Self { state: 0, action: 0 };

    pub(super) fn state(self) -> usize {
        usize::from(self.state)
    }

    pub(super) fn action(self) -> usize {
        usize::from(self.action)
    }
}

/// How an episode ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct End {
    /// The number of visits up to its end, those of the episodes before included.
    visits: u16,
    state: u8,
    pub(super) outcome: Outcome,
    /// The sum of what the environment paid.
    pub(super) reward: f32,
}

impl End {
    const NONE: Self = Self { visits: 0, state: 0, outcome: Outcome::Continue, reward: 0.0 };

    /// The last state, in which nothing was done any more.
    pub(super) fn state(self) -> usize {
        usize::from(self.state)
    }
}

/// One contender: a policy over `S` states and `A` actions, its own environment and generators, and room for a batch of `N`
/// episodes with at most `L` steps together.
#[derive(Debug)]
pub(super) struct BatchLane<V, const S: usize, const A: usize, const N: usize, const L: usize> {
    env: TimeLimit<V>,
    pub(super) policy: SoftmaxPolicy<A, S>,
    generators: Option<[Generator; 2]>,
    state: usize,
    visits: [Visit; L],
    ends: [End; N],
    episodes: usize,
    /// The end of the present episode as it would be now.
    end: End,
}

impl<V, const S: usize, const A: usize, const N: usize, const L: usize> BatchLane<V, S, A, N, L> {
    pub(super) const fn new(env: TimeLimit<V>) -> Self {
        Self {
            env,
            policy: SoftmaxPolicy::EMPTY,
            generators: None,
            state: 0,
            visits: [Visit::NONE; L],
            ends: [End::NONE; N],
            episodes: N,
            end: End::NONE,
        }
    }

    /// The episodes of a complete batch: visits and end of each.
    pub(super) fn episodes(&self) -> impl Iterator<Item = (&[Visit], End)> {
        let mut from = 0;
        self.ends.iter().map(move |end| {
            let visits = self.visits.get(from..usize::from(end.visits)).unwrap_or_default();
            from = usize::from(end.visits);
            (visits, *end)
        })
    }

    /// The visits of all episodes of a complete batch, in order.
    pub(super) fn visits(&self) -> &[Visit] {
        self.visits.get(..usize::from(self.end.visits)).unwrap_or_default()
    }

    /// The mean over the episodes of a complete batch.
    pub(super) fn mean(&self, of: impl FnMut((&[Visit], End)) -> f32) -> f32 {
        self.episodes().map(of).sum::<f32>() / N as f32
    }

    /// The mean number of steps of an episode.
    pub(super) fn length(&self) -> f32 {
        f32::from(self.end.visits) / N as f32
    }

    /// `theta += step_size sum_{s,a} weights[s][a] grad log pi(a|s)`.
    pub(super) fn ascend(&mut self, weights: &[[f32; A]; S], step_size: f32) -> Result<(), Error> {
        let mut gradient = [[0.0; S]; A];
        for (state, row) in weights.iter().enumerate() {
            let code = OneHot::<S>.encode(state)?;
            for (action, weight) in row.iter().enumerate().filter(|(_, weight)| **weight != 0.0) {
                self.policy.add_score(&code, action, *weight, gradient.as_flattened_mut())?;
            }
        }
        self.policy.add(step_size, gradient.as_flattened())
    }

    /// `pi(.|s)`.
    pub(super) fn distribution(&mut self, state: usize) -> Result<[f32; A], Error> {
        let probabilities = self.policy.distribution(&OneHot::<S>.encode(state)?)?;
        probabilities.first_chunk().copied().ok_or(Error::LengthMismatch)
    }
}

impl<V, const S: usize, const A: usize, const N: usize, const L: usize> BatchLane<V, S, A, N, L>
where
    V: Env,
    V::ObservationSpace: Space<Element = usize>,
    V::ActionSpace: Space<Element = usize>,
{
    /// Starts with every action alike.
    pub(super) fn start(&mut self, seed: u32) {
        self.generators = Some([stream(seed, 0), stream(seed, 1)]);
        self.policy.clear();
        self.episodes = N;
    }

    /// Whether the batch is complete.
    pub(super) const fn is_full(&self) -> bool {
        self.episodes >= N
    }

    /// Begins a batch.
    pub(super) fn begin(&mut self) -> Result<(), Error> {
        let [world, _] = self.generators.as_mut().ok_or(Error::NotStarted)?;
        self.state = self.env.reset(world);
        (self.episodes, self.end) = (0, End::NONE);
        Ok(())
    }

    /// One step of an episode, unless the batch is complete; `look` is told the number of the step in the batch, the state
    /// and the action, and given the generator of the world.
    pub(super) fn tick(&mut self, look: impl FnOnce(usize, Visit, &mut Generator)) -> Result<(), Error> {
        if self.is_full() {
            return Ok(());
        }
        let [world, choices] = self.generators.as_mut().ok_or(Error::NotStarted)?;
        let action = self.policy.act(&OneHot::<S>.encode(self.state)?, choices)?;
        let step = self.env.step(action, world)?;
        let (visit, place) = (Visit { state: self.state as u8, action: action as u8 }, usize::from(self.end.visits));
        *self.visits.get_mut(place).ok_or(Error::EpisodeTooLong)? = visit;
        look(place, visit, world);
        self.end = End {
            visits: self.end.visits + 1,
            state: step.observation as u8,
            outcome: step.outcome,
            reward: self.end.reward + step.reward,
        };
        self.state = step.observation;
        if step.outcome.is_over() {
            *self.ends.get_mut(self.episodes).ok_or(Error::EpisodeTooLong)? = self.end;
            (self.episodes, self.end.reward) = (self.episodes + 1, 0.0);
            if self.episodes < N {
                self.state = self.env.reset(world);
            }
        }
        Ok(())
    }
}

persist_fields!([V, const S: usize, const A: usize, const N: usize, const L: usize] BatchLane<V, S, A, N, L> { policy });

/// Begins a batch of every lane once all are complete, then gives each a step; whether all are complete now.
macro_rules! tick_batches {
    ($lanes:expr, |$lane:ident| $step:expr) => {{
        if $lanes.iter().all(|lane| lane.batch.is_full()) {
            $lanes.iter_mut().try_for_each(|lane| lane.batch.begin())?;
        }
        $lanes.iter_mut().try_for_each(|$lane| $step)?;
        $lanes.iter().all(|lane| lane.batch.is_full())
    }};
}
pub(super) use tick_batches;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::PatchTask;
    use std::boxed::Box;
    use std::vec::Vec;

    type Lane = BatchLane<PatchTask, { PatchTask::WORKING }, { PatchTask::ACTIONS }, 8, 96>;

    /// States and actions of an episode, its last state and what it paid.
    type Seen = (Vec<(usize, usize)>, usize, f32);

    fn fill(lane: &mut Lane) -> Vec<Seen> {
        lane.begin().unwrap();
        let mut ticks = 0;
        while !lane.is_full() {
            lane.tick(|place, _, _| assert_eq!(place, ticks)).unwrap();
            ticks += 1;
        }
        assert_eq!(lane.visits().len(), ticks);
        let of = |visits: &[Visit]| visits.iter().map(|visit| (visit.state(), visit.action())).collect();
        lane.episodes().map(|(visits, end)| (of(visits), end.state(), end.reward)).collect()
    }

    #[test]
    fn a_batch_holds_whole_episodes_and_equal_policies_meet_equal_ones() {
        let mut lanes = [0; 2].map(|_| Box::new(Lane::new(TimeLimit::new(PatchTask::new(), PatchTask::TURNS))));
        lanes.iter_mut().for_each(|lane| lane.start(5));
        let [first, second] = lanes.each_mut().map(|lane| fill(lane));
        assert_eq!(first, second);
        assert_eq!(first.len(), 8);
        for (visits, end, reward) in &first {
            assert_eq!(visits[0].0, 0);
            assert_eq!(*end >= PatchTask::WORKING, visits.last().unwrap().1 == PatchTask::SUBMIT);
            assert!(*end >= PatchTask::WORKING || visits.len() == 12);
            let paid = visits.iter().map(|(_, action)| [0.3, 0.3, 0.0, -0.3][*action]).sum::<f32>();
            assert!((paid - reward).abs() < 1e-5);
        }
        assert_eq!(lanes[0].length(), first.iter().map(|(visits, ..)| visits.len() as f32).sum::<f32>() / 8.0);
    }

    #[test]
    fn a_step_follows_the_scores_of_its_pairs() {
        let mut lane = Box::new(Lane::new(TimeLimit::new(PatchTask::new(), PatchTask::TURNS)));
        lane.start(5);
        let mut weights = [[0.0; PatchTask::ACTIONS]; PatchTask::WORKING];
        (weights[3][1], weights[3][2], weights[7][0]) = (2.0, -1.0, 4.0);
        let mut expected = lane.policy.clone();
        for (state, action, weight) in [(3, 1, 2.0), (3, 2, -1.0), (7, 0, 4.0)] {
            let mut gradient = [0.0; 40];
            let code = OneHot::<10>.encode(state).unwrap();
            lane.policy.add_score(&code, action, weight, &mut gradient).unwrap();
            expected.add(0.5, &gradient).unwrap();
        }
        lane.ascend(&weights, 0.5).unwrap();
        assert_eq!(lane.policy.parameters(), expected.parameters());
        assert_eq!(lane.distribution(0), Ok([0.25; 4]));
    }
}
