//! The worked example, what is on the edge, and what holds whatever is asked for.

use super::*;
use crate::rng::{Generator, Rng, below, stream, unit_f32};
use crate::state::Persist;
use std::vec::Vec;

const RHO: [f32; 1] = [0.5];

fn started<H: Reference>() -> DualMirrorDescent<'static, 1, H> {
    let mut learner = DualMirrorDescent::<1, H>::EMPTY;
    learner.start(&RHO, 4, 0.2).unwrap();
    learner
}

/// One resource, one action.
fn decide(allocator: &mut impl Allocator, reward: f32, consumption: f32) -> Result<Decision, Error> {
    allocator.decide(Request::new(&[reward], &[consumption]))
}

const TAKEN: Result<Decision, Error> = Ok(Decision { wanted: Some(0), played: Some(0) });
const BLOCKED: Result<Decision, Error> = Ok(Decision { wanted: Some(0), played: None });
const NOT_WANTED: Result<Decision, Error> = Ok(Decision::NOTHING);

#[test]
fn the_worked_example_comes_out() {
    let mut learner = started::<Euclidean>();
    assert_eq!(learner.left(), [2.0]);
    let requests = [(0.9, TAKEN, 0.1, 1.0), (0.3, TAKEN, 0.2, 0.0), (0.8, BLOCKED, 0.3, 0.0), (0.7, BLOCKED, 0.4, 0.0)];
    for (reward, decision, price, left) in requests {
        assert_eq!(decide(&mut learner, reward, 1.0), decision);
        assert!((learner.prices()[0] - price).abs() < 1e-6 && learner.left() == [left]);
    }
    let mut learner = started::<Entropy>();
    assert_eq!(decide(&mut learner, 0.9, 1.0), TAKEN);
    assert!((learner.prices()[0] - 0.552_585).abs() < 1e-6);
    assert_eq!(decide(&mut learner, 0.3, 1.0), NOT_WANTED);
    assert!((learner.prices()[0] - 0.5).abs() < 1e-6);
    assert_eq!(learner.requests(), 2);
}

#[test]
fn the_best_action_is_wanted_and_the_lowest_of_equals() {
    let mut learner = DualMirrorDescent::<2>::EMPTY;
    learner.start(&[1.0, 1.0], 10, 0.1).unwrap();
    learner.set_prices(&[1.0, 0.0]).unwrap();
    // Worth -0.5, 0.25, 0.25, -0.1.
    let request = Request::new(&[0.5, 0.75, 0.25, -0.1], &[1.0, 0.0, 0.5, 0.5, 0.0, 2.0, 0.0, 0.0]);
    assert_eq!(learner.decide(request), Ok(Decision { wanted: Some(1), played: Some(1) }));
    assert_eq!((learner.left(), learner.prices()), (&[9.5, 9.5][..], &[0.95, 0.0][..]));
}

/// With everything spent only what takes nothing is played, prices go on moving, and so it is after the horizon.
#[test]
fn nothing_is_taken_of_nothing() {
    let mut learner = started::<Euclidean>();
    assert_eq!(decide(&mut learner, 3.0, 2.0), TAKEN);
    for request in 1..10 {
        let before = learner.prices()[0];
        assert_eq!(decide(&mut learner, 9.0, 1.0), BLOCKED);
        assert!(learner.prices()[0] > before && learner.left() == [0.0]);
        assert_eq!(decide(&mut learner, 0.5, 0.0), TAKEN);
        assert!(learner.prices()[0] < before + 0.2 && learner.requests() == 2 * request + 1);
    }
    let mut greedy = Greedy::<1>::EMPTY;
    assert_eq!(decide(&mut greedy, 1.0, 1.0), NOT_WANTED);
    assert_eq!(decide(&mut greedy, 1.0, 0.0), TAKEN);
}

#[test]
fn a_rejected_call_changes_nothing() {
    let mut idle = DualMirrorDescent::<1>::EMPTY;
    assert_eq!(decide(&mut idle, 1.0, 0.0), Err(Error::NotStarted));
    assert_eq!(idle.set_prices(&[1.0]), Err(Error::NotStarted));
    rejects(&mut started::<Euclidean>());
    rejects(&mut started::<Entropy>());
    assert_eq!(started::<Entropy>().set_prices(&[0.0]), Err(Error::ParameterOutOfRange));
    assert_eq!(started::<Euclidean>().set_prices(&[0.0]), Ok(()));
}

