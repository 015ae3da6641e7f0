//! Q-learning, SARSA and Expected SARSA over tables.

use habit::error::Error;
use habit::interact::{self, Transition};
use habit::learn::{Control, ExpectedSarsaTarget, QLearningTarget, SarsaTarget, Target, TdControl, TdParameters};
use habit::policy::{EpsilonGreedy, QView};
use habit::rng::Generator;

use crate::memory::{ALIGN, Class, Handle, Holds, In, Memory, Out, View, bytes, fits};
use crate::persist::Learner;
use crate::random::Rng;
use crate::status::Status;

/// A tabular learner: Q-learning, SARSA or Expected SARSA, with epsilon-greedy exploration.
#[derive(Debug)]
pub struct Td {
    _incomplete: [u8; 0],
}

impl Class for Td {
    type Object = dyn TdLearner;
    const MAGIC: u32 = u32::from_le_bytes(*b"HbTd");
}

impl<T: TdLearner + 'static> Holds<T> for Td {
    fn object(learner: &'static mut T) -> &'static mut Self::Object {
        learner
    }
}

/// What the three can do.
pub trait TdLearner: Learner {
    /// As [`Control::act`].
    ///
    /// # Errors
    /// As [`Control::act`].
    fn act(&mut self, state: usize, rng: &mut Generator) -> Result<usize, Error>;

    /// As [`Control::learn`].
    ///
    /// # Errors
    /// As [`Control::learn`].
    fn learn(&mut self, transition: &Transition, rng: &mut Generator) -> Result<f32, Error>;

    /// Changes step size, discount and exploration.
    ///
    /// # Errors
    /// As [`TdControl::set_parameters`].
    fn set(&mut self, parameters: TdParameters, exploration: EpsilonGreedy) -> Result<(), Error>;

    /// The action values.
    fn table(&self) -> &QView<'static>;
}

type Tabular<T> = TdControl<T, QView<'static>, EpsilonGreedy>;

impl<T: Target> TdLearner for Tabular<T> {
    fn act(&mut self, state: usize, rng: &mut Generator) -> Result<usize, Error> {
        Control::act(self, state, rng)
    }

    fn learn(&mut self, transition: &Transition, rng: &mut Generator) -> Result<f32, Error> {
        Control::learn(self, transition, rng)
    }

    fn set(&mut self, parameters: TdParameters, exploration: EpsilonGreedy) -> Result<(), Error> {
        self.set_parameters(parameters)?;
        *self.exploration_mut() = exploration;
        Ok(())
    }

    fn table(&self) -> &QView<'static> {
        TdControl::table(self)
    }
}

/// As `HABIT_TD_SIZE` has it.
const OVERHEAD: usize = 48 + 10 * size_of::<usize>();
const _: () = assert!(fits::<Td, Tabular<SarsaTarget>>(OVERHEAD));

/// Bytes of memory that a tabular learner of these sizes needs; 0 where a size is 0 or that is too much. `HABIT_TD_SIZE` is
/// the same for memory that is laid out by the compiler.
#[unsafe(no_mangle)]
pub extern "C" fn habit_td_size(states: usize, actions: usize) -> usize {
    bytes(OVERHEAD, &[states, actions], states.checked_mul(actions))
}

/// The alignment of that memory.
#[unsafe(no_mangle)]
pub extern "C" fn habit_td_align() -> usize {
    ALIGN
}

/// What a tabular learner starts with.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct TdSettings {
    /// Above 0, at most 1.
    pub step_size: f32,
    /// From 0 to 1.
    pub discount: f32,
    /// With which probability any action is taken, from 0 to 1.
    pub epsilon: f32,
    /// The value of every action at first.
    pub initial: f32,
}

fn init<T: Target + 'static>(
    memory: Memory,
    length: usize,
    [states, actions]: [usize; 2],
    settings: In<TdSettings>,
    mut td: Out<Handle<Td>>,
) -> Status {
    Status::of(|| {
        let td = td.place()?;
        let TdSettings { step_size, discount, epsilon, initial } = settings.value()?;
        let (parameters, exploration) = (TdParameters { step_size, discount }, EpsilonGreedy::new(epsilon)?);
        let memory = memory.of(length, habit_td_size(states, actions))?;
        // A small one refuses what the large one would.
        TdControl::<T, _, EpsilonGreedy>::over(QView::over(1, 1, &mut [0.0])?).start(
            parameters,
            exploration,
            initial,
        )?;
        td.put(memory.learner(|memory| {
            let mut learner = Tabular::<T>::over(QView::over(states, actions, memory.numbers(states * actions)?)?);
            learner.start(parameters, exploration, initial)?;
            Ok(learner)
        })?);
        Ok(())
    })
}

