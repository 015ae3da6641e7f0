use super::{device, with_and_without_subgroups};
use habit::advantage::GroupBaseline as Baseline;
use habit::rng::{gaussian_by_sum, stream};
use habit_gpu::advantage::GroupBaseline;
use habit_gpu::{Error, Tolerance, block_on};

const BASELINES: [Baseline; 4] = [
    Baseline::Mean,
    Baseline::LeaveOneOut,
    Baseline::Standardised { ddof: 1, epsilon: 1e-6 },
    Baseline::Standardised { ddof: 0, epsilon: 0.5 },
];

/// Groups and their size: teams of every width, one group and many, one block and many, the last of them short.
const SHAPES: [[usize; 2]; 12] = [
    [1, 2],
    [1000, 3],
    [129, 8],
    [77, 31],
    [513, 64],
    [3, 255],
    [5, 1023],
    [7, 1024],
    [3, 1025],
    [2, 9001],
    [300, 2049],
    [1, 700_001],
];

/// Compares a group's advantages with those in `f64`.
fn compare(baseline: Baseline, returns: &[f32], advantages: &[f32], tolerance: &mut Tolerance) {
    let count = returns.len() as f64;
    let sum = |numbers: &mut dyn Iterator<Item = f64>| numbers.sum::<f64>();
    let mean = sum(&mut returns.iter().map(|&x| f64::from(x))) / count;
    let magnitude = sum(&mut returns.iter().map(|&x| f64::from(x).abs())) / count;
    let squares = sum(&mut returns.iter().map(|&x| (f64::from(x) - mean) * (f64::from(x) - mean)));
    let scale = match baseline {
        Baseline::Mean => 1.0,
        Baseline::LeaveOneOut => count / (count - 1.0),
        Baseline::Standardised { ddof, epsilon } => {
            1.0 / ((squares / (count - f64::from(ddof))).sqrt() + f64::from(epsilon))
        }
    };
    for (&advantage, &x) in advantages.iter().zip(returns) {
        let x = f64::from(x);
        tolerance.compare(advantage, (scale * (x - mean)) as f32, (scale * (x.abs() + magnitude)) as f32);
    }
}

#[test]
fn every_shape_is_within_the_tolerance() {
    for context in with_and_without_subgroups() {
        let mut rng = stream(11, 0);
        for baseline in BASELINES {
            let device = block_on(GroupBaseline::new(&context, baseline)).unwrap();
            let mut tolerance = Tolerance::default();
            for [groups, size] in SHAPES {
                // Some groups lie far from 0.
                let returns: Vec<_> =
                    (0..groups * size).map(|at| gaussian_by_sum(&mut rng) + (at / size % 5) as f32).collect();
                let mut out = vec![f32::NAN; returns.len()];
                block_on(device.advantages(size, &returns, &mut out)).unwrap();
                for (returns, out) in returns.chunks(size).zip(out.chunks(size)) {
                    compare(baseline, returns, out, &mut tolerance);
                }
                assert!(tolerance.holds(), "{baseline:?}, {groups} groups of {size}: {tolerance}");
            }
            println!("{baseline:?}, subgroups {}: {tolerance}", context.subgroups());
        }
    }
}

#[test]
fn equal_returns_have_no_advantage_to_the_bit() {
    for context in with_and_without_subgroups() {
        for baseline in BASELINES.into_iter().chain([Baseline::Standardised { ddof: 1, epsilon: 0.0 }]) {
            let device = block_on(GroupBaseline::new(&context, baseline)).unwrap();
            for [groups, size] in [[40, 2], [9, 7], [3, 1000], [2, 5003]] {
                let level = |at: usize| [0.1, -1e-30, 3e37, 1e-3, -7.7][at / size % 5];
                let returns: Vec<_> = (0..groups * size).map(level).collect();
                let mut out = vec![f32::NAN; returns.len()];
                block_on(device.advantages(size, &returns, &mut out)).unwrap();
                assert!(out.iter().all(|&advantage| advantage == 0.0), "{baseline:?}, groups of {size}");
            }
        }
    }
}

#[test]
fn a_group_of_one_has_no_advantage_or_is_refused() {
    let context = device();
    for baseline in BASELINES {
        let device = block_on(GroupBaseline::new(&context, baseline)).unwrap();
        let mut out = [9.0; 3];
        let done = block_on(device.advantages(1, &[1.0, 2.0, 3.0], &mut out));
        if baseline == Baseline::LeaveOneOut {
            assert_eq!((done, out), (Err(Error::Input(habit::Error::GroupTooSmall)), [9.0; 3]));
        } else {
            assert_eq!((done, out), (Ok(()), [0.0; 3]));
        }
    }
}

#[test]
fn the_papers_example_comes_out() {
    let context = device();
    for (baseline, expected) in [
        (Baseline::LeaveOneOut, 0.666_667),
        (Baseline::Standardised { ddof: 1, epsilon: 1e-6 }, 0.866_024),
        (Baseline::Mean, 0.5),
    ] {
        let device = block_on(GroupBaseline::new(&context, baseline)).unwrap();
        let mut out = [f32::NAN; 4];
        block_on(device.advantages(4, &[1.0, 0.0, 0.0, 1.0], &mut out)).unwrap();
        for (advantage, sign) in out.iter().zip([1.0, -1.0, -1.0, 1.0]) {
            assert!((advantage - sign * expected).abs() < 1e-6, "{out:?}");
        }
    }
}

#[test]
fn bad_input_is_refused_before_anything_is_submitted() {
    let context = device();
    let negative = Baseline::Standardised { ddof: 0, epsilon: -1.0 };
    let refused = block_on(GroupBaseline::new(&context, negative)).map(|_| ());
    assert_eq!(refused, Err(Error::Input(habit::Error::ParameterOutOfRange)));
    let device = block_on(GroupBaseline::new(&context, Baseline::Mean)).unwrap();
    let mut out = [9.0; 6];
    let mut refusal = |size, returns: &[f32], length| block_on(device.advantages(size, returns, &mut out[..length]));
    assert_eq!(refusal(4, &[0.0; 6], 6), Err(Error::Input(habit::Error::LengthMismatch)));
    assert_eq!(refusal(3, &[0.0; 6], 5), Err(Error::Input(habit::Error::LengthMismatch)));
    assert_eq!(refusal(0, &[], 0), Err(Error::Input(habit::Error::EmptyGroup)));
    assert_eq!(refusal(3, &[], 0), Err(Error::Empty));
    for bad in [f32::NAN, f32::INFINITY] {
        assert_eq!(refusal(3, &[0.0, 0.0, 0.0, bad, 0.0, 0.0], 6), Err(Error::Input(habit::Error::NonFinite)));
    }
    assert_eq!(refusal(2, &[f32::MAX, f32::MIN], 2), Err(Error::Input(habit::Error::NonFinite)));
    let size = context.limits().buffer_bytes as usize / 4 + 1;
    let (returns, mut far) = (vec![0.0; size], vec![9.0; size]);
    let error = block_on(device.advantages(size, &returns, &mut far)).unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    assert!(out.iter().chain(&far).all(|&number| number == 9.0));
}
