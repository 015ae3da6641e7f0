//! The sampling period that is worth its energy, on a Raspberry Pi Pico.

#![no_std]
#![no_main]

use habit_examples::{Contest, Sampling};
use habit_firmware::boards::pico::Pico;

type Served = Contest<Sampling>;

habit_firmware::image!(Pico, Served);
