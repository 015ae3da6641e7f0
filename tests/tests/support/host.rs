//! What a board must say: a session on this machine, driven by the same lines.

use habit::Error;
use habit::checkpoint;
use habit::protocol::{Session, Storage};
use habit::rng::{Generator, Rng, below, stream};
use habit::state::Identify;

/// Keeps a checkpoint in memory.
#[derive(Default)]
struct Shelf(Vec<u8>, Vec<u8>);

impl Storage for Shelf {
    fn save(&mut self, state: &impl Identify) -> Result<(), Error> {
        self.0.resize(checkpoint::size(state), 0);
        checkpoint::save(state, &mut self.0).map(|_| ())
    }

    fn receive(&mut self, at: usize, _size: usize, bytes: &[u8]) -> Result<(), Error> {
        self.1.truncate(if at == 0 { 0 } else { usize::MAX });
        if at != self.1.len() {
            return Err(Error::NotContinued);
        }
        self.1.extend(bytes);
        Ok(())
    }

    fn received(&self) -> Result<&[u8], Error> {
        Ok(&self.1)
    }

    fn keep(&mut self) -> Result<(), Error> {
        self.0 = core::mem::take(&mut self.1);
        Ok(())
    }

    fn load(&self) -> Result<&[u8], Error> {
        if self.0.is_empty() { Err(Error::StorageEmpty) } else { Ok(&self.0) }
    }
}

/// A session that works off every command before it hears the next.
pub struct Host(Box<Session>, Shelf);

impl Host {
    /// Nothing runs.
    pub fn new() -> Self {
        Self(Box::new(Session::EMPTY), Shelf::default())
    }

    /// What was saved.
    pub fn saved(&self) -> &[u8] {
        &self.1.0
    }

    /// Switched off and on again: nothing runs, and what was saved is there.
    pub fn switch_off_and_on(self) -> Self {
        Self(Box::new(Session::EMPTY), self.1)
    }

    /// Obeys a line, without working.
    pub fn hear(&mut self, line: &[u8]) -> String {
        let mut out = String::new();
        self.0.line_with(line, &mut self.1, &mut out).expect("text takes everything");
        out
    }

    /// Obeys a line, works until there is nothing to do, and returns all lines.
    pub fn say(&mut self, line: &str) -> Vec<String> {
        let mut out = self.hear(line.as_bytes());
        while self.0.advance(1000, &mut out).expect("text takes everything") {}
        out.lines().map(str::to_owned).collect()
    }
}

/// Lines that a session must refuse while `run` is on its way, with the answer to each.
pub struct BadLines {
    run: String,
    session: Host,
    rng: Generator,
}

impl BadLines {
    /// The same lines for the same seed.
    pub fn new(run: &str, seed: u32) -> Self {
        let mut session = Host::new();
        session.hear(run.as_bytes());
        Self { run: run.into(), session, rng: stream(seed, 0) }
    }

    fn below(&mut self, n: usize) -> usize {
        below(n as u32, &mut self.rng).expect("something to choose from") as usize
    }

    fn noise(&mut self, length: usize) -> Vec<u8> {
        // Ends of lines would make several lines of one.
        (0..length).map(|_| self.rng.next_u32() as u8).filter(|byte| *byte != b'\n').collect()
    }

    /// A valid line with some bytes changed, added or taken away.
    fn damaged(&mut self) -> Vec<u8> {
        let which = self.below(6);
        let good = [
            &self.run,
            r#"{"cmd":"hello"}"#,
            r#"{"cmd":"step","n":2}"#,
            r#"{"cmd":"every","every":10}"#,
            r#"{"cmd":"reset"}"#,
            r#"{"cmd":"run","id":"dynlin-ucb","set":"sigma=0.02,system=advertising","steps":90}"#,
        ];
        let mut line = good[which].as_bytes().to_vec();
        for _ in 0..=self.below(3) {
            let place = self.below(line.len());
            match self.below(3) {
                0 => line[place] = self.noise(8).first().copied().unwrap_or(0),
                1 => line.insert(place, b"{}\":,0x"[self.below(7)]),
                _ => _ = line.remove(place),
            }
        }
        line
    }
}

impl Iterator for BadLines {
    type Item = (Vec<u8>, String);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let line = match self.below(8) {
                0 => {
                    let length = self.below(300);
                    self.noise(length)
                }
                1 => vec![b' '; 257 + self.below(400)],
                2 => br#"{"cmd":"tick"}"#.to_vec(),
                3 => format!(r#"{{"cmd":"run","id":"x{}"}}"#, self.rng.next_u32()).into_bytes(),
                _ => self.damaged(),
            };
            let answer = self.session.hear(&line);
            if answer.starts_with(r#"{"event":"error""#) {
                return Some((line, answer.trim_end().to_owned()));
            }
            // It was empty or made sense, and is not what we look for.
            self.session.hear(self.run.as_bytes());
        }
    }
}
