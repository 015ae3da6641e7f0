//! Environments as WGSL.

use super::Tables;
use crate::compute::ROUNDS_AT_ONCE;
use crate::unroll::unroll;
use habit::Error;
use habit::env::{Acrobot, CartPole, LinearSystem, MountainCar, Pendulum};
use habit::linalg::dot;
use habit::rng::threshold;
use std::borrow::Cow;

/// What an environment shows of its state, in WGSL the type `Observation`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observation {
    /// Nothing, as a bandit does; in WGSL a `u32` that is 0.
    Nothing,
    /// A number below this one; in WGSL a `u32`.
    Index(usize),
    /// As many numbers; in WGSL an `array<f32, OBSERVATION_WORDS>`.
    Numbers(usize),
}

impl Observation {
    /// Words of an observation where it is recorded, `D`.
    pub const fn words(self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Index(_) => 1,
            Self::Numbers(count) => count,
        }
    }
}

/// Rounds of loops in a step, where nothing is said of them.
const LOOP_ROUNDS: u32 = 64;

/// An environment as WGSL source: the house's own and a user's follow the same signature.
///
/// The source declares a type `State` and five functions, and may have more of its own:
///
/// ```wgsl
/// // The state to and from the words that are kept between calls, all 0 before the first episode.
/// fn state_from_words(words: StateWords) -> State
/// fn words_from_state(state: State) -> StateWords
/// // Starts an episode.
/// fn environment_reset(rng: ptr<function, vec4<u32>>) -> State
/// // Takes an action, 0 <= action < ACTIONS, and answers `Step(reward: f32, terminated: bool)`.
/// fn environment_step(state: ptr<function, State>, action: u32, rng: ptr<function, vec4<u32>>) -> Step
/// // What is seen of a state.
/// fn environment_observe(state: State) -> Observation
/// ```
///
/// It finds: the constants `STATE_WORDS`, `OBSERVATION_WORDS` and `ACTIONS`, the types `StateWords`, an
/// `array<u32, STATE_WORDS>`, `Observation` and `Step`;
/// `next_u32(rng)`, `unit_f32(rng)`, `below(n, rng)`, `gaussian_by_sum(rng)` and `threshold(p)`, which give the bits of
/// [`habit::rng`]; `sin_cos(x)`, a `vec2` by the operations of [`habit::math::sin_cos`]; and `environment_word(i)` or
/// `environment_number(i)`, the environment's own words as `u32` or `f32`. Names that begin with `rollout_` or `policy_`
/// are taken. The reset after an end, the time limit and the recording are the rollout's.
///
/// ```
/// use habit_gpu::rollout::{Environment, Observation};
/// /// Pays what a die shows, six times.
/// const DICE: &str = "
///     alias State = u32;
///     fn state_from_words(words: StateWords) -> State { return words[0]; }
///     fn words_from_state(state: State) -> StateWords { return StateWords(state); }
///     fn environment_reset(rng: ptr<function, vec4<u32>>) -> State { return 0u; }
///     fn environment_observe(state: State) -> Observation { return state; }
///     fn environment_step(state: ptr<function, State>, action: u32, rng: ptr<function, vec4<u32>>) -> Step {
///         *state += 1u;
///         return Step(1.0 + f32(below(6u, rng)), *state == 6u);
///     }
/// ";
/// let dice = Environment::new(DICE, 1, Observation::Index(7), 1)?.with_shortest_episode(6)?;
/// assert_eq!(dice.actions(), 1);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Environment {
    source: Cow<'static, str>,
    state_words: usize,
    observation: Observation,
    actions: usize,
    words: Vec<u32>,
    time_limit: Option<u32>,
    shortest_episode: u32,
    loop_rounds: u32,
    rewards_as_bits: bool,
}

