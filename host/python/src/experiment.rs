//! Experiments and their claims.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use habit::Error;
use habit::checkpoint;
use habit::lab::{EXPERIMENTS, Kind, Run, Runner, Values, fold_digests};
use habit_cli::claims::{Measurement, Options};
use numpy::PyArray1;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::error::{OrRefuse, refusal};
use crate::learner::Sink;

/// How often a run looks whether the user has interrupted it.
const PATIENCE: Duration = Duration::from_millis(50);

/// Every experiment as JSON.
#[pyfunction]
pub fn _experiments() -> PyResult<String> {
    serde_json::to_string(EXPERIMENTS).map_err(|error| PyRuntimeError::new_err(error.to_string()))
}

/// What was asked for, and is within the experiment's limits.
struct Plan {
    entry: usize,
    seed: u32,
    steps: u32,
    every: u32,
    values: Values,
}

/// What one seed came to.
struct Outcome {
    digest: u64,
    /// The step of every sample.
    steps: Vec<u32>,
    /// Sample by sample, contender by contender, metric by metric.
    numbers: Vec<f32>,
    checkpoint: Vec<u8>,
}

impl Plan {
    /// Runs one seed, unless it is stopped.
    fn run(&self, index: u32, is_stopped: &AtomicBool) -> Result<Option<Outcome>, Error> {
        // The heap, because a run is large and a thread's stack is not ours to size.
        let mut run = Box::new(Run::EMPTY);
        run.start(self.entry, self.seed + index, self.steps, &self.values)?;
        let (contenders, metrics) = (EXPERIMENTS[self.entry].contenders.len(), EXPERIMENTS[self.entry].metrics.len());
        let (mut steps, mut numbers) = (Vec::new(), Vec::new());
        while !run.is_over() {
            run.finish_step()?;
            if is_stopped.load(Ordering::Relaxed) {
                return Ok(None);
            }
            if run.is_due(self.every) {
                steps.push(run.step());
                let places = (0..contenders).flat_map(|contender| (0..metrics).map(move |metric| (contender, metric)));
                numbers.extend(places.map(|(contender, metric)| run.metric(contender, metric)));
            }
        }
        let mut checkpoint = Sink(Vec::new());
        checkpoint::write(&*run, &mut checkpoint);
        Ok(Some(Outcome { digest: run.digest(), steps, numbers, checkpoint: checkpoint.0 }))
    }
}

fn values(entry: usize, parameters: &[(String, String)]) -> PyResult<Values> {
    let descriptor = &EXPERIMENTS[entry];
    let mut values = Values::DEFAULTS;
    for (name, text) in parameters {
        values.set(descriptor, name, text).map_err(|error| {
            let known = descriptor.parameters.iter().find(|parameter| parameter.name == name);
            let Some(parameter) = known else {
                let names: Vec<_> = descriptor.parameters.iter().map(|parameter| parameter.name).collect();
                let names = if names.is_empty() { "there is none".into() } else { names.join(", ") };
                return PyValueError::new_err(format!("{}: {name}; known: {names}", error.message()));
            };
            match parameter.kind {
                Kind::Real { minimum, maximum, .. } => {
                    PyValueError::new_err(format!("{name} must be a number from {minimum} to {maximum}, not {text}"))
                }
                Kind::Choice { options, .. } => {
                    PyValueError::new_err(format!("{name} must be one of {}, not {text}", options.join(", ")))
                }
            }
        })?;
    }
    Ok(values)
}

