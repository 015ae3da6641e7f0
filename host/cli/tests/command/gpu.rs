//! `habit gpu` and `habit run --gpu`, on a real device or a software Vulkan driver.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{habit, printed};

const NAMES: [(&str, f32); 5] = [("p10", 10.0), ("p25", 25.0), ("p50", 50.0), ("p75", 75.0), ("p90", 90.0)];

/// Every sample of a CPU run: by step, contender and metric, over the seeds.
fn samples(line: &[&str], metrics: &[&str]) -> BTreeMap<(u64, String, String), Vec<f32>> {
    let mut all = BTreeMap::<_, Vec<f32>>::new();
    for sample in printed(line).json_lines().into_iter().filter(|line| line.get("done").is_none()) {
        for metric in metrics {
            let key = (sample["t"].as_u64().unwrap(), sample["contender"].as_str().unwrap().into(), (*metric).into());
            all.entry(key).or_default().push(sample[*metric].as_f64().unwrap() as f32);
        }
    }
    all.values_mut().for_each(|sample| sample.sort_by(f32::total_cmp));
    all
}

/// Holds the percentiles of a GPU run against the samples of the CPU's: each lies where the CPU's quantile function is that
/// far, give or take what 128 seeds leave open.
fn agrees(id: &str, line: &[&str], metrics: &[&str], contenders: usize) {
    let line = [&["run", id, "--seed", "3", "--seeds", "128", "--format", "json"], line].concat();
    let expected = samples(&line, metrics);
    let answer = printed(&[&line[..], &["--gpu"]].concat());
    let mut lines = answer.json_lines();
    let done = lines.pop().unwrap();
    assert_eq!((done["done"].as_bool(), done["seeds"].as_u64()), (Some(true), Some(128)));
    let mut seen = std::collections::BTreeSet::new();
    for found in &lines {
        let (t, contender) = (found["t"].as_u64().unwrap(), found["contender"].as_str().unwrap());
        seen.insert(contender.to_owned());
        for metric in metrics {
            let sorted = &expected[&(t, contender.to_owned(), (*metric).to_owned())];
            let share = |x: f32| sorted.partition_point(|&y| y <= x) as f32 / sorted.len() as f32;
            for (name, percent) in NAMES {
                let value = found[*metric][name].as_f64().unwrap() as f32;
                let slack = 1e-5 * value.abs() + 1e-6;
                let (below, above) = (share(value - 2.0 * slack), share(value + 2.0 * slack));
                let of = percent / 100.0;
                assert!(
                    below - 0.08 <= of && of <= above + 0.08,
                    "{id}, {contender} after {t}, {name} of {metric}: {value} has {below} to {above} below it"
                );
            }
            let mean = sorted.iter().map(|&x| f64::from(x)).sum::<f64>() / sorted.len() as f64;
            let spread = f64::from(sorted[sorted.len() - 1] - sorted[0]);
            let found = found[*metric]["mean"].as_f64().unwrap();
            assert!((found - mean).abs() <= 0.05 * spread + 1e-4, "{id}, {contender} after {t}: {found} {mean}");
        }
    }
    assert_eq!(seen.len(), contenders, "{seen:?}");
}

#[test]
fn a_run_on_a_gpu_has_the_percentiles_of_the_cpus_seeds() {
    let testbed = ["--steps", "150", "--every", "60", "--set", "centre=0.5"];
    agrees("classic-bandits.testbed", &testbed, &["reward", "optimal", "regret"], 8);
    agrees("classic-bandits.bernoulli", &["--steps", "300", "--every", "100"], &["regret"], 1);
    let cliff = ["--steps", "30", "--every", "10", "--set", "epsilon=0.2,step_size=0.25"];
    agrees("tabular-td.cliff-walking", &cliff, &["return", "length", "greedy_path"], 3);
}

#[test]
fn a_table_and_csv_show_the_same_sweep() {
    let line = ["run", "cliff-walking", "--gpu", "--seeds", "70", "--steps", "20"];
    let table = printed(&line).out;
    assert!(table.contains("return (reward), median over 70 seeds") && table.contains("seeds 1 to 70"), "{table}");
    assert!(table.contains("90 %") && table.contains("Expected SARSA"), "{table}");
    let csv = printed(&[&line[..], &["--format", "csv", "--every", "7"]].concat()).out;
    assert_eq!(csv.lines().next(), Some("t,contender,metric,mean,p10,p25,p50,p75,p90"));
    // Three buckets of three metrics of three contenders.
    assert_eq!(csv.lines().count(), 1 + 27, "{csv}");
    let left = printed(&["run", "bernoulli", "--gpu", "--steps", "20"]).out;
    assert!(left.contains("left out: KL-UCB, Thompson, Exp3"), "{left}");
}

#[test]
fn what_has_no_gpu_form_is_refused_with_what_has_one() {
    for line in [&["run", "dynlin-ucb", "--gpu"][..], &["run", "tabular-td", "--gpu"]] {
        let answer = habit(line);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""));
        let hint = "these have one: classic-bandits.bernoulli, classic-bandits.testbed, tabular-td.cliff-walking";
        assert!(answer.err.contains("has no GPU form") && answer.err.contains(hint), "{}", answer.err);
    }
    for (line, hint) in [
        (&["--seeds", "1000000"][..], "it takes 262144 at once"),
        (&["--plot", "x.svg"], "cannot be used with"),
        (&["--steps", "0"], "set --steps"),
        (&["--set", "epsilon=2"], "epsilon must be a number"),
    ] {
        let answer = habit(&[&["run", "cliff-walking", "--gpu"], line].concat());
        assert!(answer.code == 2 && answer.err.contains(hint), "{}", answer.err);
    }
    let answer = habit(&["run", "cliff-walking", "--gpu", "--adapter", "no such adapter"]);
    assert!(answer.code == 3 && answer.err.contains("no GPU adapter fits"), "{}", answer.err);
    assert_eq!(habit(&["run", "cliff-walking", "--adapter", "x"]).code, 2);
}

#[test]
fn a_gpu_is_checked_and_measured_by_one_command() {
    let answer = printed(&["gpu", "--check", "--bench", "--greatest", "10", "--rounds", "1"]).out;
    assert!(answer.contains("Self-check\n") && answer.contains("pass generator words"), "{answer}");
    assert!(answer.contains("The adapter copies") && answer.contains("| GAE, 128 steps | 128 x 8 |"), "{answer}");
    assert!(answer.contains("| sweep of Q-learning") && answer.contains("| sweep of UCB1"), "{answer}");
    let answer = printed(&["gpu", "--bench", "--greatest", "10", "--rounds", "1"]).out;
    assert!(!answer.contains("Self-check"), "{answer}");
    assert!(printed(&["gpu"]).out.contains("Self-check"));
    assert_eq!(habit(&["gpu", "--greatest", "12"]).code, 2);
    assert_eq!(habit(&["gpu", "--bench", "--greatest", "25"]).code, 2);
}

/// Lines of JSON are objects.
#[test]
fn json_lines_name_step_and_contender() {
    let lines =
        printed(&["run", "bernoulli", "--gpu", "--seeds", "5", "--steps", "3", "--format", "json"]).json_lines();
    assert_eq!(lines.len(), 4);
    assert!(lines[..3].iter().all(|line| line["contender"] == "UCB1" && line["regret"]["p50"].is_number()));
    assert!(lines[3]["adapter"].as_str().is_some_and(|adapter| !adapter.is_empty()) && lines[3]["id"] != Value::Null);
}
