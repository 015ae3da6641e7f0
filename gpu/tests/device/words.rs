use super::device;
use habit::rng::{Rng, stream};
use habit_gpu::streams::{streams, words};
use habit_gpu::{Error, block_on};

#[test]
fn words_and_states_are_those_of_the_kernel() {
    let context = device();
    // Neither number is a multiple of anything.
    let (lanes, steps) = (67, 31);
    let mut device = streams(42, lanes);
    let first = block_on(words(&context, &mut device, steps)).unwrap();
    let second = block_on(words(&context, &mut device, steps)).unwrap();
    assert_eq!(first[..2], [2_643_743_425, 3_783_957_358]);
    for (lane, after) in device.iter().enumerate() {
        let mut host = stream(42, lane as u32);
        for drawn in [&first, &second] {
            for t in 0..steps {
                assert_eq!(drawn[t * lanes + lane], host.next_u32(), "word {t} of lane {lane}");
            }
        }
        assert_eq!(after, &host);
    }
}

#[test]
fn a_stream_longer_than_one_dispatch_goes_on_without_a_seam() {
    let mut device = streams(3, 2);
    let drawn = block_on(words(&super::device(), &mut device, 70_001)).unwrap();
    let mut host = streams(3, 2);
    assert!(drawn.iter().enumerate().all(|(at, &word)| word == host[at % 2].next_u32()));
    assert_eq!(device, host);
}

#[test]
fn nothing_and_too_much_are_refused_before_anything_is_submitted() {
    let context = device();
    let mut two = streams(1, 2);
    let before = two.clone();
    assert_eq!(block_on(words(&context, &mut [], 5)), Err(Error::Empty));
    assert_eq!(block_on(words(&context, &mut two, 0)), Err(Error::Empty));
    for steps in [context.limits().buffer_bytes as usize / 8 + 1, usize::MAX] {
        let error = block_on(words(&context, &mut two, steps)).unwrap_err();
        assert!(matches!(error, Error::TooLarge { .. }), "{error}");
        assert!(error.to_string().starts_with("too large for this GPU device: "), "{error}");
    }
    assert_eq!(two, before);
}
