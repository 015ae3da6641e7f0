//! One register of a chip.

/// A 32-bit register at a fixed address.
#[derive(Clone, Copy)]
pub struct Register(usize);

impl Register {
    /// The register at `address`.
    ///
    /// # Safety
    /// It must be one of the chip that runs this, whose reads and writes leave memory alone.
    pub const unsafe fn at(address: usize) -> Self {
        Self(address)
    }

    /// Reads it.
    pub fn read(self) -> u32 {
        // SAFETY: promised when the register was named.
        unsafe { (self.0 as *const u32).read_volatile() }
    }

    /// Writes it.
    pub fn write(self, value: u32) {
        // SAFETY: promised when the register was named.
        unsafe { (self.0 as *mut u32).write_volatile(value) }
    }

    /// Replaces the bits of `mask`.
    pub fn replace(self, mask: u32, bits: u32) {
        self.write(self.read() & !mask | bits);
    }
}

/// Names registers of a chip by their addresses.
#[cfg(target_os = "none")]
macro_rules! registers {
    ($($name:ident $address:literal)*) => {
        // SAFETY: addresses of the chip's reference manual; no peripheral that reads or writes memory is among them.
        $(pub const $name: $crate::Register = unsafe { $crate::Register::at($address) };)*
    };
}
#[cfg(target_os = "none")]
pub(crate) use registers;
