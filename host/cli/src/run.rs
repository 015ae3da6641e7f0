//! `habit run ID`.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::Write;
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::ExitCode;

use habit::lab::{Descriptor, EXPERIMENTS};
use habit::protocol::{write_done, write_sample};

use crate::arguments::{self, Format};
use crate::chart::{self, chart};
use crate::csv;
use crate::failure::{Failure, complain};
use crate::figures::{alike, counted, mean_and_error};
use crate::names::resolve;
use crate::progress::Progress;
use crate::seeds::{Curve, Outcome, Plan, Sample, Wanted};
use crate::settings;
use crate::table::{Column, paragraph, table, terminal_width};
use crate::target::Target;

/// How many samples a table shows when nothing is said.
const ROWS: u32 = 10;
/// The longest table that is of any use.
const MOST_ROWS: u32 = 10_000;
/// How many points a line of a chart has.
const POINTS: u32 = 250;

/// Runs what is named and prints its samples and its summary.
pub fn run(arguments: &arguments::Run, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    let entries = resolve(&arguments.name, EXPERIMENTS).map_err(Failure::Input)?;
    if entries.len() > 1 && (arguments.plot.is_some() || arguments.format.is_rows()) {
        let ids: Vec<_> = entries.iter().map(|entry| EXPERIMENTS[*entry].id).collect();
        let sentence = format!("--plot, csv and parquet take one experiment; name one of {}", ids.join(", "));
        return Err(Failure::Input(sentence));
    }
    if arguments.save.is_some() && (entries.len() > 1 || arguments.seeds > 1) {
        return Err(Failure::Input("--save takes one experiment and one seed".into()));
    }
    // Whatever can be refused is refused before anything runs.
    let plans = entries.into_iter().map(|entry| plan(entry, arguments)).collect::<Result<Vec<_>, _>>()?;
    #[cfg(feature = "gpu")]
    if arguments.gpu {
        crate::gpu_run::run(&plans, ROWS, arguments, out)?;
        return Ok(ExitCode::SUCCESS);
    }
    let files = Files {
        plot: arguments.plot.as_deref().map(plot).transpose()?,
        save: arguments.save.as_deref().map(|path| Target::new(path, "the checkpoint")).transpose()?,
    };
    let threads = arguments::threads(arguments.threads);
    for (index, plan) in plans.iter().enumerate() {
        if index > 0 && arguments.format == Format::Table {
            out.write_all(b"\n")?;
        }
        carry_out(plan, arguments, &files, threads, out)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What is written besides the lines.
struct Files {
    plot: Option<(Target, chart::Form)>,
    save: Option<Target>,
}

fn plot(path: &Path) -> Result<(Target, chart::Form), Failure> {
    let form = chart::Form::of(path).map_err(Failure::Input)?;
    Ok((Target::new(path, "the plot")?, form))
}

fn plan(entry: usize, arguments: &arguments::Run) -> Result<Plan, Failure> {
    let plan = Plan::new(entry, arguments.seed, arguments.seeds, arguments.steps, &arguments.set)?;
    plan.check()?;
    if arguments.format == Format::Table && arguments.every.is_some_and(|every| plan.steps / every > MOST_ROWS) {
        let least = plan.steps.div_ceil(MOST_ROWS);
        let sentence = format!("that table would be too long: take --every {least} or more, or --format csv");
        return Err(Failure::Input(sentence));
    }
    Ok(plan)
}

fn carry_out(
    plan: &Plan,
    arguments: &arguments::Run,
    files: &Files,
    threads: NonZeroUsize,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let descriptor = plan.descriptor();
    let every = arguments.every;
    let lines: Option<(u32, Sample)> = match arguments.format {
        Format::Table => None,
        Format::Json => Some((every.unwrap_or(1), json_sample)),
        Format::Csv | Format::Parquet => Some((every.unwrap_or(1), csv_sample)),
    };
    // First what the table shows, then what the chart does.
    let rows = lines.is_none().then(|| every.unwrap_or_else(|| plan.steps.div_ceil(ROWS)));
    let points = files.plot.as_ref().map(|_| plan.steps.div_ceil(POINTS));
    let curves: Vec<_> = rows.into_iter().chain(points).collect();

    // Who asked for a file gets it, whatever happens to the lines.
    let mut closed = false;
    let mut write = |text: &str| match out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Failure::from)
    {
        _ if closed => Ok(()),
        Err(Failure::ClosedPipe) if files.plot.is_some() || files.save.is_some() => {
            closed = true;
            Ok(())
        }
        written => written,
    };
    if arguments.format.is_rows() {
        let metrics = descriptor.metrics.iter().map(|metric| metric.name);
        write(&csv::line(["t", "seed", "contender"].into_iter().chain(metrics)))?;
    }
    let progress = Progress::new(descriptor.id, u64::from(plan.seeds) * u64::from(plan.steps), lines.is_some());
    let wanted = Wanted { lines, curves: &curves, checkpoint: files.save.is_some(), threads };
    let outcome = plan.run(wanted, &|steps| progress.add(steps), &mut write)?;
    drop(progress);

    match arguments.format {
        Format::Json => write(&json_done(descriptor, &outcome))?,
        Format::Csv | Format::Parquet => complain(&format!("digest {:016x}", outcome.digest)),
        Format::Table => write(&report(plan, &outcome))?,
    }
    if let (Some((target, form)), Some(curve)) = (&files.plot, outcome.curves.last()) {
        let picture = chart(plan, curve, *form);
        target.write(&picture.map_err(|error| Failure::File(format!("cannot draw the chart: {error}")))?)?;
    }
    match (&files.save, outcome.checkpoint) {
        (Some(target), Some(bytes)) => target.write(&bytes),
        _ => Ok(()),
    }
}

// Writing to a string never fails; the results below are those of `fmt::Write`.

fn json_sample(run: &habit::lab::Run, out: &mut String) {
    for contender in 0..run.descriptor().map_or(0, |descriptor| descriptor.contenders.len()) {
        let _ = write_sample(run, contender, out);
    }
}

fn csv_sample(run: &habit::lab::Run, out: &mut String) {
    csv_rows(run, "", "", out);
}

/// A row a contender, between `before` and `after`.
pub fn csv_rows(run: &habit::lab::Run, before: &str, after: &str, out: &mut String) {
    let Some(descriptor) = run.descriptor() else { return };
    for (contender, name) in descriptor.contenders.iter().enumerate() {
        let _ = write!(out, "{before}{},{},{}", run.step(), run.seed(), csv::quoted(Cow::Borrowed(name)));
        for value in (0..descriptor.metrics.len()).map(|metric| run.metric(contender, metric)) {
            let _ = if value.is_finite() { write!(out, ",{value}") } else { write!(out, ",") };
        }
        let _ = writeln!(out, "{after}");
    }
}

fn json_done(descriptor: &Descriptor, outcome: &Outcome) -> String {
    let mut line = String::new();
    let statistic = |contender, metric| outcome.last.at(0, contender, metric);
    let _ = write_done(descriptor, outcome.digest, statistic, &mut line);
    line
}

/// The table of a run: how each metric went, how it ended, and what was run.
fn report(plan: &Plan, outcome: &Outcome) -> String {
    let descriptor = plan.descriptor();
    let width = terminal_width();
    let seeds = counted(plan.seeds, "seed");
    let mut text = String::new();
    for (metric, about) in descriptor.metrics.iter().enumerate() {
        let Some(curve) = outcome.curves.first() else { continue };
        let of = if plan.seeds > 1 { format!(", mean over {seeds}") } else { String::new() };
        text += &format!("{}{of}\n{}\n", labelled(about.name, about.unit), course(descriptor, curve, metric, width));
    }
    // In two lines, so that more metrics fit beside each other.
    let heads = descriptor.metrics.iter().map(|metric| labelled(metric.name, metric.unit).replacen(' ', "\n", 1));
    let heads = [format!("after {}\n{}s", plan.steps, descriptor.step)].into_iter().chain(heads);
    let rows = descriptor.contenders.iter().enumerate().map(|(contender, name)| {
        let cells = (0..descriptor.metrics.len()).map(|metric| mean_and_error(outcome.last.at(0, contender, metric)));
        [(*name).to_owned()].into_iter().chain(cells).collect()
    });
    let mut columns = vec![Column::Number; descriptor.metrics.len() + 1];
    columns[0] = Column::Word;
    text += &table(width, &columns, heads, rows);
    let which = match plan.seeds {
        1 => format!("seed {}", plan.first_seed),
        _ => format!("{seeds}, {} to {}; mean ± standard error", plan.first_seed, plan.last_seed()),
    };
    let parameters = settings::in_force(descriptor, &plan.values);
    let parameters = if parameters.is_empty() { String::new() } else { format!("; {parameters}") };
    text += "\n";
    text += &paragraph(width, format!("{}: {which}{parameters}", descriptor.id));
    text + &format!("digest {:016x}\n", outcome.digest)
}

/// A row a step, a column a contender.
fn course(descriptor: &Descriptor, curve: &Curve, metric: usize, width: Option<u16>) -> String {
    let contenders = descriptor.contenders.len();
    let means = (0..curve.steps.len()).flat_map(|index| (0..contenders).map(move |contender| (index, contender)));
    let means = means.map(|(index, contender)| curve.at(index, contender, metric).mean());
    let cells = alike(&means.collect::<Vec<_>>());
    let rows = curve.steps.iter().zip(cells.chunks(contenders));
    let rows = rows.map(|(step, cells)| [step.to_string()].into_iter().chain(cells.iter().cloned()).collect());
    let heads = [descriptor.step].into_iter().chain(descriptor.contenders.iter().copied());
    table(width, &vec![Column::Number; contenders + 1], heads, rows)
}

/// A metric's name with its unit.
pub fn labelled(name: &str, unit: &str) -> String {
    if unit.is_empty() { name.into() } else { format!("{name} ({unit})") }
}
