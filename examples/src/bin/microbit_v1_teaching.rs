//! A walker that is taught with two buttons, on a BBC micro:bit v1.

#![no_std]
#![no_main]

use habit_examples::Teaching;
use habit_firmware::boards::microbit_v1::Microbit;

habit_firmware::image!(Microbit, Teaching);
