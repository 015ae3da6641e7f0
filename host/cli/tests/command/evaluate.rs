//! `habit evaluate`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use crate::{Answer, command, habit, printed};

const LOG: &str = "\
action,reward,propensity,target
0,1,0.5,0.25
1,2,0.5,0.75
1,4,0.25,0.5
0,0,0.5,0.5
";

/// Writes a log into a file of its own.
pub fn file(name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("evaluate");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join(name);
    fs::write(&file, text).unwrap();
    file
}

/// Evaluates what comes through a pipe.
pub fn piped(log: impl AsRef<[u8]>, rest: &[&str]) -> Answer {
    let line = [&["evaluate", "-"], rest].concat();
    let mut child = command(&line).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // It need not read all of a bad log.
    let _ = child.stdin.take().unwrap().write_all(log.as_ref());
    child.wait_with_output().unwrap().into()
}

/// Evaluates what comes through a pipe, which must be fine.
pub fn found(log: impl AsRef<[u8]>, rest: &[&str]) -> Value {
    let answer = piped(log, &[rest, &["--format", "json"]].concat());
    assert_eq!((answer.code, answer.err.as_str()), (0, ""));
    answer.json()
}

fn near(found: &Value, expected: f64, tolerance: f64) {
    let number = found.as_f64().unwrap_or(f64::NAN);
    assert!((number - expected).abs() <= tolerance * expected.abs().max(1.0), "{found} instead of {expected}");
}

/// The estimates, then their standard errors.
fn check(report: &Value, expected: [[f64; 2]; 3], tolerance: f64) {
    for (line, [estimate, error]) in report["estimates"].as_array().unwrap().iter().zip(expected) {
        near(&line["estimate"], estimate, tolerance);
        near(&line["standard_error"], error, tolerance);
        near(&line["low"], estimate - 1.959_964 * error, 2.0 * tolerance);
        near(&line["high"], estimate + 1.959_964 * error, 2.0 * tolerance);
    }
}

/// The standard error of a mean.
fn error_of(numbers: &[f64]) -> f64 {
    let n = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / n;
    (numbers.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0) / n).sqrt()
}

/// By the delta method.
fn error_of_ratio(weights: &[f64], rewards: &[f64]) -> f64 {
    let total: f64 = weights.iter().sum();
    let ratio = weights.iter().zip(rewards).map(|(w, r)| w * r).sum::<f64>() / total;
    weights.iter().zip(rewards).map(|(w, r)| w * w * (r - ratio) * (r - ratio)).sum::<f64>().sqrt() / total
}

#[test]
fn the_estimates_are_those_worked_out_by_hand() {
    let rewards = [1.0, 2.0, 4.0, 0.0];
    // Weights; IPS, SNIPS, doubly robust; the corrected terms. The mean an arm, or of all arms, before each row is the model.
    for (policy, weights, [ips, snips, robust], corrected) in [
        ("arm=1", [0.0, 2.0, 4.0, 0.0], [5.0, 20.0 / 6.0, 4.25], [0.0, 4.0, 10.0, 3.0]),
        ("uniform", [1.0, 1.0, 2.0, 1.0], [2.75, 2.2, 2.5], [1.0, 2.5, 5.5, 1.0]),
        ("column", [0.5, 1.5, 2.0, 1.0], [2.875, 2.3, 2.375], [0.5, 2.5, 6.5, 0.0]),
    ] {
        let report = found(LOG, &["--policy", policy, "--arms", "2"]);
        let weighted: Vec<_> = weights.iter().zip(rewards).map(|(w, r)| w * r).collect();
        let errors = [error_of(&weighted), error_of_ratio(&weights, &rewards), error_of(&corrected)];
        check(&report, [[ips, errors[0]], [snips, errors[1]], [robust, errors[2]]], 1e-6);
        let total: f64 = weights.iter().sum();
        near(&report["mean_weight"], total / 4.0, 1e-6);
        near(&report["effective_sample_size"], total * total / weights.iter().map(|w| w * w).sum::<f64>(), 1e-6);
        assert_eq!(report["policy"], policy);
        assert_eq!((&report["rows"], &report["arms"]), (&4.into(), &2.into()));
        assert_eq!(report["matched"], if policy == "arm=1" { 2 } else { 4 });
        assert_eq!(report["estimates"][3]["estimate"], 1.75);
    }
}

