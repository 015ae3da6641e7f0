//! Experiments on a Raspberry Pi Pico 2.

#![no_std]
#![no_main]

use habit::protocol::Session;
use habit_firmware::boards::pico2::Pico2;

habit_firmware::image!(Pico2, Session);
