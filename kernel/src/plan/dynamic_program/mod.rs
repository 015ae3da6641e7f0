//! Dynamic programs as text, and their answers.

mod parse;
#[cfg(test)]
mod tests;

pub use parse::{Fault, ProblemSize};

use core::fmt;

use super::value_iteration::best_action;
use super::{Sweeps, back_up, backward_induction, relative_value_iteration};
use crate::error::Error;
use crate::model::{FiniteModel, ModelOutcome};

/// Another action takes a lower one's place where it is better by more than this.
const SLACK: f32 = 1e-6;

/// Change of a value, relative to the greatest, below which a discounted program has settled.
const CHANGE: f32 = 1e-6;

/// When the average reward is known well enough.
const AVERAGE: Sweeps = Sweeps { tolerance: 1e-5, most: 100_000 };

/// How long a program goes on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Horizon {
    /// So many stages; then each state is worth its terminal value.
    Finite(u32),
    /// For ever, a reward after `t` steps counting `discount^t`, `0 <= discount < 1`.
    Discounted(f32),
    /// For ever, for the reward a step in the long run.
    Average,
}

/// What is sought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    /// The greatest value.
    Maximise,
    /// The least.
    Minimise,
}

/// One outcome of an action in a state, at every stage or at one. 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DeclaredTransition {
    probability: f32,
    reward: f32,
    /// [`EVERY_STAGE`] for all.
    stage: u16,
    state: u16,
    next_state: u16,
    action: u8,
}

/// The stage of transitions that hold at all stages without some of their own.
const EVERY_STAGE: u16 = u16::MAX;

impl DeclaredTransition {
    /// For buffers.
    pub const EMPTY: Self =
        Self { probability: 0.0, reward: 0.0, stage: EVERY_STAGE, state: 0, next_state: 0, action: 0 };

    const fn key(&self) -> (u16, u8, u16) {
        (self.state, self.action, self.stage)
    }
}

const _: () = assert!(size_of::<DeclaredTransition>() == 16);

/// A finite model with a question, written by a person as text: what is the best value from the start, and which action
/// comes first? After the numeric-answer protocol of Zhou, Yang, Lin, Chen, He, Ge, "Auto-Formulating Dynamic Programming Problems with
/// Large Language Models", 2025, arXiv 2507.11737.
///
/// ```text
/// dp 1                                   the first line
/// horizon finite T | horizon discounted G | horizon average
/// states N                               this and the next three in any order
/// actions A
/// sense max | sense min
/// start S
/// terminal s v                           collected at the end, and where there is no action (0 unless it is said)
/// p s a s2 prob reward                   an outcome at every stage
/// pt t s a s2 prob reward                an outcome at stage t alone: in place of the p lines of s and a there
/// ```
/// Words stand apart by blanks, `#` begins a comment, empty lines and what follows the last word of a line are skipped. An
/// action is available where it has outcomes. A header or a terminal value that is said again is overwritten.
///
/// The program lies in the caller's memory: 16 bytes a transition (65 535 stages and states, 255 actions) and 4 bytes a state.
/// It can be asked again, printed, and used as a [`FiniteModel`] a stage: rewards there are greater where they are better,
/// costs are turned around.
///
/// ```
/// use habit::plan::{DeclaredTransition, DynamicProgram};
/// let text = "dp 1\nhorizon finite 3\nstates 3\nactions 1\nsense max\nstart 0\n\
///             p 0 0 1 .5 1\np 0 0 2 .5 0\np 1 0 0 1 2\nterminal 2 10";
/// let (mut transitions, mut terminal) = ([DeclaredTransition::EMPTY; 8], [0.0; 4]);
/// let program = DynamicProgram::parse(text, &mut transitions, &mut terminal).map_err(|fault| fault.error)?;
/// let answer = program.solve(&mut [0.0; 3], &mut [0.0; 3])?;
/// assert_eq!((answer.value, answer.first_action), (9.25, Some(0)));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DynamicProgram<'m> {
    horizon: Horizon,
    sense: Sense,
    actions: u8,
    start: u16,
    /// In ascending order of state, action and stage; equal ones in the order of the text.
    transitions: &'m [DeclaredTransition],
    terminal: &'m [f32],
}