#[test]
fn without_a_policy_the_log_decides() {
    assert_eq!(found(LOG, &[])["policy"], "column");
    let without = LOG.replace("target", "other");
    let path = file("default.csv", &without);
    let answer = printed(&["evaluate", path.to_str().unwrap(), "--format", "json"]);
    assert_eq!((&answer.json()["policy"], &answer.json()["arms"]), (&"uniform".into(), &2.into()));
    let mut piped = found(without, &["--arms", "2"]);
    piped["log"] = path.to_str().unwrap().into();
    assert_eq!(piped, answer.json());
}

#[test]
fn the_table_says_it_to_people() {
    let path = file("table.csv", LOG);
    let table = printed(&["evaluate", path.to_str().unwrap(), "--policy", "arm=1"]).out;
    let lines: Vec<_> = table.lines().collect();
    assert!(lines[0].contains("estimate  standard error  95 % interval"), "{table}");
    assert!(lines[2].starts_with("IPS") && lines[2].contains("5.0             3.8  -2.4 to 12.4"), "{table}");
    assert!(lines[3].starts_with("SNIPS") && lines[3].contains("3.33            0.63  2.10 to 4.57"), "{table}");
    assert!(lines[4].starts_with("doubly robust") && lines[4].contains("4.2 "), "{table}");
    assert!(table.contains("4 rows, 0 context columns, 50 % matched, effective sample size 1.800, mean weight 1.500"));
    let csv = printed(&["evaluate", path.to_str().unwrap(), "--policy", "arm=1", "--format", "csv"]).out;
    assert!(csv.starts_with("estimator,estimate,standard_error,low,high,policy,rows,"), "{csv}");
    assert!(csv.contains("\nIPS,5,3.785938") && csv.lines().count() == 5, "{csv}");
}

#[test]
fn a_clip_cuts_the_weights() {
    let report = found(LOG, &["--policy", "arm=1", "--clip", "3"]);
    near(&report["estimates"][0]["estimate"], 16.0 / 4.0, 1e-6);
    near(&report["estimates"][1]["estimate"], 16.0 / 5.0, 1e-6);
    assert_eq!(report["clip"], 3.0);
}

#[test]
fn however_a_file_is_written_it_is_the_same_log() {
    let expected = found(LOG, &[]);
    let quoted: String = LOG.lines().map(|line| format!("\"{}\"\n", line.replace(',', "\",\""))).collect();
    let longer: String = LOG.lines().map(|line| format!("\"a, \"\"b\"\"\nc\",{line},\n")).collect();
    for log in [
        LOG.replace('\n', "\r\n"),
        LOG.replace('\n', "\r"),
        LOG.replace('\n', "\n\n"),
        LOG.replace(',', " ,\t"),
        LOG.trim_end().into(),
        format!("\u{feff}{LOG}"),
        format!("\u{feff}{}", quoted.replace('\n', "\r\n")),
        quoted,
        longer,
    ] {
        assert_eq!(found(&log, &[]), expected, "{log:?}");
    }
    let swapped: String = LOG
        .lines()
        .map(|line| {
            let fields: Vec<_> = line.split(',').collect();
            format!("{},{},{},{}\n", fields[3], fields[1], fields[0], fields[2])
        })
        .collect();
    assert_eq!(found(swapped, &[]), expected);
}