/// Refuses all that is wrong with a request, and stays as it is.
fn refuses<A: Allocator + Persist>(allocator: &mut A) {
    let digest = allocator.digest();
    for (reward, consumption, error) in [
        (f32::NAN, 1.0, Error::NonFinite),
        (f32::INFINITY, 1.0, Error::NonFinite),
        (1.0, f32::NAN, Error::NonFinite),
        (1.0, f32::INFINITY, Error::NonFinite),
        (1.0, -1e-30, Error::NegativeConsumption),
    ] {
        assert_eq!(decide(allocator, reward, consumption), Err(error));
    }
    assert_eq!(allocator.decide(Request::new(&[1.0], &[1.0, 1.0])), Err(Error::LengthMismatch));
    assert_eq!(allocator.decide(Request::new(&[1.0, 1.0], &[1.0])), Err(Error::LengthMismatch));
    assert_eq!(allocator.digest(), digest);
}

fn rejects<H: Reference>(learner: &mut DualMirrorDescent<'static, 1, H>) {
    refuses(learner);
    let digest = learner.digest();
    for eta in [0.0, -0.1, f32::NAN, f32::INFINITY] {
        assert_eq!(learner.start(&RHO, 4, eta), Err(Error::ParameterOutOfRange));
    }
    for rho in [&[0.0], &[-0.5], &[f32::NAN], &[f32::INFINITY]] {
        assert_eq!(learner.start(rho, 4, 0.2), Err(Error::ParameterOutOfRange));
    }
    assert_eq!(learner.start(&RHO, 0, 0.2), Err(Error::ParameterOutOfRange));
    assert_eq!(learner.set_prices(&[-0.1]), Err(Error::ParameterOutOfRange));
    assert_eq!(learner.set_prices(&[f32::NAN]), Err(Error::NonFinite));
    assert_eq!(learner.set_prices(&[0.1, 0.1]), Err(Error::LengthMismatch));
    let saved = |price: f32, left: f32| [price.to_le_bytes(), left.to_le_bytes(), [1, 0, 0, 0]].concat();
    assert_eq!(learner.restore(&saved(-0.1, 1.0)), Err(Error::Malformed));
    assert_eq!(learner.restore(&saved(0.1, -1.0)), Err(Error::Malformed));
    assert_eq!(learner.restore(&saved(f32::INFINITY, 1.0)), Err(Error::NonFinite));
    assert_eq!(learner.digest(), digest);
    assert_eq!(learner.restore(&saved(0.25, 1.0)), Ok(()));
    assert_eq!((learner.prices(), learner.left(), learner.requests()), (&[0.25][..], &[1.0][..], 1));
}

#[test]
fn requests_can_be_of_no_action_and_of_the_largest_numbers() {
    let mut learner = started::<Euclidean>();
    learner.start(&RHO, 4, f32::MAX).unwrap();
    assert_eq!(learner.decide(Request::new(&[], &[])), NOT_WANTED);
    for _ in 0..5 {
        decide(&mut learner, f32::MAX, f32::MAX).unwrap();
        decide(&mut learner, -f32::MAX, f32::MAX).unwrap();
        assert!(learner.prices()[0].is_finite());
    }
}

/// Random requests of random actions, some of which take nothing, pay less than nothing, or take crumbs.
struct Asked<const M: usize> {
    rewards: [f32; 4],
    consumption: [[f32; M]; 4],
    actions: usize,
}

impl<const M: usize> Asked<M> {
    fn draw(rng: &mut Generator) -> Self {
        let mut amount = || match rng.next_u32() % 8 {
            0 => 0.0,
            1 => 1e-6 * unit_f32(rng),
            _ => 3.0 * unit_f32(rng),
        };
        let consumption = core::array::from_fn(|_| core::array::from_fn(|_| amount()));
        let rewards = core::array::from_fn(|_| 2.0 * unit_f32(rng) - 0.5);
        Self { rewards, consumption, actions: below(5, rng).unwrap() as usize }
    }

