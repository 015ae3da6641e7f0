use super::*;
use crate::checkpoint;
use crate::rng::{Generator, Rng, categorical, stream, unit_f32};
use crate::state::Persist;

const PROPENSITIES: [f32; 4] = [0.5, 0.25, 0.125, 0.125];
const TARGET: [f32; 4] = [0.1, 0.2, 0.3, 0.4];

/// What an arm pays on average in a context `x` of `[0, 1)`.
fn mean(arm: usize, x: f32) -> f32 {
    [0.2, 0.5, 0.4, 0.8][arm] + [0.3, -0.4, 0.1, 0.0][arm] * (x - 0.5)
}

/// The value of the target: the context's mean is a half.
fn truth() -> f64 {
    (0..4).map(|arm| f64::from(TARGET[arm]) * f64::from(mean(arm, 0.5))).sum()
}

/// A decision of the log, with a model that is off by `error` on every arm, more on later ones.
fn draw(rng: &mut Generator, noise: f32, error: f32) -> LoggedDecision {
    let (x, arm) = (unit_f32(rng), categorical(&PROPENSITIES, rng).unwrap());
    let model = |arm: usize| mean(arm, x) + error * (arm + 1) as f32;
    LoggedDecision {
        propensity: PROPENSITIES[arm],
        target: TARGET[arm],
        reward: mean(arm, x) + noise * (unit_f32(rng) - 0.5),
        prediction: model(arm),
        expectation: (0..4).map(|arm| TARGET[arm] * model(arm)).sum(),
    }
}

fn of(decisions: &[LoggedDecision]) -> OffPolicyEvaluation {
    let mut evaluation = OffPolicyEvaluation::EMPTY;
    decisions.iter().for_each(|decision| evaluation.add(decision).unwrap());
    evaluation
}

fn log(seed: u32, length: usize, error: f32) -> std::vec::Vec<LoggedDecision> {
    let mut rng = stream(seed, 0);
    (0..length).map(|_| draw(&mut rng, 1.0, error)).collect()
}

fn three(evaluation: &OffPolicyEvaluation) -> [Estimate; 3] {
    [evaluation.ips(), evaluation.snips(), evaluation.doubly_robust()].map(Option::unwrap)
}

#[test]
fn estimates_meet_the_true_value_as_often_as_they_say() {
    const LOGS: u32 = 1000;
    let (mut sums, mut covered) = ([0f64; 3], [0u32; 3]);
    for seed in 0..LOGS {
        let estimates = three(&of(&log(seed, 400, -0.3)));
        for ((estimate, sum), covered) in estimates.iter().zip(&mut sums).zip(&mut covered) {
            let error = f64::from(estimate.value) - truth();
            *sum += error;
            *covered += u32::from(error.abs() < 1.96 * f64::from(estimate.standard_error.unwrap()));
        }
    }
    // The standard error of one log is about 0.05, so that of the mean of a thousand about 0.0016.
    for (sum, covered) in sums.iter().zip(covered) {
        assert!((sum / f64::from(LOGS)).abs() < 0.006, "{sums:?}");
        assert!((925..=975).contains(&covered), "{covered}");
    }
}

#[test]
fn they_are_what_the_equations_say() {
    let decisions = log(1, 5000, 0.2);
    let wide = |x: f32| f64::from(x);
    let n = decisions.len() as f64;
    let weight = |d: &LoggedDecision| wide(d.target) / wide(d.propensity);
    let mean = |of: &dyn Fn(&LoggedDecision) -> f64| decisions.iter().map(of).sum::<f64>() / n;
    let error = |of: &dyn Fn(&LoggedDecision) -> f64| {
        let centre = mean(of);
        (mean(&|d| (of(d) - centre) * (of(d) - centre)) / (n - 1.0)).sqrt()
    };
    let ips = |d: &LoggedDecision| weight(d) * wide(d.reward);
    let corrected = |d: &LoggedDecision| wide(d.expectation) + weight(d) * (wide(d.reward) - wide(d.prediction));
    let (weights, squared) = (mean(&weight), mean(&|d| weight(d) * weight(d)));
    let snips = mean(&ips) / weights;
    let residual = |d: &LoggedDecision| weight(d) * (wide(d.reward) - snips);
    let snips_error = (mean(&|d| residual(d) * residual(d)) / n).sqrt() / weights;
    let evaluation = of(&decisions);
    let expected = [(mean(&ips), error(&ips)), (snips, snips_error), (mean(&corrected), error(&corrected))];
    for (found, (value, standard_error)) in three(&evaluation).iter().zip(expected) {
        assert!((wide(found.value) / value - 1.0).abs() < 1e-6, "{found:?} {value}");
        let ratio = wide(found.standard_error.unwrap()) / standard_error;
        assert!((ratio - 1.0).abs() < 1e-5, "{found:?} {standard_error}");
    }
    let size = wide(evaluation.effective_sample_size().unwrap());
    assert!((size / (n * weights * weights / squared) - 1.0).abs() < 1e-6);
    assert!((wide(evaluation.mean_weight().unwrap()) / weights - 1.0).abs() < 1e-6);
    assert_eq!((evaluation.count(), evaluation.matched()), (5000, 5000));
}

