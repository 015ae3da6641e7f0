//! Received bytes, from the interrupt to the loop.

use core::sync::atomic::{
    AtomicBool, AtomicU8, AtomicUsize,
    Ordering::{Acquire, Relaxed, Release},
};

/// Stands where bytes were lost. No UTF-8 text holds it, so the session refuses the line and says where the loss is.
const LOST: u8 = 0xff;

/// `N` bytes, a power of two, between one producer and one consumer, neither of which ever waits.
///
/// When it is full, the line that arrives is ended with a byte that no line may hold, and the rest of it is skipped: a
/// line is obeyed whole or refused.
pub struct Ring<const N: usize> {
    bytes: [AtomicU8; N],
    /// Bytes put in so far, modulo 2^32.
    put: AtomicUsize,
    /// Bytes taken out so far, modulo 2^32.
    taken: AtomicUsize,
    /// Whether the rest of the arriving line is skipped. The producer's own.
    skipping: AtomicBool,
}

impl<const N: usize> Ring<N> {
    /// Nothing has arrived.
    pub const fn empty() -> Self {
        const { assert!(N.is_power_of_two()) };
        Self {
            bytes: [const { AtomicU8::new(0) }; N],
            put: AtomicUsize::new(0),
            taken: AtomicUsize::new(0),
            skipping: AtomicBool::new(false),
        }
    }

    /// The producer: a byte has arrived.
    pub fn push(&self, byte: u8) {
        if !self.skipping.load(Relaxed) && self.free() > 2 {
            self.put(byte);
        } else {
            self.lose();
            self.skipping.store(byte != b'\n', Relaxed);
        }
    }

    /// The producer: bytes of the arriving line were lost.
    pub fn lose(&self) {
        #[cfg(feature = "fault-injection")]
        crate::fault_injection::lost();
        // Without room for this, the end of another damaged line is still waiting in here.
        if !self.skipping.load(Relaxed) && self.free() >= 2 {
            self.put(LOST);
            self.put(b'\n');
        }
        self.skipping.store(true, Relaxed);
    }

    /// The consumer: takes the oldest byte.
    pub fn pop(&self) -> Option<u8> {
        let taken = self.taken.load(Relaxed);
        if self.put.load(Acquire) == taken {
            return None;
        }
        let byte = self.bytes.get(taken % N).map(|byte| byte.load(Relaxed));
        self.taken.store(taken.wrapping_add(1), Release);
        byte
    }

    /// Whether nothing waits to be taken.
    pub fn is_empty(&self) -> bool {
        self.put.load(Acquire) == self.taken.load(Relaxed)
    }

    fn free(&self) -> usize {
        N - self.put.load(Relaxed).wrapping_sub(self.taken.load(Acquire))
    }

    fn put(&self, byte: u8) {
        let put = self.put.load(Relaxed);
        if let Some(place) = self.bytes.get(put % N) {
            place.store(byte, Relaxed);
        }
        self.put.store(put.wrapping_add(1), Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn push(ring: &Ring<16>, text: &str) {
        text.bytes().for_each(|byte| ring.push(byte));
    }

    fn drain(ring: &Ring<16>) -> Vec<u8> {
        core::iter::from_fn(|| ring.pop()).collect()
    }

    #[test]
    fn bytes_come_out_as_they_went_in() {
        let ring = Ring::empty();
        for _ in 0..100 {
            push(&ring, "{}\n{}\n");
            assert_eq!(drain(&ring), b"{}\n{}\n");
        }
        assert!(ring.is_empty() && ring.pop().is_none());
    }

    #[test]
    fn a_line_that_finds_no_room_is_ended_as_damaged_and_skipped() {
        let ring = Ring::empty();
        push(&ring, "0123456789\nabcdef\nghi\n");
        assert_eq!(drain(&ring), b"0123456789\nabc\xff\n");
        push(&ring, "next\n");
        assert_eq!(drain(&ring), b"next\n");
    }

    #[test]
    fn after_an_end_of_line_that_finds_no_room_the_next_line_is_heard() {
        let ring = Ring::empty();
        push(&ring, "0123456789abcd\n");
        assert_eq!(drain(&ring), b"0123456789abcd\xff\n");
        push(&ring, "next\n");
        assert_eq!(drain(&ring), b"next\n");
    }

    #[test]
    fn a_line_is_never_heard_in_part() {
        // Whatever is taken out in between, what comes out is whole lines, damaged lines and nothing else.
        for pops in 1..40 {
            let (ring, mut out) = (Ring::empty(), Vec::new());
            for (index, byte) in "first line\nsecond line\nthird line\n".bytes().cycle().take(3400).enumerate() {
                ring.push(byte);
                if index % pops == 0 {
                    out.extend(ring.pop());
                }
            }
            out.extend(drain(&ring));
            for line in out.split(|byte| *byte == b'\n').filter(|line| line.last() != Some(&LOST)) {
                assert!([&b"first line"[..], b"second line", b"third line", b""].contains(&line), "{line:?}");
            }
        }
    }

    #[test]
    fn what_the_line_lost_damages_the_line() {
        let ring = Ring::empty();
        push(&ring, "ab");
        ring.lose();
        push(&ring, "cd\nef\n");
        assert_eq!(drain(&ring), b"ab\xff\nef\n");
    }
}
