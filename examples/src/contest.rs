//! Contenders that meet the same world, behind a serial line.

use core::fmt::{Error as Unwritten, Result as Written, Write};
use habit::Error;
use habit::protocol::{Fault, Fields, KERNEL, Kind, Storage, VERSION};
use habit_firmware::{Board, Conversation};

/// The fields of a command.
const FIELDS: [(&str, Kind); 7] = [
    ("cmd", Kind::Text),
    ("seed", Kind::Whole),
    ("steps", Kind::Whole),
    ("every", Kind::Whole),
    ("channel", Kind::Whole),
    ("delivered", Kind::Whole),
    ("value", Kind::Number),
];

/// A line that was read.
pub type Line<'a> = Fields<'a, { FIELDS.len() }>;

/// A simulated world with its contenders, and the learner that serves in earnest.
pub trait World {
    /// Not started.
    const EMPTY: Self;

    /// The name on the line.
    const NAME: &'static str;

    /// The contenders, in the order of their samples.
    const CONTENDERS: &'static [&'static str];

    /// The steps of a run that names none.
    const STEPS: u32;

    /// Starts the simulation, or starts it anew.
    ///
    /// # Errors
    /// What the learners say.
    fn start(&mut self, seed: u32) -> Result<(), Error>;

    /// One step of the world, and what every contender makes of it.
    ///
    /// # Errors
    /// What the learners say.
    fn step(&mut self) -> Result<(), Error>;

    /// A contender's metrics so far, as members of an object.
    ///
    /// # Errors
    /// What `out` says.
    fn write_metrics(&self, contender: usize, out: &mut impl Write) -> Written;

    /// Of all that the contenders have learned.
    fn digest(&self) -> u64;

    /// Prepares the learner that serves.
    ///
    /// # Errors
    /// What it says.
    fn open(&mut self) -> Result<(), Error>;

    /// Obeys a command that is this world's own, with the learner that serves.
    ///
    /// # Errors
    /// Where the line is at fault, and why; nothing has changed then.
    fn serve(&mut self, command: &str, line: &Line<'_>, out: &mut impl Write) -> Result<Written, Fault>;
}

/// A run: of so many steps, and so many between samples.
#[derive(Clone, Copy)]
struct Run {
    seed: Option<u32>,
    steps: u32,
    every: u32,
}

/// A world behind a line. Made [`EMPTY`](Conversation::EMPTY) in its place.
pub struct Contest<W> {
    world: W,
    /// What was asked for, before it is started.
    asked: Option<Run>,
    run: Option<Run>,
    t: u32,
}