impl Environment {
    /// From WGSL with a state of `state_words` words; without a time limit or words of its own.
    ///
    /// # Errors
    /// [`Error::EmptyRange`] for a state of no words, an observation of none (but for [`Observation::Nothing`]) or no
    /// action; [`Error::ParameterOutOfRange`] for a state beyond 2^16 words, more than 1024 numbers, 2^32 actions or
    /// states.
    pub fn new(
        source: impl Into<Cow<'static, str>>,
        state_words: usize,
        observation: Observation,
        actions: usize,
    ) -> Result<Self, Error> {
        if state_words == 0 || actions == 0 || matches!(observation, Observation::Index(0) | Observation::Numbers(0)) {
            return Err(Error::EmptyRange);
        }
        let states = if let Observation::Index(states) = observation { states } else { 0 };
        let small = state_words <= 1 << 16 && observation.words() <= 1 << 10;
        if !small || u32::try_from(actions).is_err() || u32::try_from(states).is_err() {
            return Err(Error::ParameterOutOfRange);
        }
        Ok(Self {
            source: source.into(),
            state_words,
            observation,
            actions,
            words: Vec::new(),
            time_limit: None,
            shortest_episode: 1,
            loop_rounds: LOOP_ROUNDS,
            rewards_as_bits: false,
        })
    }

    /// With words of its own, which `environment_word` reads: parameters, tables.
    #[must_use]
    pub fn with_words(self, words: Vec<u32>) -> Self {
        Self { words, ..self }
    }

    /// With the number of steps after which an episode that has not terminated is truncated; `None` never does.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] for 0 and for 2^32 - 1.
    pub fn with_time_limit(self, time_limit: Option<u32>) -> Result<Self, Error> {
        match time_limit {
            Some(0 | u32::MAX) => Err(Error::ParameterOutOfRange),
            _ => Ok(Self { time_limit, ..self }),
        }
    }

    /// With how many rounds the loops in its WGSL and in the policy's take together in a step, at the most; 64 unless it is
    /// said. A dispatch takes so few steps that it stays within what drivers let loops take: there are some that leave a
    /// loop behind 65 535 rounds without a word.
    #[must_use]
    pub fn with_loop_rounds(self, rounds: u32) -> Self {
        Self { loop_rounds: rounds, ..self }
    }

    /// With a number of steps that no episode stays below, the time limit aside; 1 unless it is said. `T` steps of a lane
    /// have room for `1 + (T - 1) / shortest` ends, so that memory for final observations is bounded and no more than need
    /// be. A rollout in which an episode is shorter is refused.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] for 0.
    pub fn with_shortest_episode(self, steps: u32) -> Result<Self, Error> {
        if steps == 0 { Err(Error::ParameterOutOfRange) } else { Ok(Self { shortest_episode: steps, ..self }) }
    }

    /// Its WGSL.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Words of its state.
    pub const fn state_words(&self) -> usize {
        self.state_words
    }

    /// What it shows.
    pub const fn observation(&self) -> Observation {
        self.observation
    }

    /// Number of actions.
    pub const fn actions(&self) -> usize {
        self.actions
    }

    /// Its own words.
    pub fn words(&self) -> &[u32] {
        &self.words
    }

    /// After how many steps an episode is truncated.
    pub const fn time_limit(&self) -> Option<u32> {
        self.time_limit
    }

    /// The most ends that `steps` steps of a lane can hold.
    pub(crate) fn slots(&self, steps: usize) -> usize {
        let shortest = self.time_limit.map_or(self.shortest_episode, |limit| limit.min(self.shortest_episode));
        1 + steps.saturating_sub(1) / shortest as usize
    }

    /// The most steps of a dispatch, so that all its loops together stay within what drivers let them take.
    pub(crate) const fn steps_within_rounds(&self) -> usize {
        let steps = ROUNDS_AT_ONCE / (self.loop_rounds as usize + 1);
        if steps > 0 { steps } else { 1 }
    }

    /// What its source and a rollout's have in common.
    pub(crate) fn declarations(&self) -> String {
        let word = match self.observation {
            Observation::Numbers(_) => "bitcast<u32>(observation[$d])",
            _ => "observation",
        };
        let recording = [("rollout_observations", "rollout_observe"), ("rollout_ends", "rollout_observe_end")]
            .map(|(array, name)| recording(array, name, word));
        let recording = unroll(&recording.concat(), &[("WORDS", self.observation.words())]);
        self.types() + &recording
    }

