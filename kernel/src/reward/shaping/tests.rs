use super::*;
use crate::error::Error;
use crate::interact::{Outcome, Transition};
use crate::reward::RewardShaping;
use crate::rng::{below, stream, unit_f32};
use crate::state::{Digest, Identify, Persist, Write};
use core::f32::consts::FRAC_1_SQRT_2;
use std::vec::Vec;

const GAMMA: f32 = 0.9;

// A chain takes what its parts take.
type Three = (Potential<[f32; 4]>, CountBonus<InverseRoot, [u16; 4]>, RunningNorm);
const _: () = assert!(
    size_of::<Three>()
        == size_of::<Potential<[f32; 4]>>() + size_of::<CountBonus<InverseRoot, [u16; 4]>>() + size_of::<RunningNorm>()
);
const _: () = assert!(size_of::<(Potential<fn(usize) -> f32>, Scale, Clip)>() == size_of::<usize>() + 4 + 8 + PADDING);
const PADDING: usize = (size_of::<usize>() - 12 % size_of::<usize>()) % size_of::<usize>();
// The formulas of the documentation.
const _: () = assert!(size_of::<DynamicPotential<[f32; 4]>>() == 16 + 8);
const _: () = assert!(size_of::<LookBackAdvice<[[f32; 2]; 4]>>() == 32 + 4);
const _: () = assert!(size_of::<CountBonus<BoundedRoot, [u16; 6]>>() == 8 + 12);
const _: () = assert!(size_of::<RunningNorm>() == 20);

fn step(state: usize, next_state: usize, outcome: Outcome) -> Transition {
    Transition { state, action: 0, reward: 0.0, next_state, outcome }
}

fn close(found: Result<f32, Error>, expected: f32) -> bool {
    found.is_ok_and(|found| (found - expected).abs() < 1e-6)
}

#[test]
fn the_worked_examples_come_out() {
    let potential = Potential::new([1.0, 2.0]);
    assert!(close(potential.shape(&step(0, 1, Outcome::Continue), 0.0, GAMMA), 0.8));
    assert!(close(potential.shape(&step(0, 1, Outcome::Truncated), 0.0, GAMMA), 0.8));
    assert!(close(potential.shape(&step(0, 1, Outcome::Terminated), 0.0, GAMMA), -1.0));
    // With gamma 1 it is a plain difference.
    assert_eq!(potential.shape(&step(0, 1, Outcome::Continue), 3.0, 1.0), Ok(4.0));

    let mut look_back = LookBackAdvice::new([[0.5], [0.8]]);
    assert_eq!(look_back.apply(&step(0, 1, Outcome::Continue), 0.95), Ok(0.5));
    assert!(close(look_back.apply(&step(1, 0, Outcome::Terminated), 0.95), 0.273_684));
    assert_eq!(look_back.apply(&step(1, 0, Outcome::Continue), 0.95), Ok(0.8));

    let root = InverseRoot::new(0.5).unwrap();
    let power: InversePower = InversePower::new(0.5, 0.5).unwrap();
    for (visits, bonus) in [(1, 0.5), (4, 0.25), (100, 0.05)] {
        assert!(close(root.bonus(visits), bonus) && close(power.bonus(visits), bonus));
    }
    let bounded = BoundedRoot::new(1.0, 1.0).unwrap();
    for (visits, bonus) in [(0, 1.0), (1, FRAC_1_SQRT_2), (3, 0.5), (99, 0.1)] {
        assert!(close(bounded.bonus(visits), bonus));
    }
    assert!(close(BoundedRoot::new(0.5, 2.0).unwrap().bonus(5), 0.222_222));
}

#[test]
fn look_ahead_advice_reads_the_action_of_the_target() {
    let advice = LookAheadAdvice::new([[1.0, 2.0], [3.0, 4.0]]);
    let of = |outcome| {
        let step = Transition { state: 0, action: [1, 0], reward: 0.5, next_state: 1, outcome };
        advice.shape(&step, step.reward, GAMMA)
    };
    assert!(close(of(Outcome::Continue), 0.5 + 2.7 - 2.0));
    assert!(close(of(Outcome::Truncated), 0.5 + 2.7 - 2.0));
    assert!(close(of(Outcome::Terminated), 0.5 - 2.0));
}

