//! Every schedule in sixteen settings: `uba-step-size-schedule.settings`.

use super::CITATION;
use super::rule::{PHIS, RULES, Rule, before_siblings};
use super::surface::{DIMENSIONS, Descent, eigenvalues};
use crate::error::Error;
use crate::lab::{Claim, Descriptor, Experiment, Measure, Metric, Quantity, Requirement, Steps, Values, View};
use crate::math::{CompensatedSum, Libm, Math};
use crate::schedule::shape::Uba;
use crate::schedule::{Budgeted, Schedule};
use crate::state::persist_fields;

const CONDITIONS: [f32; 2] = [10.0, 100.0];
const GREATEST: [f32; 2] = [0.5, 1.0];
const BUDGETS: [u32; 4] = [50, 100, 200, 400];
const SETTINGS: u32 = 16;

/// UBA with `phi` 3, with 5, tuned in every setting; then the siblings.
const CONTENDERS: usize = 3 + RULES - PHIS;
const TUNED: usize = 2;

/// What counts as level with the best.
const LEVEL: f32 = 1.005;

/// Where a contender stands.
#[derive(Clone, Copy, Debug)]
struct Standing {
    /// The loss at the end of the setting.
    loss: f32,
    /// The logarithms of that divided by the least of the siblings'.
    logarithms: CompensatedSum,
    /// Settings in which it was level with the least of the siblings', or below.
    wins: u32,
}

persist_fields!([] Standing { loss, logarithms, wins });

/// The state of `uba-step-size-schedule.settings`.
#[derive(Debug)]
pub struct SettingsExperiment {
    descents: [Descent; RULES],
    eigenvalues: [f32; DIMENSIONS],
    standings: [Standing; CONTENDERS],
    setting: u32,
    updates: u32,
    /// The `phi` that ended lowest in the last setting.
    phi: f32,
    /// How often a longer budget was served best by a smaller `phi`.
    falls: u32,
}

impl SettingsExperiment {
    /// Condition, greatest step size and budget of the present setting.
    fn present(&self) -> (f32, f32, u32) {
        let index = self.setting as usize % SETTINGS as usize;
        (CONDITIONS[index / 8], GREATEST[index / 4 % 2], BUDGETS[index % 4])
    }

    fn begin(&mut self) {
        self.eigenvalues = eigenvalues(self.present().0);
        self.descents = [Descent::START; RULES];
        self.updates = 0;
    }

    /// The setting is over.
    fn judge(&mut self) {
        let losses: [f32; RULES] = self.descents.map(|descent| descent.loss(&self.eigenvalues));
        let (uba, siblings) = losses.split_at(PHIS);
        let best = siblings.iter().fold(f32::INFINITY, |best, &loss| best.min(loss));
        let tuned = uba.iter().enumerate().fold(
            (0, f32::INFINITY),
            |best, (index, &loss)| {
                if loss < best.1 { (index, loss) } else { best }
            },
        );
        let phi = Uba::GRID[tuned.0];
        let falls = !self.setting.is_multiple_of(BUDGETS.len() as u32) && phi < self.phi;
        self.falls = self.falls.saturating_add(u32::from(falls));
        self.phi = phi;
        for (contender, standing) in self.standings.iter_mut().enumerate() {
            standing.loss = match contender {
                TUNED => tuned.1,
                _ => losses[PHIS - 3 + contender],
            };
            standing.logarithms.add(Libm::ln(standing.loss / best));
            standing.wins = standing.wins.saturating_add(u32::from(standing.loss <= LEVEL * best));
        }
        self.setting = self.setting.saturating_add(1);
    }
}

impl Experiment for SettingsExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "uba-step-size-schedule.settings",
        title: "Step sizes in sixteen settings",
        room: "reward",
        summary: "Each step is a setting of the noisy quadratic: two conditions, two greatest step sizes, four budgets. A \
                  score of 1 would be the best of the usual schedules in every setting; no single schedule is.",
        citation: CITATION,
        step: "setting",
        steps: Steps { minimum: 1, maximum: SETTINGS, default: SETTINGS, conformance: 2 },
        contenders: &before_siblings::<3, 11>(["UBA phi=3", "UBA phi=5", "UBA tuned"]),
        parameters: &[],
        metrics: &[
            Metric {
                name: "score",
                unit: "",
                description: "The final loss divided by the least of the siblings', as a geometric mean of the settings.",
            },
            Metric { name: "loss", unit: "", description: "The loss at the end of the setting." },
            Metric {
                name: "wins",
                unit: "settings",
                description: "Settings in which it ended at most 0.5 % above the best of the siblings.",
            },
            Metric { name: "phi", unit: "", description: "The phi that ended lowest; of the tuned contender." },
            Metric {
                name: "falls",
                unit: "",
                description: "How often twice the budget was served best by a smaller phi; of the tuned contender.",
            },
        ],
        views: &[
            View::Curve { title: "Score", metric: "score" },
            View::Curve { title: "Best phi", metric: "phi" },
            View::Curve { title: "Loss", metric: "loss" },
        ],
        claims: CLAIMS,
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        descents: [Descent::START; RULES],
        eigenvalues: [1.0; DIMENSIONS],
        standings: [Standing { loss: 0.0, logarithms: CompensatedSum::EMPTY, wins: 0 }; CONTENDERS],
        setting: 0,
        updates: 0,
        phi: 0.0,
        falls: 0,
    };

    fn start(&mut self, _seed: u32, _steps: u32, _values: &Values) -> Result<(), Error> {
        self.standings = Self::EMPTY.standings;
        (self.setting, self.phi, self.falls) = (0, 0.0, 0);
        self.begin();
        Ok(())
    }

    /// An update of every schedule.
    fn tick(&mut self) -> Result<bool, Error> {
        let (_, greatest, budget) = self.present();
        if self.updates >= budget {
            self.begin();
        }
        for (index, descent) in self.descents.iter_mut().enumerate() {
            let step_size = Budgeted::new(Rule::of(index), budget, greatest, 0.0)?.at(self.updates);
            descent.update(&self.eigenvalues, step_size);
        }
        self.updates += 1;
        let over = self.updates >= budget;
        if over {
            self.judge();
            self.begin();
        }
        Ok(over)
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        let Some(standing) = self.standings.get(contender) else { return f32::NAN };
        match metric {
            0 => Libm::exp(standing.logarithms.value() / self.setting as f32),
            1 => standing.loss,
            2 => standing.wins as f32,
            3 if contender == TUNED => self.phi,
            4 if contender == TUNED => self.falls as f32,
            _ => f32::NAN,
        }
    }
}

