//! Thirteen textbook problems, solved stage by stage: `declarative-dp-solver.textbook`.

use super::CITATION;
use crate::error::Error;
use crate::lab::{Claim, Descriptor, Experiment, Measure, Metric, Quantity, Requirement, Steps, Values, View};
use crate::plan::{
    DeclaredTransition, DynamicProgram, Horizon, Sweeps, back_up, backward_induction, relative_value_iteration,
};
use crate::state::persist_fields;

/// Room for the largest problem.
const STATES: usize = 14;
const TRANSITIONS: usize = 304;

/// Stages or sweeps that the claims are measured after.
const LENGTH: u32 = 200;

/// A problem: its text, and its answer by another method than dynamic programming over the text.
struct Problem {
    name: &'static str,
    text: &'static str,
    answer: f32,
}

macro_rules! problems {
    ($($name:literal $answer:literal)*) => {
        const PROBLEMS: &[Problem] = &[$(Problem {
            name: $name,
            text: include_str!(concat!("../../../problems/", $name, ".dp")),
            answer: $answer,
        }),*];
    };
}

problems! {
    "stagecoach" 11.0
    "knapsack" 20.0
    "allocation" 24.0
    "replacement" 430.0
    "inventory" 16.3163
    "lot-sizing" 17.0
    "asset-selling" 4.3408
    "secretary" 0.409_821
    "gambler" 0.256
    "maintenance" 65.793
    "toymaker-average" 2.0
    "toymaker-discounted" 22.1978
    "salesman" 35.0
}

const COUNT: usize = PROBLEMS.len();

/// The state of `declarative-dp-solver.textbook`.
#[derive(Debug)]
pub struct TextbookExperiment {
    /// What every state is worth, greater where it is better, after the stages or sweeps so far.
    values: [[f32; STATES]; COUNT],
    answers: [f32; COUNT],
    /// Of the problem that is read at present.
    transitions: [DeclaredTransition; TRANSITIONS],
    terminal: [f32; STATES],
    done: u32,
    /// The problem whose turn it is.
    at: usize,
}

/// One more stage, from the last to the first, or one more sweep; returns the value at the start as it is sought.
fn advance(program: &DynamicProgram<'_>, values: &mut [f32], done: u32) -> Result<f32, Error> {
    let mut scratch = [0.0; STATES];
    let scratch = scratch.get_mut(..values.len()).ok_or(Error::BufferTooSmall)?;
    let of_start = |values: &[f32]| values.get(program.start()).copied().unwrap_or(f32::NAN);
    let value = match program.horizon() {
        Horizon::Finite(stages) => {
            if let Some(left) = stages.checked_sub(done + 1) {
                backward_induction(|_| program.stage(left), 1, 1.0, 0.0, values, scratch, |_, _, _| {})?;
            }
            of_start(values)
        }
        Horizon::Discounted(discount) => {
            let model = program.stage(0);
            for state in 0..values.len() {
                back_up(&model, discount, state, values)?;
            }
            of_start(values)
        }
        Horizon::Average => {
            let one = Sweeps { tolerance: 0.0, most: 1 };
            relative_value_iteration(&program.stage(0), one, values, scratch)?.gain
        }
    };
    Ok(program.as_sought(value))
}

impl Experiment for TextbookExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "declarative-dp-solver.textbook",
        title: "Textbook problems as text",
        room: "plan",
        summary: "Thirteen problems in a few hundred bytes of text each: paths, stocks, machines, tours. Each step is one more \
                  stage, from the last to the first, or one more sweep over the states; the value at the start comes to the \
                  answer that another method gives.",
        citation: CITATION,
        step: "stage",
        steps: Steps { minimum: 1, maximum: 1000, default: LENGTH, conformance: 2 },
        contenders: &names(),
        parameters: &[],
        metrics: &[
            Metric { name: "value", unit: "", description: "What the start is worth with so many stages to go." },
            Metric {
                name: "share",
                unit: "",
                description: "The same, divided by the answer that another method gives.",
            },
        ],
        views: &[
            View::Curve { title: "Share of the answer", metric: "share" },
            View::Curve { title: "Value at the start", metric: "value" },
        ],
        claims: &claims(),
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        values: [[0.0; STATES]; COUNT],
        answers: [f32::NAN; COUNT],
        transitions: [DeclaredTransition::EMPTY; TRANSITIONS],
        terminal: [0.0; STATES],
        done: 0,
        at: 0,
    };

    fn start(&mut self, _seed: u32, _steps: u32, _values: &Values) -> Result<(), Error> {
        (self.done, self.at, self.answers) = (0, 0, [f32::NAN; COUNT]);
        for (values, problem) in self.values.iter_mut().zip(PROBLEMS) {
            let read = DynamicProgram::parse(problem.text, &mut self.transitions, &mut self.terminal);
            let program = read.map_err(|fault| fault.error)?;
            values.fill(0.0);
            if matches!(program.horizon(), Horizon::Finite(_)) {
                program.write_terminal_values(values.get_mut(..program.states()).ok_or(Error::BufferTooSmall)?)?;
            }
        }
        Ok(())
    }

    /// One stage or sweep of one problem.
    fn tick(&mut self) -> Result<bool, Error> {
        let problem = PROBLEMS.get(self.at).ok_or(Error::NotStarted)?;
        let read = DynamicProgram::parse(problem.text, &mut self.transitions, &mut self.terminal);
        let program = read.map_err(|fault| fault.error)?;
        let values = self.values.get_mut(self.at).and_then(|values| values.get_mut(..program.states()));
        let value = advance(&program, values.ok_or(Error::BufferTooSmall)?, self.done)?;
        if let Some(answer) = self.answers.get_mut(self.at) {
            *answer = value;
        }
        self.at = (self.at + 1) % COUNT;
        self.done += u32::from(self.at == 0);
        Ok(self.at == 0)
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        let (Some(value), Some(problem)) = (self.answers.get(contender), PROBLEMS.get(contender)) else {
            return f32::NAN;
        };
        if metric == 0 { *value } else { value / problem.answer }
    }
}

persist_fields!([] TextbookExperiment { values, done });

const fn names() -> [&'static str; COUNT] {
    let (mut names, mut at) = ([""; COUNT], 0);
    while at < COUNT {
        names[at] = PROBLEMS[at].name;
        at += 1;
    }
    names
}

/// Within one in 10 000 of the answer.
const fn claims() -> [Claim; COUNT] {
    const SENTENCES: [&str; COUNT] = [
        "The cheapest way through the towns costs 11",
        "The knapsack's things are worth 20",
        "Four units earn 24",
        "Five years with a machine cost 430",
        "Four periods with a stock cost 16.3163",
        "The lots cost 17",
        "An asset with an offer of 3 and six decisions is worth 4.3408",
        "The best of eight is found with probability 0.409821",
        "The gambler reaches 8 from 3 with probability 0.256",
        "The machine earns 65.7930, discounted",
        "The toymaker earns 2 a step",
        "The toymaker earns 22.1978, discounted",
        "The cheapest tour costs 35",
    ];
    let one = Claim::new("", Measure::Value(Quantity::mean("", "share", 0, 1)), Requirement::Equal(1.0), 1, LENGTH);
    let (mut claims, mut at) = ([one; COUNT], 0);
    while at < COUNT {
        let share = Quantity::mean(PROBLEMS[at].name, "share", LENGTH - 1, LENGTH);
        claims[at] = Claim::new(SENTENCES[at], Measure::Value(share), Requirement::Within(0.9999, 1.0001), 1, LENGTH);
        at += 1;
    }
    claims
}
