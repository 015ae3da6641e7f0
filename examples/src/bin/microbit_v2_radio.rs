//! The radio channel that gets through, on a BBC micro:bit v2.

#![no_std]
#![no_main]

use habit_examples::{Contest, Radio};
use habit_firmware::boards::microbit_v2::Microbit;

type Served = Contest<Radio>;

habit_firmware::image!(Microbit, Served);
