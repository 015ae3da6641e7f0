//! The sampling period that is worth its energy, on a BBC micro:bit v1.

#![no_std]
#![no_main]

use habit_examples::{Contest, Sampling};
use habit_firmware::boards::microbit_v1::Microbit;

type Served = Contest<Sampling>;

habit_firmware::image!(Microbit, Served);
