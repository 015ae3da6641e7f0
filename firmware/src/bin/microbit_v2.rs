//! Experiments on a BBC micro:bit v2.

#![no_std]
#![no_main]

use habit::protocol::Session;
use habit_firmware::boards::microbit_v2::Microbit;

habit_firmware::image!(Microbit, Session);
