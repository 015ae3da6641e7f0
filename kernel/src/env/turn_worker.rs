//! A worker that tries until it believes that it is done.

use crate::error::Error;
use crate::math::{Libm, Math};
use crate::rng::{Rng, SeedableRng, SplitMix64, unit_f32_of};

/// Turns after which every task is taken away.
pub const TURN_CAP: u32 = 100;

/// What a turn cost, and what came of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Turn {
    /// `1 + 0.15 n` for turn `n` from 1: all turns before are read again.
    pub cost: f32,
    /// Whether it advanced, or there was nothing left to do.
    pub progressed: bool,
    /// Whether the worker has stopped of its own accord, with a result or without.
    pub over: bool,
}

/// A task and its worker, after what Gao and Peng (2025, arXiv 2510.16786) report of coding agents: work of one of three sizes,
/// or a task that cannot be solved at all, which burns turns until it is given up. A worker that sees how many turns remain
/// hurries towards the end of them.
///
/// Task `i` has its own SplitMix64 stream, seeded `base * 1000003 + i`: every strategy meets the same tasks and the same luck.
/// Uniform numbers are the upper 24 bits of a word.
///
/// Memory: 32 bytes.
#[derive(Clone, Debug)]
pub struct TurnWorker {
    rng: SplitMix64,
    /// Turns of work; 0 for a task that cannot be solved.
    work: u8,
    done: u8,
    reacts: bool,
    over: bool,
    turn: u32,
}

impl TurnWorker {
    /// Task `task` of a set. Without a reaction the worker takes no notice of what remains.
    pub fn new(base: u32, task: u32, reacts: bool) -> Self {
        let seed = u64::from(base).wrapping_mul(1_000_003).wrapping_add(u64::from(task));
        let mut rng = SplitMix64::seed_from_u64(seed);
        let (u, v) = (unit_f32_of(rng.next_u64()), unit_f32_of(rng.next_u64()));
        let work = match u {
            u if u < 0.45 => 4 + (5.0 * v) as u8,
            u if u < 0.78 => 8 + (9.0 * v) as u8,
            u if u < 0.86 => 18 + (15.0 * v) as u8,
            _ => 0,
        };
        Self { rng, work, done: 0, reacts, over: false, turn: 0 }
    }

    /// Whether the work is complete, handed in or not.
    pub const fn is_solved(&self) -> bool {
        self.work > 0 && self.done == self.work
    }

    /// Takes a turn, the worker seeing how many remain, this one included; `None` without a limit.
    ///
    /// # Errors
    /// [`Error::EpisodeOver`] once the worker has stopped, and after [`TURN_CAP`] turns.
    pub fn step(&mut self, remaining: Option<u32>) -> Result<Turn, Error> {
        if self.over || self.turn >= TURN_CAP {
            return Err(Error::EpisodeOver);
        }
        self.turn += 1;
        let focus = match remaining {
            Some(remaining) if self.reacts => Libm::exp(-(remaining.saturating_sub(1) as f32) / 15.0),
            _ => 0.0,
        };
        let x = unit_f32_of(self.rng.next_u64());
        let done = self.is_solved();
        let mut progressed = done;
        if self.work == 0 {
            self.over = x < 0.02;
        } else if done {
            self.over = x < 0.25 + 0.6 * focus;
        } else if x < 0.45 + 0.5 * focus {
            self.done += 1;
            progressed = true;
        }
        let over = self.over || self.turn >= TURN_CAP;
        Ok(Turn { cost: 1.0 + 0.15 * self.turn as f32, progressed, over })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forty_turns_cost_what_the_formula_says() {
        // A task that cannot be solved and is not given up early.
        let mut worker = (0..)
            .map(|task| TurnWorker::new(1, task, false))
            .find(|worker| {
                let mut ahead = worker.clone();
                worker.work == 0 && (0..40).all(|_| ahead.step(None).is_ok_and(|turn| !turn.over))
            })
            .unwrap();
        let cost: f32 = (0..40).map(|_| worker.step(None).unwrap().cost).sum();
        assert!((cost - 163.0).abs() < 1e-3, "{cost}");
        assert!(!worker.is_solved());
    }

    #[test]
    fn a_worker_that_has_stopped_takes_no_turn() {
        let mut worker = TurnWorker::new(1, 0, true);
        let turns = (0..2 * TURN_CAP).take_while(|_| worker.step(None).is_ok()).count();
        assert!(turns <= TURN_CAP as usize);
        assert_eq!(worker.step(None), Err(Error::EpisodeOver));
    }
}
