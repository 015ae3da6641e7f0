//! The 5 x 5 lights of the micro:bits: rows that light up in turn, quicker than an eye sees.

use crate::board::Picture;
use crate::{Register, cortex};
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Registers by their names in the manuals.
mod chip {
    crate::register::registers! {
        TIMER1_TASKS_START 0x4000_9000
        TIMER1_EVENTS_COMPARE0 0x4000_9140
        TIMER1_SHORTS 0x4000_9200
        TIMER1_INTENSET 0x4000_9304
        TIMER1_BITMODE 0x4000_9508
        TIMER1_PRESCALER 0x4000_9510
        TIMER1_CC0 0x4000_9540
    }

    pub const TIMER1_INTERRUPT: u16 = 9;
    pub const COMPARE0_CLEARS: u32 = 1;
    pub const COMPARE0: u32 = 1 << 16;
    pub const BITMODE_16: u32 = 0;
}

/// 16 MHz over 2^4: one step a microsecond.
const PRESCALER: u32 = 4;
/// Microseconds that a row is lit for.
const PERIOD: u32 = 1000;
/// One turn in so many lights the dim ones too.
const DIM: u32 = 4;

static BRIGHT: AtomicU32 = AtomicU32::new(0);
static DIMMED: AtomicU32 = AtomicU32::new(0);
static PHASE: AtomicU32 = AtomicU32::new(0);

/// A port's registers that set and clear pins, and that make outputs of them.
pub(crate) struct Pins {
    pub(crate) set: Register,
    pub(crate) clear: Register,
    pub(crate) direct: Register,
}

/// How the lights are wired: a light shines where its row is high and its column low.
pub(crate) struct Matrix<const ROWS: usize, const COLUMNS: usize, const PORTS: usize> {
    /// The pins of rows, in the first port.
    pub(crate) rows: [u32; ROWS],
    /// Port and pin of each column.
    pub(crate) columns: [(usize, u32); COLUMNS],
    /// Row and column of each light of a picture.
    pub(crate) places: [(u8, u8); Picture::SIZE],
    /// The ports.
    pub(crate) ports: [Pins; PORTS],
}

impl<const ROWS: usize, const COLUMNS: usize, const PORTS: usize> Matrix<ROWS, COLUMNS, PORTS> {
    /// Shows a picture; the first one switches the lights on.
    pub(crate) fn show(&self, picture: &Picture) {
        BRIGHT.store(picture.bright(), Relaxed);
        DIMMED.store(picture.dim(), Relaxed);
        if PHASE.load(Relaxed) == 0 {
            PHASE.store(1, Relaxed);
            self.start();
        }
    }

    fn start(&self) {
        for (port, pins) in self.ports.iter().enumerate() {
            let columns = self.columns_of(port, |_| true);
            let rows = if port == 0 { self.rows.iter().fold(0, |pins, pin| pins | 1 << pin) } else { 0 };
            pins.clear.write(rows);
            pins.set.write(columns);
            pins.direct.write(rows | columns);
        }
        chip::TIMER1_BITMODE.write(chip::BITMODE_16);
        chip::TIMER1_PRESCALER.write(PRESCALER);
        chip::TIMER1_CC0.write(PERIOD);
        chip::TIMER1_SHORTS.write(chip::COMPARE0_CLEARS);
        chip::TIMER1_INTENSET.write(chip::COMPARE0);
        chip::TIMER1_TASKS_START.write(1);
        cortex::unmask(chip::TIMER1_INTERRUPT);
    }

    /// Lights the next row, when the interrupt is that of the lights.
    pub(crate) fn refresh(&self) {
        if chip::TIMER1_EVENTS_COMPARE0.read() == 0 {
            return;
        }
        chip::TIMER1_EVENTS_COMPARE0.write(0);
        let phase = PHASE.load(Relaxed);
        // 0 stands for lights that are off.
        PHASE.store(phase.wrapping_add(1).max(1), Relaxed);
        let (turn, row) = (phase / ROWS as u32, phase as usize % ROWS);
        let dim = if turn.is_multiple_of(DIM) { DIMMED.load(Relaxed) } else { 0 };
        let lit = BRIGHT.load(Relaxed) | dim;
        let mut shines = [false; COLUMNS];
        for (place, (of, column)) in self.places.iter().enumerate() {
            if usize::from(*of) == row
                && lit >> place & 1 == 1
                && let Some(shines) = shines.get_mut(usize::from(*column))
            {
                *shines = true;
            }
        }
        for (port, pins) in self.ports.iter().enumerate() {
            if port == 0 {
                pins.clear.write(self.rows.iter().fold(0, |pins, pin| pins | 1 << pin));
            }
            pins.set.write(self.columns_of(port, |_| true));
            pins.clear.write(self.columns_of(port, |column| shines.get(column) == Some(&true)));
        }
        if let (Some(pins), Some(pin)) = (self.ports.first(), self.rows.get(row)) {
            pins.set.write(1 << pin);
        }
    }

    fn columns_of(&self, port: usize, is_wanted: impl Fn(usize) -> bool) -> u32 {
        let columns = self.columns.iter().enumerate();
        columns
            .filter(|(column, (of, _))| *of == port && is_wanted(*column))
            .fold(0, |pins, (_, (_, pin))| pins | 1 << pin)
    }
}
