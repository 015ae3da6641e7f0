use super::*;
use crate::math::Libm;
use crate::rng::stream;
use crate::state::Persist;

/// Feeds plays, whatever the bandit would have chosen.
fn fed<S: ArmStatistics, R: IndexRule>(mut bandit: IndexBandit<S, R>, plays: &[(usize, f32)]) -> IndexBandit<S, R> {
    for &(arm, reward) in plays {
        bandit.learn(arm, reward).unwrap();
    }
    bandit
}

fn close(found: impl IntoIterator<Item = f32>, expected: &[f32]) {
    let found: std::vec::Vec<_> = found.into_iter().collect();
    assert_eq!(found.len(), expected.len());
    assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 2e-5), "{found:?} {expected:?}");
}

const PLAYS: [(usize, f32); 4] = [(0, 1.0), (1, 0.0), (0, 0.0), (1, 1.0)];

#[test]
fn the_worked_examples_come_out() {
    let ucb = Ucb::<Libm>::new(2.0).unwrap();
    close(
        [(0.6, 10.0), (0.4, 5.0), (0.8, 5.0)].map(|(m, n)| ucb.index(m, ucb.exploration(20.0) / n)),
        &[1.37405, 1.49467, 1.89467],
    );
    let kl = KullbackLeibler::<Libm>::new(0.0).unwrap();
    close([(0.5, 10.0), (0.0, 5.0)].map(|(m, n)| kl.index(m, kl.exploration(100.0) / n)), &[0.887_909, 0.601_894]);

    let mut discounted = DiscountedUcb::<2>::EMPTY;
    // pad 2, xi .6
    discounted.start_discounted(Ucb::new(4.0 * 0.6).unwrap(), 0.9).unwrap();
    let discounted = fed(discounted, &PLAYS);
    let statistics = discounted.statistics();
    close([0, 1].map(|arm| statistics.count(arm)), &[1.629, 1.81]);
    close([0, 1].map(|arm| statistics.sum(arm)), &[0.729, 1.0]);
    close([0, 1].map(|arm| discounted.index(arm)), &[1.79651, 1.83226]);

    let mut window = SlidingWindowUcb::<2, 3>::EMPTY;
    window.start(Ucb::new(0.6).unwrap()).unwrap();
    let window = fed(window, &PLAYS);
    close([0, 1].map(|arm| window.index(arm)), &[0.811_891, 1.07409]);
}

#[test]
fn a_window_counts_what_is_in_it() {
    let mut window = SlidingWindowUcb::<3, 4>::EMPTY;
    window.start(Ucb::new(0.6).unwrap()).unwrap();
    let plays: std::vec::Vec<_> = (0..50).map(|i| ((i * i) % 3, (i % 7) as f32)).collect();
    for end in 1..plays.len() {
        let window = fed(window.clone(), &plays[..end]);
        for arm in 0..3 {
            let inside = plays[end.saturating_sub(4)..end].iter().filter(|play| play.0 == arm);
            assert_eq!(window.statistics().count(arm), inside.clone().count() as f32);
            assert_eq!(window.statistics().sum(arm), inside.map(|play| play.1).sum::<f32>());
        }
        assert_eq!(window.statistics().total(), end.min(4) as f32);
    }
}

#[test]
fn every_arm_goes_first_and_ties_go_to_the_lowest() {
    let (mut bandit, mut rng) = (Ucb1::<3>::EMPTY, stream(0, 0));
    assert_eq!(bandit.select(&mut rng), Err(Error::NotStarted));
    assert_eq!(bandit.learn(0, 0.5), Err(Error::NotStarted));
    bandit.start(Ucb::new(2.0).unwrap()).unwrap();
    for expected in [0, 1, 2, 0] {
        assert_eq!(bandit.select(&mut rng), Ok(Choice::certain(expected)));
        bandit.update(expected, 0.5).unwrap();
    }
}