impl<W: World> Contest<W> {
    fn obey(&mut self, line: &Line<'_>, out: &mut impl Write) -> Result<Written, Fault> {
        let command = line.text("cmd")?;
        Ok(match command {
            "hello" => {
                let (name, contenders) = (W::NAME, W::CONTENDERS.len());
                write!(out, r#"{{"event":"hello","protocol":{VERSION},"kernel":"{KERNEL}","example":"{name}","#)
                    .and_then(|()| out.write_str(r#""contenders":["#))
                    .and_then(|()| {
                        let separated = |(place, name)| (if place + 1 < contenders { "," } else { "" }, name);
                        let mut names = W::CONTENDERS.iter().enumerate().map(separated);
                        names.try_for_each(|(end, name)| write!(out, r#""{name}"{end}"#))
                    })
                    .and_then(|()| writeln!(out, r#"],"state_bytes":{}}}"#, size_of::<Self>()))
            }
            "run" => {
                let count = |field| match optional(line, field)? {
                    Some(0) => Err(Fault::at(line.place(field), Error::CountOutOfRange)),
                    count => Ok(count),
                };
                let (seed, steps, every) = (optional(line, "seed")?, count("steps")?, count("every")?);
                let steps = steps.unwrap_or(W::STEPS);
                self.asked = Some(Run { seed, steps, every: every.unwrap_or(steps) });
                Ok(())
            }
            "stop" => {
                (self.asked, self.run) = (None, None);
                writeln!(out, r#"{{"event":"stopped"}}"#)
            }
            "digest" => {
                let (t, digest) = (self.t, self.world.digest());
                writeln!(out, r#"{{"event":"digest","t":{t},"digest":"{digest:016x}"}}"#)
            }
            _ => self.world.serve(command, line, out)?,
        })
    }

    fn start(&mut self, asked: Run, board: &mut impl Board) -> Written {
        // What the board cannot draw is 1, and the line says which it was: the run can be repeated.
        let seed = asked.seed.or_else(|| board.entropy()).unwrap_or(1);
        let Run { steps, every, .. } = asked;
        let mut out = habit_firmware::Line(board);
        if let Err(error) = self.world.start(seed) {
            self.run = None;
            return Fault::at(0, error).write(&mut out);
        }
        (self.run, self.t) = (Some(Run { seed: Some(seed), ..asked }), 0);
        let name = W::NAME;
        writeln!(out, r#"{{"event":"started","id":"{name}","seed":{seed},"steps":{steps},"every":{every}}}"#)
    }

    fn step(&mut self, run: Run, out: &mut impl Write) -> Written {
        if let Err(error) = self.world.step() {
            self.run = None;
            return Fault::at(0, error).write(out).and_then(|()| writeln!(out, r#"{{"event":"stopped"}}"#));
        }
        self.t += 1;
        let (t, seed, is_over) = (self.t, run.seed.unwrap_or(1), self.t >= run.steps);
        if t.is_multiple_of(run.every) || is_over {
            for (place, name) in W::CONTENDERS.iter().enumerate() {
                write!(out, r#"{{"t":{t},"seed":{seed},"contender":"{name}","#)?;
                self.world.write_metrics(place, out)?;
                writeln!(out, "}}")?;
            }
        }
        if is_over {
            self.run = None;
            let (name, digest) = (W::NAME, self.world.digest());
            writeln!(out, r#"{{"done":true,"digest":"{digest:016x}","id":"{name}"}}"#)?;
        }
        Ok(())
    }
}

fn optional(line: &Line<'_>, field: &str) -> Result<Option<u32>, Fault> {
    if line.place(field) == 0 { Ok(None) } else { line.whole(field).map(Some) }
}

impl<W: World> Conversation for Contest<W> {
    const EMPTY: Self = Self { world: W::EMPTY, asked: None, run: None, t: 0 };

    fn begin(&mut self, out: &mut impl Write) -> Written {
        match self.world.open() {
            Ok(()) => Ok(()),
            Err(error) => Fault::at(0, error).write(out),
        }
    }

    fn line(&mut self, line: &[u8], _storage: &mut impl Storage, out: &mut impl Write) -> Written {
        Fields::answer(line, &FIELDS, out, |line, out| self.obey(line, out))
    }

    fn advance(&mut self, board: &mut impl Board) -> Result<bool, Unwritten> {
        if let Some(asked) = self.asked.take() {
            self.start(asked, board)?;
        }
        if let Some(run) = self.run {
            self.step(run, &mut habit_firmware::Line(board))?;
        }
        Ok(self.run.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Radio, Sampling};
    use habit::protocol::NoStorage;
    use std::format;
    use std::string::String;

    fn say(contest: &mut Contest<impl World>, line: &str) -> String {
        let mut out = String::new();
        contest.line(line.as_bytes(), &mut NoStorage, &mut out).unwrap();
        out
    }

    /// Refuses each line, with a code and a place, and says afterwards what it says without them.
    fn refuses<W: World>(lines: &[(&str, &str, usize)], then: &str) {
        let [mut contest, mut other] = [Contest::<W>::EMPTY, Contest::EMPTY];
        for contest in [&mut contest, &mut other] {
            contest.begin(&mut String::new()).unwrap();
            say(contest, then);
        }
        for (line, code, position) in lines {
            let answer = say(&mut contest, line);
            assert!(answer.contains(&format!(r#""code":"{code}","#)), "{line}: {answer}");
            assert!(answer.ends_with(&format!(",\"position\":{position}}}\n")), "{line}: {answer}");
            assert!(contest.asked.is_none(), "{line}");
        }
        assert_eq!(say(&mut contest, then), say(&mut other, then));
        assert_eq!(say(&mut contest, r#"{"cmd":"digest"}"#), say(&mut other, r#"{"cmd":"digest"}"#));
    }

    #[test]
    fn what_cannot_be_obeyed_is_answered_with_its_place_and_changes_nothing() {
        let common = [
            ("run", "not_an_object", 0),
            (r#"{"cmd":"pause"}"#, "unknown_command", 7),
            (r#"{"cmd":"run","steps":0}"#, "count_out_of_range", 21),
            (r#"{"cmd":"run","every":0}"#, "count_out_of_range", 21),
            (r#"{"cmd":"run","seed":1.5}"#, "not_a_whole_number", 20),
            (r#"{"cmd":"run","speed":1}"#, "unknown_field", 13),
        ];
        let radio = [
            (r#"{"cmd":"sent","channel":0}"#, "missing_field", 0),
            (r#"{"cmd":"sent","channel":7,"delivered":1}"#, "not_selected", 24),
            (r#"{"cmd":"sent","channel":0,"delivered":2}"#, "reward_out_of_range", 38),
        ];
        refuses::<Radio>(&[&common[..], &radio].concat(), r#"{"cmd":"choose"}"#);
        let sampling = [
            (r#"{"cmd":"sample"}"#, "missing_field", 0),
            (r#"{"cmd":"sample","value":nan}"#, "not_a_number", 24),
            (r#"{"cmd":"sample","value":1e39}"#, "non_finite", 24),
            (r#"{"cmd":"sample","value":3e38}"#, "non_finite", 24),
        ];
        refuses::<Sampling>(&[&common[..], &sampling].concat(), r#"{"cmd":"sample","value":0.5}"#);
    }
}
