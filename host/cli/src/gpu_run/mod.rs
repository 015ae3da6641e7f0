//! `habit run ID --gpu`: all seeds at once, and of their curves percentiles and means.

mod forms;

use std::io::Write;

use habit_gpu::sweep::{self, BanditSweep, Bucket, Curves, TabularSweep};
use habit_gpu::{Context, Options, block_on};
use serde_json::{Map, Value, json};

use crate::arguments::{self, Format};
use crate::csv;
use crate::failure::Failure;
use crate::figures::{alike, counted};
use crate::gpu::unusable;
use crate::run::labelled;
use crate::seeds::Plan;
use crate::settings;
use crate::table::{Column, paragraph, table, terminal_width};
use forms::{Contender, FORMS, Form, Sweep};

/// The percentiles that are shown.
const PERCENTS: [f32; 5] = [10.0, 25.0, 50.0, 75.0, 90.0];
const NAMES: [&str; 5] = ["p10", "p25", "p50", "p75", "p90"];
/// The places of the 10th, of the median and of the 90th.
const SHOWN: [usize; 3] = [0, 2, 4];

/// What a sweep came to.
struct Found {
    /// Places of the contenders in the experiment, and their curves.
    contenders: Vec<(usize, Curves)>,
    metrics: &'static [usize],
}

/// Runs every plan, or none where one has no form on a GPU.
pub fn run(plans: &[Plan], rows: u32, arguments: &arguments::Run, out: &mut dyn Write) -> Result<(), Failure> {
    let forms = plans.iter().map(form).collect::<Result<Vec<_>, _>>()?;
    let options = Options { name: arguments.adapter.clone(), ..Options::default() };
    let context = block_on(Context::new(&options)).map_err(unusable)?;
    for (index, (plan, form)) in plans.iter().zip(forms).enumerate() {
        let every = arguments.every.unwrap_or(match arguments.format {
            Format::Table => plan.steps.div_ceil(rows),
            Format::Json | Format::Csv | Format::Parquet => 1,
        });
        let found = measure(&context, plan, form, every)?;
        match arguments.format {
            Format::Table => {
                let gap = if index > 0 { "\n" } else { "" };
                write!(out, "{gap}{}", report(plan, &found, &context))?;
            }
            Format::Json => json_lines(plan, &found, &context, out)?,
            Format::Csv | Format::Parquet => csv_lines(plan, &found, out)?,
        }
    }
    Ok(())
}

/// The form of a plan's experiment, or which ones have one.
fn form(plan: &Plan) -> Result<&'static Form, Failure> {
    let id = plan.descriptor().id;
    FORMS.iter().find(|form| form.id == id).ok_or_else(|| {
        let known: Vec<_> = FORMS.iter().map(|form| form.id).collect();
        Failure::Input(format!("{id} has no GPU form; these have one: {}", known.join(", ")))
    })
}

fn measure(context: &Context, plan: &Plan, form: &Form, every: u32) -> Result<Found, Failure> {
    let descriptor = plan.descriptor();
    let refused = |error: habit::Error| Failure::Input(format!("{} cannot be run so: {error}", descriptor.id));
    let contenders = (form.contenders)(descriptor, &plan.values).map_err(refused)?;
    let Plan { first_seed, seeds, steps, .. } = *plan;
    let plan = sweep::Plan { first_seed, seeds, steps, every, bucket: Bucket::Last };
    let measure = |Contender { place, sweep }| {
        let curves = block_on(async {
            match sweep {
                Sweep::Bandit(arms, learner) => {
                    BanditSweep::new(context, &arms, learner).await?.run(&plan, &PERCENTS).await
                }
                Sweep::Tabular(tables, learner, no_path) => {
                    TabularSweep::new(context, &tables, learner, Some(no_path)).await?.run(&plan, &PERCENTS).await
                }
            }
        });
        match curves {
            Ok(curves) => Ok((place, curves)),
            Err(error @ (habit_gpu::Error::TooLarge { .. } | habit_gpu::Error::LongEpisode)) => {
                Err(Failure::Input(format!("{}: {error}", descriptor.contenders[place])))
            }
            Err(habit_gpu::Error::Input(error)) => Err(refused(error)),
            Err(error) => Err(unusable(error)),
        }
    };
    let contenders = contenders.into_iter().map(measure).collect::<Result<_, _>>()?;
    Ok(Found { contenders, metrics: form.metrics })
}

impl Found {
    /// The mean and the percentiles of a metric of the experiment.
    fn numbers(&self, contender: usize, bucket: usize, metric: usize) -> (Option<f32>, [Option<f32>; 5]) {
        let (curves, metric) = (&self.contenders[contender].1, self.metrics[metric]);
        (curves.mean(bucket, metric), std::array::from_fn(|index| curves.quantile(bucket, metric, index)))
    }

