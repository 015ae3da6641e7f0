//! A fan that learns which of three speeds suits the temperature, on the chip itself, with nobody to ask: LinUCB.
//!
//! Replace [`Room`] by your sensor and by what you measure after a choice. Everything else is the learner.

#![no_std]
#![no_main]

use core::fmt::Write;
use cortex_m_rt::entry;
use cortex_m_semihosting::debug::{EXIT_FAILURE, EXIT_SUCCESS, exit};
use cortex_m_semihosting::hio::{HostStream, hstdout};
use habit::Error;
use habit::bandit::{ContextualBandit, DisjointLinUcb, FixedRadius, Optimistic};
use habit::rng::{Generator, stream, unit_f32};

/// Off, slow, fast.
const SPEEDS: usize = 3;
/// A constant and the temperature.
const FEATURES: usize = 2;

const ROUNDS: u32 = 600;
const BLOCK: u32 = 100;

/// Stands in for the world: a temperature from -1 to 1, and how good a speed turns out to be.
struct Room(Generator);

impl Room {
    fn temperature(&mut self) -> f32 {
        2.0 * unit_f32(&mut self.0) - 1.0
    }

    /// Comfort less the current drawn, without the noise of measuring.
    fn worth(speed: usize, temperature: f32) -> f32 {
        match speed {
            0 => 0.4 - temperature,
            1 => 0.6,
            _ => 0.4 + temperature,
        }
    }

    fn measure(&mut self, speed: usize, temperature: f32) -> f32 {
        Self::worth(speed, temperature) + 0.1 * (unit_f32(&mut self.0) - 0.5)
    }
}

/// Whether no other speed would have been better.
fn is_best(speed: usize, temperature: f32) -> bool {
    (0..SPEEDS).all(|other| Room::worth(other, temperature) <= Room::worth(speed, temperature))
}

/// Learns, and says how often the last block of rounds chose the best speed.
fn learn(fan: &mut DisjointLinUcb<SPEEDS, FEATURES>, console: &mut HostStream) -> Result<u32, Error> {
    fan.start(1.0, Optimistic(FixedRadius(1.0)))?;
    let (mut room, mut choices, mut right) = (Room(stream(1, 0)), stream(1, 1), 0);
    for round in 1..=ROUNDS {
        let temperature = room.temperature();
        let context = [1.0, temperature];
        let speed = fan.select(&context, &mut choices)?.arm;
        fan.update(&context, speed, room.measure(speed, temperature))?;
        right += u32::from(is_best(speed, temperature));
        if round % BLOCK == 0 {
            // Without a console there is nobody to tell.
            let _ = writeln!(console, "{round} rounds: {right} of the last {BLOCK} chose the best speed");
            if round < ROUNDS {
                right = 0;
            }
        }
    }
    Ok(right)
}

#[entry]
fn main() -> ! {
    // Started in its place: nothing large stands on the stack, and there is no heap.
    static mut FAN: DisjointLinUcb<SPEEDS, FEATURES> = DisjointLinUcb::EMPTY;
    let learned = hstdout().map(|mut console| learn(FAN, &mut console));
    exit(if matches!(learned, Ok(Ok(90..))) { EXIT_SUCCESS } else { EXIT_FAILURE });
    loop {
        cortex_m::asm::wfi();
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    #[cfg(feature = "no-panic")]
    {
        unsafe extern "C" {
            fn this_image_can_panic() -> !;
        }
        // SAFETY: never runs; the symbol does not exist, so an image that needs it does not link.
        unsafe { this_image_can_panic() }
    }
    #[cfg(not(feature = "no-panic"))]
    loop {
        exit(EXIT_FAILURE);
    }
}