#[test]
fn what_is_added_to_an_episode_that_terminates_sums_to_the_potential_of_its_start() {
    let sum = |rewards: Vec<f32>| rewards.iter().rev().fold(0.0, |sum, reward| reward + GAMMA * sum);
    let path = [(0, 1, Outcome::Continue), (1, 2, Outcome::Continue), (2, 3, Outcome::Continue)];
    let path =
        || path.into_iter().chain([(3, 0, Outcome::Terminated)]).map(|(from, to, outcome)| step(from, to, outcome));
    let potential = Potential::new([0.3, -1.2, 2.5, 0.7]);
    let rewards = path().map(|step| potential.shape(&step, 0.0, GAMMA).unwrap()).collect();
    assert!((sum(rewards) + 0.3).abs() < 1e-6);
    // However the potential moves on the way; every episode anew.
    let mut dynamic = DynamicPotential::new([0.3, -1.2, 2.5, 0.7]);
    for start in [0.3, 0.3 + 4.0 * 1.5] {
        let moved = path().map(|step| {
            let reward = dynamic.apply(&step, GAMMA).unwrap();
            dynamic.potential_mut().iter_mut().for_each(|phi| *phi += 1.5);
            reward
        });
        assert!((sum(moved.collect()) + start).abs() < 1e-5);
    }
}

#[test]
fn a_dynamic_potential_takes_off_what_it_gave() {
    let mut rule = DynamicPotential::new([1.0, 2.0]);
    assert!(close(rule.apply(&step(0, 1, Outcome::Continue), GAMMA), 0.8));
    *rule.potential_mut() = [10.0, 20.0];
    assert!(close(rule.apply(&step(1, 0, Outcome::Truncated), GAMMA), 9.0 - 2.0));
    // Cut there: the next episode reads what is so now.
    assert!(close(rule.apply(&step(1, 0, Outcome::Continue), GAMMA), 9.0 - 20.0));
}

#[test]
fn counts_are_of_arrivals_or_departures_and_stop_at_their_end() {
    let mut arrivals = CountBonus::new(InverseRoot::new(1.0).unwrap(), [0u16; 2]);
    assert_eq!(arrivals.apply(&step(0, 1, Outcome::Terminated), GAMMA), Ok(1.0));
    assert_eq!(arrivals.counts(), [0, 1]);
    arrivals = CountBonus::new(InverseRoot::new(1.0).unwrap(), [0, u16::MAX]);
    assert_eq!(arrivals.apply(&step(0, 1, Outcome::Continue), GAMMA), Ok(1.0 / libm::sqrtf(65_535.0)));
    assert_eq!(arrivals.counts(), [0, u16::MAX]);

    let mut departures = CountBonus::new(BoundedRoot::new(1.0, 1.0).unwrap(), [0u16; 2]);
    assert_eq!(departures.apply(&step(0, 0, Outcome::Continue), GAMMA), Ok(1.0));
    assert!(close(departures.apply(&step(1, 0, Outcome::Continue), GAMMA), FRAC_1_SQRT_2));
    assert_eq!(departures.apply(&step(1, 0, Outcome::Terminated), GAMMA), Ok(0.0));
    assert_eq!(departures.counts(), [1, 2]);
    departures.start(BoundedRoot::new(0.5, 2.0).unwrap());
    assert_eq!(departures.counts(), [0, 0]);
    assert_eq!(departures.apply(&step(0, 1, Outcome::Continue), GAMMA), Ok(2.0));
}

