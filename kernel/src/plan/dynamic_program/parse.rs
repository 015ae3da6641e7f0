//! From text to a program.

use super::{DeclaredTransition, DynamicProgram, EVERY_STAGE, Horizon, Sense};
use crate::error::Error;

/// Why a text is no program, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub error: Error,
    /// Counted from 1; the line after the last where something is missing.
    pub line: u32,
    /// Where the word begins, in bytes, counted from 1.
    pub column: u32,
}

/// How much memory a program takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProblemSize {
    /// Numbers for terminal values.
    pub states: usize,
    /// Transitions.
    pub transitions: usize,
}

/// How far probabilities may exceed 1, and how far their sum may be off.
const ABOVE_ONE: f32 = 1e-6;
const SUM_OFF: f32 = 1e-4;

/// What a line says; whole numbers as they stand there.
#[derive(Clone, Copy)]
enum Entry {
    Horizon(Horizon),
    States(u32),
    Actions(u32),
    Sense(Sense),
    Start(u32),
    Terminal { state: u32, value: f32 },
    Transition { stage: Option<u32>, state: u32, action: u32, next_state: u32, probability: f32, reward: f32 },
}

/// A line of the text, without its comment.
#[derive(Clone, Copy)]
struct Line<'t> {
    number: u32,
    text: &'t str,
}

impl<'t> Line<'t> {
    /// Its word at `index`, and the column where that begins; an empty one behind the end where there is none.
    fn word(self, index: usize) -> (u32, &'t str) {
        let (mut at, mut rest) = (1, self.text);
        for left in (0..=index).rev() {
            let word = rest.trim_ascii_start();
            at += rest.len() - word.len();
            let end = word.find(|c: char| c.is_ascii_whitespace()).unwrap_or(word.len());
            let (first, behind) = word.split_at_checked(end).unwrap_or((word, ""));
            if left == 0 || first.is_empty() {
                return (at as u32, first);
            }
            (at, rest) = (at + end, behind);
        }
        (at as u32, "")
    }

    fn fault(self, index: usize, error: Error) -> Fault {
        Fault { error, line: self.number, column: self.word(index).0 }
    }

    fn whole(self, index: usize) -> Result<u32, Fault> {
        self.word(index).1.parse().map_err(|_| self.fault(index, Error::NotAWholeNumber))
    }

    fn real(self, index: usize) -> Result<f32, Fault> {
        self.word(index).1.parse().map_err(|_| self.fault(index, Error::NotANumber))
    }

    fn entry(self) -> Result<Entry, Fault> {
        Ok(match self.word(0).1 {
            "horizon" => Entry::Horizon(match self.word(1).1 {
                "finite" => Horizon::Finite(self.whole(2)?),
                "discounted" => Horizon::Discounted(self.real(2)?),
                "average" => Horizon::Average,
                _ => return Err(self.fault(1, Error::UnknownHorizon)),
            }),
            "sense" => Entry::Sense(match self.word(1).1 {
                "max" => Sense::Maximise,
                "min" => Sense::Minimise,
                _ => return Err(self.fault(1, Error::UnknownSense)),
            }),
            "states" => Entry::States(self.whole(1)?),
            "actions" => Entry::Actions(self.whole(1)?),
            "start" => Entry::Start(self.whole(1)?),
            "terminal" => Entry::Terminal { state: self.whole(1)?, value: self.real(2)? },
            "p" => self.transition(None, 1)?,
            "pt" => self.transition(Some(self.whole(1)?), 2)?,
            _ => return Err(self.fault(0, Error::UnknownKeyword)),
        })
    }

    /// A transition whose state is the word at `from`.
    fn transition(self, stage: Option<u32>, from: usize) -> Result<Entry, Fault> {
        Ok(Entry::Transition {
            stage,
            state: self.whole(from)?,
            action: self.whole(from + 1)?,
            next_state: self.whole(from + 2)?,
            probability: self.real(from + 3)?,
            reward: self.real(from + 4)?,
        })
    }
}

/// The lines that say something.
fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    text.lines().enumerate().filter_map(|(index, line)| {
        let text = line.split('#').next().unwrap_or("");
        (!text.trim_ascii().is_empty()).then_some(Line { number: index as u32 + 1, text })
    })
}

