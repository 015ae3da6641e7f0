//! Experiments on an STM32VLDISCOVERY.

#![no_std]
#![no_main]

use habit::protocol::Session;
use habit_firmware::boards::stm32vldiscovery::Stm32vldiscovery;

habit_firmware::image!(Stm32vldiscovery, Session);
