use super::super::*;
use super::Bytes;
use crate::env::{IdleTimes, Payment, RecoveringArms};
use crate::error::Error;
use crate::math::{Libm, Math};
use crate::rng::{Generator, stream};
use crate::state::Persist;
use std::vec;
use std::vec::Vec;

/// Five arms and four idle times.
type World = RecoveringArms<5, 4>;

/// One period: what was pulled.
fn period<S: RecoveringMemory>(
    learner: &mut RecoveringUcbState<S>,
    world: &mut World,
    rng: &mut Generator,
) -> [bool; 5] {
    let (mut pulls, mut rewards) = ([false; 5], [0.0; 5]);
    learner.select(&mut pulls).unwrap();
    world.pull(&pulls, &mut rewards, rng).unwrap();
    learner.update(&rewards).unwrap();
    pulls
}

#[test]
fn a_phase_lasts_until_a_pair_of_its_plan_was_seen_twice_as_often() {
    let (mut world, mut rng) = (World::EMPTY, stream(0, 0));
    let means = core::array::from_fn(|arm| [0.05, 0.1, 0.15, 0.2].map(|mean| mean * (arm + 1) as f32));
    world.start(&means, Payment::Mean).unwrap();
    let mut learner = RecoveringUcb::<5, 4>::EMPTY;
    learner.start(2, 3).unwrap();
    // Nothing is known: every arm may pay 1 at once, and the first two do as well as any.
    for _ in 0..4 {
        assert_eq!(learner.bound(0, 1), Some(1.0));
        assert_eq!(period(&mut learner, &mut world, &mut rng), [true, true, false, false, false]);
    }
    // The first pull came after four idle periods, the others after one.
    let near = |found: Option<f32>, expected: f32| found.is_some_and(|found| (found - expected).abs() < 1e-6);
    for (arm, mean) in [(0, 0.05), (1, 0.1)] {
        assert!(near(learner.mean(arm, 1), mean) && near(learner.mean(arm, 4), 4.0 * mean));
        assert_eq!([learner.mean(arm, 2), learner.mean(arm, 3)], [None; 2]);
    }
    // Pulled every period and seen so three times, where once would do: the next period starts a phase.
    assert_eq!(learner.bound(0, 1), Some(1.0));
    assert_eq!(period(&mut learner, &mut world, &mut rng), [false, false, true, true, false]);
    let half_width = |count: f32| libm::sqrtf(Libm::ln(3.0) / (2.0 * count));
    assert!(near(learner.bound(0, 1), 0.05 + half_width(3.0)));
    // Waiting longer is never known to pay less.
    assert!([2, 3, 4].into_iter().all(|idle| near(learner.bound(0, idle), 0.2 + half_width(1.0))));
    assert_eq!([1, 4, 9].map(|idle| learner.bound(4, idle)), [Some(1.0); 3]);
}

#[test]
fn bounds_never_fall_and_phases_grow_rare() {
    let (mut world, mut rng) = (World::EMPTY, stream(5, 0));
    world.start_published::<Libm>(Payment::Bernoulli).unwrap();
    let mut learner = RecoveringUcb::<5, 4>::EMPTY;
    learner.start(2, 4000).unwrap();
    let (mut bounds, mut phases) = (vec![], [0; 2]);
    for t in 0..4000 {
        assert!(period(&mut learner, &mut world, &mut rng).iter().filter(|pull| **pull).count() <= 2);
        let present: Vec<_> = (0..20).filter_map(|pair| learner.bound(pair / 4, pair % 4 + 1)).collect();
        assert!(present.chunks(4).all(|row| row.is_sorted() && row[3] <= 1.0));
        phases[t / 2000] += usize::from(bounds != present);
        bounds = present;
    }
    assert!(phases[0] > phases[1] && phases[1] > 0, "{phases:?}");
}