/// What is wrong with a log, and what the answer must say.
const BAD: &[(&str, &str)] = &[
    ("", "standard input is empty"),
    ("\n\r\n", "standard input is empty"),
    ("action,reward,propensity\n", "has a header, but no rows"),
    ("action,reward,propensity", "has a header, but no rows"),
    ("action,reward\n0,1\n", "line 1: there is no column propensity; columns: action, reward"),
    ("Action,reward,propensity\n0,1,1\n", "line 1: there is no column action"),
    ("0,1,0.5\n", "line 1: there is no column action; columns: 0, 1, 0.5"),
    ("action,reward,reward,propensity\n0,1,1,1\n", "line 1: column reward stands there twice"),
    ("action,reward,propensity,x0,x2\n0,1,1,1,1\n", "a column x2, but none called x1"),
    (
        "action,reward,propensity\n0,1,0.5\n0,1,0\n",
        "line 3: column propensity must be a number above 0 and at most 1, not '0'",
    ),
    ("action,reward,propensity\r\n0,1,0.5\r\n0,1,-1\r\n", "line 3: column propensity must"),
    ("action,reward,propensity\n\n0,1,0.5\n\n\n0,1,1.5", "line 6: column propensity must"),
    (
        "action,reward,propensity\n0,1,NaN\n",
        "line 2: column propensity must be a number above 0 and at most 1, not 'NaN'",
    ),
    ("action,reward,propensity\n0,inf,1\n", "line 2: column reward must be a finite number, not 'inf'"),
    ("action,reward,propensity\n0,1e39,1\n", "column reward must be a finite number, not '1e39'"),
    ("action,reward,propensity\n0,,1\n", "column reward must be a finite number, not ''"),
    ("action,reward,propensity\n0,\"1,5\",1\n", "column reward must be a finite number, not '1,5'"),
    ("action,reward,propensity\n3,1,1\n", "column action must be a whole number below 3, not '3'"),
    ("action,reward,propensity\n-1,1,1\n", "column action must be a whole number below 3, not '-1'"),
    ("action,reward,propensity\n1.0,1,1\n", "column action must be a whole number below 3, not '1.0'"),
    ("action,reward,propensity,target\n0,1,1,1.1\n", "column target must be a number from 0 to 1, not '1.1'"),
    ("action,reward,propensity,x0\n0,1,1,NaN\n", "column x0 must be a finite number, not 'NaN'"),
    ("action,reward,propensity\n0,1,1\n0,1\n", "line 3: the row has 2 fields, the header 3"),
    ("action,reward,propensity\n0,1,1,2\n", "line 2: the row has 4 fields, the header 3"),
    ("action,reward,propensity\n0,1,1e-40\n", "line 2: its numbers are too large, or its propensity is too small"),
    ("action,reward,propensity\n0,3e38,1\n0,-3e38,1\n", "line 3: its numbers are too large"),
];

#[test]
fn a_bad_log_is_answered_with_its_line_and_column() {
    for (log, hint) in BAD {
        let answer = piped(log, &["--arms", "3"]);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{log:?}: {}", answer.err);
        assert!(answer.err.starts_with("habit: standard input"), "{log:?}: {}", answer.err);
        assert!(answer.err.contains(hint) && answer.err.lines().count() == 1, "{log:?}: {}", answer.err);
    }
    let answer = piped(b"action,reward,propensity\n0,\xff\xfe,1\n", &["--arms", "3"]);
    assert!(answer.code == 2 && answer.err.contains("line 2: column reward must"), "{}", answer.err);
    // A quote that is left open must not take the rest of the log into memory.
    let open = format!("action,reward,propensity\n0,1,1\n0,\"1,1\n{}", "0,1,1\n".repeat(1_000_000));
    let answer = piped(open, &["--arms", "3"]);
    assert!(answer.code == 2 && answer.err.contains("is a quote left open?"), "{}", answer.err);
}

#[test]
fn what_cannot_be_done_is_said_before_anything_is_printed() {
    let path = file("usage.csv", LOG.replace(",target", ",other"));
    let path = path.to_str().unwrap();
    for (rest, code, hint) in [
        (&[path, "--policy", "column"][..], 2, "line 1: there is no column target"),
        (&[path, "--policy", "arm=-1"], 2, "a policy is uniform, column, arm=K"),
        (&[path, "--policy", "arm=2", "--arms", "2"], 2, "none of the arms that --arms counts"),
        (&[path, "--arms", "1"], 2, "line 3: column action must be a whole number below 1"),
        (&[path, "--arms", "0"], 2, "0 is not in 1..=65536"),
        (&[path, "--clip", "0"], 2, "--clip takes a number above 0"),
        (&[path, "--clip", "nan"], 2, "--clip takes a number above 0"),
        (&["-"], 2, "standard input is empty"),
        (&["no/such/log.csv"], 3, "no/such/log.csv cannot be read: "),
        (&["."], 3, ". cannot be read: "),
        (&[], 2, "<LOG.csv>; `habit --help` tells more"),
    ] {
        let answer = habit(&[&["evaluate"], rest].concat());
        assert_eq!((answer.code, answer.out.as_str()), (code, ""), "{rest:?}: {}", answer.err);
        assert!(answer.err.contains(hint) && answer.err.lines().count() == 1, "{rest:?}: {}", answer.err);
    }
    let answer = piped(LOG, &["--policy", "uniform"]);
    assert!(answer.code == 2 && answer.err.contains("standard input can be read only once: say --arms"));
}

