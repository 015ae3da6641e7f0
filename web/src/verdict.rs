//! Whether a claim holds, from the numbers of its seeds.

use habit::lab;
use habit::math::percentile;

use crate::descriptor::{Claim, Measure, Quantity, Requirement};

/// What a claim came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    /// The measured number, where there is one.
    pub measured: Option<f64>,
    /// Whether it satisfies what is required.
    pub holds: bool,
}

/// The verdict on a claim; `seeds` holds a number for each of its quantities, in order, seed by seed.
pub fn verdict(claim: &Claim, seeds: &[Vec<f64>]) -> Verdict {
    let value = |index: usize, quantity: &Quantity| {
        let numbers: Option<Vec<f64>> = seeds.iter().map(|seed| seed.get(index).copied()).collect();
        let mut numbers = numbers.filter(|numbers| !numbers.is_empty() && numbers.iter().all(|n| !n.is_nan()))?;
        let Some(percent) = quantity.percentile else {
            return Some(numbers.iter().sum::<f64>() / numbers.len() as f64);
        };
        numbers.sort_unstable_by(f64::total_cmp);
        let numbers: Vec<f32> = numbers.into_iter().map(|number| number as f32).collect();
        percentile(&numbers, percent.into()).ok().map(f64::from)
    };
    let least = |from: usize, of: &[Quantity]| {
        let values: Option<Vec<f64>> = of.iter().enumerate().map(|(i, quantity)| value(from + i, quantity)).collect();
        values?.into_iter().reduce(f64::min)
    };
    let measured = match &claim.measure {
        Measure::Value(a) => value(0, a),
        Measure::Ratio(a, b) => value(0, a).zip(value(1, b)).map(|(a, b)| a / b),
        Measure::Difference(a, b) => value(0, a).zip(value(1, b)).map(|(a, b)| a - b),
        Measure::RatioOfLeast(a, b) => least(0, a).zip(least(a.len(), b)).map(|(a, b)| a / b),
    };
    let measured = measured.filter(|number| number.is_finite());
    let holds = measured.is_some_and(|number| requirement(claim.required).holds(number));
    Verdict { measured, holds }
}

/// The kernel's, whose limits are `f32`.
fn requirement(required: Requirement) -> lab::Requirement {
    match required {
        Requirement::Below(limit) => lab::Requirement::Below(limit as f32),
        Requirement::Above(limit) => lab::Requirement::Above(limit as f32),
        Requirement::AtLeast(limit) => lab::Requirement::AtLeast(limit as f32),
        Requirement::AtMost(limit) => lab::Requirement::AtMost(limit as f32),
        Requirement::Within(low, high) => lab::Requirement::Within(low as f32, high as f32),
        Requirement::Equal(value) => lab::Requirement::Equal(value as f32),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::descriptor::Reduction;

    fn of(percentile: Option<u8>) -> Quantity {
        Quantity {
            contender: "A".into(),
            metric: "m".into(),
            reduction: Reduction { kind: "mean".into(), from: 0, to: 1 },
            set: String::new(),
            steps: None,
            percentile,
        }
    }

    fn claim(measure: Measure, required: Requirement) -> Claim {
        Claim { sentence: String::new(), measure, required, seeds: 3, steps: 1, full: false, recorded: None }
    }

    #[test]
    fn every_measure_has_its_number() {
        let seeds = [vec![1.0, 4.0], vec![2.0, 2.0], vec![6.0, 3.0]];
        for (measure, expected) in [
            (Measure::Value(of(None)), 3.0),
            (Measure::Value(of(Some(50))), 2.0),
            (Measure::Ratio(of(None), of(None)), 1.0),
            (Measure::Difference(of(Some(100)), of(None)), 3.0),
            (Measure::RatioOfLeast(vec![of(Some(0))], vec![of(Some(0))]), 0.5),
        ] {
            let verdict = verdict(&claim(measure, Requirement::Within(expected, expected)), &seeds);
            assert_eq!(verdict, Verdict { measured: Some(expected), holds: true });
        }
    }

    #[test]
    fn without_a_number_nothing_holds() {
        for seeds in [vec![], vec![vec![]], vec![vec![f64::NAN]]] {
            let verdict = verdict(&claim(Measure::Value(of(None)), Requirement::Below(9.0)), &seeds);
            assert_eq!(verdict, Verdict { measured: None, holds: false });
        }
        let nothing = claim(Measure::Ratio(of(None), of(None)), Requirement::Above(0.0));
        assert_eq!(verdict(&nothing, &[vec![1.0, 0.0]]).measured, None);
    }
}
