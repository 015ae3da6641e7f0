//! Schedules in temporal-difference learning, where they do less: `uba-step-size-schedule.random-walk`.

use super::CITATION;
use super::rule::{PHIS, RULES, Rule, before_siblings};
use crate::error::Error;
use crate::interact::{Outcome, Transition};
use crate::lab::{Claim, Descriptor, Experiment, Measure, Metric, Quantity, Requirement, Steps, Values, View};
use crate::learn::{Adjusted, Pace, Prediction, StepSizeBy, TdLambda, TdParameters, TraceKind};
use crate::math::{CompensatedSum, Libm, Math};
use crate::policy::features::OneHot;
use crate::rng::{Generator, below, stream};
use crate::schedule::Budgeted;
use crate::state::{Persist, Reader, Write};

/// Inner states.
const STATES: usize = 7;

/// The greatest step size and the budget of every setting.
const SETTINGS: [(f32, u32); 6] = [(0.5, 100), (0.5, 200), (0.5, 400), (1.0, 100), (1.0, 200), (1.0, 400)];

/// Runs that the claims are measured over.
const RUNS: u32 = 200;

type Judge = Adjusted<TdLambda<OneHot<STATES>, STATES>, Option<StepSizeBy<Budgeted<Rule>>>>;

/// The state of `uba-step-size-schedule.random-walk`.
#[derive(Debug)]
pub struct RandomWalkExperiment {
    judges: [Judge; RULES],
    rng: Option<Generator>,
    /// The errors at the end of every setting, summed over the runs.
    errors: [[CompensatedSum; RULES]; SETTINGS.len()],
    setting: usize,
    updates: u32,
    runs: u32,
}

impl RandomWalkExperiment {
    /// Starts every learner anew, with its schedule for the present setting.
    fn begin(&mut self) -> Result<(), Error> {
        let (greatest, budget) = SETTINGS[self.setting];
        for (index, judge) in self.judges.iter_mut().enumerate() {
            let schedule = Budgeted::new(Rule::of(index), budget, greatest, 0.0)?;
            let parameters = TdParameters { step_size: greatest, discount: 1.0 };
            judge.adjust(|adjustment| *adjustment = None)?;
            judge.start(|learner| learner.start(OneHot, parameters, TraceKind::Accumulating, 0.0, 0.0))?;
            judge.adjust(|adjustment| *adjustment = Some(StepSizeBy::new(schedule, Pace::Transition)))?;
        }
        Ok(())
    }

    /// One transition from a state drawn uniformly; the walk leaves on the left for -1, on the right for 1.
    fn draw(&mut self) -> Result<Transition<usize, ()>, Error> {
        let rng = self.rng.as_mut().ok_or(Error::NotStarted)?;
        let state = below(STATES as u32, rng)? as usize;
        let right = below(2, rng)? == 1;
        let (reward, next_state, outcome) = match (right, state) {
            (false, 0) => (-1.0, 0, Outcome::Terminated),
            (true, state) if state + 1 == STATES => (1.0, 0, Outcome::Terminated),
            (false, _) => (0.0, state - 1, Outcome::Continue),
            (true, _) => (0.0, state + 1, Outcome::Continue),
        };
        Ok(Transition { state, action: (), reward, next_state, outcome })
    }

    /// A rule's final error divided by the least of the siblings', both as means of the runs, as a geometric mean of the
    /// settings.
    fn score(&self, rule: usize) -> f32 {
        let mut logarithms = CompensatedSum::EMPTY;
        for errors in &self.errors {
            let siblings = errors.iter().skip(PHIS).map(CompensatedSum::value);
            let best = siblings.fold(f32::INFINITY, f32::min);
            logarithms.add(Libm::ln(errors[rule].value() / best));
        }
        Libm::exp(logarithms.value() / SETTINGS.len() as f32)
    }

    /// A rule's final error as a mean of the settings and the runs.
    fn error(&self, rule: usize) -> f32 {
        let sum = self.errors.iter().fold(0.0, |sum, errors| sum + errors[rule].value());
        sum / (SETTINGS.len() as f32 * self.runs as f32)
    }
}

/// The root of the mean squared error over the states, whose values are -3/4, -2/4, .. 3/4.
fn error(judge: &Judge) -> Result<f32, Error> {
    let mut squares = 0.0;
    for state in 0..STATES {
        let miss = judge.value(state)? - ((state + 1) as f32 / 4.0 - 1.0);
        squares += miss * miss;
    }
    Ok(libm::sqrtf(squares / STATES as f32))
}

