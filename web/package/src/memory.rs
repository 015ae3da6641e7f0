//! Memory that only grows: an instance lives no longer than its learner.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;

const PAGE: usize = 65_536;

struct Growing {
    /// The first free address, and the first that is no memory; 0 before the first call.
    free: Cell<usize>,
    end: Cell<usize>,
}

// SAFETY: an instance of a module without shared memory has one thread.
unsafe impl Sync for Growing {}

#[global_allocator]
static MEMORY: Growing = Growing { free: Cell::new(0), end: Cell::new(0) };

// SAFETY: what is handed out lies in pages that nobody else was given, is aligned, and is never handed out again.
unsafe impl GlobalAlloc for Growing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let start = self.free.get().next_multiple_of(layout.align());
        let Some(end) = start.checked_add(layout.size()) else { return core::ptr::null_mut() };
        if end <= self.end.get() {
            self.free.set(end);
            return start as *mut u8;
        }
        // The next page follows the last one when nobody else asks for pages.
        let pages = layout.size().div_ceil(PAGE);
        let first = core::arch::wasm32::memory_grow::<0>(pages);
        if first == usize::MAX {
            return core::ptr::null_mut();
        }
        let start = first * PAGE;
        self.free.set(start + layout.size());
        self.end.set(start + pages * PAGE);
        start as *mut u8
    }

    unsafe fn dealloc(&self, _place: *mut u8, _layout: Layout) {}
}

#[panic_handler]
fn panic(_info: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
