//! Which question a group's baseline listens to: `advantage-estimators.two-questions`.

use crate::advantage::GroupBaseline;
use crate::error::Error;
use crate::lab::{Claim, Descriptor, Experiment, Measure, Metric, Quantity, Requirement, Steps, Values, View};
use crate::math::CompensatedSum;
use crate::rng::{Bernoulli, Generator, stream};
use crate::state::persist_fields;

/// Answers of a group.
const GROUP: usize = 8;

/// How often each question is answered well.
const QUESTIONS: [f32; 2] = [0.5, 0.95];

const BASELINES: [GroupBaseline; 3] =
    [GroupBaseline::LeaveOneOut, GroupBaseline::Mean, GroupBaseline::Standardised { ddof: 1, epsilon: 1e-6 }];

/// Groups that the claims are measured over.
const GROUPS: u32 = 100_000;

/// The state of `advantage-estimators.two-questions`.
#[derive(Debug)]
pub struct TwoQuestionsExperiment {
    rng: Option<Generator>,
    answers: [Bernoulli; QUESTIONS.len()],
    /// Of `A_i (R_i - p)`, by baseline and question.
    sums: [[CompensatedSum; QUESTIONS.len()]; BASELINES.len()],
    groups: u32,
}

impl TwoQuestionsExperiment {
    /// The mean over all answers to a question so far.
    fn gradient(&self, contender: usize, question: usize) -> Option<f32> {
        let sum = self.sums.get(contender)?.get(question)?;
        (self.groups > 0).then(|| sum.value() / (self.groups as f32 * GROUP as f32))
    }
}

impl Experiment for TwoQuestionsExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "advantage-estimators.two-questions",
        title: "Two questions",
        room: "advantage",
        summary: "Groups of eight answers to a question that is answered well half of the time, and to one that nearly always \
                  is. The gradient of the success's logit is p (1 - p): RLOO finds it, Dr. GRPO 7/8 of it, and GRPO, which \
                  divides by the deviation, another ratio of the two.",
        citation: "Ahmadian et al., Back to basics, 2024, arXiv 2402.14740; Shao et al., DeepSeekMath, 2024, arXiv 2402.03300; \
                   Liu et al., Understanding R1-Zero-like training, 2025, arXiv 2503.20783",
        step: "group",
        steps: Steps { minimum: 1, maximum: 1_000_000, default: 10_000, conformance: 200 },
        contenders: &["RLOO", "Dr. GRPO", "GRPO"],
        parameters: &[],
        metrics: &[
            Metric {
                name: "even",
                unit: "",
                description: "The mean gradient at the question answered well half of the time.",
            },
            Metric { name: "easy", unit: "", description: "The mean gradient at the question that nearly always is." },
            Metric { name: "ratio", unit: "", description: "The first divided by the second." },
        ],
        views: &[
            View::Curve { title: "Gradient, even question", metric: "even" },
            View::Curve { title: "Gradient, easy question", metric: "easy" },
            View::Curve { title: "Ratio", metric: "ratio" },
        ],
        claims: CLAIMS,
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        rng: None,
        answers: [Bernoulli::NEVER; QUESTIONS.len()],
        sums: [[CompensatedSum::EMPTY; QUESTIONS.len()]; BASELINES.len()],
        groups: 0,
    };

    fn start(&mut self, seed: u32, _steps: u32, _values: &Values) -> Result<(), Error> {
        for (answer, success) in self.answers.iter_mut().zip(QUESTIONS) {
            *answer = Bernoulli::new(success)?;
        }
        (self.rng, self.sums, self.groups) = (Some(stream(seed, 0)), Self::EMPTY.sums, 0);
        Ok(())
    }

    /// A group for each question.
    fn tick(&mut self) -> Result<bool, Error> {
        let rng = self.rng.as_mut().ok_or(Error::NotStarted)?;
        for (question, (answer, success)) in self.answers.iter().zip(QUESTIONS).enumerate() {
            let rewards: [f32; GROUP] = core::array::from_fn(|_| f32::from(u8::from(answer.sample(rng))));
            for (baseline, sums) in BASELINES.iter().zip(&mut self.sums) {
                let mut advantages = [0.0; GROUP];
                baseline.advantages(&rewards, &mut advantages)?;
                for (advantage, reward) in advantages.iter().zip(rewards) {
                    sums[question].add(advantage * (reward - success));
                }
            }
        }
        self.groups = self.groups.saturating_add(1);
        Ok(true)
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        let gradient = |question| self.gradient(contender, question).unwrap_or(f32::NAN);
        match metric {
            0 | 1 => gradient(metric),
            _ => gradient(0) / gradient(1),
        }
    }
}

persist_fields!([] TwoQuestionsExperiment { sums, groups });

const fn last(contender: &'static str, metric: &'static str) -> Measure {
    Measure::Value(Quantity::mean(contender, metric, GROUPS - 1, GROUPS))
}

/// Within 3 % of what is expected.
const fn near(sentence: &'static str, contender: &'static str, metric: &'static str, expected: f32) -> Claim {
    let required = Requirement::Within(0.97 * expected, 1.03 * expected);
    Claim::new(sentence, last(contender, metric), required, 1, GROUPS)
}

const CLAIMS: &[Claim] = &[
    near("RLOO's gradient is within 3 % of 0.25 at the even question", "RLOO", "even", 0.25),
    near("RLOO's gradient is within 3 % of 0.0475 at the easy question", "RLOO", "easy", 0.0475),
    near("Dr. GRPO's gradient is within 3 % of 7/8 of 0.25 at the even question", "Dr. GRPO", "even", 0.875 * 0.25),
    near("Dr. GRPO's gradient is within 3 % of 7/8 of 0.0475 at the easy question", "Dr. GRPO", "easy", 0.875 * 0.0475),
    Claim::new(
        "GRPO's ratio of the two is below 4.5, where the true one is 5.26",
        last("GRPO", "ratio"),
        Requirement::Below(4.5),
        1,
        GROUPS,
    ),
];