#[test]
fn a_perfect_model_leaves_nothing_to_correct() {
    let mut evaluation = OffPolicyEvaluation::EMPTY;
    let mut rng = stream(2, 0);
    for _ in 0..1000 {
        let mut decision = draw(&mut rng, 0.0, 0.0);
        // Context aside, so that only the correction could vary.
        decision.expectation = 0.5;
        evaluation.add(&decision).unwrap();
    }
    assert_eq!(evaluation.doubly_robust(), Some(Estimate { value: 0.5, standard_error: Some(0.0) }));
    assert!(evaluation.ips().unwrap().standard_error.unwrap() > 0.01);
}

#[test]
fn a_policy_that_evaluates_itself_gets_the_mean() {
    let (mut rng, mut sum) = (stream(3, 0), 0f64);
    let mut evaluation = OffPolicyEvaluation::EMPTY;
    for _ in 0..1000 {
        let arm = categorical(&PROPENSITIES, &mut rng).unwrap();
        let reward = mean(arm, unit_f32(&mut rng));
        sum += f64::from(reward);
        evaluation.add(&LoggedDecision::new(PROPENSITIES[arm], PROPENSITIES[arm], reward)).unwrap();
    }
    for estimate in three(&evaluation) {
        assert!((f64::from(estimate.value) - sum / 1000.0).abs() < 1e-7, "{estimate:?}");
    }
    assert_eq!(evaluation.ips(), evaluation.doubly_robust());
    assert_eq!((evaluation.mean_weight(), evaluation.effective_sample_size()), (Some(1.0), Some(1000.0)));
}

#[test]
fn snips_of_one_arm_and_a_uniform_log_is_the_replay() {
    let (mut rng, mut sum, mut plays) = (stream(4, 0), 0f64, 0);
    let mut evaluation = OffPolicyEvaluation::EMPTY;
    for _ in 0..900 {
        let (arm, reward) = (rng.next_u32() % 3, unit_f32(&mut rng));
        if arm == 1 {
            (sum, plays) = (sum + f64::from(reward), plays + 1);
        }
        let target = if arm == 1 { 1.0 } else { 0.0 };
        evaluation.add(&LoggedDecision::new(1.0 / 3.0, target, reward)).unwrap();
    }
    assert_eq!(evaluation.matched(), plays);
    assert!((f64::from(evaluation.snips().unwrap().value) - sum / f64::from(plays)).abs() < 1e-7);
}

#[test]
fn a_clip_bounds_the_weights() {
    let mut evaluation = OffPolicyEvaluation::EMPTY;
    evaluation.start(Some(2.0)).unwrap();
    for propensity in [0.5, 0.1, 1e-45] {
        evaluation.add(&LoggedDecision::new(propensity, 1.0, 3.0)).unwrap();
    }
    assert_eq!(evaluation.ips(), Some(Estimate { value: 6.0, standard_error: Some(0.0) }));
    assert_eq!(evaluation.mean_weight(), Some(2.0));
    for clip in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        assert_eq!(evaluation.start(Some(clip)), Err(Error::ParameterOutOfRange));
    }
    assert_eq!(evaluation.count(), 3);
}

