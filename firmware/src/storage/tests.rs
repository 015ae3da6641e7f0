use super::journal::Draft;
use super::model::Model;
use super::{Flash, Journal};
use habit::Error;
use habit::rng::{Generator, Rng, below, stream};
use habit::state::Write;
use std::vec::Vec;

const CAPACITY: usize = Journal::<Model<2>>::CAPACITY;

/// Around whole words, whole pages and a whole slot.
const LENGTHS: [usize; 9] = [0, 1, 3, 4, 47, 48, 49, 100, CAPACITY];

fn state(length: usize, rng: &mut Generator) -> Vec<u8> {
    (0..length).map(|_| rng.next_u32() as u8).collect()
}

/// In pieces of odd lengths.
fn writer<F: Flash>(state: &[u8]) -> impl Fn(&mut Draft<'_, F>) {
    |draft| state.chunks(7).for_each(|piece| draft.bytes(piece))
}

fn save<const SLOTS: usize>(flash: Model<SLOTS>, state: &[u8]) -> (Model<SLOTS>, Result<(), Error>) {
    let mut journal = Journal::new(flash);
    let saved = journal.save(state.len(), writer(state));
    (journal.into_flash(), saved)
}

fn load<const SLOTS: usize>(flash: &Model<SLOTS>) -> Option<Vec<u8>> {
    Journal::new(flash.clone()).load().map(<[u8]>::to_vec)
}

/// What of an operation has come through when the power is cut: nothing, everything, the first words or the others, any subset of
/// the bits; of the last one also each bit alone and all but each.
fn masks(is_last: bool, subsets: usize, rng: &mut Generator) -> Vec<[u32; 5]> {
    let words = (1..5).flat_map(|count| {
        let first: [u32; 5] = core::array::from_fn(|index| if index < count { u32::MAX } else { 0 });
        [first, first.map(|word| !word)]
    });
    let bits = (0..32).filter(|_| is_last).flat_map(|bit| [[1 << bit; 5], [!(1 << bit); 5]]);
    let subsets: Vec<_> = (0..subsets).map(|_| core::array::from_fn(|_| rng.next_u32())).collect();
    [[0; 5], [u32::MAX; 5]].into_iter().chain(words).chain(bits).chain(subsets).collect()
}

#[test]
fn what_is_saved_is_found_and_the_newest_counts() {
    let mut rng = stream(1, 0);
    for fill in [0xff, 0x00, 0xa5] {
        let mut flash = Model::<3>::new(fill);
        assert_eq!(load(&flash), None);
        for length in LENGTHS.into_iter().cycle().take(40) {
            let state = state(length, &mut rng);
            let (after, saved) = save(flash, &state);
            assert_eq!((saved, load(&after)), (Ok(()), Some(state)));
            flash = after;
        }
    }
}

/// As [`save`], with a state that arrives in pieces of 16 bytes.
fn put<const SLOTS: usize>(flash: Model<SLOTS>, state: &[u8]) -> (Model<SLOTS>, Result<(), Error>) {
    let mut journal = Journal::new(flash);
    let mut received = Ok(());
    for (index, piece) in state.chunks(16).enumerate() {
        assert_eq!(journal.keep(), Err(Error::NotContinued));
        received = received.and_then(|()| journal.receive(16 * index, state.len(), piece));
        let again = journal.receive(16 * index + 4, state.len(), piece);
        assert!(again.is_err());
    }
    let kept = received.and_then(|()| journal.keep());
    (journal.into_flash(), kept)
}

type Way<const SLOTS: usize> = fn(Model<SLOTS>, &[u8]) -> (Model<SLOTS>, Result<(), Error>);

/// Cuts the power at every operation of a save, in every way, and says how many cuts there were.
fn cut_everywhere<const SLOTS: usize>(before: &Model<SLOTS>, new: &[u8], subsets: usize, rng: &mut Generator) -> usize {
    cut_the_way(save, before, new, subsets, rng)
        + if new.is_empty() { 0 } else { cut_the_way(put, before, new, 1, rng) }
}

fn cut_the_way<const SLOTS: usize>(
    save: Way<SLOTS>,
    before: &Model<SLOTS>,
    new: &[u8],
    subsets: usize,
    rng: &mut Generator,
) -> usize {
    let old = load(before);
    let (whole, saved) = save(before.clone(), new);
    assert_eq!(saved, Ok(()));
    let (mut cuts, mut sealed) = (0, 0);
    for cut in before.operations..whole.operations {
        for mask in masks(cut + 1 == whole.operations, subsets, rng) {
            let (mut flash, _) = save(Model { cut: Some(cut), mask, ..before.clone() }, new);
            let found = load(&flash);
            assert!(found == old || found.as_deref() == Some(new), "neither the old nor the new state after {cut}");
            sealed += usize::from(found != old);
            // Switched on again, it takes the next state.
            flash.cut = None;
            let (flash, saved) = save(flash, new);
            assert_eq!((saved, load(&flash).as_deref()), (Ok(()), Some(new)));
            cuts += 1;
        }
    }
    assert!(sealed > 0 || old.as_deref() == Some(new), "the last operation makes the state the newest");
    cuts
}

