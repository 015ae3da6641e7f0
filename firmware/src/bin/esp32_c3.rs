//! Experiments on a board with an ESP32-C3.

#![no_std]
#![no_main]

use habit::protocol::Session;
use habit_firmware::boards::esp32_c3::Esp32C3;

habit_firmware::image!(Esp32C3, Session);