    fn request(&self) -> Request<'_> {
        Request::new(&self.rewards[..self.actions], &self.consumption.as_flattened()[..self.actions * M])
    }
}

/// Lets an allocator decide ten times as many requests as the budget is for, and adds up what it takes in `f64`.
fn never_exceeds<const M: usize>(allocator: &mut impl Allocator, seed: u32) {
    let all: Vec<f64> = allocator.left().iter().map(|left| f64::from(*left)).collect();
    let (mut spent, mut rng, mut played) = ([0f64; M], stream(seed, 0), 0);
    for _ in 0..1000 {
        let asked = Asked::<M>::draw(&mut rng);
        let decision = allocator.decide(asked.request()).unwrap();
        assert!(decision.played.is_none() || decision.played == decision.wanted);
        if let Some(action) = decision.played {
            assert!(action < asked.actions && asked.rewards[action] > 0.0);
            played += 1;
            for (spent, amount) in spent.iter_mut().zip(asked.consumption[action]) {
                *spent += f64::from(amount);
            }
        }
        for ((spent, all), left) in spent.iter().zip(&all).zip(allocator.left()) {
            assert!(*spent <= all + 1e-6 && f64::from(*left) <= all - spent, "{spent} of {all}");
        }
    }
    assert!(played > 20, "{played}");
}

fn never_exceeds_with<const M: usize>() {
    let rates: [f32; M] = core::array::from_fn(|j| 0.3 + 0.17 * j as f32);
    for seed in 0..20 {
        let mut euclidean = DualMirrorDescent::<M>::EMPTY;
        euclidean.start(&rates, 100, 0.1).unwrap();
        never_exceeds::<M>(&mut euclidean, seed);
        let mut entropy = DualMirrorDescent::<M, Entropy>::EMPTY;
        entropy.start(&rates, 100, 0.1).unwrap();
        never_exceeds::<M>(&mut entropy, seed);
        let mut greedy = Greedy::<M>::EMPTY;
        greedy.start(&rates, 100).unwrap();
        never_exceeds::<M>(&mut greedy, seed);
    }
}

#[test]
fn the_budget_is_never_exceeded() {
    never_exceeds_with::<1>();
    never_exceeds_with::<2>();
    never_exceeds_with::<3>();
    never_exceeds_with::<4>();
}

#[test]
fn a_view_over_the_callers_memory_does_the_same() {
    let rates = [0.3, 0.7];
    let mut owner = DualMirrorDescent::<2, Entropy>::EMPTY;
    owner.start(&rates, 100, 0.1).unwrap();
    let (mut prices, mut left) = ([0.0; 2], [0.0; 2]);
    let mut view = DualMirrorDescentState::<_, &[f32], Entropy>::new(&mut prices[..], &mut left[..], &[]);
    assert_eq!(view.start(&rates[..1], 100, 0.1), Err(Error::LengthMismatch));
    view.start(&rates, 100, 0.1).unwrap();
    let mut rng = stream(3, 0);
    for _ in 0..300 {
        let asked = Asked::<2>::draw(&mut rng);
        assert_eq!(view.decide(asked.request()), owner.decide(asked.request()));
    }
    assert_eq!(view.digest(), owner.digest());
}

fn items(count: usize, rng: &mut Generator) -> Vec<Item> {
    let consumption = [0.0, 0.5, 1.0, 1.5];
    // Few rewards, so that many ratios are equal.
    let reward = |rng: &mut Generator| (rng.next_u32() % 40) as f32 / 32.0 - 0.125;
    let item = |_| Item { reward: reward(rng), consumption: consumption[rng.next_u32() as usize % 4] };
    (0..count).map(item).collect()
}

/// The optimum and the price by sorting, in `f64`.
fn by_sorting(items: &[Item], capacity: f64) -> (f64, f64) {
    let mut sorted: Vec<_> = items.iter().filter(|item| item.reward > 0.0).collect();
    sorted.sort_by(|a, b| b.ratio().total_cmp(&a.ratio()));
    let (mut value, mut left) = (0.0, capacity);
    for item in sorted {
        let (reward, consumption) = (f64::from(item.reward), f64::from(item.consumption));
        if consumption > left {
            return (value + reward * left / consumption, reward / consumption);
        }
        (value, left) = (value + reward, left - consumption);
    }
    (value, 0.0)
}

