use super::sample::{Expected, SHAPES, Sample};
use super::{device, ways};
use habit::advantage;
use habit::interact::{Outcome, RolloutView};
use habit::rng::stream;
use habit_gpu::advantage::{
    DiscountedReturn, Gae, MaskedGae, NStepReturn, Path, ProcessGroup, RewardToGo, TurnGae, VTrace,
};
use habit_gpu::{Context, Error, Tolerance, block_on};

fn compare(found: &[f32], expected: &Expected, tolerance: &mut Tolerance) {
    assert_eq!(found.len(), expected.len());
    for (found, (x, terms)) in found.iter().zip(expected) {
        tolerance.compare(*found, *x as f32, *terms as f32);
    }
}

/// Holds an estimator to its bound on random samples of every shape, with few ends, some and many, in every way that it can
/// be worked on. `make` compiles it for a device and a path.
fn hold<E>(
    make: impl Fn(&Context, Path) -> E,
    run: impl Fn(&E, &Sample) -> Vec<Vec<f32>>,
    expect: impl Fn(&Sample) -> Vec<Expected>,
) {
    let mut rng = stream(1, 0);
    let mut all: Vec<_> = ways()
        .iter()
        .map(|(context, path)| (make(context, *path), Tolerance::default(), (*path, context.subgroups())))
        .collect();
    for ([steps, lanes], ends) in SHAPES.into_iter().zip([1, 0, 25].into_iter().cycle()) {
        let sample = Sample::new(steps, lanes, ends, &mut rng);
        let expected = expect(&sample);
        for (estimator, tolerance, way) in &mut all {
            for (found, expected) in run(estimator, &sample).iter().zip(&expected) {
                compare(found, expected, tolerance);
            }
            assert!(tolerance.holds(), "{way:?} of {steps} steps, {lanes} lanes: {tolerance}");
        }
    }
    for (_, tolerance, way) in all {
        println!("{way:?}: {tolerance}");
    }
}

#[test]
fn discounted_returns_hold_at_every_shape() {
    let make = |context: &Context, path| {
        let kernels = advantage::DiscountedReturn::new(0.99).unwrap();
        let mut device = block_on(DiscountedReturn::new(context, kernels)).unwrap();
        device.set_path(Some(path));
        device
    };
    let run = |device: &DiscountedReturn, sample: &Sample| {
        let mut returns = sample.poisoned();
        block_on(device.returns(&sample.view(), &mut returns)).unwrap();
        vec![returns]
    };
    hold(make, run, |sample| vec![sample.returns(0.99)]);
}

#[test]
fn rewards_to_go_hold_at_every_shape() {
    let make = |context: &Context, path| {
        let mut device = block_on(RewardToGo::new(context, advantage::RewardToGo)).unwrap();
        device.set_path(Some(path));
        device
    };
    let run = |device: &RewardToGo, sample: &Sample| {
        let mut sums = sample.poisoned();
        block_on(device.returns(&sample.view(), &mut sums)).unwrap();
        vec![sums]
    };
    hold(make, run, |sample| vec![sample.rewards_to_go()]);
}

#[test]
fn gae_holds_at_every_shape() {
    let make = |context: &Context, path| {
        let mut device = block_on(Gae::new(context, advantage::Gae::new(0.99, 0.95).unwrap())).unwrap();
        device.set_path(Some(path));
        device
    };
    let run = |device: &Gae, sample: &Sample| {
        let (mut advantages, mut targets) = (sample.poisoned(), sample.poisoned());
        block_on(device.advantages_and_targets(&sample.view(), &mut advantages, &mut targets)).unwrap();
        let mut alone = sample.poisoned();
        block_on(device.advantages(&sample.view(), &mut alone)).unwrap();
        assert_eq!(alone, advantages);
        vec![advantages, targets]
    };
    hold(make, run, |sample| {
        let expected = sample.gae(0.99, 0.95);
        vec![expected.clone(), sample.plus_values(&expected)]
    });
}

#[test]
fn v_trace_holds_at_every_shape() {
    for limits in [[0.99, 0.95, 1.0, 1.0], [0.9, 1.0, 2.5, 0.75]] {
        let make = |context: &Context, path| {
            let [discount, lambda, rho_bar, c_bar] = limits;
            let kernels = advantage::VTrace::new(discount, lambda, rho_bar, c_bar).unwrap();
            let mut device = block_on(VTrace::new(context, kernels)).unwrap();
            device.set_path(Some(path));
            device
        };
        let run = |device: &VTrace, sample: &Sample| {
            let [mut advantages, mut targets] = [sample.poisoned(), sample.poisoned()];
            let (view, Sample { learner, actor, .. }) = (sample.view(), sample);
            let done = device.advantages_and_targets(&view, learner, actor, &mut advantages, &mut targets);
            block_on(done).unwrap();
            vec![advantages, targets]
        };
        hold(make, run, |sample| sample.v_trace(limits).into());
    }
}