    fn steps(&self) -> &[u32] {
        self.contenders.first().map_or(&[], |(_, curves)| curves.steps())
    }
}

fn report(plan: &Plan, found: &Found, context: &Context) -> String {
    let (descriptor, width) = (plan.descriptor(), terminal_width());
    let names: Vec<_> = found.contenders.iter().map(|(place, _)| descriptor.contenders[*place]).collect();
    let wide = |value: Option<f32>| value.map(f64::from);
    let mut text = String::new();
    for (metric, about) in descriptor.metrics.iter().enumerate() {
        let last = found.steps().len() - 1;
        let medians = |bucket| (0..names.len()).map(move |place| wide(found.numbers(place, bucket, metric).1[2]));
        let cells = alike(&(0..=last).flat_map(medians).collect::<Vec<_>>());
        let rows = found.steps().iter().zip(cells.chunks(names.len()));
        let rows = rows.map(|(step, cells)| [step.to_string()].into_iter().chain(cells.iter().cloned()).collect());
        let heads = [descriptor.step].into_iter().chain(names.iter().copied());
        let columns = vec![Column::Number; names.len() + 1];
        let name = labelled(about.name, about.unit);
        text +=
            &format!("{name}, median over {}\n{}\n", counted(plan.seeds, "seed"), table(width, &columns, heads, rows));

        let spread = |place| {
            let (mean, percentiles) = found.numbers(place, last, metric);
            [wide(mean)].into_iter().chain(SHOWN.map(|index| wide(percentiles[index])))
        };
        let cells = alike(&(0..names.len()).flat_map(spread).collect::<Vec<_>>());
        let rows = names.iter().zip(cells.chunks(1 + SHOWN.len()));
        let rows = rows.map(|(name, cells)| [(*name).to_owned()].into_iter().chain(cells.iter().cloned()).collect());
        let after = format!("after {} {}s", plan.steps, descriptor.step);
        let mut columns = vec![Column::Number; 2 + SHOWN.len()];
        columns[0] = Column::Word;
        text += &table(width, &columns, [&after, "mean", "10 %", "median", "90 %"], rows);
        text += "\n";
    }
    let left_out: Vec<_> = (descriptor.contenders.iter()).filter(|name| !names.contains(name)).copied().collect();
    if !left_out.is_empty() {
        text += &paragraph(width, format!("Without a GPU form, and left out: {}", left_out.join(", ")));
    }
    let parameters = settings::in_force(descriptor, &plan.values);
    let parameters = if parameters.is_empty() { String::new() } else { format!("; {parameters}") };
    let seeds = format!("seeds {} to {}", plan.first_seed, plan.last_seed());
    text += &paragraph(width, format!("{}: {seeds}{parameters}; on {}", descriptor.id, context.adapter()));
    text
}

fn json_lines(plan: &Plan, found: &Found, context: &Context, out: &mut dyn Write) -> Result<(), Failure> {
    let descriptor = plan.descriptor();
    for (bucket, step) in found.steps().iter().enumerate() {
        for (place, (contender, _)) in found.contenders.iter().enumerate() {
            let mut line = Map::new();
            line.insert("t".into(), json!(step));
            line.insert("contender".into(), json!(descriptor.contenders[*contender]));
            for (metric, about) in descriptor.metrics.iter().enumerate() {
                let (mean, percentiles) = found.numbers(place, bucket, metric);
                let named = NAMES.iter().zip(percentiles).map(|(name, value)| ((*name).to_owned(), json!(value)));
                let numbers: Map<_, _> = [("mean".to_owned(), json!(mean))].into_iter().chain(named).collect();
                line.insert(about.name.into(), Value::Object(numbers));
            }
            writeln!(out, "{}", Value::Object(line))?;
        }
    }
    let adapter = context.adapter().to_string();
    let done =
        json!({ "done": true, "id": descriptor.id, "seed": plan.first_seed, "seeds": plan.seeds, "adapter": adapter });
    Ok(writeln!(out, "{done}")?)
}

fn csv_lines(plan: &Plan, found: &Found, out: &mut dyn Write) -> Result<(), Failure> {
    let descriptor = plan.descriptor();
    write!(out, "{}", csv::line(["t", "contender", "metric", "mean"].into_iter().chain(NAMES)))?;
    for (bucket, step) in found.steps().iter().enumerate() {
        for (place, (contender, _)) in found.contenders.iter().enumerate() {
            for (metric, about) in descriptor.metrics.iter().enumerate() {
                let (mean, percentiles) = found.numbers(place, bucket, metric);
                let numbers = [mean].into_iter().chain(percentiles);
                let numbers = numbers.map(|value| value.map_or_else(String::new, |value| value.to_string()));
                let head = [step.to_string(), descriptor.contenders[*contender].into(), about.name.into()];
                write!(out, "{}", csv::line(head.into_iter().chain(numbers)))?;
            }
        }
    }
    Ok(())
}
