//! What any experiment has learned is a checkpoint, and goes on from it.

use habit::lab::{EXPERIMENTS, Run, Tick, Values};
use habit::state::Persist;
use habit::{Error, checkpoint};

/// A run of an experiment after so many ticks, or at its end.
fn after(entry: usize, seed: u32, steps: u32, ticks: u32) -> Box<Run> {
    let mut run = Box::new(Run::EMPTY);
    run.start(entry, seed, steps, &Values::DEFAULTS).expect("defaults start");
    for _ in 0..ticks {
        if run.is_over()
            || run.tick().unwrap_or_else(|error| panic!("{}: {error}", EXPERIMENTS[entry].id)) == Tick::Over
        {
            break;
        }
    }
    run
}

fn saved(run: &Run) -> Vec<u8> {
    let mut bytes = vec![0; checkpoint::size(run)];
    assert_eq!(checkpoint::save(run, &mut bytes), Ok(bytes.len()));
    bytes
}

/// Whatever was saved, after whole steps and within one, goes into a run that has just begun and into one at work on other random
/// numbers; either has learned the same then, and goes on.
#[test]
fn every_experiment_goes_on_from_what_it_saved() {
    for (entry, d) in EXPERIMENTS.iter().enumerate() {
        let steps = d.steps.conformance.max(d.steps.minimum);
        for ticks in [0, 7, 60, u32::MAX] {
            let trained = after(entry, 1, steps, ticks);
            let bytes = saved(&trained);
            for (seed, own_ticks) in [(1, 0), (2, 150)] {
                let place = format!("{}: {ticks} ticks loaded after {own_ticks} of seed {seed}", d.id);
                let mut run = after(entry, seed, steps, own_ticks);
                checkpoint::load(&mut *run, &bytes).unwrap_or_else(|error| panic!("{place}: {error}"));
                assert_eq!(run.digest(), trained.digest(), "{place}");
                for _ in 0..300 {
                    if run.is_over() || run.tick().unwrap_or_else(|error| panic!("{place}: {error}")) == Tick::Over {
                        break;
                    }
                }
            }
        }
    }
}

#[test]
fn a_damaged_checkpoint_of_any_experiment_changes_nothing() {
    for (entry, d) in EXPERIMENTS.iter().enumerate() {
        let mut run = after(entry, 1, d.steps.conformance.max(d.steps.minimum), 100);
        let (before, good) = (run.digest(), saved(&run));
        let mut bytes = good.clone();
        // Some of the header, of what follows and of the checksum; below all of one experiment.
        let ends = (0..8 * checkpoint::OVERHEAD).chain(8 * (bytes.len() - 4)..8 * bytes.len()).step_by(11);
        for bit in ends.chain((0..8 * bytes.len()).step_by(bytes.len().div_ceil(2))) {
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(checkpoint::load(&mut *run, &bytes).is_err(), "{}: bit {bit}", d.id);
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        for length in [0, 3, 31, good.len() / 2, good.len() - 1] {
            assert!(checkpoint::load(&mut *run, &good[..length]).is_err(), "{}: {length} bytes", d.id);
        }
        // Of another experiment.
        let other = (entry + 1) % EXPERIMENTS.len();
        let steps = EXPERIMENTS[other].steps;
        let other = saved(&after(other, 1, steps.conformance.max(steps.minimum), 0));
        assert_eq!(checkpoint::load(&mut *run, &other), Err(Error::OtherKind), "{}", d.id);
        assert_eq!(run.digest(), before, "{}", d.id);
    }
}

/// What a checksum does not catch: a payload with a number that is none.
#[test]
fn what_is_no_state_is_refused_though_its_checksum_is_right() {
    for (entry, d) in EXPERIMENTS.iter().enumerate() {
        let mut run = after(entry, 1, d.steps.conformance.max(d.steps.minimum), 100);
        let (before, length) = (run.digest(), saved(&run).len() - checkpoint::OVERHEAD);
        for payload in [vec![0xff; length], vec![0xff; length / 2], vec![0xff; length + 1]] {
            assert!(run.restore(&payload).is_err(), "{}: {} of {length} bytes", d.id, payload.len());
        }
        assert_eq!(run.digest(), before, "{}", d.id);
    }
}

#[test]
fn every_single_bit_counts() {
    let entry = habit::lab::find("classic-bandits.bernoulli").expect("an experiment");
    let mut run = after(entry, 1, 300, 200);
    let (before, mut bytes) = (run.digest(), saved(&run));
    for bit in 0..8 * bytes.len() {
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(checkpoint::load(&mut *run, &bytes).is_err(), "bit {bit}");
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
    assert_eq!(run.digest(), before);
    assert_eq!(checkpoint::load(&mut *run, &bytes), Ok(()));
}