    /// What its source and that of whoever steps it have in common.
    pub(crate) fn types(&self) -> String {
        let observation = match self.observation {
            Observation::Numbers(_) => "array<f32, OBSERVATION_WORDS>",
            _ => "u32",
        };
        let (reward, bits) =
            if self.rewards_as_bits { ("u32", "step.reward") } else { ("f32", "bitcast<u32>(step.reward)") };
        let (states, words, actions) = (self.state_words, self.observation.words(), self.actions);
        format!(
            "const STATE_WORDS = {states}u;\nconst OBSERVATION_WORDS = {words}u;\nconst ACTIONS = {actions}u;\n\
             alias StateWords = array<u32, STATE_WORDS>;\nalias Observation = {observation};\nstruct Step {{ reward: {reward}, terminated: bool }}\n\
             fn reward_bits(step: Step) -> u32 {{ return {bits}; }}\n"
        )
    }
}

/// A function that puts the words of an observation into rows of lanes.
fn recording(array: &str, name: &str, word: &str) -> String {
    format!(
        "fn {name}(first: u32, observation: Observation) {{\n    var at = first;\n#each d 0 WORDS\n    \
         {array}[at] = {word};\n    at += rollout_parameters.lanes;\n#end\n}}\n"
    )
}

/// The WGSL of several files.
macro_rules! wgsl {
    ($($file:literal),*) => {
        concat!($(include_str!(concat!("wgsl/environments/", $file, ".wgsl"))),*)
    };
}

fn bits(numbers: impl IntoIterator<Item = f32>) -> Vec<u32> {
    numbers.into_iter().map(f32::to_bits).collect()
}

fn finite(numbers: &[f32]) -> Result<(), Error> {
    if numbers.iter().all(|number| number.is_finite()) { Ok(()) } else { Err(Error::NonFinite) }
}

/// The house's own.
impl Environment {
    /// [`habit::env::CartPole`] with its time limit. `reset` takes four words, a step none.
    ///
    /// # Errors
    /// None.
    pub fn cart_pole() -> Result<Self, Error> {
        // Pushed one way from a start that already falls that way, the pole takes eight steps.
        Self::new(wgsl!("four_numbers", "cart_pole"), 4, Observation::Numbers(4), CartPole::ACTIONS)?
            .with_shortest_episode(8)?
            .with_time_limit(Some(CartPole::TIME_LIMIT))
    }

    /// [`habit::env::MountainCar`] with its time limit. `reset` takes one word, a step none.
    ///
    /// # Errors
    /// None.
    pub fn mountain_car() -> Result<Self, Error> {
        // 0.9 of way at 0.07 a step.
        Self::new(wgsl!("two_numbers", "mountain_car"), 2, Observation::Numbers(2), MountainCar::ACTIONS)?
            .with_shortest_episode(13)?
            .with_time_limit(Some(MountainCar::TIME_LIMIT))
    }

    /// [`habit::env::Acrobot`] with its time limit. `reset` takes four words, a step none.
    ///
    /// # Errors
    /// None.
    pub fn acrobot() -> Result<Self, Error> {
        // By no torques is the tip above even the joint by then.
        Self::new(wgsl!("four_numbers", "acrobot"), 4, Observation::Numbers(6), Acrobot::ACTIONS)?
            .with_shortest_episode(8)?
            .with_time_limit(Some(Acrobot::TIME_LIMIT))
    }

    /// [`habit::env::Pendulum`] with its time limit; an action is one of these torques (N m). `reset` takes two words, a
    /// step none.
    ///
    /// # Errors
    /// [`Error::EmptyRange`], [`Error::NonFinite`].
    pub fn pendulum(torques: &[f32]) -> Result<Self, Error> {
        finite(torques)?;
        let source = wgsl!("two_numbers", "pendulum");
        // It never terminates.
        Self::new(source, 2, Observation::Numbers(3), torques.len())?
            .with_words(bits(torques.iter().copied()))
            .with_shortest_episode(u32::MAX)?
            .with_time_limit(Some(Pendulum::TIME_LIMIT))
    }

