//! `habit show ID`.

use std::io::Write;
use std::process::ExitCode;

use habit::lab::{Claim, Descriptor, EXPERIMENTS, Kind, Measure, Quantity, Reduction, View};

use crate::arguments::{Show, ShowFormat};
use crate::failure::Failure;
use crate::figures::counted;
use crate::list;
use crate::names::{resolve, short};
use crate::settings::{default, range};
use crate::table::{Column, paragraph, table, terminal_width};

/// Prints everything that the descriptor of an experiment says.
pub fn show(arguments: &Show, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    let places = resolve(&arguments.name, EXPERIMENTS).map_err(Failure::Input)?;
    let named: Vec<_> = places.into_iter().map(|place| &EXPERIMENTS[place]).collect();
    let text = match arguments.format {
        ShowFormat::Json => list::json(&named)?,
        ShowFormat::Table => {
            let texts: Vec<_> = named.iter().map(|descriptor| page(descriptor, terminal_width())).collect();
            texts.join("\n\n")
        }
    };
    out.write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn page(descriptor: &Descriptor, width: Option<u16>) -> String {
    let mut sections = vec![
        format!("{}: {}\n", descriptor.id, descriptor.title),
        paragraph(width, descriptor.summary),
        facts(descriptor, width),
    ];
    if !descriptor.parameters.is_empty() {
        sections.push(parameters(descriptor, width));
    }
    sections.push(metrics(descriptor, width));
    if !descriptor.claims.is_empty() {
        sections.push(claims(descriptor, width));
    }
    sections.push(example(descriptor));
    sections.join("\n")
}

fn facts(descriptor: &Descriptor, width: Option<u16>) -> String {
    let steps = descriptor.steps;
    let length = format!("{} {}s (--steps {} to {})", steps.default, descriptor.step, steps.minimum, steps.maximum);
    let views = descriptor.views.iter().map(|view| match view {
        View::Curve { title, .. } | View::Grid { title, .. } | View::Arms { title, .. } | View::Front { title, .. } => {
            *title
        }
    });
    let rows = [
        ("Source", descriptor.citation.to_owned()),
        ("Room", descriptor.room.into()),
        ("Contenders", descriptor.contenders.join(", ")),
        ("Length", length),
        ("Views", views.collect::<Vec<_>>().join(", ")),
        ("State", format!("{} bytes", descriptor.state_bytes)),
    ];
    let rows = rows.into_iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| vec![name.into(), text]);
    table::<String>(width, &[Column::Word, Column::Text], [], rows)
}

fn parameters(descriptor: &Descriptor, width: Option<u16>) -> String {
    let rows = descriptor.parameters.iter().map(|parameter| {
        vec![
            parameter.name.into(),
            default(parameter),
            range(parameter),
            parameter.unit.into(),
            parameter.description.into(),
        ]
    });
    let columns = [Column::Word, Column::Text, Column::Text, Column::Word, Column::Text];
    table(width, &columns, ["parameter", "default", "range", "unit", "what it is"], rows)
}

fn metrics(descriptor: &Descriptor, width: Option<u16>) -> String {
    let rows =
        descriptor.metrics.iter().map(|metric| vec![metric.name.into(), metric.unit.into(), metric.description.into()]);
    table(width, &[Column::Word, Column::Word, Column::Text], ["metric", "unit", "what it is"], rows)
}

fn claims(descriptor: &Descriptor, width: Option<u16>) -> String {
    let rows = descriptor.claims.iter().zip(1..).map(|(claim, number)| {
        let how = format!("{}\n{}", claim.sentence, measured(claim, descriptor.step));
        vec![number.to_string(), how, claim.required.to_string()]
    });
    table(width, &[Column::Number, Column::Text, Column::Word], ["", "claim, and how it is measured", "required"], rows)
}