#[test]
fn pooled_evaluations_are_one_whichever_comes_first() {
    let decisions = log(5, 3000, 0.2);
    let whole = three(&of(&decisions));
    for cut in [0, 1, 2, 700, 1500, 2999] {
        let (a, b) = (of(&decisions[..cut]), of(&decisions[cut..]));
        let (mut left, mut right) = (a, b);
        left.merge(&b).unwrap();
        right.merge(&a).unwrap();
        assert_eq!(left.digest(), right.digest());
        assert_eq!(left.count(), 3000);
        for (pooled, whole) in three(&left).iter().zip(&whole) {
            assert!((pooled.value / whole.value - 1.0).abs() < 1e-6, "{pooled:?} {whole:?}");
            let ratio = pooled.standard_error.unwrap() / whole.standard_error.unwrap();
            assert!((ratio - 1.0).abs() < 1e-5, "{pooled:?} {whole:?}");
        }
    }
}

#[test]
fn a_rejected_call_changes_nothing() {
    let good = LoggedDecision { prediction: 0.5, expectation: 0.5, ..LoggedDecision::new(0.5, 0.25, 1.0) };
    let mut evaluation = of(&[good; 3]);
    let digest = evaluation.digest();
    for propensity in [0.0, -0.0, -0.1, 1.001] {
        let bad = LoggedDecision { propensity, ..good };
        assert_eq!(evaluation.add(&bad), Err(Error::ProbabilityOutOfRange), "{propensity}");
    }
    for target in [-0.1, 1.001] {
        assert_eq!(evaluation.add(&LoggedDecision { target, ..good }), Err(Error::ProbabilityOutOfRange));
    }
    for number in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        for bad in [
            LoggedDecision { propensity: number, ..good },
            LoggedDecision { target: number, ..good },
            LoggedDecision { reward: number, ..good },
            LoggedDecision { prediction: number, ..good },
            LoggedDecision { expectation: number, ..good },
        ] {
            assert_eq!(evaluation.add(&bad), Err(Error::NonFinite), "{bad:?}");
        }
    }
    // Each number is finite, what they lead to is not: in the first part, the second, the third.
    assert_eq!(evaluation.add(&LoggedDecision { propensity: 1e-45, ..good }), Err(Error::NonFinite));
    assert_eq!(evaluation.add(&LoggedDecision { propensity: 1e-30, ..good }), Err(Error::NonFinite));
    assert_eq!(evaluation.add(&LoggedDecision { expectation: f32::MAX, ..good }), Err(Error::NonFinite));
    let mut clipped = OffPolicyEvaluation::EMPTY;
    clipped.start(Some(1.0)).unwrap();
    assert_eq!(evaluation.merge(&clipped), Err(Error::OtherPrior));
    let mut huge = OffPolicyEvaluation::EMPTY;
    huge.add(&LoggedDecision { expectation: f32::MAX, ..good }).unwrap();
    assert_eq!(evaluation.merge(&huge), Err(Error::NonFinite));
    assert_eq!(evaluation.digest(), digest);
}

#[test]
fn a_restored_evaluation_goes_on_to_the_same_bits() {
    let decisions = log(6, 200, 0.1);
    let (mut evaluation, mut copy) = (of(&decisions[..100]), OffPolicyEvaluation::EMPTY);
    let mut bytes = [0; 84 + checkpoint::OVERHEAD];
    assert_eq!(checkpoint::save(&evaluation, &mut bytes), Ok(bytes.len()));
    checkpoint::load(&mut copy, &bytes).unwrap();
    for decision in &decisions[100..] {
        evaluation.add(decision).unwrap();
        copy.add(decision).unwrap();
    }
    assert_eq!(copy, evaluation);
}

#[test]
fn nothing_has_no_value() {
    let mut evaluation = OffPolicyEvaluation::EMPTY;
    assert_eq!((evaluation.ips(), evaluation.snips(), evaluation.doubly_robust()), (None, None, None));
    assert_eq!((evaluation.mean_weight(), evaluation.effective_sample_size()), (None, None));
    evaluation.add(&LoggedDecision::new(0.5, 0.0, 1.0)).unwrap();
    assert_eq!(evaluation.ips(), Some(Estimate { value: 0.0, standard_error: None }));
    assert_eq!((evaluation.snips(), evaluation.count(), evaluation.matched()), (None, 1, 0));
}
