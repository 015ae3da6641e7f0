//! `habit run`.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use habit::lab::{EXPERIMENTS, Run, Values, find, fold_digests};
use serde_json::Value;

use crate::{Answer, command, habit, printed};

const CLIFF: &str = "tabular-td.cliff-walking";

/// The samples of a JSON run, and its last line.
fn samples(answer: &Answer) -> (Vec<Value>, Value) {
    let mut lines = answer.json_lines();
    let done = lines.pop().unwrap();
    assert!(lines.iter().all(|line| line.get("done").is_none()));
    (lines, done)
}

#[test]
fn json_is_samples_in_order_and_one_last_line() {
    let answer =
        printed(&["run", CLIFF, "--seed", "7", "--seeds", "3", "--steps", "25", "--every", "10", "--format", "json"]);
    let (samples, done) = samples(&answer);
    let contenders = EXPERIMENTS[find(CLIFF).unwrap()].contenders;
    let mut expected = Vec::new();
    for seed in [7, 8, 9] {
        for t in [10, 20, 25] {
            expected.extend(contenders.iter().map(|contender| (seed, t, *contender)));
        }
    }
    let keys = |line: &Value| {
        (line["seed"].as_u64().unwrap(), line["t"].as_u64().unwrap(), line["contender"].as_str().unwrap().to_owned())
    };
    let found: Vec<_> = samples.iter().map(keys).collect();
    assert!(found.iter().map(|(seed, t, name)| (*seed, *t, name.as_str())).eq(expected));
    for sample in &samples {
        assert!(["return", "length", "greedy_path"].iter().all(|metric| sample[*metric].is_number()), "{sample}");
    }

    assert_eq!(done["done"], true);
    let digest = done["digest"].as_str().unwrap();
    assert!(digest.len() == 16 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()), "{digest}");
    for contender in contenders {
        let last: Vec<_> = samples
            .iter()
            .filter(|sample| sample["t"] == 25 && sample["contender"] == *contender)
            .map(|sample| sample["return"].as_f64().unwrap())
            .collect();
        let statistic = &done["summary"][contender]["return"];
        let mean = last.iter().sum::<f64>() / 3.0;
        let variance = last.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / 2.0;
        assert!((statistic["mean"].as_f64().unwrap() - mean).abs() < 1e-9);
        assert!((statistic["se"].as_f64().unwrap() - (variance / 3.0).sqrt()).abs() < 1e-9);
        assert_eq!(statistic["n"], 3);
    }
}

#[test]
fn one_seed_has_no_standard_error_and_every_step_a_sample() {
    let (samples, done) = samples(&printed(&["run", "dynlin-ucb", "--steps", "4", "--format", "json"]));
    assert_eq!(samples.len(), 4 * 6);
    let statistic = &done["summary"]["DynLin-UCB"]["regret"];
    assert_eq!((statistic["se"].clone(), statistic["n"].clone()), (Value::Null, 1.into()));
}

#[test]
fn the_digest_is_that_of_the_kernel() {
    let entry = find(CLIFF).unwrap();
    let values = Values::parse(&EXPERIMENTS[entry], "epsilon=0.3").unwrap();
    let digest = fold_digests([4, 5].map(|seed| {
        let mut run = Box::new(Run::EMPTY);
        run.start(entry, seed, 30, &values).unwrap();
        while !run.is_over() {
            run.finish_step().unwrap();
        }
        run.digest()
    }));
    let line = ["run", CLIFF, "--seed", "4", "--seeds", "2", "--steps", "30", "--set", "epsilon=0.3"];
    let (_, done) = samples(&printed(&[&line[..], &["--format", "json"]].concat()));
    assert_eq!(done["digest"], format!("{digest:016x}"));
    assert!(printed(&line).out.contains(&format!("digest {digest:016x}")));
    assert_eq!(printed(&[&line[..], &["--format", "csv"]].concat()).err, format!("habit: digest {digest:016x}\n"));
}

#[test]
fn nothing_depends_on_the_number_of_threads() {
    for format in ["table", "json", "csv"] {
        for line in [["dynlin-ucb", "--steps", "500"], [CLIFF, "--steps", "40"]] {
            let with = |threads| {
                let rest = ["--seeds", "9", "--format", format, "--threads", threads];
                let answer = printed(&[&["run"][..], &line, &rest].concat());
                (answer.out, answer.err)
            };
            let one = with("1");
            for threads in ["2", "3", "16"] {
                assert!(with(threads) == one, "{line:?} as {format} on {threads} threads");
            }
        }
    }
}

#[test]
fn parameters_change_the_run_and_the_table_names_them() {
    let of = |set: &[&str]| printed(&[&["run", CLIFF, "--steps", "30"][..], set].concat()).out;
    let plain = of(&[]);
    assert!(plain.contains("step_size=0.5, epsilon=0.1, discount=1"), "{plain}");
    let set = of(&["--set", "epsilon=0.2,step_size=0.25"]);
    assert!(set.contains("step_size=0.25, epsilon=0.2, discount=1"), "{set}");
    assert_eq!(of(&["--set", "step_size=0.25", "--set", "epsilon=0.2"]), set);
    assert_eq!(of(&["--set", "epsilon=0.1"]), plain);
}

#[test]
fn the_table_has_ten_samples_or_as_many_as_asked_for() {
    let rows = |rest: &[&str]| {
        let text = printed(&[&["run", CLIFF, "--steps", "40"][..], rest].concat()).out;
        let table: Vec<_> = text.lines().skip(3).take_while(|line| !line.is_empty()).collect();
        table.iter().map(|line| line.split_whitespace().next().unwrap().parse().unwrap()).collect::<Vec<u32>>()
    };
    assert_eq!(rows(&[]), [4, 8, 12, 16, 20, 24, 28, 32, 36, 40]);
    assert_eq!(rows(&["--every", "15"]), [15, 30, 40]);
}

#[test]
fn csv_has_a_column_a_metric() {
    let text = printed(&["run", CLIFF, "--seeds", "2", "--steps", "3", "--format", "csv"]).out;
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("t,seed,contender,return,length,greedy_path"));
    let rows: Vec<Vec<_>> = lines.map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), 2 * 3 * 3);
    assert!(rows.iter().all(|row| row.len() == 6 && row[3].parse::<f32>().is_ok()));
    assert_eq!(rows[17][..3], ["3", "2", "Expected SARSA"]);
}

#[test]
fn a_reader_that_has_had_enough_is_no_error() {
    // More than any pipe holds.
    let line = ["run", "dynlin-ucb", "--steps", "1000000", "--seeds", "8", "--format", "json"];
    let mut child = command(&line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.starts_with("{\"t\":1,\"seed\":1,"), "{first}");
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(0), ""));
}

#[test]
fn without_a_terminal_there_is_no_progress_bar() {
    assert_eq!(printed(&["run", "dynlin-ucb", "--seeds", "4", "--steps", "2000"]).err, "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let full = std::fs::File::create("/dev/full").unwrap();
    let answer: Answer = command(&["list"]).stdout(full).output().unwrap().into();
    assert_eq!(answer.code, 3);
    assert!(answer.err.starts_with("habit: cannot write to standard output: "), "{}", answer.err);
}

#[test]
fn the_last_seed_can_be_run() {
    let answer = printed(&["run", CLIFF, "--seed", "4294967295", "--steps", "2", "--format", "json"]);
    assert_eq!(samples(&answer).0[0]["seed"], u32::MAX);
    assert_eq!(habit(&["run", CLIFF, "--seed", "4294967296"]).code, 2);
}
