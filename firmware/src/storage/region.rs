//! The part of a chip's flash that its `memory.x` keeps free.

unsafe extern "C" {
    /// The first byte of the region `STORAGE`, and the one behind its last.
    static _storage_start: u8;
    static _storage_end: u8;
}

/// The region `STORAGE`, as the chip shows it in its memory.
#[derive(Debug)]
pub struct Region(());

impl Region {
    /// All of it.
    ///
    /// # Safety
    /// At most one in an image.
    pub const unsafe fn new() -> Self {
        Self(())
    }

    /// The address of its first byte.
    pub fn start(&self) -> usize {
        (&raw const _storage_start).addr()
    }

    /// What it holds.
    pub fn contents(&self) -> &[u8] {
        let length = (&raw const _storage_end).addr() - self.start();
        // SAFETY: the region is flash that the linker gives to nothing else, and only `&mut self` changes it.
        unsafe { core::slice::from_raw_parts(&raw const _storage_start, length) }
    }

    /// Stores a number in one access; what comes of it is up to the chip's flash controller. Nothing happens outside of the region or
    /// at an offset that is no multiple of the number's size.
    pub fn store<T: Copy>(&mut self, offset: usize, value: T) {
        let fits = offset.checked_add(size_of::<T>()).is_some_and(|end| end <= self.contents().len());
        if fits && offset.is_multiple_of(size_of::<T>()) {
            // SAFETY: within the region, which begins at a page of the flash.
            unsafe { ((self.start() + offset) as *mut T).write_volatile(value) }
        }
    }
}
