//! The drivers over models of the controllers, which do what the manuals say and stop at what they forbid.

use super::super::{Flash, Journal};
use super::{Bus, CR, KEYR, KEYS, SR, Stm32f1, Stm32f4};
use habit::Error;
use habit::state::Write;
use std::vec::Vec;

/// What the families do differently.
trait Family {
    const START: usize;
    const PAGE: usize;
    const BUSY: u32;
    const ERRORS: u32;
    const LOCK: u32;

    /// After `CR` was written: the page that is to be erased.
    fn page(model: &Model<Self>, control: u32) -> Option<usize>
    where
        Self: Sized;

    /// Whether what is stored is programmed, in pieces of so many bytes.
    fn programs(control: u32, bytes: usize) -> bool;
}

struct F1;

impl Family for F1 {
    const START: usize = 0x0801_c000;
    const PAGE: usize = 1024;
    const BUSY: u32 = 1;
    const ERRORS: u32 = 1 << 2 | 1 << 4;
    const LOCK: u32 = 1 << 7;

    fn page(model: &Model<Self>, control: u32) -> Option<usize> {
        if control & 1 << 6 == 0 {
            return None;
        }
        assert_eq!((control & 0b11, model.control & 0b11), (0b10, 0b10), "PER is set, and was before");
        let address = model.address.expect("an address") as usize;
        assert_eq!(address % Self::PAGE, 0);
        Some((address - Self::START) / Self::PAGE)
    }

    fn programs(control: u32, bytes: usize) -> bool {
        control & 0b11 == 1 && bytes == 2
    }
}

struct F4;

impl Family for F4 {
    const START: usize = 0x080c_0000;
    const PAGE: usize = 128 * 1024;
    const BUSY: u32 = 1 << 16;
    const ERRORS: u32 = 1 << 1 | 0xf << 4;
    const LOCK: u32 = 1 << 31;

    fn page(model: &Model<Self>, control: u32) -> Option<usize> {
        if control & 1 << 16 == 0 {
            return None;
        }
        assert_eq!(control & !(1 << 16), model.control, "the mode is set before");
        assert_eq!(control & 0b111, 0b10, "SER alone");
        // The sectors at 0x080c0000 and 0x080e0000 have the numbers 10 and 11.
        Some((control >> 3 & 0xf) as usize - 10)
    }

    fn programs(control: u32, bytes: usize) -> bool {
        control & 0b111 == 1 && control >> 8 & 0b11 == 0b10 && bytes == 4
    }
}

struct Model<F> {
    bytes: Vec<u8>,
    status: u32,
    control: u32,
    address: Option<u32>,
    keys: Vec<u32>,
    /// How often it is still found busy.
    busy: u32,
    erasures: Vec<u32>,
    family: core::marker::PhantomData<F>,
}

impl<F: Family> Model<F> {
    /// As it comes out of reset, but for an error that somebody left behind.
    fn new(pages: usize) -> Self {
        Self {
            bytes: std::vec![0x5a; pages * F::PAGE],
            status: F::ERRORS,
            control: F::LOCK,
            address: None,
            keys: Vec::new(),
            busy: 0,
            erasures: std::vec![0; pages],
            family: core::marker::PhantomData,
        }
    }

    fn store(&mut self, offset: usize, value: &[u8]) {
        assert!(self.busy == 0 && self.control & F::LOCK == 0, "a fault");
        assert!(F::programs(self.control, value.len()), "a programming sequence error");
        assert_eq!(self.status & F::ERRORS, 0, "an error was not cleared");
        assert!(offset.is_multiple_of(value.len()));
        let place = &mut self.bytes[offset..offset + value.len()];
        assert!(place.iter().all(|byte| *byte == 0xff), "only what is erased is programmed");
        place.copy_from_slice(value);
        self.busy = 3;
    }
}

impl<F: Family> Bus for Model<F> {
    fn start(&self) -> usize {
        F::START
    }

    fn contents(&self) -> &[u8] {
        assert_eq!(self.busy, 0, "the bus stands still");
        &self.bytes
    }

