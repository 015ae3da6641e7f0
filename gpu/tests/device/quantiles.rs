use super::with_and_without_subgroups;
use habit::math::percentile;
use habit::rng::{Rng, below, gaussian_by_sum, stream};
use habit_gpu::sweep::Quantiles;
use habit_gpu::{Error, Tolerance, block_on};

const PERCENTS: [f32; 11] = [0.0, 100.0, 50.0, 25.0, 75.0, 2.5, 97.5, 10.0, 90.0, 33.3, 99.99];

/// Rows of a kind each: normal numbers, ties, one number alone, all bits that are finite, zeros of both signs.
fn rows(lanes: usize, seed: u32) -> Vec<f32> {
    let mut rng = stream(seed, 0);
    let mut any = |kind: usize| match kind {
        0 => gaussian_by_sum(&mut rng),
        1 => below(3, &mut rng).unwrap() as f32 - 1.0,
        2 => -7.25,
        3 => loop {
            let number = f32::from_bits(rng.next_u32());
            if number.abs() < 1e30 {
                break number;
            }
        },
        _ => [0.0, -0.0, f32::from_bits(1), -f32::from_bits(1)][below(4, &mut rng).unwrap() as usize],
    };
    (0..5).flat_map(|kind| (0..lanes).map(|_| any(kind)).collect::<Vec<_>>()).collect()
}

#[test]
fn quantiles_are_those_of_the_sorted_rows_to_the_bit() {
    for context in with_and_without_subgroups() {
        let quantiles = block_on(Quantiles::new(&context)).unwrap();
        for (seed, lanes) in (0..).zip([1, 2, 3, 63, 257, 1024, 4099, 20_011, 1 << 18]) {
            let values = rows(lanes, seed);
            let summary = block_on(quantiles.of(&values, lanes, &PERCENTS)).unwrap();
            assert_eq!(summary.rows(), 5);
            let mut means = Tolerance::default();
            for (row, values) in values.chunks(lanes).enumerate() {
                let mut sorted = values.to_vec();
                sorted.sort_by(f32::total_cmp);
                for (index, percent) in PERCENTS.into_iter().enumerate() {
                    let expected = percentile(&sorted, percent).unwrap();
                    let found = summary.quantile(row, index).unwrap();
                    assert_eq!(found.to_bits(), expected.to_bits(), "{lanes} lanes, row {row}, {percent}: {found}");
                }
                let sum = |of: fn(f32) -> f32| values.iter().map(|&x| f64::from(of(x))).sum::<f64>() / lanes as f64;
                means.compare(summary.mean(row).unwrap(), sum(|x| x) as f32, sum(f32::abs) as f32);
            }
            assert!(means.holds(), "{lanes}: {means}");
        }
    }
}

#[test]
fn more_rows_than_a_row_of_workgroups_and_no_percentiles_at_all() {
    let context = super::device();
    let quantiles = block_on(Quantiles::new(&context)).unwrap();
    let rows = context.limits().workgroups as usize + 17;
    let values: Vec<f32> = (0..2 * rows).map(|i| (i / 2) as f32 + (i % 2) as f32).collect();
    let summary = block_on(quantiles.of(&values, 2, &[])).unwrap();
    assert_eq!(summary.rows(), rows);
    assert!((0..rows).all(|row| summary.mean(row) == Some(row as f32 + 0.5) && summary.quantile(row, 0).is_none()));
}

#[test]
fn what_has_no_order_and_bad_shapes_are_refused() {
    let quantiles = block_on(Quantiles::new(&super::device())).unwrap();
    let of = |values: &[f32], lanes, percents: &[f32]| block_on(quantiles.of(values, lanes, percents)).unwrap_err();
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        assert_eq!(of(&[1.0, bad], 2, &[50.0]), Error::Input(habit::Error::NonFinite));
    }
    for bad in [-0.1, 100.1, f32::NAN] {
        assert_eq!(of(&[1.0, 2.0], 2, &[50.0, bad]), Error::Input(habit::Error::ParameterOutOfRange));
    }
    assert_eq!(of(&[1.0; 3], 2, &[]), Error::Input(habit::Error::LengthMismatch));
    assert_eq!(of(&[], 2, &[]), Error::Empty);
    assert_eq!(of(&[1.0], 0, &[]), Error::Empty);
    assert!(matches!(of(&[1.0], (1 << 18) + 1, &[]), Error::TooLarge { .. }));
}