#[test]
fn a_rejected_call_changes_nothing() {
    let (mut bandit, mut rng) = (KlUcb::<2>::EMPTY, stream(0, 0));
    bandit.start(KullbackLeibler::new(0.0).unwrap()).unwrap();
    let arm = bandit.select(&mut rng).unwrap().arm;
    let digest = bandit.digest();
    assert_eq!(bandit.update(arm, 1.5), Err(Error::RewardOutOfRange));
    assert_eq!(bandit.update(arm, f32::NAN), Err(Error::NonFinite));
    assert_eq!(bandit.update(1 - arm, 0.5), Err(Error::NotSelected));
    assert_eq!(bandit.learn(2, 0.5), Err(Error::ActionOutOfRange));
    assert_eq!(bandit.learn(1 - arm, -0.5), Err(Error::RewardOutOfRange));
    assert!(Ucb::<Libm>::new(f32::NAN).is_err() && KullbackLeibler::<Libm>::new(-1.0).is_err());
    let mut discounted = DiscountedUcb::<2>::EMPTY;
    assert_eq!(discounted.start_discounted(Ucb::new(1.0).unwrap(), 0.0), Err(Error::DiscountOutOfRange));
    let mut none = Ucb1::<0>::EMPTY;
    assert_eq!(none.start(Ucb::new(1.0).unwrap()), Err(Error::NoArms));
    assert_eq!(bandit.digest(), digest);
}

#[test]
fn sizes_known_at_run_time_give_the_same_bits() {
    let plays: std::vec::Vec<_> = (0..50).map(|i| ((i * i) % 3, (i % 7) as f32)).collect();
    let mut owner = SlidingWindowUcb::<3, 4>::EMPTY;
    owner.start(Ucb::new(0.6).unwrap()).unwrap();
    let (mut counts, mut sums, mut arms, mut rewards) = ([9; 3], [9.0; 3], [9; 4], [9.0; 4]);
    let statistics = SlidingWindowState::over(&mut counts[..], &mut sums[..], &mut arms[..], &mut rewards[..]).unwrap();
    let mut view = IndexBandit::new(statistics);
    view.start(Ucb::<Libm>::new(0.6).unwrap()).unwrap();
    assert_eq!((owner.digest(), owner.identity()), (view.digest(), view.identity()));
    let (owner, view) = (fed(owner, &plays), fed(view, &plays));
    assert_eq!(owner.digest(), view.digest());

    let mut owner = DiscountedUcb::<3>::EMPTY;
    owner.start_discounted(Ucb::new(0.6).unwrap(), 0.9).unwrap();
    let (mut counts, mut sums) = ([9.0; 3], [9.0; 3]);
    let mut view = IndexBandit::new(Discounted::over(&mut counts[..], &mut sums[..]).unwrap());
    view.start_discounted(Ucb::new(0.6).unwrap(), 0.9).unwrap();
    assert_eq!(fed(owner, &plays).digest(), fed(view, &plays).digest());
}

#[test]
fn memory_that_does_not_fit_is_refused() {
    let refused = |arms, sums, window, rewards| {
        let (mut a, mut b) = (std::vec![0u32; arms], std::vec![0.0; sums]);
        let (mut c, mut d) = (std::vec![0u16; window], std::vec![0.0; rewards]);
        SlidingWindowState::over(&mut a[..], &mut b[..], &mut c[..], &mut d[..]).err()
    };
    assert_eq!(refused(3, 3, 4, 4), None);
    assert_eq!(refused(3, 2, 4, 4), Some(Error::LengthMismatch));
    assert_eq!(refused(3, 3, 4, 5), Some(Error::LengthMismatch));
    assert_eq!(refused(3, 3, 0, 0), Some(Error::ParameterOutOfRange));
    assert_eq!(refused(65_537, 65_537, 4, 4), Some(Error::ActionOutOfRange));
    assert_eq!(Discounted::over(&mut [0.0; 2][..], &mut [0.0; 3][..]).err(), Some(Error::LengthMismatch));
}
