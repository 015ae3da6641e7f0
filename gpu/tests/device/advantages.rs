use super::{device, ways};
use habit::advantage;
use habit::interact::{Outcome, RolloutView};
use habit::rng::{Generator, below, gaussian_by_sum, stream};
use habit_gpu::advantage::{Gae, Path};
use habit_gpu::{Error, Tolerance, block_on};

/// Nothing is a multiple of anything: steps and lanes below, at and above what an invocation, a workgroup and a dispatch take.
const SHAPES: [[usize; 2]; 14] = [
    [1, 1],
    [1, 70],
    [2, 3],
    [5, 65],
    [127, 129],
    [33, 1031],
    [1023, 1],
    [1024, 2],
    [1025, 3],
    [515, 5],
    [4097, 17],
    [4095, 33],
    [9001, 7],
    [300_007, 1],
];

/// Random inputs; about one step in `50 / ends` ends each way.
struct Sample {
    steps: usize,
    lanes: usize,
    numbers: [Vec<f32>; 3],
    outcomes: Vec<Outcome>,
}

impl Sample {
    fn new(steps: usize, lanes: usize, ends: u32, rng: &mut Generator) -> Self {
        let numbers = std::array::from_fn(|_| (0..steps * lanes).map(|_| gaussian_by_sum(rng)).collect());
        let outcomes = (0..steps * lanes)
            .map(|_| match below(50, rng).unwrap() {
                word if word < ends => Outcome::Terminated,
                word if word < 2 * ends => Outcome::Truncated,
                _ => Outcome::Continue,
            })
            .collect();
        Self { steps, lanes, numbers, outcomes }
    }

    fn view(&self) -> RolloutView<'_> {
        let [rewards, values, next_values] = &self.numbers;
        RolloutView::new(self.steps, self.lanes, rewards, values, next_values, &self.outcomes).unwrap()
    }

    /// Compares both outputs with the recursion in `f64`.
    fn compare(&self, gae: advantage::Gae, advantages: &[f32], targets: &[f32], tolerance: &mut Tolerance) {
        let (discount, decay) = (f64::from(gae.discount()), f64::from(gae.discount() * gae.lambda()));
        for lane in 0..self.lanes {
            let (mut later, mut later_terms) = (0.0, 0.0);
            for t in (0..self.steps).rev() {
                let at = t * self.lanes + lane;
                let [reward, value, next_value] = [0, 1, 2].map(|i| f64::from(self.numbers[i][at]));
                let outcome = self.outcomes[at];
                let beyond = if outcome == Outcome::Terminated { 0.0 } else { discount * next_value };
                let kept = if outcome.is_over() { 0.0 } else { decay };
                later = reward + beyond - value + kept * later;
                later_terms = reward.abs() + beyond.abs() + value.abs() + kept * later_terms;
                tolerance.compare(advantages[at], later as f32, later_terms as f32);
                tolerance.compare(targets[at], (later + value) as f32, (later_terms + value.abs()) as f32);
            }
        }
    }
}

#[test]
fn every_shape_is_within_the_tolerance_by_both_paths() {
    let estimator = advantage::Gae::new(0.99, 0.95).unwrap();
    for (context, path) in ways() {
        let mut gae = block_on(Gae::new(&context, estimator)).unwrap();
        gae.set_path(Some(path));
        let mut rng = stream(1, 0);
        let mut tolerance = Tolerance::default();
        for [steps, lanes] in SHAPES {
            for ends in [0, 1, 25] {
                let sample = Sample::new(steps, lanes, ends, &mut rng);
                let (mut advantages, mut targets) = (vec![f32::NAN; steps * lanes], vec![f32::NAN; steps * lanes]);
                block_on(gae.advantages_and_targets(&sample.view(), &mut advantages, &mut targets)).unwrap();
                sample.compare(estimator, &advantages, &targets, &mut tolerance);
                assert!(tolerance.holds(), "{path:?} of {steps} steps, {lanes} lanes: {tolerance}");
            }
        }
        println!("{path:?}, subgroups {}: {tolerance}", context.subgroups());
    }
}

#[test]
fn an_undecayed_sum_over_a_long_lane_is_within_the_tolerance() {
    let context = device();
    let estimator = advantage::Gae::new(1.0, 1.0).unwrap();
    let gae = block_on(Gae::new(&context, estimator)).unwrap();
    // So many blocks that the second phase takes them in three chunks.
    let steps = 530_011;
    let sample = Sample::new(steps, 1, 0, &mut stream(2, 0));
    let (mut advantages, mut targets) = (vec![f32::NAN; steps], vec![f32::NAN; steps]);
    block_on(gae.advantages_and_targets(&sample.view(), &mut advantages, &mut targets)).unwrap();
    let mut tolerance = Tolerance::default();
    sample.compare(estimator, &advantages, &targets, &mut tolerance);
    assert!(tolerance.holds(), "{tolerance}");
    println!("{tolerance}");
}

#[test]
fn a_cut_at_any_step_is_a_cut_on_the_device_too() {
    let estimator = advantage::Gae::new(0.9, 0.8).unwrap();
    // Lane `n` of the first half is terminated at step `n`, of the second half truncated.
    let (steps, lanes) = (41, 82);
    let mut sample = Sample::new(steps, lanes, 0, &mut stream(3, 0));
    for cut in 0..steps {
        sample.outcomes[cut * lanes + cut] = Outcome::Terminated;
        sample.outcomes[cut * lanes + steps + cut] = Outcome::Truncated;
    }
    for (context, path) in ways() {
        let mut gae = block_on(Gae::new(&context, estimator)).unwrap();
        let (mut advantages, mut targets) = (vec![f32::NAN; steps * lanes], vec![f32::NAN; steps * lanes]);
        gae.set_path(Some(path));
        block_on(gae.advantages_and_targets(&sample.view(), &mut advantages, &mut targets)).unwrap();
        let mut tolerance = Tolerance::default();
        sample.compare(estimator, &advantages, &targets, &mut tolerance);
        assert!(tolerance.holds(), "{path:?}: {tolerance}");
    }
}

#[test]
fn few_long_lanes_are_scanned_and_many_lanes_walked() {
    for (steps, lanes, path) in [
        (32, 1, Path::Lanes),
        (33, 1, Path::Scan),
        (1 << 20, 1023, Path::Scan),
        (1 << 20, 1024, Path::Lanes),
        (128, 4096, Path::Lanes),
    ] {
        assert_eq!(Path::of(steps, lanes), path);
    }
}

#[test]
fn bad_input_is_refused_before_anything_is_submitted() {
    let context = device();
    let gae = block_on(Gae::new(&context, advantage::Gae::new(0.99, 0.95).unwrap())).unwrap();
    let sample = Sample::new(3, 2, 1, &mut stream(4, 0));
    let mismatch = Err(Error::Input(habit::Error::LengthMismatch));
    let (mut short, mut right) = ([9.0; 5], [9.0; 6]);
    assert_eq!(block_on(gae.advantages(&sample.view(), &mut short)), mismatch);
    assert_eq!(block_on(gae.advantages_and_targets(&sample.view(), &mut right, &mut short)), mismatch);
    assert_eq!(block_on(gae.advantages_and_targets(&sample.view(), &mut short, &mut right)), mismatch);
    assert_eq!((short, right), ([9.0; 5], [9.0; 6]));
    let empty = RolloutView::new(0, 7, &[], &[], &[], &[]).unwrap();
    assert_eq!(block_on(gae.advantages(&empty, &mut [])), Err(Error::Empty));
}
