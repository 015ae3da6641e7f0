//! From claims to the runs that they need, and from the runs to the figures.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use habit::Error;
use habit::lab::{Claim, Descriptor, EXPERIMENTS, Measure, Quantity, Reducer, Reduction, Values};

use super::{ClaimError, Options, Row};
use crate::drive::{Job, drive};
use crate::in_order::{Outbox, in_order};
use crate::names::unknown;

/// Everything that must be run to measure the claims of some experiments: runs that several claims need are run once.
#[derive(Clone, Debug)]
pub struct Measurement {
    seed: u32,
    claims: Vec<(usize, &'static Claim, Formula)>,
    groups: Vec<Group>,
    left_out: usize,
}

/// Runs with the same experiment, parameters and length, and what is taken from them.
#[derive(Clone, Debug)]
struct Group {
    entry: usize,
    values: Values,
    steps: u32,
    seeds: u32,
    columns: Vec<Column>,
    /// The claim that asked for them first, to be named when they fail.
    claim: &'static str,
}

/// One number that a group takes from each of its runs.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Column {
    contender: usize,
    metric: usize,
    reduction: Reduction,
}

/// Where the numbers of the seeds are found, and what stands for them: a percentile, or their mean.
#[derive(Clone, Copy, Debug)]
struct Source {
    group: usize,
    column: usize,
    percentile: Option<u8>,
}

/// From what stands for the seeds to the number that the claim speaks of.
#[derive(Clone, Debug)]
enum Formula {
    Value(Source),
    Ratio(Source, Source),
    Difference(Source, Source),
    RatioOfLeast(Vec<Source>, Vec<Source>),
}

/// What a run of one seed came to: a number a column.
type Numbers = Vec<Option<f64>>;

impl Measurement {
    /// Checks the claims of the experiments at `entries` of [`EXPERIMENTS`], and plans their runs.
    ///
    /// # Errors
    /// A claim that cannot be measured: it names what the experiment does not have, its runs are too short or too long, or
    /// its seeds run past the last.
    pub fn plan(entries: impl IntoIterator<Item = usize>, options: Options) -> Result<Self, ClaimError> {
        let mut measurement = Self { seed: options.seed, claims: Vec::new(), groups: Vec::new(), left_out: 0 };
        for (entry, descriptor) in entries.into_iter().filter_map(|entry| Some((entry, EXPERIMENTS.get(entry)?))) {
            measurement.add(entry, descriptor, options.full)?;
        }
        Ok(measurement)
    }

    /// How many claims are left out because of the length of their runs.
    pub const fn left_out(&self) -> usize {
        self.left_out
    }

    /// How many steps all runs take together.
    pub fn steps(&self) -> u64 {
        self.groups.iter().map(|group| u64::from(group.seeds) * u64::from(group.steps)).sum()
    }

    /// Runs everything on at most `threads` threads and tells `progress` of steps as they are done. The rows come in the
    /// order of the table, and do not depend on the number of threads.
    ///
    /// # Errors
    /// A run that breaks off.
    pub fn run(&self, threads: NonZeroUsize, progress: &(dyn Fn(u64) + Sync)) -> Result<Vec<Row>, ClaimError> {
        let jobs: Vec<_> =
            self.groups.iter().flat_map(|group| (0..group.seeds).map(move |seed| (group, seed))).collect();
        let mut numbers = Vec::with_capacity(jobs.len());
        let work = |job: usize, outbox: &Outbox<'_, Result<Numbers, ClaimError>>| {
            let (group, seed) = jobs[job];
            // A result that nobody wants any more is no loss.
            let _ = outbox.send(group.run(self.seed + seed, progress, || outbox.is_stopped()));
        };
        let take = |result: Result<Numbers, ClaimError>| {
            numbers.push(result?);
            Ok(())
        };
        let first = self.groups.first().map_or(("", ""), |group| (EXPERIMENTS[group.entry].id, group.claim));
        let no_thread =
            |error| ClaimError { id: first.0, claim: first.1, problem: format!("cannot start a thread: {error}") };
        in_order(jobs.len(), threads, work, take, no_thread)?;