#[test]
fn whenever_the_power_is_cut_the_old_or_the_new_state_is_there_whole() {
    let mut rng = stream(2, 0);
    let mut cuts = 0;
    for fill in [0xff, 0x00] {
        for length in LENGTHS {
            // From nothing, and with every slot in turn, the first time round and later.
            let mut flash = Model::<3>::new(fill);
            for _ in 0..7 {
                let new = state(length, &mut rng);
                cuts += cut_everywhere(&flash, &new, 8, &mut rng);
                let old_length = LENGTHS[below(9, &mut rng).unwrap() as usize];
                flash = save(flash, &state(old_length, &mut rng)).0;
            }
        }
    }
    // Two slots are enough.
    let (flash, _) = save(Model::<2>::new(0xff), &[1; 100]);
    cuts += cut_everywhere(&flash, &[2; 100], 1000, &mut rng);
    assert!(cuts > 50_000, "{cuts}");
}

#[test]
fn cuts_upon_cuts_lose_nothing_that_was_saved() {
    let mut rng = stream(3, 0);
    let mut flash = Model::<2>::new(0xa5);
    let mut last = None;
    for _ in 0..20_000 {
        let length = below(CAPACITY as u32 + 1, &mut rng).unwrap() as usize;
        let new = state(length, &mut rng);
        let cut = (below(3, &mut rng).unwrap() > 0).then(|| flash.operations + below(70, &mut rng).unwrap() as usize);
        let mask = core::array::from_fn(|_| rng.next_u32());
        let (after, _) = save(Model { cut, mask, ..flash }, &new);
        let found = load(&after);
        assert!(found == last || found.as_ref() == Some(&new));
        if cut.is_none() {
            assert_eq!(found.as_ref(), Some(&new));
        }
        (flash, last) = (Model { cut: None, ..after }, found);
    }
}

#[test]
fn every_torn_seal_is_none() {
    // All 2^16 subsets of either half of the seal's bits, with the other half there.
    let (flash, _) = save(Model::<2>::new(0xff), &[3; 8]);
    let (whole, _) = save(flash.clone(), &[4; 8]);
    let cut = Some(whole.operations - 1);
    let written = load(&whole);
    let mut complete = 0;
    for half in 0..=u32::from(u16::MAX) {
        for mask in [half | 0xffff_0000, half << 16 | 0xffff] {
            let (torn, _) = save(Model { cut, mask: [mask; 5], ..flash.clone() }, &[4; 8]);
            let same = torn.contents() == whole.contents();
            assert_eq!(load(&torn), if same { written.clone() } else { Some(std::vec![3; 8]) });
            complete += u32::from(same);
        }
    }
    assert!(complete > 0);
}

#[test]
fn all_pages_wear_alike() {
    let mut flash = Model::<16>::new(0xff);
    for index in 0..1000 {
        flash = save(flash, &[index as u8; CAPACITY]).0;
    }
    let (least, most) = (flash.wear.iter().min().unwrap(), flash.wear.iter().max().unwrap());
    assert_eq!((*least, *most), (62, 63), "1000 states in 16 slots");
}

#[test]
fn what_does_not_fit_touches_nothing() {
    let (flash, _) = save(Model::<2>::new(0xff), &[5; 20]);
    let before = flash.operations;
    let (flash, saved) = save(flash, &[6; CAPACITY + 1]);
    assert_eq!((saved, flash.operations), (Err(Error::StorageFull), before));
    let (flash, saved) = save(Model::<1>::new(0xff), &[6; 8]);
    assert_eq!((saved, flash.operations), (Err(Error::StorageFull), 0));
}

#[test]
fn a_state_of_another_length_than_announced_does_not_count() {
    let (flash, _) = save(Model::<2>::new(0xff), &[5; 20]);
    let mut journal = Journal::new(flash);
    for length in [0, 7, 9, CAPACITY] {
        assert_eq!(journal.save(length, writer(&[6; 8])), Err(Error::LengthMismatch));
        assert_eq!(journal.load(), Some(&[5; 20][..]));
    }
    assert_eq!(journal.save(8, writer(&[6; 8])), Ok(()));
}

#[test]
fn a_worn_out_page_is_passed_over_and_a_worn_out_flash_keeps_what_it_has() {
    let mut flash = Model::<4>::new(0xff);
    flash.dead.extend([1, 6]);
    for index in 0..20 {
        let (after, saved) = save(flash, &[index; 60]);
        assert_eq!((saved, load(&after)), (Ok(()), Some(std::vec![index; 60])));
        flash = after;
    }
    flash.dead = (0..12).collect();
    let (flash, saved) = save(flash, &[99; 60]);
    assert_eq!((saved, load(&flash)), (Err(Error::StorageFailed), Some(std::vec![19; 60])));
}

#[test]
fn any_flipped_bit_gives_the_state_before() {
    let (flash, _) = save(Model::<2>::new(0xff), &[7; 20]);
    let (flash, _) = save(flash, &[8; 20]);
    let start = Model::<2>::SLOT * Model::<2>::PAGE;
    for bit in 0..8 * (16 + 20) {
        let damaged = flash.clone().flipped(8 * start + bit);
        assert_eq!(load(&damaged), Some(std::vec![7; 20]), "{bit}");
    }
}
