//! How often a sensor is worth its energy, while what it tells changes.

use crate::contest::{Line, World};
use core::fmt::{Result as Written, Write};
use habit::Error;
use habit::bandit::{Bandit, DiscountedUcb, Ucb};
use habit::protocol::Fault;
use habit::rng::{Generator, below, gaussian_by_sum, stream};
use habit::state::{Digest, Persist};

/// Ticks from a sample to the next.
const PERIODS: [u32; 6] = [1, 2, 4, 8, 16, 32];
/// What a sample costs, in units of a squared error that lasts for a tick.
const ENERGY: f32 = 0.1;

/// Whom a sample tells what it has cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Every period: a sample shows how fast the signal changes, and with that what each would cost.
    All,
    /// The period that was taken: a bandit that knows nothing of signals.
    Taken,
}

/// Chooses the period to the next sample by discounted UCB (Garivier, Moulines 2008). The reward is what a tick costs, negative: energy,
/// and the squared error of the value that is held until then. The board sees neither; it estimates the error by what the signal has
/// moved in between, as if it had moved at random.
///
/// Memory: 88 bytes or less on a chip of 32 bits.
pub struct PeriodChooser {
    costs: DiscountedUcb<{ PERIODS.len() }>,
    told: Told,
    period: usize,
    held: Option<f32>,
}

const _: () = assert!(usize::BITS > 32 || size_of::<PeriodChooser>() <= 88);

impl PeriodChooser {
    /// Not started.
    pub const EMPTY: Self = Self { costs: DiscountedUcb::EMPTY, told: Told::All, period: 0, held: None };

    /// Starts knowing nothing.
    ///
    /// # Errors
    /// None with these constants.
    pub fn start(&mut self, told: Told) -> Result<(), Error> {
        // With all told nothing need be explored, and each sample counts for six: about the last ten samples count, or hundred.
        let (confidence, discount) = match told {
            Told::All => (0.0, 0.98),
            Told::Taken => (0.002, 0.99),
        };
        self.costs.start_discounted(Ucb::new(confidence)?, discount)?;
        (self.told, self.period, self.held) = (told, 0, None);
        Ok(())
    }

    /// Takes in a sample and returns the ticks to the next one.
    ///
    /// # Errors
    /// [`Error::NonFinite`], [`Error::NotStarted`]; nothing has changed then.
    pub fn sample(&mut self, value: f32) -> Result<u32, Error> {
        let taken = period(self.period);
        let moved = value - self.held.unwrap_or(value);
        let variance = moved * moved / taken;
        // Leaves room for the sums: nothing is learned in part.
        if !(1e6 * variance).is_finite() {
            return Err(Error::NonFinite);
        }
        if self.held.is_some() {
            let told = if self.told == Told::All { 0..PERIODS.len() } else { self.period..self.period + 1 };
            for place in told {
                let ticks = period(place);
                self.costs.learn(place, -(ENERGY / ticks + 0.5 * (ticks - 1.0) * variance))?;
            }
        }
        self.period = self.costs.select(&mut stream(0, 0))?.arm;
        self.held = Some(value);
        Ok(PERIODS.get(self.period).copied().unwrap_or(1))
    }
}

fn period(place: usize) -> f32 {
    PERIODS.get(place).copied().unwrap_or(1) as f32
}

/// A reading that is calm for 4000 ticks on average, then moves thirty times as fast for 1000.
struct Signal {
    value: f32,
    is_calm: bool,
    /// Once started.
    rng: Option<Generator>,
}

impl Signal {
    fn next(&mut self) -> Result<f32, Error> {
        let rng = self.rng.as_mut().ok_or(Error::NotStarted)?;
        let lasts = if self.is_calm { 4000 } else { 1000 };
        self.is_calm ^= below(lasts, rng)? == 0;
        let step = if self.is_calm { 0.01 } else { 0.3 };
        self.value = 0.99 * self.value + step * gaussian_by_sum(rng);
        Ok(self.value)
    }
}

/// Who samples, and what that has cost.
#[derive(Clone, Copy)]
struct Sampler {
    held: f32,
    /// Ticks to the next sample.
    left: u32,
    samples: u32,
    /// In millionths.
    cost: u64,
}

impl Sampler {
    const NEW: Self = Self { held: 0.0, left: 1, samples: 0, cost: 0 };

    /// A tick: the error of what is held, or a sample.
    fn tick(&mut self, value: f32, next: impl FnOnce(f32) -> Result<u32, Error>) -> Result<(), Error> {
        self.left -= 1;
        let cost = if self.left == 0 {
            (self.left, self.held) = (next(value)?, value);
            self.samples += 1;
            ENERGY
        } else {
            (value - self.held) * (value - self.held)
        };
        // A sum of floats would lose the calm ticks after some thousand.
        self.cost += u64::from((1e6 * cost) as u32);
        Ok(())
    }
}