#[test]
fn sizes_known_at_run_time_give_the_same_bits() {
    let (mut counts, mut sums, mut bounds) = ([0; 20], [0.0; 20], [0.0; 20]);
    let (mut goals, mut idle, mut slots) = ([0; 5], [1; 5], [Slot::EMPTY; 5]);
    let (mut work, mut hull) = ([PlanWork::EMPTY; 5], [0; 4]);
    let mut view = RecoveringUcbState::<RecoveringSlices<'_>>::over(RecoveringBuffers {
        counts: &mut counts,
        sums: &mut sums,
        bounds: &mut bounds,
        goals: &mut goals,
        idle: IdleTimes::new(&mut idle),
        plan: PeriodicPlanState::new(&mut slots),
        scratch: PlanScratchState::new(&mut work, &mut hull),
    });
    view.start(2, 300).unwrap();
    let mut owner = RecoveringUcb::<5, 4>::EMPTY;
    owner.start(2, 300).unwrap();
    let mut worlds = [World::EMPTY; 2];
    let mut generators = [stream(6, 0), stream(6, 0)];
    for world in &mut worlds {
        world.start_published::<Libm>(Payment::Bernoulli).unwrap();
    }
    for _ in 0..300 {
        let pulls = period(&mut owner, &mut worlds[0], &mut generators[0]);
        assert_eq!(period(&mut view, &mut worlds[1], &mut generators[1]), pulls);
        assert_eq!(owner.digest(), view.digest());
    }
}

#[test]
fn a_learner_goes_on_from_where_it_was_saved() {
    let (mut world, mut rng) = (World::EMPTY, stream(7, 0));
    world.start_published::<Libm>(Payment::Bernoulli).unwrap();
    let mut learner = RecoveringUcb::<5, 4>::EMPTY;
    learner.start(2, 400).unwrap();
    for _ in 0..137 {
        period(&mut learner, &mut world, &mut rng);
    }
    let mut bytes = Bytes(Vec::new());
    learner.write(&mut bytes);
    assert_eq!(bytes.0.len(), 8 * 20 + 2 * 5 + (6 * 5 + 8) + 4 * 5 + 4 + 1);
    let (mut same_world, mut same_rng) = (world, rng.clone());
    let mut same = RecoveringUcb::<5, 4>::EMPTY;
    same.start(2, 400).unwrap();
    same.restore(&bytes.0).unwrap();
    for _ in 0..137 {
        let pulls = period(&mut learner, &mut world, &mut rng);
        assert_eq!(period(&mut same, &mut same_world, &mut same_rng), pulls);
    }
    assert_eq!(same.digest(), learner.digest());
}

#[test]
fn a_rejected_call_of_the_learner_changes_nothing() {
    let mut learner = RecoveringUcb::<2, 3>::EMPTY;
    let mut pulls = [false; 2];
    assert_eq!(learner.select(&mut pulls), Err(Error::NotStarted));
    learner.start(1, 50).unwrap();
    assert_eq!(learner.update(&[0.0; 2]), Err(Error::NotSelected));
    learner.select(&mut pulls).unwrap();
    assert_eq!(pulls, [true, false]);
    let digest = learner.digest();
    assert_eq!(learner.start(0, 50), Err(Error::ParameterOutOfRange));
    assert_eq!(learner.start(1, 0), Err(Error::ParameterOutOfRange));
    assert_eq!(learner.select(&mut pulls[..1]), Err(Error::LengthMismatch));
    assert_eq!(learner.update(&[0.0; 3]), Err(Error::LengthMismatch));
    assert_eq!(learner.update(&[f32::NAN, 0.0]), Err(Error::NonFinite));
    assert_eq!(learner.update(&[1.5, 0.0]), Err(Error::RewardOutOfRange));
    learner.select(&mut pulls).unwrap();
    assert_eq!((pulls, learner.digest()), ([true, false], digest));

    let mut bytes = Bytes(Vec::new());
    learner.write(&mut bytes);
    // A sum above its count; an idle time of 0; a plan on a second channel; a flag that is none.
    for (place, byte) in [(6 * 4 + 3, 0x3f), (12 * 4, 0), (12 * 4 + 4 + 4, 1), (bytes.0.len() - 1, 2)] {
        let mut bad = bytes.0.clone();
        bad[place] = byte;
        assert_eq!(learner.restore(&bad), Err(Error::Malformed), "{place}");
    }
    assert_eq!(learner.digest(), digest);
    // What was not pulled does not matter.
    assert_eq!(learner.update(&[1.0, f32::NAN]), Ok(()));
    assert_eq!(learner.mean(0, 3), Some(1.0));
    let (mut no_arms, mut no_times) = (RecoveringUcb::<0, 3>::EMPTY, RecoveringUcb::<1, 0>::EMPTY);
    assert_eq!(no_arms.start(1, 1), Err(Error::NoArms));
    assert_eq!(no_times.start(1, 1), Err(Error::ParameterOutOfRange));
}