/// Makes a Q-learning agent in memory of `length` bytes.
#[unsafe(no_mangle)]
pub extern "C" fn habit_q_learning_init(
    memory: Memory,
    length: usize,
    states: usize,
    actions: usize,
    settings: In<TdSettings>,
    td: Out<Handle<Td>>,
) -> Status {
    init::<QLearningTarget>(memory, length, [states, actions], settings, td)
}

/// Makes a SARSA agent in memory of `length` bytes.
#[unsafe(no_mangle)]
pub extern "C" fn habit_sarsa_init(
    memory: Memory,
    length: usize,
    states: usize,
    actions: usize,
    settings: In<TdSettings>,
    td: Out<Handle<Td>>,
) -> Status {
    init::<SarsaTarget>(memory, length, [states, actions], settings, td)
}

/// Makes an Expected SARSA agent in memory of `length` bytes.
#[unsafe(no_mangle)]
pub extern "C" fn habit_expected_sarsa_init(
    memory: Memory,
    length: usize,
    states: usize,
    actions: usize,
    settings: In<TdSettings>,
    td: Out<Handle<Td>>,
) -> Status {
    init::<ExpectedSarsaTarget>(memory, length, [states, actions], settings, td)
}

/// Changes step size, discount and epsilon; `initial` is not used.
#[unsafe(no_mangle)]
pub extern "C" fn habit_td_set(mut td: Handle<Td>, settings: In<TdSettings>) -> Status {
    Status::of(|| {
        let TdSettings { step_size, discount, epsilon, .. } = settings.value()?;
        let exploration = EpsilonGreedy::new(epsilon)?;
        td.learner()?.set(TdParameters { step_size, discount }, exploration)?;
        Ok(())
    })
}

/// Draws the action to take in a state.
#[unsafe(no_mangle)]
pub extern "C" fn habit_td_act(mut td: Handle<Td>, state: usize, mut rng: Out<Rng>, mut action: Out<usize>) -> Status {
    Status::of(|| {
        let (td, action) = (td.learner()?, action.place()?);
        action.put(rng.value()?.draw(|generator| td.act(state, generator))?);
        Ok(())
    })
}

/// How a step left the episode: a byte, as the numbers are.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum Outcome {
    /// The episode goes on.
    Continue = 0,
    /// The environment reached a terminal state: no value lies beyond.
    Terminated = 1,
    /// The episode was cut from outside, by a time limit say: the next state still has its value.
    Truncated = 2,
}

const _: () = assert!(
    Outcome::Continue as u8 == interact::Outcome::Continue as u8
        && Outcome::Terminated as u8 == interact::Outcome::Terminated as u8
        && Outcome::Truncated as u8 == interact::Outcome::Truncated as u8
);

/// Learns from what followed an action: a reward, the true next state before any reset, and one of `habit_outcome`.
///
/// Writes the temporal-difference error to `error`, which may be NULL. SARSA draws its next action here and takes it when it
/// acts in `next_state`.
#[unsafe(no_mangle)]
pub extern "C" fn habit_td_learn(
    mut td: Handle<Td>,
    state: usize,
    action: usize,
    reward: f32,
    next_state: usize,
    outcome: u8,
    mut rng: Out<Rng>,
    mut error: Out<f32>,
) -> Status {
    Status::of(|| {
        let (td, error) = (td.learner()?, error.wanted()?);
        let outcome = match outcome {
            0 => interact::Outcome::Continue,
            1 => interact::Outcome::Terminated,
            2 => interact::Outcome::Truncated,
            _ => return Err(Status::OutcomeOutOfRange),
        };
        let transition = Transition { state, action, reward, next_state, outcome };
        let delta = rng.value()?.draw(|generator| td.learn(&transition, generator))?;
        if let Some(place) = error {
            place.put(delta);
        }
        Ok(())
    })
}

/// Writes the best action of a state, the lowest where several are: no chance, nothing changes.
#[unsafe(no_mangle)]
pub extern "C" fn habit_td_greedy(td: View<Td>, state: usize, mut action: Out<usize>) -> Status {
    Status::of(|| {
        let action = action.place()?;
        action.put(td.learner()?.table().greedy(state)?.0);
        Ok(())
    })
}

/// Copies all action values, row by row, to an array of `length` numbers: as many as states times actions.
#[unsafe(no_mangle)]
pub extern "C" fn habit_td_values(td: View<Td>, mut values: Out<f32>, length: usize) -> Status {
    Status::of(|| {
        let table = td.learner()?.table().values();
        if table.len() != length {
            return Err(Status::LengthMismatch);
        }
        values.slice(length)?.copy_from_slice(table);
        Ok(())
    })
}