#[test]
fn masked_gae_holds_at_every_shape() {
    let make = |context: &Context, path| {
        let kernels = advantage::MaskedGae::new(0.99, 0.95).unwrap();
        let mut device = block_on(MaskedGae::new(context, kernels)).unwrap();
        device.set_path(Some(path));
        device
    };
    let run = |device: &MaskedGae, sample: &Sample| {
        let mut advantages = sample.poisoned();
        block_on(device.advantages(&sample.view(), &sample.actions, &mut advantages)).unwrap();
        vec![advantages]
    };
    hold(make, run, |sample| vec![sample.turn_gae(0.99, 0.95, true)]);
}

#[test]
fn turn_gae_holds_at_every_shape() {
    let make = |context: &Context, path| {
        let kernels = advantage::TurnGae::new(0.99, 0.95).unwrap();
        let mut device = block_on(TurnGae::new(context, kernels)).unwrap();
        device.set_path(Some(path));
        device
    };
    let run = |device: &TurnGae, sample: &Sample| {
        let mut advantages = sample.poisoned();
        block_on(device.advantages(&sample.view(), &sample.actions, &mut advantages)).unwrap();
        vec![advantages]
    };
    hold(make, run, |sample| vec![sample.turn_gae(0.99, 0.95, false)]);
}

#[test]
fn turns_longer_than_what_a_workgroup_or_a_dispatch_takes_hold() {
    for (context, path) in ways() {
        let mut device = block_on(TurnGae::new(&context, advantage::TurnGae::new(0.9, 1.0).unwrap())).unwrap();
        device.set_path(Some(path));
        let mut sample = Sample::new(13_001, 2, 0, &mut stream(7, 0));
        sample.actions.iter_mut().enumerate().for_each(|(at, action)| *action = at % 9002 > 400);
        let mut advantages = sample.poisoned();
        block_on(device.advantages(&sample.view(), &sample.actions, &mut advantages)).unwrap();
        let mut tolerance = Tolerance::default();
        compare(&advantages, &sample.turn_gae(0.9, 1.0, false), &mut tolerance);
        assert!(tolerance.holds(), "{path:?}: {tolerance}");
    }
}

#[test]
fn process_groups_hold_at_every_shape() {
    let make = |context: &Context, path| {
        let kernels = advantage::ProcessGroup::new(1, 1e-6).unwrap();
        let mut device = block_on(ProcessGroup::new(context, kernels)).unwrap();
        device.set_path(Some(path));
        device
    };
    let run = |device: &ProcessGroup, sample: &Sample| {
        let mut advantages = sample.poisoned();
        block_on(device.advantages(&sample.view(), &mut advantages)).unwrap();
        vec![advantages]
    };
    hold(make, run, |sample| vec![sample.process_group(1, 1e-6)]);
}

#[test]
fn n_step_returns_hold_at_every_window() {
    let context = device();
    let mut rng = stream(5, 0);
    let mut tolerance = Tolerance::default();
    // At once, in blocks, in blocks of several dispatches, and longer than the rollout.
    let windows = [1, 2, 5, 32, 33, 100, 515, 4096, 4097, 8200];
    for (window, discount) in windows.into_iter().zip([0.99, 1.0, 0.9].into_iter().cycle()) {
        let kernels = advantage::NStepReturn::new(discount, window).unwrap();
        let device = block_on(NStepReturn::new(&context, kernels)).unwrap();
        let shapes = [[1, 3], [67, 33], [200, 5], [1031, 2], [window + 901, 1]];
        for ([steps, lanes], ends) in shapes.into_iter().zip([0, 25, 1, 0, 0]) {
            let sample = Sample::new(steps, lanes, ends, &mut rng);
            let mut returns = sample.poisoned();
            block_on(device.returns(&sample.view(), &mut returns)).unwrap();
            compare(&returns, &sample.n_step_returns(discount, window), &mut tolerance);
            assert!(tolerance.holds(), "{window} of {steps} steps, {lanes} lanes: {tolerance}");
        }
    }
    println!("{tolerance}");
}

#[test]
fn an_undecayed_sum_over_a_long_lane_is_within_the_tolerance() {
    for (context, path) in ways() {
        let mut gae = block_on(Gae::new(&context, advantage::Gae::new(1.0, 1.0).unwrap())).unwrap();
        gae.set_path(Some(path));
        // So many blocks that the second phase takes them in three chunks.
        let steps = 530_011;
        let sample = Sample::new(steps, 1, 0, &mut stream(2, 0));
        let mut advantages = sample.poisoned();
        block_on(gae.advantages(&sample.view(), &mut advantages)).unwrap();
        let mut tolerance = Tolerance::default();
        compare(&advantages, &sample.gae(1.0, 1.0), &mut tolerance);
        assert!(tolerance.holds(), "{path:?}: {tolerance}");
        println!("{path:?}, subgroups {}: {tolerance}", context.subgroups());
    }
}