// The setting that was at work begins anew.
persist_fields!([] SettingsExperiment { standings, setting, phi, falls } then |this| this.updates = u32::MAX);

const fn last(contender: &'static str, metric: &'static str) -> Quantity {
    Quantity::mean(contender, metric, SETTINGS - 1, SETTINGS)
}

const fn claim(sentence: &'static str, measure: Measure, required: Requirement) -> Claim {
    Claim::new(sentence, measure, required, 1, SETTINGS)
}

/// The claim that UBA with `phi = 3` scores below a sibling.
macro_rules! below {
    ($sentence:literal, $sibling:literal) => {
        claim($sentence, Measure::Ratio(last("UBA phi=3", "score"), last($sibling, "score")), Requirement::Below(1.0))
    };
}

const CLAIMS: &[Claim] = &[
    claim("UBA with phi 3 scores 1.219", Measure::Value(last("UBA phi=3", "score")), near(1.219)),
    claim("UBA with phi 5 scores 1.225", Measure::Value(last("UBA phi=5", "score")), near(1.225)),
    claim("The cosine scores 1.244", Measure::Value(last("cosine", "score")), near(1.244)),
    claim("Linear decay scores 1.335", Measure::Value(last("linear", "score")), near(1.335)),
    claim("One cycle scores 1.476", Measure::Value(last("one-cycle", "score")), near(1.476)),
    claim("REX scores 1.528", Measure::Value(last("REX", "score")), near(1.528)),
    claim("Exponential decay scores 1.532", Measure::Value(last("exponential", "score")), near(1.532)),
    claim("Steps score 1.643", Measure::Value(last("step", "score")), near(1.643)),
    claim("The inverse root scores 2.489", Measure::Value(last("inverse root", "score")), near(2.489)),
    claim("A constant step size scores 9.425", Measure::Value(last("constant", "score")), near(9.425)),
    below!("UBA with phi 3 scores below the cosine", "cosine"),
    below!("UBA with phi 3 scores below linear decay", "linear"),
    below!("UBA with phi 3 scores below one cycle", "one-cycle"),
    below!("UBA with phi 3 scores below REX", "REX"),
    below!("UBA with phi 3 scores below exponential decay", "exponential"),
    below!("UBA with phi 3 scores below steps", "step"),
    below!("UBA with phi 3 scores below the inverse root", "inverse root"),
    below!("UBA with phi 3 scores below a constant step size", "constant"),
    claim(
        "UBA with phi tuned in every setting scores at most 1.06",
        Measure::Value(last("UBA tuned", "score")),
        Requirement::AtMost(1.06),
    ),
    claim(
        "UBA with phi tuned is level with the best of the siblings in at least 9 of 16 settings",
        Measure::Value(last("UBA tuned", "wins")),
        Requirement::AtLeast(9.0),
    ),
    claim(
        "The best phi never falls when the budget grows",
        Measure::Value(last("UBA tuned", "falls")),
        Requirement::Equal(0.0),
    ),
];

/// Within 0.002.
const fn near(score: f32) -> Requirement {
    Requirement::Within(score - 0.002, score + 0.002)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_phi_of_every_setting_is_that_of_the_specification() {
        let mut experiment = SettingsExperiment::EMPTY;
        experiment.start(1, SETTINGS, &Values::DEFAULTS).unwrap();
        let phis: std::vec::Vec<_> = (0..SETTINGS)
            .map(|_| {
                while !experiment.tick().unwrap() {}
                experiment.metric(TUNED, 3)
            })
            .collect();
        let expected = [[1.0, 3.0, 10.0, 10.0], [5.0, 10.0, 10.0, 10.0], [0.25, 0.25, 1.0, 2.0], [1.0, 2.0, 3.0, 10.0]];
        assert_eq!(phis, expected.as_flattened());
        assert_eq!(experiment.metric(TUNED, 2), 10.0);
    }
}