/// Runs an experiment over seeds, on several threads, without the interpreter.
#[pyfunction]
#[allow(clippy::too_many_arguments)] // what `habit.run` takes
pub fn _run<'py>(
    py: Python<'py>,
    entry: usize,
    seed: u32,
    seeds: u32,
    steps: Option<u32>,
    every: u32,
    parameters: Vec<(String, String)>,
    threads: Option<usize>,
) -> PyResult<Bound<'py, PyDict>> {
    let descriptor = EXPERIMENTS.get(entry).ok_or(Error::UnknownExperiment).or_refuse(py)?;
    let limits = descriptor.steps;
    let steps = steps.unwrap_or(limits.default);
    if !(limits.minimum..=limits.maximum).contains(&steps) {
        let sentence = format!("steps must be from {} to {}, not {steps}", limits.minimum, limits.maximum);
        return Err(PyValueError::new_err(sentence));
    }
    if every == 0 || seeds == 0 || seed.checked_add(seeds - 1).is_none() {
        return Err(PyValueError::new_err("every and seeds must be at least 1, and the last seed below 4294967296"));
    }
    let plan = Plan { entry, seed, steps, every, values: values(entry, &parameters)? };
    Runner::check(entry, steps, &plan.values).or_refuse(py)?;
    let outcomes = py.detach(|| all_seeds(&plan, seeds, threads))?;

    let result = PyDict::new(py);
    result.set_item("digest", format!("{:016x}", fold_digests(outcomes.iter().map(|outcome| outcome.digest))))?;
    result.set_item("steps", steps)?;
    let contenders = descriptor.contenders.len();
    let rows = || {
        outcomes.iter().enumerate().flat_map(|(index, outcome)| {
            outcome.steps.iter().flat_map(move |step| (0..contenders).map(move |contender| (index, *step, contender)))
        })
    };
    let samples = PyDict::new(py);
    samples.set_item("t", PyArray1::from_iter(py, rows().map(|(_, step, _)| step)))?;
    samples.set_item("seed", PyArray1::from_iter(py, rows().map(|(index, ..)| seed + index as u32)))?;
    samples.set_item("contender", PyArray1::from_iter(py, rows().map(|(.., contender)| contender as u32)))?;
    for (metric, about) in descriptor.metrics.iter().enumerate() {
        let metrics = descriptor.metrics.len();
        let column = outcomes.iter().flat_map(|outcome| outcome.numbers.iter().skip(metric).step_by(metrics));
        samples.set_item(about.name, PyArray1::from_iter(py, column.copied()))?;
    }
    result.set_item("samples", samples)?;
    let checkpoint = outcomes.first().map(|outcome| &outcome.checkpoint).filter(|_| seeds == 1);
    result.set_item("checkpoint", checkpoint.map(|bytes| PyBytes::new(py, bytes)))?;
    Ok(result)
}

/// Runs every seed; the outcomes come in seed order, whatever the number of threads.
fn all_seeds(plan: &Plan, seeds: u32, threads: Option<usize>) -> PyResult<Vec<Outcome>> {
    let most = threads.or_else(|| thread::available_parallelism().ok().map(NonZeroUsize::get)).unwrap_or(1).max(1);
    let (next, is_stopped) = (AtomicUsize::new(0), AtomicBool::new(false));
    let mut outcomes: Vec<Option<Outcome>> = (0..seeds).map(|_| None).collect();
    thread::scope(|scope| {
        let (sender, results) = mpsc::channel();
        for _ in 0..most.min(seeds as usize) {
            let (sender, next, is_stopped) = (sender.clone(), &next, &is_stopped);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= seeds as usize || is_stopped.load(Ordering::Relaxed) {
                        return;
                    }
                    // Nobody listens any more once the run was given up.
                    let _ = sender.send((index, plan.run(index as u32, is_stopped)));
                }
            });
        }
        drop(sender);
        let taken = loop {
            match results.recv_timeout(PATIENCE) {
                Ok((index, Ok(outcome))) => outcomes[index] = outcome,
                Ok((_, Err(error))) => break Err(Python::attach(|py| refusal(py, error))),
                Err(RecvTimeoutError::Timeout) => {
                    if let Err(interrupted) = Python::attach(|py| py.check_signals()) {
                        break Err(interrupted);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => break Ok(()),
            }
        };
        is_stopped.store(true, Ordering::Relaxed);
        taken
    })?;
    Ok(outcomes.into_iter().flatten().collect())
}

/// Measures the claims of experiments again; the rows as JSON.
#[pyfunction]
pub fn _claims(py: Python<'_>, entries: Vec<usize>, seed: u32, full: bool, threads: Option<usize>) -> PyResult<String> {
    let rows = py.detach(|| {
        let threads = threads.and_then(NonZeroUsize::new).or_else(|| thread::available_parallelism().ok());
        Measurement::plan(entries, Options { seed, full })?.run(threads.unwrap_or(NonZeroUsize::MIN), &|_| {})
    });
    let rows = rows.map_err(|error| PyValueError::new_err(error.to_string()))?;
    serde_json::to_string(&rows).map_err(|error| PyRuntimeError::new_err(error.to_string()))
}