fn measured(claim: &Claim, step: &str) -> String {
    let full = if claim.full { ", only with --full" } else { "" };
    let runs = format!("{}, {} {step}s{full}", counted(claim.seeds, "seed"), claim.steps);
    let (a, operator, b) = match claim.measure {
        Measure::Value(a) => (a, "", None),
        Measure::Ratio(a, b) => (a, " / ", Some(b)),
        Measure::Difference(a, b) => (a, " - ", Some(b)),
        Measure::RatioOfLeast(a, b) => return format!("{runs}: {} / {}", least(a), least(b)),
    };
    // Parameters that both have are said once.
    let shared = b.is_none_or(|b| b.set == a.set);
    let quantity = |quantity: Quantity| {
        let (kind, from, to) = match quantity.reduction {
            Reduction::Mean { from, to } => ("mean ", from, to),
            Reduction::Growth { from, to } => ("", from, to),
        };
        let window =
            if to == from + 1 { format!(" in {step} {to}") } else { format!(" from {step} {} to {to}", from + 1) };
        let whole = (from, to) == (0, quantity.steps.unwrap_or(claim.steps));
        let window = if whole { String::new() } else { window };
        let length = quantity.steps.map_or(String::new(), |steps| format!(" in runs of {steps}"));
        let set = if shared || quantity.set.is_empty() { String::new() } else { format!(" with {}", quantity.set) };
        let seeds = quantity.percentile.map_or(String::new(), |percentile| format!("percentile {percentile} of "));
        format!("{seeds}{kind}{} of {}{window}{length}{set}", quantity.metric, quantity.contender)
    };
    let set = if shared && !a.set.is_empty() { format!(", {}", a.set) } else { String::new() };
    format!("{runs}{set}: {}{operator}{}", quantity(a), b.map(quantity).unwrap_or_default())
}

/// The least mean among several contenders and settings, in words.
fn least(quantities: &[Quantity]) -> String {
    let mut contenders: Vec<_> = quantities.iter().map(|quantity| quantity.contender).collect();
    contenders.dedup();
    let settings: Vec<_> = quantities.iter().take_while(|q| q.contender == quantities[0].contender).collect();
    let metric = quantities.first().map_or("", |quantity| quantity.metric);
    let sets = settings.iter().map(|quantity| quantity.set).collect::<Vec<_>>().join(", ");
    format!("least mean {metric} of {} at {sets}", contenders.join(", "))
}

/// A command to copy, with a parameter that is not at its default.
fn example(descriptor: &Descriptor) -> String {
    let name = short(descriptor, EXPERIMENTS);
    let set = descriptor.parameters.iter().find_map(|parameter| match parameter.kind {
        Kind::Choice { options, default } => {
            let (_, other) = options.iter().enumerate().find(|(index, _)| *index != default)?;
            Some(format!(" --set {}={other}", parameter.name))
        }
        Kind::Real { minimum, default: Some(default), .. } if minimum < default / 2.0 => {
            Some(format!(" --set {}={}", parameter.name, default / 2.0))
        }
        Kind::Real { .. } => None,
    });
    format!("Example\n  habit run {name} --seeds 20{} --plot plot.svg\n", set.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use habit::lab::Requirement;

    #[test]
    fn runs_of_another_length_are_named() {
        let long = Quantity::growth("A", "regret", 0, 80);
        let short = Quantity::growth("A", "regret", 0, 5).in_runs_of(5);
        let claim = Claim::new("It learns", Measure::Ratio(long, short), Requirement::Below(6.0), 20, 80);
        let text = measured(&claim, "request");
        assert_eq!(text, "20 seeds, 80 requests: regret of A / regret of A in runs of 5");
    }

    #[test]
    fn a_percentile_over_the_seeds_is_named() {
        let late = Quantity::mean("A", "regret", 40, 80).percentile(25);
        let claim = Claim::new("It learns", Measure::Value(late), Requirement::Below(6.0), 20, 80);
        let text = measured(&claim, "request");
        assert_eq!(text, "20 seeds, 80 requests: percentile 25 of mean regret of A from request 41 to 80");
    }
}
