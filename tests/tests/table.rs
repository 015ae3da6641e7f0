//! Every experiment's descriptor makes sense, whatever it is.

use habit::lab::{
    Claim, Descriptor, EXPERIMENTS, Kind, MAX_PARAMETERS, Measure, Quantity, Reduction, Run, Tick, Values, View,
};

/// Names go into JSON, CSV, addresses and command lines as they are.
fn is_plain(name: &str, more: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c) || more.contains(c))
}

fn is_unique<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    let mut names: Vec<_> = names.collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    names.len() == count
}

#[test]
fn names_are_plain_and_unique() {
    assert!(is_unique(EXPERIMENTS.iter().map(|d| d.id)));
    for d in EXPERIMENTS {
        assert!(is_plain(d.id, ".") && is_plain(d.room, ""), "{}", d.id);
        assert!(d.id.split('.').count() <= 2, "{}: a specification and at most one part", d.id);
        assert!(d.contenders.iter().all(|name| is_plain(name, " ()+.=,*") && !name.contains(",")), "{}", d.id);
        assert!(d.metrics.iter().all(|metric| is_plain(metric.name, "")), "{}", d.id);
        assert!(d.metrics.iter().all(|metric| !["t", "seed", "contender", "done", "event"].contains(&metric.name)));
        assert!(d.parameters.iter().all(|parameter| is_plain(parameter.name, "")), "{}", d.id);
        assert!(is_unique(d.contenders.iter().copied()) && is_unique(d.metrics.iter().map(|m| m.name)), "{}", d.id);
        assert!(is_unique(d.parameters.iter().map(|p| p.name)) && is_unique(d.claims.iter().map(|c| c.sentence)));
        for text in [d.title, d.summary, d.citation, d.step] {
            assert!(!text.trim().is_empty(), "{} says too little", d.id);
        }
        // Front ends write "1 episode" and "2 episodes".
        let takes_an_s = !["s", "x", "z", "ch", "sh"].iter().any(|end| d.step.ends_with(end));
        assert!(takes_an_s, "{}: the plural of {step} is not {step}s", d.id, step = d.step);
    }
}

#[test]
fn defaults_are_within_their_ranges() {
    for d in EXPERIMENTS {
        assert!((d.steps.minimum..=d.steps.maximum).contains(&d.steps.default) && d.steps.minimum > 0, "{}", d.id);
        assert!(d.parameters.len() <= MAX_PARAMETERS, "{}", d.id);
        for parameter in d.parameters {
            match parameter.kind {
                Kind::Real { minimum, maximum, default, derived } => {
                    assert!(minimum < maximum && minimum.is_finite() && maximum.is_finite(), "{}", parameter.name);
                    assert_eq!(default.is_none(), !derived.is_empty(), "{}", parameter.name);
                    assert!(default.is_none_or(|value| (minimum..=maximum).contains(&value)), "{}", parameter.name);
                }
                Kind::Choice { options, default } => {
                    assert!(default < options.len() && is_unique(options.iter().copied()), "{}", parameter.name);
                    assert!(options.iter().all(|option| is_plain(option, ".")), "{}", parameter.name);
                }
            }
        }
    }
}

#[test]
fn views_and_claims_name_what_exists() {
    for d in EXPERIMENTS {
        assert!(!d.contenders.is_empty() && !d.metrics.is_empty() && !d.claims.is_empty(), "{}", d.id);
        for view in d.views {
            if let View::Curve { metric, .. } = view {
                assert!(d.metrics.iter().any(|m| m.name == *metric), "{}: no metric {metric}", d.id);
            }
        }
        for claim in d.claims {
            for quantity in quantities(claim) {
                check_quantity(d, claim, quantity);
            }
        }
    }
}

fn quantities(claim: &Claim) -> Vec<&Quantity> {
    match &claim.measure {
        Measure::Value(a) => vec![a],
        Measure::Ratio(a, b) | Measure::Difference(a, b) => vec![a, b],
        Measure::RatioOfLeast(a, b) => a.iter().chain(*b).collect(),
    }
}

