//! The emulator's clock, which counts instructions.

use core::hint::black_box;

/// What calls have cost, in instructions.
pub struct Cost {
    pub mean: u32,
    pub maximum: u32,
}

/// Counts the instructions of updates, which are one or several calls.
pub struct Counter {
    /// Those of reading the clock twice.
    own: u32,
    update: u32,
    sum: u64,
    updates: u32,
    maximum: u32,
}

impl Counter {
    pub fn start() -> Self {
        let mut counter = Self { own: 0, update: 0, sum: 0, updates: 0, maximum: 0 };
        counter.count(|| ());
        counter.own = counter.cost().mean;
        counter
    }

    /// The nanoseconds so far: TIM2 of an STM32F405, which the emulator runs at 1 GHz from the start.
    #[inline(always)]
    fn now() -> u32 {
        const TIM2_CNT: *const u32 = 0x4000_0024 as *const u32;
        // SAFETY: a register of the only machine that this image runs on; reading it changes nothing.
        unsafe { TIM2_CNT.read_volatile() }
    }

    /// Adds a call to the present update.
    #[inline(always)]
    pub fn add<R>(&mut self, call: impl FnOnce() -> R) -> R {
        let start = Self::now();
        let result = black_box(call());
        self.update += Self::now().wrapping_sub(start).saturating_sub(self.own);
        result
    }

    /// The present update is over.
    pub fn end(&mut self) {
        self.sum += u64::from(self.update);
        self.updates += 1;
        self.maximum = self.maximum.max(self.update);
        self.update = 0;
    }

    /// An update of one call.
    #[inline(always)]
    pub fn count<R>(&mut self, call: impl FnOnce() -> R) -> R {
        let result = self.add(call);
        self.end();
        result
    }

    /// The greatest update counts, the mean is left as it is: for what hardly ever happens.
    pub fn end_of_a_rare_one(&mut self) {
        self.maximum = self.maximum.max(self.update);
        self.update = 0;
    }

    /// Of the updates since this was asked last.
    pub fn cost(&mut self) -> Cost {
        let mean = (self.sum / u64::from(self.updates.max(1))) as u32;
        let cost = Cost { mean, maximum: self.maximum };
        (self.sum, self.updates, self.maximum) = (0, 0, 0);
        cost
    }
}