        let mut rest = numbers.as_slice();
        let mut by_group = Vec::with_capacity(self.groups.len());
        for group in &self.groups {
            let (own, others) = rest.split_at(group.seeds as usize);
            by_group.push(own);
            rest = others;
        }
        Ok(self.claims.iter().map(|(entry, claim, formula)| self.row(*entry, claim, formula, &by_group)).collect())
    }

    fn row(&self, entry: usize, claim: &'static Claim, formula: &Formula, numbers: &[&[Numbers]]) -> Row {
        let value = |source: Source| {
            let seeds = numbers[source.group].iter().take(claim.seeds as usize);
            let mut seeds = seeds.map(|seed| seed[source.column]).collect::<Option<Vec<f64>>>()?;
            match source.percentile {
                None => Some(seeds.iter().sum::<f64>() / f64::from(claim.seeds)),
                Some(percentile) => {
                    seeds.sort_by(f64::total_cmp);
                    interpolated(&seeds, percentile)
                }
            }
        };
        let least = |sources: &[Source]| {
            let values = sources.iter().map(|source| value(*source));
            values.reduce(|a, b| a.zip(b).map(|(a, b)| a.min(b))).flatten()
        };
        let measured = match *formula {
            Formula::Value(a) => value(a),
            Formula::Ratio(a, b) => value(a).zip(value(b)).map(|(a, b)| a / b),
            Formula::Difference(a, b) => value(a).zip(value(b)).map(|(a, b)| a - b),
            Formula::RatioOfLeast(ref a, ref b) => least(a).zip(least(b)).map(|(a, b)| a / b),
        };
        let measured = measured.filter(|number| number.is_finite());
        Row {
            id: EXPERIMENTS[entry].id,
            claim: claim.sentence,
            measured,
            required: claim.required,
            holds: measured.is_some_and(|number| claim.required.holds(number)),
            seed: self.seed,
            seeds: claim.seeds,
            steps: claim.steps,
            full: claim.full,
        }
    }

    fn add(&mut self, entry: usize, descriptor: &'static Descriptor, full: bool) -> Result<(), ClaimError> {
        for claim in descriptor.claims {
            if claim.full && !full {
                self.left_out += 1;
                continue;
            }
            let formula = self.formula(entry, descriptor, claim).map_err(|problem| ClaimError {
                id: descriptor.id,
                claim: claim.sentence,
                problem,
            })?;
            self.claims.push((entry, claim, formula));
        }
        Ok(())
    }

    fn formula(&mut self, entry: usize, descriptor: &Descriptor, claim: &'static Claim) -> Result<Formula, String> {
        if claim.seeds == 0 || self.seed.checked_add(claim.seeds - 1).is_none() {
            return Err(format!(
                "{} seeds from {} run past {}; take an earlier --seed",
                claim.seeds,
                self.seed,
                u32::MAX
            ));
        }
        let mut source = |quantity: &Quantity| self.source(entry, descriptor, claim, quantity);
        Ok(match &claim.measure {
            Measure::Value(a) => Formula::Value(source(a)?),
            Measure::Ratio(a, b) => Formula::Ratio(source(a)?, source(b)?),
            Measure::Difference(a, b) => Formula::Difference(source(a)?, source(b)?),
            Measure::RatioOfLeast(a, b) => {
                let mut sources =
                    |quantities: &[Quantity]| quantities.iter().map(&mut source).collect::<Result<_, _>>();
                Formula::RatioOfLeast(sources(a)?, sources(b)?)
            }
        })
    }

    /// Finds the run and the column of a quantity, or adds them.
    fn source(
        &mut self,
        entry: usize,
        descriptor: &Descriptor,
        claim: &'static Claim,
        quantity: &Quantity,
    ) -> Result<Source, String> {
        let Quantity { contender, metric, reduction, set, steps, percentile } = *quantity;
        if let Some(percentile) = percentile.filter(|percentile| *percentile > 100) {
            return Err(format!("there is no percentile {percentile}"));
        }
        let (steps, limits) = (steps.unwrap_or(claim.steps), descriptor.steps);
        if !(limits.minimum..=limits.maximum).contains(&steps) {
            return Err(format!("{steps} steps are not {} to {}", limits.minimum, limits.maximum));
        }
        let contenders = descriptor.contenders.iter().copied();
        let metrics = descriptor.metrics.iter().map(|metric| metric.name);
        let column = Column {
            contender: contenders
                .clone()
                .position(|name| name == contender)
                .ok_or_else(|| unknown("contender", contender, contenders))?,
            metric: metrics
                .clone()
                .position(|name| name == metric)
                .ok_or_else(|| unknown("metric", metric, metrics))?,
            reduction,
        };
        let (from, to) = window(reduction);
        if from >= to || to > steps {
            return Err(format!("steps {} to {to} are not within its {steps} steps", from + 1));
        }
        let values = Values::parse(descriptor, set).map_err(|(error, _)| format!("'{set}': {error}"))?;
        let same = |group: &Group| (group.entry, group.values, group.steps) == (entry, values, steps);
        let group = self.groups.iter().position(same).unwrap_or_else(|| {
            let (columns, claim) = (Vec::new(), claim.sentence);
            self.groups.push(Group { entry, values, steps, seeds: 0, columns, claim });
            self.groups.len() - 1
        });
        let runs = &mut self.groups[group];
        runs.seeds = runs.seeds.max(claim.seeds);
        let column = runs.columns.iter().position(|known| *known == column).unwrap_or_else(|| {
            runs.columns.push(column);
            runs.columns.len() - 1
        });
        Ok(Source { group, column, percentile })
    }
}

