use super::*;
use crate::rng::{Generator, below, stream};
use std::vec::Vec;

const PUBLISHED: AutomaticDiscountParameters = AutomaticDiscountParameters::PUBLISHED;

type Discount = AutomaticDiscount<10, 4>;

fn reference() -> [f32; 10] {
    core::array::from_fn(|k| k as f32 + 1.0)
}

fn started() -> Discount {
    let mut discount = Discount::EMPTY;
    discount.start(PUBLISHED, &reference()).unwrap();
    discount
}

fn perfect(i: usize, j: usize) -> f32 {
    (i as f32 - j as f32).abs()
}

/// Follows the demonstration up to step 4 and stays there.
fn stuck(i: usize, j: usize) -> f32 {
    perfect(i.min(4), j)
}

#[test]
fn the_discount_makes_the_end_of_the_mastered_prefix_weigh_alpha() {
    for (k, expected) in [(4u16, 0.668_740), (18, 0.914_468), (100, 0.984_034)] {
        let mut discount = AutomaticDiscount::<100, 1>::EMPTY;
        let start = AutomaticDiscountParameters { start: f32::from(k) / 100.0, ..PUBLISHED };
        discount.start(start, &[1.0; 100]).unwrap();
        assert_eq!(discount.progress(), k);
        assert!((discount.gamma() - expected).abs() < 1e-6, "{k} {}", discount.gamma());
    }
}

#[test]
fn the_worked_example_comes_out() {
    let mut discount = started();
    assert_eq!(discount.progress(), 2);
    for expected in [7, 10, 10] {
        discount.observe(10, perfect).unwrap();
        discount.update().unwrap();
        assert_eq!(discount.progress(), expected);
    }
    let mut discount = started();
    discount.observe(10, perfect).unwrap();
    discount.advance();
    discount.observe(10, stuck).unwrap();
    assert_eq!(discount.scores[0][0], 5);
    assert_eq!(discount.update(), Ok(discount.gamma()));
    assert_eq!(discount.progress(), 7);
}

#[test]
fn the_ninetieth_percentile_decides() {
    // Of four scores it lies at 0.7 between the third and the best: 5 + 0.7 * 2 = 6.4 reaches 6, 5 + 0.7 does not.
    for (last, expected) in [(6, 8), (5, 7)] {
        let mut discount = started();
        discount.observe(10, perfect).unwrap();
        discount.update().unwrap();
        (0..3).for_each(|_| discount.observe(10, stuck).unwrap());
        discount.observe(10, |i, j| perfect(i.min(last), j)).unwrap();
        discount.update().unwrap();
        assert_eq!(discount.progress(), expected, "{last}");
    }
}

#[test]
fn nine_tenths_of_a_whole_number_are_a_whole_number() {
    for tens in 1u16..=6553 {
        assert_eq!(floor(0.9 * f32::from(10 * tens)), f32::from(9 * tens));
    }
}

#[test]
fn bad_input_changes_nothing() {
    let mut empty = Discount::EMPTY;
    assert_eq!(empty.observe(10, perfect), Err(Error::NotStarted));
    assert_eq!(empty.update(), Err(Error::NotStarted));
    let mut discount = started();
    assert_eq!(discount.update(), Err(Error::EmptyRange));
    for _ in 0..2 {
        discount.observe(10, perfect).unwrap();
        let (digest, gamma) = (discount.digest(), discount.gamma());
        assert_eq!(discount.observe(0, perfect), Err(Error::EmptyRange));
        assert_eq!(discount.observe(1, perfect), Err(Error::LengthMismatch));
        // The first prefix has this distance not yet, the last one has.
        assert_eq!(discount.observe(10, |i, _| if i == 5 { f32::NAN } else { 0.0 }), Err(Error::NonFinite));
        for bad in [f32::NAN, 0.0, 1.0, -0.1] {
            let bad = AutomaticDiscountParameters { alpha: bad, ..PUBLISHED };
            assert_eq!(discount.start(bad, &[1.0; 10]), Err(Error::ParameterOutOfRange));
        }
        for bad in [f32::NAN, 0.0, 1.1] {
            let bad = AutomaticDiscountParameters { threshold: bad, ..PUBLISHED };
            assert_eq!(discount.start(bad, &[1.0; 10]), Err(Error::ParameterOutOfRange));
        }
        for bad in [f32::NAN, -1.0, 101.0] {
            let percentile = AutomaticDiscountParameters { percentile: bad, ..PUBLISHED };
            assert_eq!(discount.start(percentile, &[1.0; 10]), Err(Error::ParameterOutOfRange));
            let start = AutomaticDiscountParameters { start: bad, ..PUBLISHED };
            assert_eq!(discount.start(start, &[1.0; 10]), Err(Error::ParameterOutOfRange));
            assert_eq!(discount.start(PUBLISHED, &[1.0, bad]), Err(Error::ParameterOutOfRange));
        }
        assert_eq!(discount.start(PUBLISHED, &[]), Err(Error::EmptyRange));
        assert_eq!(discount.start(PUBLISHED, &[1.0; 11]), Err(Error::LengthMismatch));
        assert_eq!((discount.digest(), discount.gamma()), (digest, gamma));
    }
    discount.observe(10, perfect).unwrap();
    discount.observe(10, perfect).unwrap();
    let digest = discount.digest();
    assert_eq!(discount.observe(10, perfect), Err(Error::BufferTooSmall));
    assert_eq!(discount.digest(), digest);
}