#[test]
fn the_worked_example_comes_out() {
    let (go_on, cut) = (Outcome::Continue, Outcome::Truncated);
    let (rewards, outcomes) = ([1.0, 0.0, -1.0, 2.0, 0.5], [go_on, go_on, go_on, cut, go_on]);
    let (values, next_values) = ([0.5, 0.25, -0.5, 1.0, 0.0], [0.25, -0.5, 1.0, 0.75, 0.4]);
    let view = RolloutView::trajectory(&rewards, &values, &next_values, &outcomes).unwrap();
    let close = |found: [f32; 5], expected: [f32; 5]| {
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-5), "{found:?}");
    };
    for (context, path) in ways() {
        let kernels = advantage::DiscountedReturn::new(0.9).unwrap();
        let mut returns = block_on(DiscountedReturn::new(&context, kernels)).unwrap();
        returns.set_path(Some(path));
        let mut out = [f32::NAN; 5];
        block_on(returns.returns(&view, &mut out)).unwrap();
        close(out, [2.140_08, 1.266_75, 1.407_5, 2.675, 0.86]);
        let mut gae = block_on(Gae::new(&context, advantage::Gae::new(0.9, 0.8).unwrap())).unwrap();
        gae.set_path(Some(path));
        block_on(gae.advantages(&view, &mut out)).unwrap();
        close(out, [1.053_550_4, 0.456_32, 1.606, 1.675, 0.86]);
    }
}

#[test]
fn a_cut_at_any_step_is_a_cut_on_the_device_too() {
    // Lane `n` of the first half is terminated at step `n`, of the second half truncated.
    let (steps, lanes) = (41, 82);
    let mut sample = Sample::new(steps, lanes, 0, &mut stream(3, 0));
    for cut in 0..steps {
        sample.outcomes[cut * lanes + cut] = Outcome::Terminated;
        sample.outcomes[cut * lanes + steps + cut] = Outcome::Truncated;
    }
    for (context, path) in ways() {
        let mut gae = block_on(Gae::new(&context, advantage::Gae::new(0.9, 0.8).unwrap())).unwrap();
        gae.set_path(Some(path));
        let mut advantages = sample.poisoned();
        block_on(gae.advantages(&sample.view(), &mut advantages)).unwrap();
        let mut tolerance = Tolerance::default();
        compare(&advantages, &sample.gae(0.9, 0.8), &mut tolerance);
        assert!(tolerance.holds(), "{path:?}: {tolerance}");
    }
}

#[test]
fn equal_rewards_of_a_process_group_have_no_advantage_to_the_bit() {
    let context = device();
    for (steps, lanes) in [(1, 1), (7, 3), (5003, 2)] {
        for (epsilon, reward) in [(0.0, 0.1), (1e-6, -3e37)] {
            let kernels = advantage::ProcessGroup::new(1, epsilon).unwrap();
            let device = block_on(ProcessGroup::new(&context, kernels)).unwrap();
            let mut sample = Sample::new(steps, lanes, 1, &mut stream(6, 0));
            sample.numbers[0].fill(reward);
            let mut advantages = sample.poisoned();
            block_on(device.advantages(&sample.view(), &mut advantages)).unwrap();
            assert!(advantages.iter().all(|&advantage| advantage == 0.0));
        }
    }
}

#[test]
fn few_long_lanes_are_scanned_and_many_lanes_walked() {
    let context = device();
    let many = if context.adapter().kind == "software" { 8 } else { 4096 };
    for (steps, lanes, path) in [
        (32, 1, Path::Lanes),
        (33, 1, Path::Scan),
        (1 << 20, many - 1, Path::Scan),
        (1 << 20, many, Path::Lanes),
        (128, 4096, Path::Lanes),
    ] {
        assert_eq!(Path::of(&context, steps, lanes), path);
    }
}