const LEARNERS: usize = 2;

/// Two choosers beside fixed periods.
pub struct Sampling {
    signal: Signal,
    choosers: [PeriodChooser; LEARNERS],
    served: PeriodChooser,
    samplers: [Sampler; LEARNERS + PERIODS.len()],
    t: u32,
}

impl Sampling {
    /// What a tick has cost, of every contender.
    pub fn costs(&self) -> [f32; LEARNERS + PERIODS.len()] {
        // Of millionths.
        self.samplers.map(|sampler| (sampler.cost / u64::from(self.t.max(1))) as f32 * 1e-6)
    }
}

impl World for Sampling {
    const EMPTY: Self = Self {
        signal: Signal { value: 0.0, is_calm: true, rng: None },
        choosers: [PeriodChooser::EMPTY; LEARNERS],
        served: PeriodChooser::EMPTY,
        samplers: [Sampler::NEW; LEARNERS + PERIODS.len()],
        t: 0,
    };
    const NAME: &'static str = "sampling-period";
    const CONTENDERS: &'static [&'static str] = &[
        "discounted UCB, all told",
        "discounted UCB",
        "every tick",
        "every 2",
        "every 4",
        "every 8",
        "every 16",
        "every 32",
    ];
    const STEPS: u32 = 50_000;

    fn start(&mut self, seed: u32) -> Result<(), Error> {
        for (chooser, told) in self.choosers.iter_mut().zip([Told::All, Told::Taken]) {
            chooser.start(told)?;
        }
        self.signal = Signal { value: 0.0, is_calm: true, rng: Some(stream(seed, 0)) };
        self.samplers.fill(Sampler::NEW);
        self.t = 0;
        Ok(())
    }

    fn step(&mut self) -> Result<(), Error> {
        let value = self.signal.next()?;
        for (place, sampler) in self.samplers.iter_mut().enumerate() {
            match self.choosers.get_mut(place) {
                Some(chooser) => sampler.tick(value, |value| chooser.sample(value))?,
                None => sampler.tick(value, |_| Ok(PERIODS.get(place - LEARNERS).copied().unwrap_or(1)))?,
            }
        }
        self.t += 1;
        Ok(())
    }

    fn write_metrics(&self, contender: usize, out: &mut impl Write) -> Written {
        let cost = self.costs().get(contender).copied().unwrap_or(0.0);
        let samples = self.samplers.get(contender).map_or(0, |sampler| sampler.samples);
        write!(out, r#""cost":{cost},"samples":{samples}"#)
    }

    fn digest(&self) -> u64 {
        let mut digest = Digest::new();
        self.choosers.iter().for_each(|chooser| chooser.costs.write(&mut digest));
        digest.value()
    }

    fn open(&mut self) -> Result<(), Error> {
        self.served.start(Told::All)
    }

    fn serve(&mut self, command: &str, line: &Line<'_>, out: &mut impl Write) -> Result<Written, Fault> {
        Ok(match command {
            "sample" => {
                let value = line.number("value")?;
                let period = self.served.sample(value).map_err(|error| Fault::at(line.place("value"), error))?;
                writeln!(out, r#"{{"event":"next","period":{period}}}"#)
            }
            _ => return Err(Fault::at(line.place("cmd"), Error::UnknownCommand)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::boxed::Box;

    #[test]
    fn the_chooser_costs_less_than_every_fixed_period_on_every_seed() {
        let mut sampling = Box::new(Sampling::EMPTY);
        for seed in 1..=10 {
            sampling.start(seed).unwrap();
            (0..Sampling::STEPS).for_each(|_| sampling.step().unwrap());
            let [all, taken, fixed @ ..] = sampling.costs();
            std::println!("seed {seed}: {all:.4} {taken:.4} {fixed:.4?}");
            let best = fixed.iter().copied().fold(f32::INFINITY, f32::min);
            assert!(all < best, "seed {seed}: {all} against {best}");
        }
    }

    #[test]
    fn a_sample_that_is_no_number_changes_nothing() {
        let mut chooser = PeriodChooser::EMPTY;
        assert_eq!(chooser.sample(1.0), Err(Error::NotStarted));
        chooser.start(Told::All).unwrap();
        for value in [0.0, 0.1, 0.3] {
            chooser.sample(value).unwrap();
        }
        let before = chooser.costs.digest();
        for value in [f32::NAN, f32::INFINITY, f32::MAX] {
            assert_eq!(chooser.sample(value), Err(Error::NonFinite));
        }
        assert_eq!((chooser.costs.digest(), chooser.held), (before, Some(0.3)));
    }
}
