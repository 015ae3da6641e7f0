//! One seed of a sweep or of a claim, run from the first step to the last: what a worker of the pool does.

use habit::lab::{EXPERIMENTS, Measure, Quantity, Reducer, Reduction, Run, Values, find};

/// One run, from the first step to the last.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// The experiment.
    pub id: String,
    /// Of the generator.
    pub seed: u32,
    /// The length of the run.
    pub steps: u32,
    /// What differs from the defaults, as `name=value,name=value`.
    pub set: String,
}

/// Runs to the end and returns the digest and every metric of every contender, `every` so many steps and after the last:
/// sample by sample, in each contender by contender. Memory: those numbers.
///
/// # Errors
/// One sentence, where the experiment cannot be run so or breaks off.
pub fn sweep(run: &mut Run, course: &Course, every: u32) -> Result<(u64, Vec<f32>), String> {
    let mut numbers = Vec::new();
    drive(run, course, |run, contenders, metrics| {
        if run.is_due(every.max(1)) {
            let all = (0..contenders).flat_map(|c| (0..metrics).map(move |m| (c, m)));
            numbers.extend(all.map(|(contender, metric)| run.metric(contender, metric)));
        }
    })?;
    Ok((run.digest(), numbers))
}

/// One seed of a claim: a number for each of its quantities in order, NaN where the metric has no value.
///
/// # Errors
/// One sentence, where there is no such claim, or it names what the experiment does not have, or a run breaks off.
pub fn claim(run: &mut Run, id: &str, claim: usize, seed: u32) -> Result<Vec<f64>, String> {
    let descriptor = find(id).and_then(|entry| EXPERIMENTS.get(entry)).ok_or("this module has no such experiment")?;
    let claim = descriptor.claims.get(claim).ok_or("the experiment has no such claim")?;
    let quantities: Vec<&Quantity> = match &claim.measure {
        Measure::Value(a) => vec![a],
        Measure::Ratio(a, b) | Measure::Difference(a, b) => vec![a, b],
        Measure::RatioOfLeast(a, b) => a.iter().chain(*b).collect(),
    };
    let mut numbers = vec![f64::NAN; quantities.len()];
    let runs = |quantity: &Quantity| (quantity.set, quantity.steps.unwrap_or(claim.steps));
    for (first, quantity) in quantities.iter().enumerate() {
        let (set, steps) = runs(quantity);
        if quantities[..first].iter().any(|known| runs(known) == (set, steps)) {
            continue;
        }
        let mut columns = Vec::new();
        for (index, quantity) in quantities.iter().enumerate().filter(|(_, other)| runs(other) == (set, steps)) {
            let contender = descriptor.contenders.iter().position(|name| *name == quantity.contender);
            let metric = descriptor.metrics.iter().position(|metric| metric.name == quantity.metric);
            let missing = || format!("there is no {} of {}", quantity.metric, quantity.contender);
            let (contender, metric) = contender.zip(metric).ok_or_else(missing)?;
            let (Reduction::Mean { from, to } | Reduction::Growth { from, to }) = quantity.reduction;
            columns.push((index, contender, metric, from..=to, Reducer::new(quantity.reduction)));
        }
        let course = Course { id: id.into(), seed, steps, set: set.into() };
        drive(run, &course, |run, _, _| {
            for (_, contender, metric, window, reducer) in &mut columns {
                // A metric may take time to read, and outside its window it changes nothing.
                if window.contains(&run.step()) {
                    reducer.add(run.step(), run.metric(*contender, *metric));
                }
            }
        })?;
        for (index, .., reducer) in columns {
            numbers[index] = reducer.value().unwrap_or(f64::NAN);
        }
    }
    Ok(numbers)
}

/// Runs to the end; `take` sees the run after every step, with the numbers of contenders and metrics.
fn drive(run: &mut Run, course: &Course, mut take: impl FnMut(&Run, usize, usize)) -> Result<(), String> {
    let entry = find(&course.id).ok_or("this module has no such experiment")?;
    let descriptor = &EXPERIMENTS[entry];
    let values = Values::parse(descriptor, &course.set).map_err(|(error, _)| error.to_string())?;
    run.start(entry, course.seed, course.steps, &values).map_err(|error| error.to_string())?;
    while !run.is_over() {
        run.finish_step().map_err(|error| error.to_string())?;
        take(run, descriptor.contenders.len(), descriptor.metrics.len());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cliff(steps: u32, set: &str) -> Course {
        Course { id: "tabular-td.cliff-walking".into(), seed: 1, steps, set: set.into() }
    }

    #[test]
    fn a_run_leaves_its_samples_and_its_digest() {
        let mut run = Box::new(Run::EMPTY);
        let (digest, numbers) = sweep(&mut run, &cliff(500, ""), 200).expect("runs");
        // After 200, 400 and 500 steps.
        assert_eq!(numbers.len(), 3 * 3 * 3);
        assert_eq!(format!("{:016x}", habit::lab::fold_digests([digest])), "0b4989aa9bf05b01");
        assert_eq!(numbers[2 * 9], run.metric(0, 0));
    }

    #[test]
    fn a_claim_has_a_number_for_each_quantity() {
        let mut run = Box::new(Run::EMPTY);
        let numbers = claim(&mut run, "tabular-td.cliff-walking", 2, 1).expect("measured");
        assert!(numbers.len() == 2 && numbers.iter().all(|number| (-60.0..-15.0).contains(number)), "{numbers:?}");
    }

    #[test]
    fn what_cannot_be_run_is_refused_in_a_sentence() {
        let mut run = Box::new(Run::EMPTY);
        assert!(sweep(&mut run, &Course { id: "x".into(), ..cliff(1, "") }, 1).is_err());
        assert!(sweep(&mut run, &cliff(0, ""), 1).is_err() && sweep(&mut run, &cliff(1, "epsilon=7"), 1).is_err());
        assert!(claim(&mut run, "tabular-td.cliff-walking", 99, 1).is_err() && claim(&mut run, "x", 0, 1).is_err());
    }
}
