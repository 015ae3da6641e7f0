//! Bandits that serve requests, on a BBC micro:bit v1.

#![no_std]
#![no_main]

use habit_firmware::Bandits;
use habit_firmware::boards::microbit_v1::Microbit;

habit_firmware::image!(Microbit, Bandits);
