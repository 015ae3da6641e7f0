//! Against the kernel's own session, in memory.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::time::Duration;

use habit::lab::{EXPERIMENTS, find};
use habit::protocol::LineReader;

use super::experiment;
use super::line::{Line, Patience, digest};
use super::trouble::Trouble;

#[allow(dead_code)]
#[path = "../../../../tests/tests/support/host.rs"]
mod host;
use host::Host;

const CLIFF: &str = "tabular-td.cliff-walking";

/// What happens to a line on its way.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Arrives,
    Lost,
    Damaged,
}

/// A board whose line loses or damages lines, by their number in either direction.
struct Wire {
    board: Host,
    reader: LineReader,
    sent: VecDeque<u8>,
    to: fn(usize) -> Fate,
    from: fn(usize) -> Fate,
    counts: [usize; 2],
}

impl Wire {
    fn new(to: fn(usize) -> Fate, from: fn(usize) -> Fate) -> Self {
        Self { board: Host::new(), reader: LineReader::EMPTY, sent: VecDeque::new(), to, from, counts: [0; 2] }
    }

    fn send(&mut self, line: &str) {
        self.counts[1] += 1;
        match (self.from)(self.counts[1]) {
            Fate::Arrives => self.sent.extend(format!("{line}\r\n").bytes()),
            Fate::Lost => {}
            Fate::Damaged => self.sent.extend(format!("{}\r\n", line.replacen('1', "2", 9)).bytes()),
        }
    }
}

impl Read for Wire {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        if self.sent.is_empty() { Err(io::ErrorKind::TimedOut.into()) } else { self.sent.read(bytes) }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            let Some(line) = self.reader.push(*byte).filter(|line| !line.is_empty()) else { continue };
            let mut line = String::from_utf8(line.to_vec()).unwrap();
            self.counts[0] += 1;
            match (self.to)(self.counts[0]) {
                Fate::Arrives => {}
                Fate::Lost => continue,
                Fate::Damaged => line.truncate(line.len() / 2),
            }
            for answer in self.board.say(&line) {
                self.send(&answer);
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn line(to: fn(usize) -> Fate, from: fn(usize) -> Fate) -> Line<Wire> {
    Line::new(Wire::new(to, from), Patience { answer: Duration::from_millis(20), attempts: 5 })
}

const fn arrives(_: usize) -> Fate {
    Fate::Arrives
}

/// What a run of `id` has learned, fetched from a board with a perfect line.
fn learned(id: &str) -> Vec<u8> {
    let mut line = line(arrives, arrives);
    line.start(id, 7, 60, "").unwrap();
    line.resume().unwrap();
    line.fetch().unwrap().0
}

/// Deploys and fetches over this line.
fn there_and_back(to: fn(usize) -> Fate, from: fn(usize) -> Fate) {
    let bytes = learned(CLIFF);
    let mut line = line(to, from);
    assert!(line.hello().unwrap().contains(&CLIFF.to_owned()));
    assert!(!line.is_started().unwrap());
    line.start(CLIFF, 1, 500, "epsilon=0.2").unwrap();
    let loaded = line.put(&bytes).unwrap();
    assert_eq!((loaded["t"].as_u64(), loaded["digest"].as_str()), (Some(0), Some(digest(&bytes).as_str())));
    let (back, event) = line.fetch().unwrap();
    assert!(back == bytes && event["digest"] == digest(&bytes));
    assert!(line.is_started().unwrap());
}

#[test]
fn what_was_learned_goes_there_and_comes_back() {
    assert_eq!(experiment(&learned(CLIFF)), find(CLIFF));
    assert_eq!(experiment(&learned("dynlin-ucb")).map(|entry| EXPERIMENTS[entry].id), Some("dynlin-ucb"));
    there_and_back(arrives, arrives);
}

#[test]
fn lines_that_are_lost_or_damaged_are_sent_again() {
    let lost = |number: usize| if number.is_multiple_of(9) { Fate::Lost } else { Fate::Arrives };
    let damaged = |number: usize| if number.is_multiple_of(7) { Fate::Damaged } else { Fate::Arrives };
    there_and_back(lost, arrives);
    there_and_back(damaged, arrives);
    // The pieces of the first transfer alone: each answer that is lost begins the transfer anew.
    let answers_lost = |number: usize| if number == 12 || number == 30 { Fate::Lost } else { Fate::Arrives };
    there_and_back(arrives, answers_lost);
    let chunks_damaged = |number: usize| if (60..=70).contains(&number) { Fate::Damaged } else { Fate::Arrives };
    there_and_back(arrives, chunks_damaged);
}

#[test]
fn what_does_not_work_ends_with_a_reason() {
    let bytes = learned(CLIFF);
    assert!(matches!(line(|_| Fate::Lost, arrives).hello(), Err(Trouble::Silent)));
    let mut other = line(arrives, arrives);
    assert!(matches!(other.put(&bytes), Err(Trouble::Refused { code, .. }) if code == "not_started"));
    assert!(matches!(other.fetch(), Err(Trouble::Refused { code, .. }) if code == "not_started"));
    other.start("dynlin-ucb", 1, 100, "").unwrap();
    assert!(matches!(other.put(&bytes), Err(Trouble::Refused { code, .. }) if code == "other_kind"));
    let mut damaged = bytes.clone();
    damaged[40] ^= 1;
    other.start(CLIFF, 1, 100, "").unwrap();
    assert!(matches!(other.put(&damaged), Err(Trouble::Damaged)));
}