type Borrowed<'a> = AutomaticDiscountState<&'a mut [f32], &'a mut [u16], &'a mut [u16]>;

#[test]
fn the_same_over_borrowed_memory() {
    let (mut numbers, mut scratch, mut scores) = ([0.0; 10], [0u16; 10], [0u16; 20]);
    assert!(Borrowed::over(&mut numbers[..9], &mut scratch, &mut scores, 5).is_err());
    assert!(Borrowed::over(&mut numbers, &mut scratch, &mut scores, 3).is_err());
    assert!(Borrowed::over(&mut numbers, &mut scratch, &mut scores, 0).is_err());
    let mut borrowed = Borrowed::over(&mut numbers, &mut scratch, &mut scores, 5).unwrap();
    let mut owned = started();
    borrowed.start(PUBLISHED, &reference()).unwrap();
    let mut rng = stream(2, 0);
    for _ in 0..8 {
        let last = below(10, &mut rng).unwrap() as usize;
        let cost = |i: usize, j: usize| perfect(i.min(last), j);
        for _ in 0..3 {
            assert_eq!(owned.observe(10, cost), Ok(()));
            assert_eq!(borrowed.observe(10, cost), Ok(()));
        }
        assert_eq!(owned.digest(), borrowed.digest());
        assert_eq!(owned.identity(), borrowed.identity());
        assert_eq!(owned.update(), borrowed.update());
    }
    assert!(owned.progress() > 5);
}

/// Scores a trajectory that follows the demonstration to a random step.
fn observe(discount: &mut Discount, rng: &mut Generator) {
    let last = below(10, rng).unwrap() as usize;
    discount.observe(10, |i, j| perfect(i.min(last), j)).unwrap();
}

struct Bytes(Vec<u8>);

impl Write for Bytes {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

#[test]
fn it_goes_on_where_it_was_saved_and_refuses_what_it_never_wrote() {
    let (mut discount, mut rng) = (started(), stream(5, 0));
    for index in 0..40 {
        observe(&mut discount, &mut rng);
        let mut bytes = Bytes(Vec::new());
        discount.write(&mut bytes);
        assert_eq!(bytes.0.len(), 2 * 5 * 4 + 4);
        let mut again = started();
        again.restore(&bytes.0).unwrap();
        assert_eq!((again.gamma(), again.progress()), (discount.gamma(), discount.progress()));
        let before = again.digest();
        for (place, bad) in [(0, 0), (0, 11), (2, 5), (4, 99), (4 + 2 * 3, 1)] {
            let mut wrong = bytes.0.clone();
            wrong[place] = bad;
            if wrong != bytes.0 {
                assert_eq!(again.restore(&wrong), Err(Error::Malformed), "{place}");
                assert_eq!(again.digest(), before);
            }
        }
        if index % 3 == 2 {
            assert_eq!(again.update(), discount.update());
            assert_eq!(again.digest(), discount.digest());
        }
    }
}