    fn read(&mut self, register: usize) -> u32 {
        match register {
            SR => {
                let busy = self.busy > 0;
                self.busy = self.busy.saturating_sub(1);
                self.status | if busy { F::BUSY } else { 0 }
            }
            CR => self.control,
            _ => panic!("{register:#x} is not read"),
        }
    }

    fn write(&mut self, register: usize, value: u32) {
        assert_eq!(self.busy, 0, "an operation goes on");
        let is_locked = self.control & F::LOCK != 0;
        match register {
            KEYR => {
                assert!(is_locked, "a key too many locks it until the next reset");
                self.keys.push(value);
                assert_eq!(self.keys, KEYS[..self.keys.len()], "a wrong key locks it until the next reset");
                if self.keys.len() == KEYS.len() {
                    self.keys.clear();
                    self.control = 0;
                }
            }
            SR => self.status &= !value,
            // What is written to a locked one is lost.
            CR if is_locked => {}
            CR => {
                if let Some(page) = F::page(self, value) {
                    assert_eq!(self.status & F::ERRORS, 0, "an error was not cleared");
                    self.bytes[page * F::PAGE..(page + 1) * F::PAGE].fill(0xff);
                    self.erasures[page] += 1;
                    (self.busy, self.address) = (5, None);
                }
                self.control = value;
            }
            0x14 => self.address = Some(value),
            _ => panic!("{register:#x} is not written"),
        }
    }

    fn store_half(&mut self, offset: usize, half: u16) {
        self.store(offset, &half.to_le_bytes());
    }

    fn store_word(&mut self, offset: usize, word: u32) {
        self.store(offset, &word.to_le_bytes());
    }
}

/// Saves states of many lengths and finds each.
fn keeps<D: Flash>(flash: D) -> D {
    let mut journal = Journal::new(flash);
    assert_eq!(journal.load(), None);
    for round in 0..40u8 {
        let state: Vec<u8> = (0..usize::from(round) * 60).map(|index| index as u8 ^ round).collect();
        assert_eq!(journal.save(state.len(), |draft| draft.bytes(&state)), Ok(()));
        assert_eq!(journal.load(), Some(&state[..]));
    }
    let too_long = Journal::<D>::CAPACITY + 1;
    assert_eq!(journal.save(too_long, |_| {}), Err(Error::StorageFull));
    journal.into_flash()
}

#[test]
fn the_f1_keeps_states_in_all_its_pages() {
    let Stm32f1(model) = keeps(Stm32f1::<_, 4>::new(Model::<F1>::new(16)));
    assert_eq!(model.control, F1::LOCK);
    // Ten states a slot; how many pages of it are erased depends on their length.
    assert_eq!([0, 4, 8, 12].map(|page| model.erasures[page]), [10; 4]);
}

#[test]
fn the_f4_keeps_states_in_both_its_sectors() {
    let Stm32f4(model) = keeps(Stm32f4::new(Model::<F4>::new(2)));
    assert_eq!((model.control, &model.erasures[..]), (F4::LOCK, &[20, 20][..]));
}

#[test]
fn a_word_changes_its_own_bytes_alone() {
    let mut f1 = Stm32f1::<_, 4>::new(Model::<F1>::new(8));
    f1.erase(1);
    f1.program(1024 + 8, 0x0403_0201);
    let mut expected = std::vec![0x5a; 8 * 1024];
    expected[1024..2048].fill(0xff);
    expected[1032..1036].copy_from_slice(&[1, 2, 3, 4]);
    assert_eq!(f1.contents(), expected);

    let mut f4 = Stm32f4::new(Model::<F4>::new(2));
    f4.erase(1);
    f4.program(F4::PAGE + 8, 0x0403_0201);
    let mut expected = std::vec![0x5a; 2 * F4::PAGE];
    expected[F4::PAGE..].fill(0xff);
    expected[F4::PAGE + 8..F4::PAGE + 12].copy_from_slice(&[1, 2, 3, 4]);
    assert_eq!(f4.contents(), expected);
}
