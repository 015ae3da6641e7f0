//! The older STM32s.

use super::{Chip, TIMEOUT};
use crate::cortex;

/// Registers by their names in the manuals (RM0041, RM0090); the two families have some in different places.
mod chip {
    crate::register::registers! {
        IWDG_KR 0x4000_3000
        IWDG_PR 0x4000_3004
        IWDG_RLR 0x4000_3008
        IWDG_SR 0x4000_300c
    }

    #[cfg(feature = "stm32vldiscovery")]
    crate::register::registers! {
        RCC_CSR 0x4002_1024
    }

    #[cfg(not(feature = "stm32vldiscovery"))]
    crate::register::registers! {
        RCC_CR 0x4002_3800
        RCC_PLLCFGR 0x4002_3804
        RCC_AHB2ENR 0x4002_3834
        RCC_CSR 0x4002_3874
        RNG_CR 0x5006_0800
        RNG_SR 0x5006_0804
        RNG_DR 0x5006_0808
    }

    pub const KR_UNLOCK: u32 = 0x5555;
    pub const KR_FEED: u32 = 0xaaaa;
    pub const KR_START: u32 = 0xcccc;
    pub const PR_BY_256: u32 = 6;
    pub const CSR_RMVF: u32 = 1 << 24;
    pub const CSR_IWDGRSTF: u32 = 1 << 29;
}

/// The core's megahertz, those of the internal oscillator; and nominal hertz of the watchdog's.
#[cfg(feature = "stm32vldiscovery")]
const FREQUENCIES: [u32; 2] = [8, 40_000];
/// The core's megahertz, those of the internal oscillator; and nominal hertz of the watchdog's.
#[cfg(not(feature = "stm32vldiscovery"))]
const FREQUENCIES: [u32; 2] = [16, 32_000];

/// One of the families F1 and F4. Its watchdog's oscillator may run half as fast or half as fast again.
pub struct Stm32;

impl Chip for Stm32 {
    fn open() {
        cortex::start_clock();
        chip::IWDG_KR.write(chip::KR_START);
        chip::IWDG_KR.write(chip::KR_UNLOCK);
        chip::IWDG_PR.write(chip::PR_BY_256);
        chip::IWDG_RLR.write(TIMEOUT * FREQUENCIES[1] / 256);
        while chip::IWDG_SR.read() != 0 {}
        Self::feed();
    }

    fn clock() -> u32 {
        cortex::clock(FREQUENCIES[0])
    }

    /// The F1 has no source.
    #[cfg(feature = "stm32vldiscovery")]
    fn entropy() -> Option<u32> {
        None
    }

    /// The second of two numbers that differ, as the manual wants it.
    #[cfg(not(feature = "stm32vldiscovery"))]
    fn entropy() -> Option<u32> {
        const PLLON: u32 = 1 << 24;
        const PLLRDY: u32 = 1 << 25;
        /// All but the main divider: 16 MHz over 8, times 192, over 8: the source's 48 MHz. The core stays on its oscillator.
        const DIVIDERS: [u32; 2] = [0xf << 24 | 1 << 22 | 0x1ff << 6 | 0x3f, 8 << 24 | 192 << 6 | 8];
        const RNGEN_CLOCK: u32 = 1 << 6;
        const RNGEN: u32 = 1 << 2;
        const PATIENCE: u32 = 100_000;
        if chip::RCC_CR.read() & PLLON == 0 {
            chip::RCC_PLLCFGR.replace(DIVIDERS[0], DIVIDERS[1]);
            chip::RCC_CR.replace(0, PLLON);
        }
        let is_set = |register: crate::Register, bits| (0..PATIENCE).any(|_| register.read() & bits == bits);
        if !is_set(chip::RCC_CR, PLLRDY) {
            return None;
        }
        chip::RCC_AHB2ENR.replace(0, RNGEN_CLOCK);
        chip::RNG_CR.write(RNGEN);
        // Ready, and neither the clock nor the seed is at fault.
        let number = || {
            is_set(chip::RNG_SR, 1)
                .then(|| chip::RNG_SR.read())
                .filter(|status| *status == 1)
                .map(|_| chip::RNG_DR.read())
        };
        let numbers = number().zip(number());
        chip::RNG_CR.write(0);
        numbers.filter(|(first, second)| first != second).map(|(_, second)| second)
    }

    fn feed() {
        chip::IWDG_KR.write(chip::KR_FEED);
    }

    fn was_hung() -> bool {
        let causes = chip::RCC_CSR.read();
        chip::RCC_CSR.replace(0, chip::CSR_RMVF);
        causes & chip::CSR_IWDGRSTF != 0
    }
}