#[test]
fn limits_scales_and_spreads_by_hand() {
    let any = step(0, 0, Outcome::Continue);
    let clip = Clip::new(-1.0, 0.5).unwrap();
    assert_eq!([-3.0, 0.25, 3.0].map(|reward| clip.shape(&any, reward, 1.0)), [Ok(-1.0), Ok(0.25), Ok(0.5)]);
    assert_eq!(Scale::new(4.0).unwrap().shape(&any, 0.5, 1.0), Ok(2.0));
    let mut norm = RunningNorm::EMPTY;
    let mut of = |reward| norm.apply(&Transition { reward, ..any }, 1.0);
    // Deviations: none, then those of (4, 2), (4, 2, 6) and (4, 2, 6, 4).
    assert_eq!(of(4.0), Ok(4.0));
    assert_eq!(of(2.0), Ok(2.0));
    assert!(close(of(6.0), 6.0 / libm::sqrtf(8.0 / 3.0)));
    assert!(close(of(4.0), 4.0 / libm::sqrtf(2.0)));
    let mut constant = RunningNorm::EMPTY;
    assert!((0..50).all(|_| constant.apply(&Transition { reward: 0.3, ..any }, 1.0) == Ok(0.3)));
}

/// Applies a rule to steps that chance chooses, some of them wrong, and to the right ones alone.
fn refuses<F: RewardShaping + Persist>(name: &str, mut troubled: F, mut calm: F) {
    let (mut rng, mut trouble) = (stream(3, 0), stream(3, 1));
    for _ in 0..300 {
        let mut number = || unit_f32(&mut rng);
        let outcome = if number() < 0.1 { Outcome::Terminated } else { Outcome::Continue };
        let reward = 4.0 * number() - 2.0;
        let [state, next_state] = [0; 2].map(|_: i32| below(4, &mut rng).unwrap() as usize);
        let good = Transition { reward, ..step(state, next_state, outcome) };
        let digest = troubled.digest();
        let bad = match below(3, &mut trouble).unwrap() {
            0 => troubled.apply(&Transition { reward: f32::NAN, ..good }, GAMMA),
            1 => troubled.apply(&Transition { state: 4, next_state: 4, outcome: Outcome::Continue, ..good }, GAMMA),
            _ => troubled.apply(&good, [0.0, -0.1, 1.1, f32::NAN][below(4, &mut trouble).unwrap() as usize]),
        };
        let error = bad.expect_err(name);
        assert!(matches!(error, Error::NonFinite | Error::StateOutOfRange | Error::DiscountOutOfRange), "{name}");
        assert_eq!(troubled.digest(), digest, "{name}: {error:?}");
        assert_eq!(troubled.apply(&good, GAMMA), calm.apply(&good, GAMMA), "{name}");
    }
}

#[test]
fn a_refused_step_leaves_no_trace() {
    const PHI: [f32; 4] = [0.3, -1.2, 2.5, 0.7];
    const PAIRS: [[f32; 1]; 4] = [[0.3], [-1.2], [2.5], [0.7]];
    let count = || CountBonus::new(InverseRoot::new(0.5).unwrap(), [0u16; 4]);
    let chain = || (RunningNorm::EMPTY, count(), DynamicPotential::new(PHI));
    refuses("potential", Potential::new(PHI), Potential::new(PHI));
    refuses("dynamic potential", DynamicPotential::new(PHI), DynamicPotential::new(PHI));
    refuses("look-back advice", LookBackAdvice::new(PAIRS), LookBackAdvice::new(PAIRS));
    refuses("chain", chain(), chain());
}