/// The lines behind the first, which has been read.
fn body(text: &str) -> impl Iterator<Item = (Line<'_>, Entry)> {
    lines(text).skip(1).filter_map(|line| line.entry().ok().map(|entry| (line, entry)))
}

/// What the single lines say, as the last of each kind has it.
struct Header<'t> {
    horizon: (Line<'t>, Horizon),
    states: (Line<'t>, u32),
    actions: (Line<'t>, u32),
    sense: Sense,
    start: (Line<'t>, u32),
    transitions: usize,
}

fn header(text: &str) -> Result<Header<'_>, Fault> {
    let mut all = lines(text);
    let behind = Fault { error: Error::MissingLine, line: text.lines().count() as u32 + 1, column: 1 };
    let first = all.next().ok_or(Fault { error: Error::UnknownHeader, ..behind })?;
    if let Some(wrong) = (0..3).find(|&index| first.word(index).1 != ["dp", "1", ""][index]) {
        return Err(first.fault(wrong, Error::UnknownHeader));
    }
    let (mut horizon, mut states, mut actions, mut sense, mut start, mut transitions) =
        (None, None, None, None, None, 0);
    for line in all {
        match line.entry()? {
            Entry::Horizon(value) => horizon = Some((line, value)),
            Entry::States(value) => states = Some((line, value)),
            Entry::Actions(value) => actions = Some((line, value)),
            Entry::Sense(value) => sense = Some(value),
            Entry::Start(value) => start = Some((line, value)),
            Entry::Terminal { .. } => {}
            Entry::Transition { .. } => transitions += 1,
        }
    }
    let (horizon, states, actions) = (horizon.ok_or(behind)?, states.ok_or(behind)?, actions.ok_or(behind)?);
    let (sense, start) = (sense.ok_or(behind)?, start.ok_or(behind)?);
    if start.1 >= states.1 {
        return Err(start.0.fault(1, Error::StateOutOfRange));
    }
    if let Horizon::Discounted(discount) = horizon.1
        && !(0.0..1.0).contains(&discount)
    {
        return Err(horizon.0.fault(2, Error::DiscountOutOfRange));
    }
    Ok(Header { horizon, states, actions, sense, start, transitions })
}

impl Header<'_> {
    /// That a transition names what there is, and numbers that are some.
    fn check(&self, line: Line<'_>, entry: Entry) -> Result<(), Fault> {
        let wrong = |index, error| Err(line.fault(index, error));
        let Entry::Transition { stage, state, action, next_state, probability, reward } = entry else { return Ok(()) };
        let from = if stage.is_some() { 2 } else { 1 };
        if state >= self.states.1 {
            return wrong(from, Error::StateOutOfRange);
        }
        if action >= self.actions.1 {
            return wrong(from + 1, Error::ActionOutOfRange);
        }
        if let (Some(stage), Horizon::Finite(stages)) = (stage, self.horizon.1)
            && (stage >= stages || stage >= u32::from(EVERY_STAGE))
        {
            return wrong(1, Error::StageOutOfRange);
        }
        if next_state >= self.states.1 {
            return wrong(from + 2, Error::StateOutOfRange);
        }
        if !probability.is_finite() {
            return wrong(from + 3, Error::NonFinite);
        }
        if !reward.is_finite() {
            return wrong(from + 4, Error::NonFinite);
        }
        if !(0.0..=1.0 + ABOVE_ONE).contains(&probability) {
            return wrong(from + 3, Error::ProbabilityOutOfRange);
        }
        Ok(())
    }
}

impl<'m> DynamicProgram<'m> {
    /// How much memory the program in a text takes.
    ///
    /// # Errors
    /// The first [`Fault`] of a single line, or what is missing.
    pub fn size(text: &str) -> Result<ProblemSize, Fault> {
        header(text).map(|header| ProblemSize { states: header.states.1 as usize, transitions: header.transitions })
    }

    /// Reads a text into the caller's memory, of which it takes as much as [`size`](Self::size) says. What the memory holds
    /// after a fault is of no use.
    ///
    /// Cost: the transitions, times their number where they do not come in the order of their states.
    ///
    /// # Errors
    /// The first fault of the lines in turn: [`Error::UnknownHeader`], [`Error::UnknownKeyword`], [`Error::UnknownHorizon`],
    /// [`Error::UnknownSense`], [`Error::NotAWholeNumber`], [`Error::NotANumber`]; then of the whole: [`Error::MissingLine`],
    /// [`Error::StateOutOfRange`] for the start, [`Error::DiscountOutOfRange`], [`Error::StageWithoutHorizon`],
    /// [`Error::BufferTooSmall`]; then of terminal values: [`Error::StateOutOfRange`], [`Error::NonFinite`]; then of transitions:
    /// [`Error::StateOutOfRange`], [`Error::ActionOutOfRange`], [`Error::StageOutOfRange`], [`Error::NonFinite`],
    /// [`Error::ProbabilityOutOfRange`] outside `[0, 1]`, and where the probabilities of a pair do not add up to 1 within 1e-4.
    pub fn parse(
        text: &str,
        transitions: &'m mut [DeclaredTransition],
        terminal: &'m mut [f32],
    ) -> Result<Self, Fault> {
        let header = header(text)?;
        let (horizon, start) = (header.horizon.1, header.start.1);
        for (line, entry) in body(text) {
            if matches!(entry, Entry::Transition { stage: Some(_), .. }) && !matches!(horizon, Horizon::Finite(_)) {
                return Err(line.fault(0, Error::StageWithoutHorizon));
            }
        }
        let too_many = |(line, _): (Line<'_>, u32)| line.fault(1, Error::BufferTooSmall);
        // The sentinel of a stage and the width of an action.
        let states = u16::try_from(header.states.1).map_err(|_| too_many(header.states))?;
        let actions = u8::try_from(header.actions.1).map_err(|_| too_many(header.actions))?;
        let terminal = terminal.get_mut(..usize::from(states)).ok_or_else(|| too_many(header.states))?;
        if let Some((line, _)) =
            body(text).filter(|(_, entry)| matches!(entry, Entry::Transition { .. })).nth(transitions.len())
        {
            return Err(line.fault(0, Error::BufferTooSmall));
        }
        terminal.fill(0.0);
        for (line, entry) in body(text) {
            let Entry::Terminal { state, value } = entry else { continue };
            let place = terminal.get_mut(state as usize).ok_or_else(|| line.fault(1, Error::StateOutOfRange))?;
            if !value.is_finite() {
                return Err(line.fault(2, Error::NonFinite));
            }
            *place = value;
        }
        body(text).try_for_each(|(line, entry)| header.check(line, entry))?;
        let mut count = 0;
        for transition in body(text).filter_map(|(_, entry)| declared(entry)) {
            let before = transitions.get(..count).unwrap_or(&[]);
            let place = before.partition_point(|other| other.key() <= transition.key());
            if let Some(moved) = transitions.get_mut(place..=count) {
                moved.rotate_right(1);
                if let Some(first) = moved.first_mut() {
                    *first = transition;
                }
            }
            count += 1;
        }
        let transitions = transitions.get(..count).unwrap_or(&[]);
        for group in transitions.chunk_by(|one, other| one.key() == other.key()) {
            let sum = group.iter().fold(0.0, |sum, transition| sum + transition.probability);
            if (sum - 1.0).abs() > SUM_OFF {
                return Err(line_of(text, group));
            }
        }
        Ok(Self { horizon, sense: header.sense, actions, start: start as u16, transitions, terminal })
    }
}

/// A transition that has been checked.
fn declared(entry: Entry) -> Option<DeclaredTransition> {
    let Entry::Transition { stage, state, action, next_state, probability, reward } = entry else { return None };
    Some(DeclaredTransition {
        probability,
        reward,
        stage: stage.map_or(EVERY_STAGE, |stage| stage as u16),
        state: state as u16,
        next_state: next_state as u16,
        action: action as u8,
    })
}

/// The fault of probabilities that do not add up, at the first line of the pair.
fn line_of(text: &str, group: &[DeclaredTransition]) -> Fault {
    let key = group.first().map(DeclaredTransition::key);
    let first = body(text).find(|(_, entry)| declared(*entry).map(|transition| transition.key()) == key);
    let nowhere = Fault { error: Error::ProbabilityOutOfRange, line: 1, column: 1 };
    first.map_or(nowhere, |(line, entry)| {
        let staged = matches!(entry, Entry::Transition { stage: Some(_), .. });
        line.fault(if staged { 5 } else { 4 }, Error::ProbabilityOutOfRange)
    })
}
