//! Every claim, measured again and held against the verdict that `claims.toml` records.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use habit::lab::EXPERIMENTS;
use habit_cli::claims::{Measurement, Options, Row};
use habit_tests::read;
use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    claim: Vec<Recorded>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recorded {
    id: String,
    claim: String,
    holds: bool,
    /// Of a claim that does not hold: its figure, and what was tried.
    measured: Option<f64>,
    tried: Option<String>,
}

fn recorded() -> BTreeMap<(String, String), Recorded> {
    let text = read("tests/claims.toml").expect("the record of claims");
    let table: Table = toml::from_str(&text).expect("valid TOML");
    let count = table.claim.len();
    let map: BTreeMap<_, _> = table.claim.into_iter().map(|c| ((c.id.clone(), c.claim.clone()), c)).collect();
    assert_eq!(map.len(), count, "a claim is recorded twice");
    map
}

fn measure(full: bool) -> Vec<Row> {
    let measurement =
        Measurement::plan(0..EXPERIMENTS.len(), Options { seed: 1, full }).expect("claims can be measured");
    let threads = available_parallelism().unwrap_or(NonZeroUsize::MIN);
    measurement.run(threads, &|_| {}).expect("claims are measured")
}

#[test]
fn every_claim_is_recorded_and_nothing_else() {
    let mut recorded = recorded();
    for descriptor in EXPERIMENTS {
        for claim in descriptor.claims {
            let key = (descriptor.id.to_owned(), claim.sentence.to_owned());
            assert!(recorded.remove(&key).is_some(), "not in claims.toml: {key:?}");
        }
    }
    assert!(recorded.is_empty(), "in claims.toml only: {:?}", recorded.keys());
}

#[test]
fn a_claim_that_does_not_hold_is_recorded_with_its_figure_and_what_was_tried() {
    for ((id, claim), record) in recorded() {
        let told = record.measured.is_some() && record.tried.is_some_and(|tried| !tried.trim().is_empty());
        assert!(record.holds || told, "{id}: {claim}: a figure or what was tried is missing");
    }
}

#[test]
fn verdicts_are_those_that_were_recorded() {
    let recorded = recorded();
    let full = std::env::var_os("HABIT_FULL").is_some();
    let rows = measure(full);
    assert!(!rows.is_empty());
    let mut differ = Vec::new();
    for row in rows {
        let key = (row.id.to_owned(), row.claim.to_owned());
        let expected = recorded.get(&key).map(|record| record.holds);
        if expected != Some(row.holds) {
            let Row { id, claim, measured, required, holds, .. } = row;
            differ.push(format!("{id}: {claim}: {measured:?} {required}: holds {holds}, recorded {expected:?}"));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}