impl Group {
    fn run(
        &self,
        seed: u32,
        progress: &(dyn Fn(u64) + Sync),
        is_stopped: impl Fn() -> bool,
    ) -> Result<Numbers, ClaimError> {
        let mut reducers: Vec<_> = self.columns.iter().map(|column| Reducer::new(column.reduction)).collect();
        let job = Job { entry: self.entry, seed, steps: self.steps, values: &self.values };
        let ended = drive(job, progress, |run| {
            for (reducer, column) in reducers.iter_mut().zip(&self.columns) {
                // A metric may take time to read, and outside its window it changes nothing.
                let (from, to) = window(column.reduction);
                if (from..=to).contains(&run.step()) {
                    reducer.add(run.step(), run.metric(column.contender, column.metric));
                }
            }
            if is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        ended.map_err(|(error, step)| self.broken_off(seed, step, error))?;
        Ok(reducers.iter().map(Reducer::value).collect())
    }

    fn broken_off(&self, seed: u32, step: u32, error: Error) -> ClaimError {
        let problem = format!("its run with seed {seed} broke off in step {step}: {error}");
        ClaimError { id: EXPERIMENTS[self.entry].id, claim: self.claim, problem }
    }
}

/// The percentile of sorted numbers, between two of them by linear interpolation.
fn interpolated(sorted: &[f64], percentile: u8) -> Option<f64> {
    let position = sorted.len().checked_sub(1)? as f64 * f64::from(percentile) / 100.0;
    let (below, above) = (sorted.get(position.floor() as usize)?, sorted.get(position.ceil() as usize)?);
    Some(below + (above - below) * position.fract())
}

const fn window(reduction: Reduction) -> (u32, u32) {
    match reduction {
        Reduction::Mean { from, to } | Reduction::Growth { from, to } => (from, to),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use habit::lab::Requirement;

    const OPTIONS: Options = Options { seed: 1, full: false };

    const CLAIM: Claim = Claim {
        sentence: "It learns",
        measure: Measure::Value(QUANTITY),
        required: Requirement::AtLeast(0.0),
        seeds: 2,
        steps: 10,
        full: false,
    };

    const QUANTITY: Quantity = Quantity::mean("SARSA", "return", 5, 10);

    /// Plans the claims as if the first experiment made them.
    fn planned(claims: Vec<Claim>, options: Options) -> Result<Measurement, ClaimError> {
        let descriptor = Box::leak(Box::new(Descriptor { claims: claims.leak(), ..EXPERIMENTS[0] }));
        let mut measurement = Measurement::plan([], options)?;
        measurement.add(0, descriptor, options.full)?;
        Ok(measurement)
    }

    fn value(quantity: Quantity) -> Claim {
        Claim { measure: Measure::Value(quantity), ..CLAIM }
    }

    fn measured(claims: Vec<Claim>) -> Vec<Row> {
        planned(claims, OPTIONS).unwrap().run(NonZeroUsize::MIN, &|_| {}).unwrap()
    }

    #[test]
    fn what_cannot_be_measured_is_refused_with_the_reason() {
        for (claim, hint) in [
            (value(Quantity { contender: "Sarsa", ..QUANTITY }), "did you mean 'SARSA'?"),
            (value(Quantity { metric: "retrun", ..QUANTITY }), "did you mean 'return'?"),
            (value(Quantity { set: "epsilon=7", ..QUANTITY }), "'epsilon=7'"),
            (value(Quantity { reduction: Reduction::Mean { from: 5, to: 11 }, ..QUANTITY }), "not within its 10 steps"),
            (
                value(Quantity { reduction: Reduction::Growth { from: 5, to: 5 }, ..QUANTITY }),
                "not within its 10 steps",
            ),
            (Claim { steps: 0, ..CLAIM }, "0 steps are not 1 to"),
            (value(QUANTITY.in_runs_of(9)), "not within its 9 steps"),
            (value(QUANTITY.in_runs_of(0)), "0 steps are not 1 to"),
            (Claim { seeds: 0, ..CLAIM }, "0 seeds"),
            (value(QUANTITY.percentile(101)), "no percentile 101"),
        ] {
            let sentence = planned(vec![claim], OPTIONS).unwrap_err().to_string();
            assert!(sentence.contains("\"It learns\"") && sentence.contains(hint), "{sentence}");
        }
        let late = Options { seed: u32::MAX, full: false };
        assert!(planned(vec![CLAIM], late).unwrap_err().to_string().contains("take an earlier --seed"));
        assert!(planned(vec![Claim { seeds: 1, ..CLAIM }], late).is_ok());
    }

    #[test]
    fn equal_runs_are_run_once() {
        let other = Quantity { contender: "Q-learning", ..QUANTITY };
        let set = Quantity { set: "epsilon=0.2,step_size=0.1", ..QUANTITY };
        let same_set = Quantity { set: "step_size=0.1,epsilon=0.2", ..other };
        let claims = vec![
            CLAIM,
            Claim { seeds: 5, ..value(other) },
            Claim { measure: Measure::Difference(QUANTITY, other), ..CLAIM },
            Claim { measure: Measure::Ratio(set, same_set), ..CLAIM },
            Claim { steps: 11, ..CLAIM },
            Claim { measure: Measure::Ratio(QUANTITY.in_runs_of(12), QUANTITY.in_runs_of(11)), ..CLAIM },
        ];
        let measurement = planned(claims, OPTIONS).unwrap();
        let runs: Vec<_> =
            measurement.groups.iter().map(|group| (group.steps, group.seeds, group.columns.len())).collect();
        assert_eq!(runs, [(10, 5, 2), (10, 2, 2), (11, 2, 1), (12, 2, 1)]);
        assert_eq!(measurement.steps(), 50 + 20 + 22 + 24);
    }

    #[test]
    fn a_claim_is_measured_on_its_own_seeds_whoever_shares_its_runs() {
        let alone = measured(vec![CLAIM])[0].measured;
        let shared = measured(vec![Claim { seeds: 7, ..CLAIM }, CLAIM]);
        assert_eq!(shared[1].measured, alone);
        assert_ne!(shared[0].measured, alone);
    }

    #[test]
    fn means_are_taken_before_they_are_compared() {
        let other = Quantity { contender: "Q-learning", ..QUANTITY };
        let rows = measured(vec![
            CLAIM,
            value(other),
            Claim { measure: Measure::Ratio(QUANTITY, other), ..CLAIM },
            Claim { measure: Measure::Difference(QUANTITY, other), ..CLAIM },
        ]);
        let [a, b, ratio, difference] = [0, 1, 2, 3].map(|index| rows[index].measured.unwrap());
        assert_eq!((ratio, difference), (a / b, a - b));
    }

    #[test]
    fn a_percentile_over_the_seeds_lies_between_two_of_them() {
        let over = |seeds, quantity| Claim { seeds, ..value(quantity) };
        let percentiles = [0, 25, 50, 75, 100];
        let mut claims = percentiles.map(|percentile| over(4, QUANTITY.percentile(percentile))).to_vec();
        claims.extend((1..=4).map(|seeds| over(seeds, QUANTITY)));
        claims.push(Claim { measure: Measure::Ratio(QUANTITY.percentile(25), QUANTITY), ..over(4, QUANTITY) });
        let rows: Vec<_> = measured(claims).iter().map(|row| row.measured.unwrap()).collect();
        // The seeds one by one, from the growing means.
        let mut seeds: Vec<_> =
            (0..4).map(|n| rows[5 + n] * (n + 1) as f64 - if n == 0 { 0.0 } else { rows[4 + n] * n as f64 }).collect();
        seeds.sort_by(f64::total_cmp);
        let between = |place: usize, share: f64| seeds[place] + share * (seeds[place + 1] - seeds[place]);
        let expected = [seeds[0], between(0, 0.75), between(1, 0.5), between(2, 0.25), seeds[3]];
        for (found, expected) in rows.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-9, "{rows:?}");
        }
        assert_eq!(rows[9], rows[1] / rows[8]);
        assert_eq!(interpolated(&[3.0], 25), Some(3.0));
        assert_eq!(interpolated(&[], 25), None);
    }

    #[test]
    fn runs_of_different_lengths_can_be_compared() {
        let late = Quantity::mean("SARSA", "return", 10, 20);
        let rows = measured(vec![
            CLAIM,
            Claim { steps: 20, ..value(late) },
            Claim { measure: Measure::Ratio(late.in_runs_of(20), QUANTITY), ..CLAIM },
        ]);
        let [early, late, ratio] = [0, 1, 2].map(|index| rows[index].measured.unwrap());
        assert_eq!(ratio, late / early);
    }

    #[test]
    fn what_has_no_number_does_not_hold() {
        let nothing = Quantity { metric: "greedy_path", reduction: Reduction::Growth { from: 9, to: 10 }, ..QUANTITY };
        // 100 before and after: the growth is 0.
        let rows = measured(vec![Claim { measure: Measure::Ratio(nothing, nothing), ..CLAIM }]);
        assert_eq!((rows[0].measured, rows[0].holds), (None, false));
    }

    #[test]
    fn long_runs_are_left_out_unless_asked_for() {
        let claims = vec![CLAIM, Claim { full: true, ..CLAIM }];
        assert_eq!(planned(claims.clone(), OPTIONS).unwrap().left_out(), 1);
        let full = planned(claims, Options { seed: 1, full: true }).unwrap();
        assert_eq!((full.left_out(), full.claims.len()), (0, 2));
    }
}
