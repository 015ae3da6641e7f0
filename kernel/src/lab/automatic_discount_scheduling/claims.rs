//! What automatic discount scheduling must show.

use crate::lab::{Claim, Measure, Quantity, Requirement};

const SEEDS: u32 = 96;

/// 1200 episodes, 25 a step.
const RUN: u32 = 48;

/// Mean success over the last eight evaluations of a run.
const fn success(contender: &'static str, run: u32, set: &'static str) -> Quantity {
    Quantity::mean(contender, "success", run - 8, run).with(set)
}

const fn claim(sentence: &'static str, measure: Measure, required: Requirement) -> Claim {
    Claim::new(sentence, measure, required, SEEDS, RUN)
}

/// By how much the automatic schedule succeeds more often than a fixed discount.
const fn exceeds(sentence: &'static str, of: &'static str) -> Claim {
    let measure = Measure::Difference(success("ADS", RUN, ""), success(of, RUN, ""));
    claim(sentence, measure, Requirement::AtLeast(0.08))
}

/// The mean progress after so many steps.
const fn progress(sentence: &'static str, step: u32, required: Requirement) -> Claim {
    claim(sentence, Measure::Value(Quantity::mean("ADS", "progress", step - 1, step)), required)
}

pub(super) const CLAIMS: &[Claim] = &[
    claim(
        "ADS succeeds in at least 0.85 of the greedy episodes in the end",
        Measure::Value(success("ADS", RUN, "")),
        Requirement::AtLeast(0.85),
    ),
    claim(
        "A fixed discount of 0.99 succeeds in at most 0.1",
        Measure::Value(success("fixed 0.99", RUN, "")),
        Requirement::AtMost(0.1),
    ),
    claim(
        "An exponential schedule that is done after 150 episodes succeeds in at most 0.1",
        Measure::Value(success("exponential 150", RUN, "")),
        Requirement::AtMost(0.1),
    ),
    exceeds("ADS exceeds a fixed discount of 0.5 by at least 0.08", "fixed 0.5"),
    exceeds("ADS exceeds a fixed discount of 0.7 by at least 0.08", "fixed 0.7"),
    exceeds("ADS exceeds a fixed discount of 0.8 by at least 0.08", "fixed 0.8"),
    exceeds("ADS exceeds a fixed discount of 0.9 by at least 0.08", "fixed 0.9"),
    exceeds("ADS exceeds a fixed discount of 0.99 by at least 0.08", "fixed 0.99"),
    progress("Mean progress is about 12 after 200 episodes", 8, Requirement::Within(11.0, 13.0)),
    progress("Mean progress is about 16 after 400 episodes", 16, Requirement::Within(15.0, 17.0)),
    progress("Mean progress is about 21 after 600 episodes", 24, Requirement::Within(20.0, 22.0)),
    progress("Mean progress is about 25 after 800 episodes", 32, Requirement::Within(24.0, 26.0)),
    progress("Mean progress is about 26 after 1000 episodes", 40, Requirement::Within(25.0, 26.0)),
    progress("In the end every step is mastered with every seed", RUN, Requirement::Equal(26.0)),
];