/// The errors, setting by setting; how many runs are over, and which setting is at work: that one begins anew.
impl Persist for RandomWalkExperiment {
    fn write(&self, out: &mut impl Write) {
        self.errors.write(out);
        self.runs.write(out);
        self.setting.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.errors.check(from)?;
        self.runs.check(from)?;
        let mut setting = 0;
        setting.read(from)?;
        if setting < SETTINGS.len() { Ok(()) } else { Err(Error::Malformed) }
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.errors.read(from)?;
        self.runs.read(from)?;
        self.setting.read(from)?;
        self.updates = 0;
        Ok(())
    }
}

impl Experiment for RandomWalkExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "uba-step-size-schedule.random-walk",
        title: "Step sizes for TD(0)",
        room: "reward",
        summary: "Each step is a run of TD(0) on a random walk of seven states in six settings, two greatest step sizes and \
                  three budgets. Its noise does not shrink with the step: here linear and exponential decay score better \
                  than UBA with any one phi.",
        citation: CITATION,
        step: "run",
        steps: Steps { minimum: 1, maximum: 10_000, default: RUNS, conformance: 1 },
        contenders: &before_siblings::<PHIS, RULES>([
            "UBA phi=0.25",
            "UBA phi=0.5",
            "UBA phi=1",
            "UBA phi=2",
            "UBA phi=3",
            "UBA phi=5",
            "UBA phi=10",
        ]),
        parameters: &[],
        metrics: &[
            Metric {
                name: "score",
                unit: "",
                description: "The mean final error divided by the least of the siblings', as a geometric mean of the settings.",
            },
            Metric {
                name: "error",
                unit: "",
                description: "The final error, a mean of the settings and the runs so far.",
            },
        ],
        views: &[
            View::Curve { title: "Score", metric: "score" },
            View::Curve { title: "Error of the values", metric: "error" },
        ],
        claims: CLAIMS,
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        judges: [const { Adjusted::new(TdLambda::EMPTY, None) }; RULES],
        rng: None,
        errors: [[CompensatedSum::EMPTY; RULES]; SETTINGS.len()],
        setting: 0,
        updates: 0,
        runs: 0,
    };

    fn start(&mut self, seed: u32, _steps: u32, _values: &Values) -> Result<(), Error> {
        self.rng = Some(stream(seed, 0));
        self.errors = Self::EMPTY.errors;
        (self.setting, self.updates, self.runs) = (0, 0, 0);
        Ok(())
    }

    /// One update of every learner, from the same transition.
    fn tick(&mut self) -> Result<bool, Error> {
        if self.updates == 0 {
            self.begin()?;
        }
        let transition = self.draw()?;
        for judge in &mut self.judges {
            judge.learn(&transition)?;
        }
        self.updates += 1;
        if self.updates < SETTINGS[self.setting].1 {
            return Ok(false);
        }
        for (sum, judge) in self.errors[self.setting].iter_mut().zip(&self.judges) {
            sum.add(error(judge)?);
        }
        self.setting = (self.setting + 1) % SETTINGS.len();
        self.updates = 0;
        let over = self.setting == 0;
        self.runs = self.runs.saturating_add(u32::from(over));
        Ok(over)
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        match metric {
            0 if contender < RULES => self.score(contender),
            1 if contender < RULES => self.error(contender),
            _ => f32::NAN,
        }
    }
}

const fn score(contender: &'static str) -> Quantity {
    Quantity::mean(contender, "score", RUNS - 1, RUNS)
}

const UBA: &[Quantity] = &[
    score("UBA phi=0.25"),
    score("UBA phi=0.5"),
    score("UBA phi=1"),
    score("UBA phi=2"),
    score("UBA phi=3"),
    score("UBA phi=5"),
    score("UBA phi=10"),
];

const SIBLINGS: &[Quantity] = &[
    score("cosine"),
    score("linear"),
    score("one-cycle"),
    score("REX"),
    score("exponential"),
    score("step"),
    score("inverse root"),
    score("constant"),
];

const fn claim(sentence: &'static str, measure: Measure) -> Claim {
    Claim::new(sentence, measure, Requirement::Below(1.0), 1, RUNS)
}

const CLAIMS: &[Claim] = &[
    claim("UBA with its best phi scores below the cosine", Measure::RatioOfLeast(UBA, &[score("cosine")])),
    claim("UBA with its best phi scores below REX", Measure::RatioOfLeast(UBA, &[score("REX")])),
    claim("UBA with its best phi scores below steps", Measure::RatioOfLeast(UBA, &[score("step")])),
    claim("UBA with its best phi scores below a constant step size", Measure::RatioOfLeast(UBA, &[score("constant")])),
    claim("Linear decay scores below UBA with any phi", Measure::RatioOfLeast(&[score("linear")], UBA)),
    claim("Exponential decay scores below UBA with any phi", Measure::RatioOfLeast(&[score("exponential")], UBA)),
    claim("UBA with its best phi scores below every sibling", Measure::RatioOfLeast(UBA, SIBLINGS)),
];
