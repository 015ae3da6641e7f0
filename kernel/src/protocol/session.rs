//! One run, driven by lines.

use super::chunks::{Piece, write_chunks};
use super::command::{Command, FIELDS, Line};
use super::event::{
    write_digest, write_done, write_hello, write_number_event, write_sample, write_started, write_stopped,
};
use super::{Fault, Fields, NoStorage, Storage};
use crate::checkpoint;
use crate::error::Error;
use crate::lab::{EXPERIMENTS, Run, Tick, Values, find, fold_digests};
use crate::math::RunningMoments;
use core::fmt::{Result as Written, Write};

/// What a session does when it is given time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Nothing: no run, one that waits, or one that is over.
    Still,
    /// Goes on until the run is over.
    Running,
    /// Goes on for so many steps, then waits.
    Steps(u32),
    /// Goes on for so many ticks, then waits.
    Ticks(u32),
}

/// One run, driven by the lines of `kernel/PROTOCOL.md`.
///
/// Made [`EMPTY`](Self::EMPTY) in its place. Memory: that of a [`Run`] and 16 bytes. A line costs time in proportion to
/// its length, but for those that start a run or ask for a digest.
#[derive(Debug)]
pub struct Session {
    run: Run,
    every: u32,
    mode: Mode,
}

impl Session {
    /// Nothing is running.
    pub const EMPTY: Self = Self { run: Run::EMPTY, every: 1, mode: Mode::Still };

    /// Obeys one line, given without its end, or answers with an `error` event and leaves everything as it was. Nothing is
    /// kept here.
    ///
    /// # Errors
    /// What `out` says.
    pub fn line(&mut self, line: &[u8], out: &mut impl Write) -> Written {
        self.line_with(line, &mut NoStorage, out)
    }

    /// As [`line`](Self::line), with somewhere to keep what was learned.
    ///
    /// # Errors
    /// What `out` says.
    pub fn line_with(&mut self, line: &[u8], storage: &mut impl Storage, out: &mut impl Write) -> Written {
        Fields::answer(line, &FIELDS, out, |line, out| self.obey(&Command::parse(line)?, line, storage, out))
    }

    /// Works for at most so many ticks, writes the samples that fall due, and says whether there is more to do.
    ///
    /// # Errors
    /// What `out` says.
    pub fn advance(&mut self, ticks: u32, out: &mut impl Write) -> Result<bool, core::fmt::Error> {
        for _ in 0..ticks {
            if self.mode == Mode::Still {
                break;
            }
            match self.run.tick() {
                Ok(tick) => self.ticked(tick, out)?,
                Err(error) => {
                    self.run.stop();
                    self.mode = Mode::Still;
                    Fault::at(0, error).write(out)?;
                    write_stopped(out)?;
                }
            }
        }
        Ok(self.mode != Mode::Still)
    }

    /// Fills a view of one contender, as [`Run::view`].
    ///
    /// # Errors
    /// As [`Run::view`].
    pub fn view(&self, view: usize, contender: usize, out: &mut [f32]) -> Result<usize, Error> {
        self.run.view(view, contender, out)
    }

    fn ticked(&mut self, tick: Tick, out: &mut impl Write) -> Written {
        if tick != Tick::Within && self.run.is_due(self.every) {
            for contender in 0..self.run.descriptor().map_or(0, |descriptor| descriptor.contenders.len()) {
                write_sample(&self.run, contender, out)?;
            }
        }
        self.mode = match (self.mode, tick) {
            (_, Tick::Over) => {
                self.mode = Mode::Still;
                return self.write_done(out);
            }
            (Mode::Steps(left), Tick::Step) => Mode::Steps(left - 1),
            (Mode::Ticks(left), _) => Mode::Ticks(left - 1),
            (mode, _) => mode,
        };
        if matches!(self.mode, Mode::Steps(0) | Mode::Ticks(0)) {
            self.mode = Mode::Still;
            return self.write_step("paused", out);
        }
        Ok(())
    }