fn check_quantity(d: &Descriptor, claim: &Claim, quantity: &Quantity) {
    let place = format!("{}: {}", d.id, claim.sentence);
    assert!(d.contenders.contains(&quantity.contender), "{place}: no contender {}", quantity.contender);
    assert!(d.metrics.iter().any(|m| m.name == quantity.metric), "{place}: no metric {}", quantity.metric);
    assert!(Values::parse(d, quantity.set).is_ok(), "{place}: cannot be set to {}", quantity.set);
    let steps = quantity.steps.unwrap_or(claim.steps);
    assert!((d.steps.minimum..=d.steps.maximum).contains(&steps) && claim.seeds > 0, "{place}");
    let (Reduction::Mean { from, to } | Reduction::Growth { from, to }) = quantity.reduction;
    assert!(from < to && to <= steps, "{place}: the window is not within the run");
}

/// What is within the limits starts, runs, and says the same bits again; the same seed again is the same run.
#[test]
fn every_corner_of_the_parameters_runs() {
    let (mut run, mut again) = (Box::new(Run::EMPTY), Box::new(Run::EMPTY));
    for (entry, d) in EXPERIMENTS.iter().enumerate() {
        for corner in corners(d) {
            let values = Values::parse(d, &corner).unwrap_or_else(|(error, _)| panic!("{}: {corner}: {error}", d.id));
            let steps = (d.steps.minimum + 2).min(d.steps.maximum);
            for run in [&mut run, &mut again] {
                run.start(entry, 5, steps, &values).unwrap_or_else(|error| panic!("{}: {corner}: {error}", d.id));
                // A learner that never arrives need not finish; it must not fail.
                for _ in 0..2000 {
                    if run.tick().unwrap_or_else(|error| panic!("{}: {corner}: {error}", d.id)) == Tick::Over {
                        break;
                    }
                }
            }
            assert_eq!(run.digest(), again.digest(), "{}: {corner}", d.id);
        }
    }
}

/// All defaults; then each parameter at each end of its range, or at each of its options, the others at their defaults.
fn corners(d: &Descriptor) -> Vec<String> {
    let mut corners = vec![String::new()];
    for parameter in d.parameters {
        let name = parameter.name;
        match parameter.kind {
            Kind::Real { minimum, maximum, .. } => corners.extend([minimum, maximum].map(|v| format!("{name}={v}"))),
            Kind::Choice { options, .. } => corners.extend(options.iter().map(|option| format!("{name}={option}"))),
        }
    }
    corners
}

#[test]
fn views_fill_what_they_say() {
    let mut run = Box::new(Run::EMPTY);
    for (entry, d) in EXPERIMENTS.iter().enumerate() {
        run.start(entry, 1, d.steps.conformance, &Values::DEFAULTS).expect("defaults start");
        for _ in 0..d.steps.conformance.min(20) {
            run.finish_step().expect("runs");
        }
        for (index, view) in d.views.iter().enumerate() {
            for contender in 0..d.contenders.len() {
                let mut out = vec![f32::NAN; view.len() + 1];
                assert_eq!(run.view(index, contender, &mut out), Ok(view.len()), "{}", d.id);
                assert!(out[view.len()].is_nan(), "{}: view {index} writes too far", d.id);
                let short = &mut out[..view.len().saturating_sub(1)];
                assert_eq!(run.view(index, contender, short).is_err(), !view.is_empty(), "{}", d.id);
            }
            assert!(run.view(index, d.contenders.len(), &mut vec![0.0; view.len()]).is_err(), "{}", d.id);
        }
        assert!(run.view(d.views.len(), 0, &mut []).is_err(), "{}", d.id);
    }
}

#[test]
fn the_state_is_as_large_as_it_says() {
    for d in EXPERIMENTS {
        assert!(d.state_bytes <= size_of::<Run>(), "{}", d.id);
    }
}