/// What a program comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer {
    /// The best value from the start, or the best reward a step.
    pub value: f32,
    /// The best action at the start; `None` where no action is available, or there is no stage.
    pub first_action: Option<usize>,
    /// Stages, or sweeps, that were computed.
    pub sweeps: u32,
}

impl<'m> DynamicProgram<'m> {
    /// One state where nothing can be done.
    pub const EMPTY: Self = Self {
        horizon: Horizon::Finite(0),
        sense: Sense::Maximise,
        actions: 0,
        start: 0,
        transitions: &[],
        terminal: &[0.0],
    };

    /// How long it goes on.
    pub const fn horizon(&self) -> Horizon {
        self.horizon
    }

    /// What is sought.
    pub const fn sense(&self) -> Sense {
        self.sense
    }

    /// Where it starts.
    pub const fn start(&self) -> usize {
        self.start as usize
    }

    /// The number of states.
    pub const fn states(&self) -> usize {
        self.terminal.len()
    }

    /// What holds at a stage; stages from 65 535 on have no outcomes of their own. Only a finite horizon has more than one.
    pub fn stage(&self, stage: u32) -> Stage<'m> {
        Stage { program: *self, stage: u16::try_from(stage).unwrap_or(EVERY_STAGE) }
    }

    /// From a value of a [`Stage`], where more is better, to one of the program, and back: turns costs around. Exact.
    pub const fn as_sought(&self, value: f32) -> f32 {
        match self.sense {
            Sense::Maximise => value,
            Sense::Minimise => -value,
        }
    }

    /// What each state is worth at the end, more where it is better: where [`backward_induction`] over the stages begins.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] unless there is a number a state.
    pub fn write_terminal_values(&self, values: &mut [f32]) -> Result<(), Error> {
        if values.len() != self.terminal.len() {
            return Err(Error::LengthMismatch);
        }
        let worth = values.iter_mut().zip(self.terminal);
        worth.for_each(|(value, terminal)| *value = self.as_sought(*terminal));
        Ok(())
    }

    /// Solves the program. `values` and `scratch` are a number a state; the first holds the value of every state afterwards
    /// (of a finite horizon at stage 0, of the average the relative values), as it is sought.
    ///
    /// Finite: [`backward_induction`]. Discounted: value iteration from 0 until no value changes by more than 1e-6 of the
    /// greatest (of 1 where that is less): each is then within `G / (1 - G)` times that of the optimal one. Average:
    /// [`relative_value_iteration`] until the gain is known within 0.5e-5. Of equally good actions the lowest is the first,
    /// as long as no other is better by more than 1e-6.
    ///
    /// Cost: the transitions times the logarithm of their number, a stage or a sweep; at most 100 000 sweeps.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]: the values are unchanged then. [`Error::DeadEnd`] for a state without an action under an
    /// average; [`Error::NotConverged`]; [`Error::NonFinite`] for values beyond what can be written: the values are of no use then.
    pub fn solve(&self, values: &mut [f32], scratch: &mut [f32]) -> Result<Answer, Error> {
        if values.len() != self.terminal.len() || scratch.len() != self.terminal.len() {
            return Err(Error::LengthMismatch);
        }
        let start = self.start();
        let value = |values: &[f32]| values.get(start).copied().unwrap_or(f32::NAN);
        let mut answer = Answer { value: f32::NAN, first_action: None, sweeps: 0 };
        match self.horizon {
            Horizon::Finite(stages) => {
                self.write_terminal_values(values)?;
                let decide = |stage, state, action| {
                    if (stage, state) == (0, start) {
                        answer.first_action = action;
                    }
                };
                backward_induction(|stage| self.stage(stage), stages, 1.0, SLACK, values, scratch, decide)?;
                (answer.value, answer.sweeps) = (value(values), stages);
            }
            Horizon::Discounted(discount) => {
                let model = self.stage(u32::MAX);
                values.fill(0.0);
                answer.sweeps = settle(&model, discount, values)?;
                (answer.first_action, _) = best_action(&model, discount, values, start, SLACK)?;
                answer.value = value(values);
            }
            Horizon::Average => {
                let model = self.stage(u32::MAX);
                values.fill(0.0);
                let done = relative_value_iteration(&model, AVERAGE, values, scratch)?;
                if done.span > AVERAGE.tolerance {
                    return Err(Error::NotConverged);
                }
                (answer.first_action, _) = best_action(&model, 1.0, values, start, SLACK)?;
                (answer.value, answer.sweeps) = (done.gain, done.sweeps);
            }
        }
        values.iter_mut().for_each(|value| *value = self.as_sought(*value));
        answer.value = self.as_sought(answer.value);
        Ok(answer)
    }
}

