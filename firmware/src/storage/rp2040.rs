//! The flash beside an RP2040, behind the functions of the chip's ROM (RP2040 datasheet, section 2.8.3.1.3).

use super::{Flash, Region};
use core::hint::black_box;

/// Where flash begins in memory; the first bytes are what the ROM runs to open it for reading.
const FLASH: usize = 0x1000_0000;
const BOOT_WORDS: usize = 64;

/// What a program operation of the ROM takes.
const PAGE: usize = 256;
const SECTOR: usize = 4096;
/// Larger blocks could be erased at once: the ROM wants to know how large and by which command, and takes sectors for less.
const BLOCK: u32 = 1 << 16;
const BLOCK_ERASE: u8 = 0xd8;

/// Where the ROM keeps the address of the table of its functions, and that of the function that looks one up; 16 bits each.
const TABLE: usize = 0x14;
const LOOKUP: usize = 0x18;

type Action = unsafe extern "C" fn();
type Erase = unsafe extern "C" fn(u32, usize, u32, u8);
type Program = unsafe extern "C" fn(u32, *const u8, usize);

/// What [`operate`] needs; all that it points at is in RAM or ROM.
struct Operation {
    connect: Action,
    exit_xip: Action,
    erase: Erase,
    program: Program,
    flush: Action,
    boot: Action,
    /// In flash, from its beginning.
    offset: u32,
    erases: bool,
    /// What is programmed there.
    page: *const u8,
}

/// Stands in RAM, where start-up copies it with the variables: while it runs there is no flash to fetch instructions from. So it calls
/// nothing but what it is given, whatever it is compiled to.
///
/// # Safety
/// Nothing else may run that is in flash: no interrupt, no other core.
#[unsafe(link_section = ".data.flash_operation")]
#[inline(never)]
unsafe extern "C" fn operate(operation: &Operation) {
    // SAFETY: the order of the datasheet. The ROM's functions stay in the ROM and in the bytes that they are given; what the ROM runs
    // to open the flash runs from anywhere, and returns to who calls it.
    unsafe {
        (operation.connect)();
        (operation.exit_xip)();
        if operation.erases {
            (operation.erase)(operation.offset, SECTOR, BLOCK, BLOCK_ERASE);
        } else {
            (operation.program)(operation.offset, operation.page, PAGE);
        }
        (operation.flush)();
        (operation.boot)();
    }
}

/// The address of a function of the ROM.
fn find(code: [u8; 2]) -> usize {
    // SAFETY: the ROM has both there, and the function reads the table alone.
    unsafe {
        let table = (TABLE as *const u16).read_volatile();
        let lookup = (LOOKUP as *const u16).read_volatile();
        let lookup: unsafe extern "C" fn(*const u16, u32) -> usize = core::mem::transmute(usize::from(lookup));
        lookup(usize::from(table) as *const u16, u32::from(u16::from_le_bytes(code)))
    }
}

/// The region `STORAGE`, sectors of 4 KB, each a slot of the journal.
///
/// No interrupt is answered while a sector is erased, 45 to 400 ms, or a word programmed, about 1 ms.
#[derive(Debug)]
pub struct Rp2040(Region);

impl Rp2040 {
    /// The flash of the board.
    ///
    /// # Safety
    /// At most one at work in an image; the other core is not, and the image begins with what the ROM runs first.
    pub const unsafe fn new() -> Self {
        // SAFETY: promised by who calls.
        Self(unsafe { Region::new() })
    }

    /// Erases the sector at `offset`, or programs a page there.
    fn change(&mut self, offset: usize, page: Option<&[u8; PAGE]>) {
        let mut boot = [0u32; BOOT_WORDS];
        for (index, word) in boot.iter_mut().enumerate() {
            // SAFETY: the first words of the flash.
            *word = unsafe { ((FLASH + 4 * index) as *const u32).read_volatile() };
        }
        // The lowest bit says that it is Thumb code.
        let boot = black_box(&boot).as_ptr().cast::<u8>().wrapping_add(1);
        // SAFETY: the ROM's functions by their documented codes and signatures, and a copy of the code at the start of the flash.
        let operation = unsafe {
            Operation {
                connect: core::mem::transmute::<usize, Action>(find(*b"IF")),
                exit_xip: core::mem::transmute::<usize, Action>(find(*b"EX")),
                erase: core::mem::transmute::<usize, Erase>(find(*b"RE")),
                program: core::mem::transmute::<usize, Program>(find(*b"RP")),
                flush: core::mem::transmute::<usize, Action>(find(*b"FC")),
                boot: core::mem::transmute::<*const u8, Action>(boot),
                offset: (self.0.start() - FLASH + offset) as u32,
                erases: page.is_none(),
                page: page.map_or(core::ptr::null(), |page| page.as_ptr()),
            }
        };
        // Called through its address, which is too far away from here for a branch.
        let operate = black_box(operate as unsafe extern "C" fn(&Operation));
        // SAFETY: no interrupt comes between, and the other core does not run.
        cortex_m::interrupt::free(|_| unsafe { operate(&operation) });
    }
}

impl Flash for Rp2040 {
    const PAGE: usize = SECTOR;
    const SLOT: usize = 1;

    fn contents(&self) -> &[u8] {
        self.0.contents()
    }

    fn erase(&mut self, page: usize) {
        self.change(page * SECTOR, None);
    }

    fn program(&mut self, offset: usize, word: u32) {
        // Ones change nothing.
        let mut page = [u8::MAX; PAGE];
        let place = page.iter_mut().skip(offset % PAGE);
        place.zip(word.to_le_bytes()).for_each(|(place, byte)| *place = byte);
        self.change(offset / PAGE * PAGE, Some(&page));
    }
}
