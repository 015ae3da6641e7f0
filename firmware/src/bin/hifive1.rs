//! Experiments on a HiFive1 Rev B.

#![no_std]
#![no_main]

use habit::protocol::Session;
use habit_firmware::boards::hifive1::HiFive1;

habit_firmware::image!(HiFive1, Session);