/// Sweeps until the values have settled, and returns how many.
fn settle(model: &Stage<'_>, discount: f32, values: &mut [f32]) -> Result<u32, Error> {
    for sweep in 1..=AVERAGE.most {
        let mut change = 0.0_f32;
        for state in 0..values.len() {
            change = change.max(back_up(model, discount, state, values)?);
        }
        let greatest = values.iter().fold(1.0_f32, |most, value| most.max(value.abs()));
        if change <= CHANGE * greatest {
            return Ok(sweep);
        }
    }
    Err(Error::NotConverged)
}

/// One stage of a [`DynamicProgram`] as a model whose rewards are greater where they are better.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stage<'m> {
    program: DynamicProgram<'m>,
    stage: u16,
}

impl<'m> Stage<'m> {
    /// The outcomes of a pair: those of this stage alone where there are some, else those of every stage.
    fn outcomes(&self, state: usize, action: usize) -> &'m [DeclaredTransition] {
        let all = self.program.transitions;
        let of = |stage: u16| {
            let key = (state as u16, action as u8, stage);
            let from = all.partition_point(|transition| transition.key() < key);
            let rest = all.get(from..).unwrap_or(&[]);
            let count = rest.partition_point(|transition| transition.key() == key);
            rest.get(..count).unwrap_or(&[])
        };
        let own = if self.stage == EVERY_STAGE { &[] } else { of(self.stage) };
        if own.is_empty() { of(EVERY_STAGE) } else { own }
    }
}

impl FiniteModel for Stage<'_> {
    fn states(&self) -> usize {
        self.program.states()
    }

    fn actions(&self) -> usize {
        usize::from(self.program.actions)
    }

    fn terminal_value(&self, state: usize) -> f32 {
        self.program.as_sought(self.program.terminal.get(state).copied().unwrap_or(0.0))
    }

    fn outcome_count(&self, state: usize, action: usize) -> Result<usize, Error> {
        self.check_pair(state, action).map(|()| self.outcomes(state, action).len())
    }

    fn outcome(&self, state: usize, action: usize, index: usize) -> Result<Option<ModelOutcome>, Error> {
        self.check_pair(state, action)?;
        Ok(self.outcomes(state, action).get(index).map(|outcome| ModelOutcome {
            probability: outcome.probability,
            next_state: usize::from(outcome.next_state),
            reward: self.program.as_sought(outcome.reward),
            terminated: false,
        }))
    }
}

/// The text that [`DynamicProgram::parse`] reads back as the same program.
impl fmt::Display for DynamicProgram<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "dp 1")?;
        match self.horizon {
            Horizon::Finite(stages) => writeln!(f, "horizon finite {stages}")?,
            Horizon::Discounted(discount) => writeln!(f, "horizon discounted {discount}")?,
            Horizon::Average => writeln!(f, "horizon average")?,
        }
        let sense = if self.sense == Sense::Maximise { "max" } else { "min" };
        let (states, actions, start) = (self.states(), self.actions, self.start);
        writeln!(f, "states {states}\nactions {actions}\nsense {sense}\nstart {start}")?;
        for (state, value) in self.terminal.iter().enumerate().filter(|(_, value)| value.to_bits() != 0) {
            writeln!(f, "terminal {state} {value}")?;
        }
        for transition in self.transitions {
            let DeclaredTransition { probability, reward, stage, state, next_state, action } = transition;
            if *stage == EVERY_STAGE {
                write!(f, "p")?;
            } else {
                write!(f, "pt {stage}")?;
            }
            writeln!(f, " {state} {action} {next_state} {probability} {reward}")?;
        }
        Ok(())
    }
}
