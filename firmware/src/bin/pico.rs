//! Experiments on a Raspberry Pi Pico.

#![no_std]
#![no_main]

use habit::protocol::Session;
use habit_firmware::boards::pico::Pico;

habit_firmware::image!(Pico, Session);