#[test]
fn a_policy_that_nothing_is_known_of_has_no_snips() {
    let answer = piped(LOG, &["--policy", "arm=5", "--format", "json"]);
    assert_eq!(answer.code, 0);
    assert!(answer.err.contains("none of the logged actions"), "{}", answer.err);
    let report = answer.json();
    assert_eq!((&report["matched"], &report["effective_sample_size"]), (&0.into(), &Value::Null));
    assert_eq!((&report["estimates"][0]["estimate"], &report["estimates"][1]["estimate"]), (&0.0.into(), &Value::Null));
}

/// A decision of the long log.
struct Decision {
    arm: usize,
    reward: f64,
    propensity: f64,
    x: f64,
}

/// Numbers that look random, of the long log.
fn decisions(count: usize) -> Vec<Decision> {
    let mut state = 12_345_u64;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / (1 << 24) as f64
    };
    let mut decision = || {
        let (u, x) = (uniform(), uniform());
        let arm = if u < 0.5 { 0 } else { 1 + usize::from(u >= 0.875) };
        let reward = 1000.0 + [1.0, 3.0, 2.0][arm] * x + uniform();
        // Written and read back, these are the numbers of the file.
        Decision { arm, reward: f64::from(reward as f32), propensity: [0.5, 0.375, 0.125][arm], x: f64::from(x as f32) }
    };
    (0..count).map(|_| decision()).collect()
}

/// A log of 10^5 rows against sums and normal equations in `f64`.
#[test]
fn a_long_log_agrees_with_twice_the_precision() {
    let decisions = decisions(100_000);
    let mut text = String::from("action,reward,propensity,x0\n");
    for Decision { arm, reward, propensity, x } in &decisions {
        text += &format!("{arm},{reward},{propensity},{x}\n");
    }
    let path = file("long.csv", &text);
    let answer = printed(&["evaluate", path.to_str().unwrap(), "--policy", "uniform", "--format", "json"]);

    let n = decisions.len() as f64;
    let weights: Vec<_> = decisions.iter().map(|d| 1.0 / 3.0 / d.propensity).collect();
    let rewards: Vec<_> = decisions.iter().map(|d| d.reward).collect();
    let weighted: Vec<_> = weights.iter().zip(&rewards).map(|(w, r)| w * r).collect();
    // An arm's (I + sum f f^T) and sum r f for f = (1, x).
    let mut arms = [[1.0, 0.0, 1.0, 0.0, 0.0]; 3];
    let mut corrected = Vec::new();
    for (d, weight) in decisions.iter().zip(&weights) {
        let expected = arms.map(|[a, b, c, u, v]| ((c * u - b * v) + (a * v - b * u) * d.x) / (a * c - b * b));
        corrected.push(expected.iter().sum::<f64>() / 3.0 + weight * (d.reward - expected[d.arm]));
        let terms = [1.0, d.x, d.x * d.x, d.reward, d.reward * d.x];
        arms[d.arm].iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
    }
    let mean = |numbers: &[f64]| numbers.iter().sum::<f64>() / n;
    let snips = mean(&weighted) / mean(&weights);
    let expected = [
        [mean(&weighted), error_of(&weighted)],
        [snips, error_of_ratio(&weights, &rewards)],
        [mean(&corrected), error_of(&corrected)],
    ];
    let report = answer.json();
    for (line, [estimate, error]) in report["estimates"].as_array().unwrap().iter().zip(expected) {
        near(&line["estimate"], estimate, 1e-6);
        let ratio = line["standard_error"].as_f64().unwrap() / error;
        assert!((ratio - 1.0).abs() < 0.01, "{line} {error}");
    }
    assert_eq!((&report["rows"], &report["contexts"], &report["arms"]), (&100_000.into(), &1.into(), &3.into()));
    // The truth: rewards are 1000.5 and half of the slopes' mean.
    near(&report["estimates"][2]["estimate"], 1001.5, 2e-5);
}