#[test]
fn bad_numbers_are_refused() {
    let any = step(0, 1, Outcome::Continue);
    for bad in [f32::NAN, f32::INFINITY] {
        assert_eq!(Potential::new([0.0, bad]).shape(&any, 0.0, GAMMA), Err(Error::NonFinite));
        assert_eq!(Potential::new(|_: usize| bad).shape(&any, 0.0, GAMMA), Err(Error::NonFinite));
        assert_eq!(StateBonus::new(|_: &Transition| bad).shape(&any, 0.0, GAMMA), Err(Error::NonFinite));
        assert_eq!(Clip::new(0.0, 1.0).unwrap().shape(&any, bad, GAMMA), Err(Error::NonFinite));
        assert_eq!(RunningNorm::EMPTY.shape(&any, bad, GAMMA), Err(Error::NonFinite));
        assert_eq!(InverseRoot::new(bad), Err(Error::ParameterOutOfRange));
        assert_eq!(BoundedRoot::new(1.0, bad), Err(Error::ParameterOutOfRange));
        assert_eq!(Scale::new(bad), Err(Error::ParameterOutOfRange));
        assert_eq!(Clip::new(0.0, bad), Err(Error::ParameterOutOfRange));
    }
    assert_eq!(Scale::new(f32::MAX).unwrap().shape(&any, 2.0, GAMMA), Err(Error::NonFinite));
    assert_eq!(Clip::new(1.0, 0.0), Err(Error::ParameterOutOfRange));
    assert_eq!(Scale::new(0.0), Err(Error::ParameterOutOfRange));
    assert_eq!(BoundedRoot::new(1.0, 1e-30), Err(Error::ParameterOutOfRange));
    assert_eq!(InverseRoot::new(0.5).unwrap().bonus(0), Err(Error::ParameterOutOfRange));
    assert_eq!(InversePower::<crate::math::Libm>::new(0.5, 0.0), Err(Error::ParameterOutOfRange));
    assert_eq!(InversePower::<crate::math::Libm>::new(0.5, 1.0).unwrap().bonus(0), Err(Error::ParameterOutOfRange));
    for discount in [0.0, -0.5, 1.5, f32::NAN] {
        assert_eq!(Potential::new([0.0; 2]).shape(&any, 0.0, discount), Err(Error::DiscountOutOfRange));
    }
    assert_eq!(Potential::new([0.0; 1]).shape(&any, 0.0, GAMMA), Err(Error::StateOutOfRange));
    assert_eq!(LookBackAdvice::new([[0.0; 0]; 2]).shape(&any, 0.0, GAMMA), Err(Error::ActionOutOfRange));
}

#[test]
fn only_what_keeps_every_optimum_says_so() {
    type Phi = [f32; 4];
    const fn keeps<F: RewardShaping>(_: &F) -> bool {
        F::PRESERVES_OPTIMUM
    }
    assert!(keeps(&Potential::new(Phi::default())) && keeps(&DynamicPotential::new(Phi::default())));
    const { assert!(<LookAheadAdvice<[[f32; 1]; 4]> as RewardShaping<usize, [usize; 2]>>::PRESERVES_OPTIMUM) };
    let scale = Scale::new(2.0).unwrap();
    assert!(keeps(&scale) && keeps(&(scale, Potential::new(Phi::default()))));
    assert!(!keeps(&(scale, Clip::new(0.0, 1.0).unwrap())) && !keeps(&RunningNorm::EMPTY));
    assert!(!keeps(&StateBonus::new(|_: &Transition| 1.0)) && !keeps(&LookBackAdvice::new([[0.0; 1]; 4])));
    assert!(!keeps(&CountBonus::new(InverseRoot::new(1.0).unwrap(), [0u16; 4])));
}

#[test]
fn a_rule_goes_on_from_its_bytes() {
    struct Bytes(Vec<u8>);
    impl Write for Bytes {
        fn bytes(&mut self, bytes: &[u8]) {
            self.0.extend_from_slice(bytes);
        }
    }
    let count = || CountBonus::new(InverseRoot::new(0.5).unwrap(), [0u16; 2]);
    let fresh =
        || (RunningNorm::EMPTY, count(), DynamicPotential::new([1.0, 2.0]), LookBackAdvice::new([[0.5], [0.8]]));
    let (mut rule, mut copy) = (fresh(), fresh());
    for (from, to) in [(0, 1), (1, 0), (0, 1)] {
        rule.apply(&Transition { reward: from as f32, ..step(from, to, Outcome::Continue) }, GAMMA).unwrap();
    }
    let mut bytes = Bytes(Vec::new());
    rule.write(&mut bytes);
    copy.restore(&bytes.0).unwrap();
    let next = step(1, 0, Outcome::Continue);
    assert_eq!(copy.apply(&next, GAMMA), rule.apply(&next, GAMMA));
    assert_eq!(copy.restore(&bytes.0[..bytes.0.len() - 1]).err(), Some(Error::Truncated));
    let digest = |rule: &dyn Fn(&mut Digest)| {
        let mut digest = Digest::new();
        rule(&mut digest);
        digest.value()
    };
    assert_eq!(digest(&|out| rule.write(out)), digest(&|out| copy.write(out)));
    // What is not the same is not taken for the same.
    assert_ne!(rule.2.identity(), rule.3.identity());
}