#[test]
fn the_optimum_in_hindsight_is_that_of_sorting() {
    let mut rng = stream(8, 0);
    for case in 0..400 {
        let items = items(case % 60, &mut rng);
        let capacity = [0.0, 0.25, 3.0, 7.25, 1000.0][case % 5];
        let (value, price) = by_sorting(&items, f64::from(capacity));
        let found = fractional_optimum(&items, capacity).unwrap();
        assert!((f64::from(found) - value).abs() < 1e-5, "{found} {value}");
        let found = fractional_knapsack::critical_price(&items, capacity).unwrap().price();
        assert!((f64::from(found) - price).abs() < 1e-6, "{found} {price}");
    }
}

#[test]
fn the_optimum_of_what_is_no_item_is_refused() {
    let item = |reward, consumption| [Item { reward, consumption }];
    assert_eq!(fractional_optimum(&item(f32::NAN, 1.0), 1.0), Err(Error::NonFinite));
    assert_eq!(fractional_optimum(&item(1.0, -1.0), 1.0), Err(Error::NegativeConsumption));
    for capacity in [-1.0, f32::NAN, f32::INFINITY] {
        assert_eq!(fractional_optimum(&item(1.0, 1.0), capacity), Err(Error::ParameterOutOfRange));
    }
    assert_eq!(fractional_optimum(&[], 1.0), Ok(0.0));
    // What pays less than nothing is left, and what takes nothing is taken.
    assert_eq!(fractional_optimum(&item(-1.0, 0.5), 1.0), Ok(0.0));
    assert_eq!(fractional_optimum(&item(2.0, 0.0), 0.0), Ok(2.0));
    // As large and as small as numbers get.
    assert_eq!(fractional_optimum(&item(f32::MAX, 1e-30), 5e-31), Ok(f32::MAX / 2.0));
    assert_eq!(fractional_optimum(&[item(1.0, f32::MAX)[0]; 4], f32::MAX / 2.0), Ok(0.5));
}

#[test]
fn a_static_price_is_learnt_on_the_first_tenth() {
    let mut rng = stream(2, 0);
    for _ in 0..50 {
        let items = items(300, &mut rng);
        let mut allocator = StaticPrice::<30>::EMPTY;
        allocator.start(0.25, 300).unwrap();
        for item in &items[..30] {
            assert_eq!(allocator.price(), None);
            assert_eq!(decide(&mut allocator, item.reward, item.consumption), NOT_WANTED);
        }
        let price = allocator.price().unwrap();
        assert!((f64::from(price) - by_sorting(&items[..30], 7.5).1).abs() < 1e-6);
        for item in &items[30..] {
            let fits = item.consumption <= allocator.left()[0];
            let expected = match item.reward > price * item.consumption {
                false => NOT_WANTED,
                true if fits => TAKEN,
                true => BLOCKED,
            };
            assert_eq!(decide(&mut allocator, item.reward, item.consumption), expected);
        }
    }
}

#[test]
fn the_baselines_refuse_what_is_wrong() {
    let mut allocator = StaticPrice::<3>::EMPTY;
    assert_eq!(decide(&mut allocator, 1.0, 1.0), Err(Error::NotStarted));
    assert_eq!(allocator.start(0.5, 40), Err(Error::BufferTooSmall));
    assert_eq!(allocator.start(0.0, 30), Err(Error::ParameterOutOfRange));
    allocator.start(0.5, 39).unwrap();
    refuses(&mut allocator);
    assert_eq!(allocator.decide(Request::new(&[1.0; 2], &[1.0; 2])), Err(Error::LengthMismatch));
    assert_eq!(allocator.decide(Request::new(&[], &[])), NOT_WANTED);
    let mut greedy = Greedy::<1>::EMPTY;
    assert_eq!(greedy.start(&[0.5], 0), Err(Error::ParameterOutOfRange));
    greedy.start(&[0.5], 4).unwrap();
    refuses(&mut greedy);
    // The best that fits, even where something better does not.
    assert_eq!(
        greedy.decide(Request::new(&[3.0, 1.0, 1.0], &[2.5, 1.0, 0.5])),
        Ok(Decision { wanted: Some(1), played: Some(1) })
    );
}