#[test]
fn bad_input_is_refused_before_anything_is_submitted() {
    let context = device();
    let sample = Sample::new(3, 2, 1, &mut stream(4, 0));
    let view = sample.view();
    let mismatch = Err(Error::Input(habit::Error::LengthMismatch));
    let (mut short, mut right) = ([9.0; 5], [9.0; 6]);
    let empty = RolloutView::new(0, 7, &[], &[], &[], &[]).unwrap();

    let gae = block_on(Gae::new(&context, advantage::Gae::new(0.99, 0.95).unwrap())).unwrap();
    assert_eq!(block_on(gae.advantages(&view, &mut short)), mismatch);
    assert_eq!(block_on(gae.advantages_and_targets(&view, &mut right, &mut short)), mismatch);
    assert_eq!(block_on(gae.advantages_and_targets(&view, &mut short, &mut right)), mismatch);
    assert_eq!(block_on(gae.advantages(&empty, &mut [])), Err(Error::Empty));

    let v_trace = block_on(VTrace::new(&context, advantage::VTrace::new(0.99, 1.0, 1.0, 1.0).unwrap())).unwrap();
    let mut other = [9.0; 6];
    let mut off_policy = |learner: &[f32], actor: &[f32], length| {
        block_on(v_trace.advantages_and_targets(&view, learner, actor, &mut other[..length], &mut right))
    };
    assert_eq!(off_policy(&[0.0; 5], &[0.0; 6], 6), mismatch);
    assert_eq!(off_policy(&[0.0; 6], &[0.0; 7], 6), mismatch);
    assert_eq!(off_policy(&[0.0; 6], &[0.0; 6], 5), mismatch);
    let infinite = [0.0, 0.0, f32::NEG_INFINITY, 0.0, 0.0, 0.0];
    assert_eq!(off_policy(&infinite, &[0.0; 6], 6), Err(Error::Input(habit::Error::NonFinite)));
    assert_eq!(off_policy(&[0.0; 6], &[f32::NAN; 6], 6), Err(Error::Input(habit::Error::NonFinite)));

    let returns = block_on(DiscountedReturn::new(&context, advantage::DiscountedReturn::new(0.5).unwrap())).unwrap();
    assert_eq!(block_on(returns.returns(&view, &mut short)), mismatch);
    assert_eq!(block_on(returns.returns(&empty, &mut [])), Err(Error::Empty));
    let sums = block_on(RewardToGo::new(&context, advantage::RewardToGo)).unwrap();
    assert_eq!(block_on(sums.returns(&view, &mut short)), mismatch);
    for steps in [1, 2, 50] {
        let kernels = advantage::NStepReturn::new(0.5, steps).unwrap();
        let windows = block_on(NStepReturn::new(&context, kernels)).unwrap();
        assert_eq!(block_on(windows.returns(&view, &mut short)), mismatch);
        assert_eq!(block_on(windows.returns(&empty, &mut [])), Err(Error::Empty));
    }
    let tokens = block_on(MaskedGae::new(&context, advantage::MaskedGae::new(0.5, 1.0).unwrap())).unwrap();
    let turns = block_on(TurnGae::new(&context, advantage::TurnGae::new(0.5, 1.0).unwrap())).unwrap();
    for (actions, length) in [(&[true; 5][..], 6), (&[true; 6], 5)] {
        assert_eq!(block_on(tokens.advantages(&view, actions, &mut right[..length])), mismatch);
        assert_eq!(block_on(turns.advantages(&view, actions, &mut right[..length])), mismatch);
    }
    assert_eq!(block_on(tokens.advantages(&empty, &[], &mut [])), Err(Error::Empty));
    assert_eq!(block_on(turns.advantages(&empty, &[], &mut [])), Err(Error::Empty));
    let process = block_on(ProcessGroup::new(&context, advantage::ProcessGroup::new(1, 0.0).unwrap())).unwrap();
    assert_eq!(block_on(process.advantages(&view, &mut short)), mismatch);
    assert_eq!(block_on(process.advantages(&empty, &mut [])), Err(Error::Input(habit::Error::EmptyGroup)));
    let rewards = [f32::MAX, f32::MIN];
    let far = RolloutView::trajectory(&rewards, &[0.0; 2], &[0.0; 2], &[Outcome::Terminated; 2]).unwrap();
    assert_eq!(block_on(process.advantages(&far, &mut short[..2])), Err(Error::Input(habit::Error::NonFinite)));
    assert_eq!((short, right, other), ([9.0; 5], [9.0; 6], [9.0; 6]));

    // More than the device takes in one array.
    let count = context.limits().buffer_bytes as usize / 4 + 1;
    let (numbers, outcomes, mut out) = (vec![0.0; count], vec![Outcome::Continue; count], vec![9.0; count]);
    let large = RolloutView::new(count, 1, &numbers, &numbers, &numbers, &outcomes).unwrap();
    let refused = [
        block_on(gae.advantages(&large, &mut out)),
        block_on(returns.returns(&large, &mut out)),
        block_on(sums.returns(&large, &mut out)),
        block_on(process.advantages(&large, &mut out)),
    ];
    assert!(refused.iter().all(|refused| matches!(refused, Err(Error::TooLarge { .. }))), "{refused:?}");
    assert!(out.iter().all(|&number| number == 9.0));
}
