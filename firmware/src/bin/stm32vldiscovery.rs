//! Experiments on an STM32VLDISCOVERY.

#![no_std]
#![no_main]

use habit::protocol::Session;
use habit_firmware::stm32vldiscovery::Stm32vldiscovery;

habit_firmware::image!(Stm32vldiscovery, Session);