    /// Everything is checked before anything is done or written.
    fn obey(
        &mut self,
        command: &Command<'_>,
        line: &Line<'_>,
        storage: &mut impl Storage,
        out: &mut impl Write,
    ) -> Result<Written, Fault> {
        let started = || self.run.descriptor().map(|_| ()).ok_or(Fault::at(0, Error::NotStarted));
        let name = command.cmd.ok_or(Fault::at(0, Error::MissingField))?;
        match name {
            "hello" => return Ok(write_hello(out)),
            "run" => return self.run(command, line, out),
            "pause" | "digest" | "reset" | "save" | "load" | "fetch" | "put" => started()?,
            "resume" | "step" | "tick" => {
                started()?;
                if self.run.is_over() {
                    return Err(Fault::at(0, Error::RunOver));
                }
                if name != "resume" && self.mode != Mode::Still {
                    return Err(Fault::at(0, Error::NotPaused));
                }
            }
            "every" | "stop" => {}
            _ => return Err(Fault::at(line.place("cmd"), Error::UnknownCommand)),
        }
        Ok(match name {
            "pause" => {
                self.mode = Mode::Still;
                self.write_step("paused", out)
            }
            "resume" => {
                self.mode = Mode::Running;
                self.write_step("resumed", out)
            }
            "step" => {
                self.mode = Mode::Steps(command.count(line)?);
                Ok(())
            }
            "tick" => {
                self.mode = Mode::Ticks(command.count(line)?);
                Ok(())
            }
            "every" => {
                self.every = command.interval(line)?.ok_or(Fault::at(0, Error::MissingField))?;
                write_number_event("every", "every", self.every, out)
            }
            "digest" => write_digest("digest", &self.run, self.digest(), out),
            "save" => {
                storage.save(&self.run).map_err(|error| Fault::at(0, error))?;
                write_digest("saved", &self.run, self.digest(), out)
            }
            "fetch" => {
                write_chunks(&self.run, out).and_then(|()| write_digest("fetched", &self.run, self.digest(), out))
            }
            "put" => return self.put(&Piece::read(command, line)?, line, storage, out),
            "load" => {
                let saved = storage.load().and_then(|bytes| checkpoint::load(&mut self.run, bytes));
                saved.map_err(|error| Fault::at(0, error))?;
                write_digest("loaded", &self.run, self.digest(), out)
            }
            "reset" => {
                self.run.restart().map_err(|error| Fault::at(0, error))?;
                self.mode = Mode::Still;
                write_started(&self.run, self.every, out).and_then(|()| self.write_step("paused", out))
            }
            _ => {
                self.run.stop();
                self.mode = Mode::Still;
                write_stopped(out)
            }
        })
    }

    fn run(&mut self, command: &Command<'_>, line: &Line<'_>, out: &mut impl Write) -> Result<Written, Fault> {
        let id = command.id.ok_or(Fault::at(0, Error::MissingField))?;
        let entry = find(id).ok_or(Fault::at(line.place("id"), Error::UnknownExperiment))?;
        let descriptor = EXPERIMENTS.get(entry).ok_or(Fault::at(line.place("id"), Error::UnknownExperiment))?;
        let values = Values::parse(descriptor, command.set.unwrap_or(""))
            .map_err(|(error, offset)| Fault::at(line.place("set") + 1 + offset, error))?;
        let every = command.interval(line)?.unwrap_or(1);
        let steps = command.steps.unwrap_or(descriptor.steps.default);
        self.run.start(entry, command.seed.unwrap_or(1), steps, &values).map_err(|error| {
            let field = if error == Error::StepsOutOfRange { "steps" } else { "set" };
            Fault::at(line.place(field), error)
        })?;
        (self.every, self.mode) = (every, Mode::Running);
        Ok(write_started(&self.run, every, out))
    }

    /// The last piece is kept and loaded when the whole is a state of what runs.
    fn put(
        &mut self,
        piece: &Piece,
        line: &Line<'_>,
        storage: &mut impl Storage,
        out: &mut impl Write,
    ) -> Result<Written, Fault> {
        storage.receive(piece.at, piece.size, piece.bytes()).map_err(|error| match error {
            Error::NotContinued => Fault::at(line.place("at"), error),
            Error::StorageFull => Fault::at(line.place("size"), error),
            _ => Fault::at(0, error),
        })?;
        let end = piece.at + piece.bytes().len();
        if end < piece.size {
            return Ok(write_number_event("received", "at", end as u32, out));
        }
        let taken = storage.received().and_then(|bytes| checkpoint::check(&self.run, bytes).map(|_| ()));
        let taken = taken.and_then(|()| storage.keep());
        let taken = taken.and_then(|()| checkpoint::load(&mut self.run, storage.load()?));
        taken.map_err(|error| Fault::at(0, error))?;
        Ok(write_digest("loaded", &self.run, self.digest(), out))
    }

    /// A session's run has one seed.
    fn digest(&self) -> u64 {
        fold_digests([self.run.digest()])
    }

    fn write_step(&self, event: &str, out: &mut impl Write) -> Written {
        write_number_event(event, "t", self.run.step(), out)
    }

    fn write_done(&self, out: &mut impl Write) -> Written {
        let Some(descriptor) = self.run.descriptor() else { return Ok(()) };
        let statistic = |contender, metric| {
            let mut moments = RunningMoments::EMPTY;
            let value = self.run.metric(contender, metric);
            if value.is_finite() {
                moments.add(f64::from(value));
            }
            moments
        };
        write_done(descriptor, self.digest(), statistic, out)
    }
}

#[cfg(feature = "tabular-td-cliff-walking")]
#[cfg(test)]
mod tests;
