//! Experiments on a board with an STM32F405.

#![no_std]
#![no_main]

use habit::protocol::Session;
use habit_firmware::boards::stm32f405::Stm32f405;

habit_firmware::image!(Stm32f405, Session);