    /// With nothing to see, without an end.
    fn endless(source: &'static str, state_words: usize, actions: usize, words: Vec<u32>) -> Result<Self, Error> {
        Self::new(source, state_words, Observation::Nothing, actions)?.with_words(words).with_shortest_episode(u32::MAX)
    }

    /// [`habit::env::BernoulliBandit`]: what each arm pays on average. A step takes one word.
    ///
    /// # Errors
    /// [`Error::EmptyRange`], [`Error::ProbabilityOutOfRange`].
    pub fn bernoulli_bandit(means: &[f32]) -> Result<Self, Error> {
        let thresholds = means.iter().map(|&mean| threshold(mean)).collect::<Result<Vec<_>, _>>()?;
        let words = thresholds.iter().flat_map(|&threshold| [threshold as u32, (threshold >> 32) as u32]).collect();
        Self::endless(wgsl!("one_word", "stateless", "bernoulli_bandit"), 1, means.len(), words)
    }

    /// [`habit::env::GaussianBandit`]: what each arm pays on average, and every arm's deviation. A step takes twelve words.
    ///
    /// # Errors
    /// [`Error::EmptyRange`]; [`Error::NonFinite`]; [`Error::ParameterOutOfRange`] for a deviation below 0.
    pub fn gaussian_bandit(means: &[f32], deviation: f32) -> Result<Self, Error> {
        finite(means)?;
        finite(&[deviation])?;
        if deviation < 0.0 {
            return Err(Error::ParameterOutOfRange);
        }
        let words = bits([deviation].iter().chain(means).copied());
        Self::endless(wgsl!("one_word", "stateless", "gaussian_bandit"), 1, means.len(), words)
    }

    /// [`GaussianBandit::testbed`](habit::env::GaussianBandit::testbed): each lane draws a bandit of its own, whose means
    /// are its state. `reset` takes `12 K` words, a step twelve.
    ///
    /// # Errors
    /// [`Error::EmptyRange`], [`Error::NonFinite`].
    pub fn gaussian_testbed(arms: usize, centre: f32) -> Result<Self, Error> {
        finite(&[centre])?;
        Self::endless(wgsl!("gaussian_testbed"), arms, arms, bits([centre]))
    }

    /// [`habit::env::LinearDynamicalBandit`]: a system, what each arm feeds it, and the deviation of its noise. A step takes
    /// `12 (N + 1)` words.
    ///
    /// # Errors
    /// [`Error::EmptyRange`], [`Error::NonFinite`].
    pub fn linear_dynamical_bandit<const N: usize, const D: usize>(
        system: &LinearSystem<N, D>,
        arms: &[[f32; D]],
        noise: f32,
    ) -> Result<Self, Error> {
        let mut numbers = vec![noise];
        numbers.extend(system.output);
        numbers.extend(system.transition.as_flattened());
        for arm in arms {
            numbers.push(dot(&system.feedthrough, arm));
            numbers.extend(system.input.iter().map(|row| dot(row, arm)));
        }
        finite(&numbers)?;
        let source = wgsl!("linear_dynamical_bandit");
        Self::endless(source, N, arms.len(), bits(numbers))
    }

    /// A finite model from its tables, observed by its state. A step takes one word, or none where a pair has one outcome.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] for tables of 2^32 words.
    pub fn tabular(tables: &Tables) -> Result<Self, Error> {
        let source = wgsl!("one_word", "tabular");
        let (starts, outcomes) = (tables.starts(), tables.outcomes());
        let first = u32::try_from(2 + starts.len()).map_err(|_| Error::ParameterOutOfRange)?;
        let mut words = vec![tables.episode().start as u32, first];
        words.extend(starts);
        words.extend(outcomes);
        u32::try_from(words.len()).map_err(|_| Error::ParameterOutOfRange)?;
        let model = Self::new(source, 1, Observation::Index(tables.states()), tables.actions())?;
        // Nothing is computed with a model's rewards, so nothing can round or flush their bits.
        Self { rewards_as_bits: true, ..model }.with_words(words).with_time_limit(tables.episode().time_limit)
    }
}
