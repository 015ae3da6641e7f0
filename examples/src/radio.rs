//! The radio channel on which packets arrive, while interference drifts.

use crate::contest::{Line, World};
use core::fmt::{Result as Written, Write};
use habit::Error;
use habit::bandit::{Bandit, DiscountedUcb, Exp3, Ucb};
use habit::protocol::Fault;
use habit::rng::{Generator, below, stream, unit_f32};
use habit::state::{Digest, Persist};

/// Channels.
const CHANNELS: usize = 8;
/// By what a packet counts less than the one after it: about the last 100 count.
const DISCOUNT: f32 = 0.99;
/// The width of the confidence bounds: packets arrive or do not, and doubts of that size suffice.
const CONFIDENCE: f32 = 0.05;
/// Exp3's mixing rate.
const MIXING: f32 = 0.05;

/// What three networks leave of a band. Each sits on a channel, where a packet arrives 5 times in 100, and reaches into the two beside it,
/// where it arrives half the time; with nobody near, 95 times. Each moves on by one channel once in 300 packets.
struct Band {
    networks: [i32; 3],
    /// Once started.
    rng: Option<Generator>,
}

impl Band {
    /// The channels on which this packet would arrive, as bits.
    fn next(&mut self) -> Result<u32, Error> {
        let rng = self.rng.as_mut().ok_or(Error::NotStarted)?;
        for network in &mut self.networks {
            if below(300, rng)? == 0 {
                let step = if below(2, rng)? == 0 { -1 } else { 1 };
                // At the edge of the band it turns back.
                *network =
                    if (0..CHANNELS as i32).contains(&(*network + step)) { *network + step } else { *network - step };
            }
        }
        let mut arrives = 0;
        for channel in 0..CHANNELS {
            let mut chance = 0.95;
            for network in self.networks {
                chance *= match (channel as i32 - network).abs() {
                    0 => 0.05,
                    1 => 0.5,
                    _ => 1.0,
                };
            }
            arrives |= u32::from(unit_f32(rng) < chance) << channel;
        }
        Ok(arrives)
    }
}

/// Discounted UCB (Garivier, Moulines 2008) and Exp3 (Auer et al. 2002) beside channels that nobody chooses.
pub struct Radio {
    band: Band,
    discounted: DiscountedUcb<CHANNELS>,
    exp3: Exp3<CHANNELS>,
    served: DiscountedUcb<CHANNELS>,
    choices: Option<Generator>,
    t: u32,
    /// Packets that arrived: of the two learners, and in turn.
    arrived: [u32; 3],
    /// Packets that would have arrived on each channel.
    would_have: [u32; CHANNELS],
}

impl Radio {
    fn start_picker(picker: &mut DiscountedUcb<CHANNELS>) -> Result<(), Error> {
        picker.start_discounted(Ucb::new(CONFIDENCE)?, DISCOUNT)
    }

    /// Packets that have arrived, of every contender.
    pub fn arrived(&self) -> [u32; 5] {
        let [discounted, exp3, turns] = self.arrived;
        let best = self.would_have.iter().copied().fold(0, u32::max);
        [discounted, exp3, turns, self.would_have[0], best]
    }
}

impl World for Radio {
    const EMPTY: Self = Self {
        band: Band { networks: [0; 3], rng: None },
        discounted: DiscountedUcb::EMPTY,
        exp3: Exp3::EMPTY,
        served: DiscountedUcb::EMPTY,
        choices: None,
        t: 0,
        arrived: [0; 3],
        would_have: [0; CHANNELS],
    };
    const NAME: &'static str = "radio-channel";
    const CONTENDERS: &'static [&'static str] =
        &["discounted UCB", "Exp3", "round robin", "channel 0", "best fixed channel, known afterwards"];
    const STEPS: u32 = 50_000;

    fn start(&mut self, seed: u32) -> Result<(), Error> {
        Self::start_picker(&mut self.discounted)?;
        self.exp3.start(MIXING, 0.0, 1.0)?;
        self.band = Band { networks: [0, 3, 7], rng: Some(stream(seed, 0)) };
        self.choices = Some(stream(seed, 1));
        (self.t, self.arrived, self.would_have) = (0, [0; 3], [0; CHANNELS]);
        Ok(())
    }

    fn step(&mut self) -> Result<(), Error> {
        let arrives = self.band.next()?;
        let on = |channel: usize| arrives >> channel & 1;
        let choices = self.choices.as_mut().ok_or(Error::NotStarted)?;
        let channels =
            [self.discounted.select(choices)?.arm, self.exp3.select(choices)?.arm, self.t as usize % CHANNELS];
        self.discounted.update(channels[0], on(channels[0]) as f32)?;
        self.exp3.update(channels[1], on(channels[1]) as f32)?;
        self.arrived.iter_mut().zip(channels).for_each(|(arrived, channel)| *arrived += on(channel));
        self.would_have.iter_mut().enumerate().for_each(|(channel, arrived)| *arrived += on(channel));
        self.t += 1;
        Ok(())
    }

    fn write_metrics(&self, contender: usize, out: &mut impl Write) -> Written {
        let arrived = self.arrived().get(contender).copied().unwrap_or(0);
        write!(out, r#""delivered":{}"#, arrived as f32 / self.t as f32)
    }

    fn digest(&self) -> u64 {
        let mut digest = Digest::new();
        self.discounted.write(&mut digest);
        self.exp3.write(&mut digest);
        digest.value()
    }

    fn open(&mut self) -> Result<(), Error> {
        Self::start_picker(&mut self.served)
    }

    fn serve(&mut self, command: &str, line: &Line<'_>, out: &mut impl Write) -> Result<Written, Fault> {
        let whole = |error| Fault::at(0, error);
        Ok(match command {
            "choose" => {
                // It draws nothing.
                let channel = self.served.select(&mut stream(0, 0)).map_err(whole)?.arm;
                writeln!(out, r#"{{"event":"choice","channel":{channel}}}"#)
            }
            "sent" => {
                let (channel, delivered) = (line.whole("channel")? as usize, line.whole("delivered")?);
                if delivered > 1 {
                    return Err(Fault::at(line.place("delivered"), Error::RewardOutOfRange));
                }
                self.served
                    .update(channel, delivered as f32)
                    .map_err(|error| Fault::at(line.place("channel"), error))?;
                writeln!(out, r#"{{"event":"learned","channel":{channel},"delivered":{delivered}}}"#)
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
    fn the_picker_beats_every_channel_and_taking_turns_on_every_seed() {
        let mut radio = Box::new(Radio::EMPTY);
        for seed in 1..=10 {
            radio.start(seed).unwrap();
            (0..Radio::STEPS).for_each(|_| radio.step().unwrap());
            let [discounted, exp3, turns, fixed, best] = radio.arrived();
            std::println!("seed {seed}: {:?}", [discounted, exp3, turns, fixed, best]);
            assert!(discounted > best && discounted > turns && best >= fixed);
            assert!(discounted > exp3);
        }
    }
}
