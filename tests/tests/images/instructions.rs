//! What learners cost a Cortex-M0: bytes of a minimal image, and instructions of an action and an update.

use std::collections::BTreeMap;
use std::fmt::Write;

use habit_tests::{read, root};
use toml::Table;

use crate::support::elf::{self, Sizes};
use crate::support::emulator;
use crate::support::image::Image;

const TARGET: &str = "thumbv6m-none-eabi";
/// The counts that were recorded.
const RECORD: &str = "tests/instructions.toml";
const HOW_TO_RECORD: &str = "if that is meant, record it with `cargo xtask bench firmware --record`";

/// A proof's image, the learner in it, and what it computes with.
const ROWS: [[&str; 3]; 9] = [
    ["q_learning", "Q-learning, 48 x 4", "`f32`"],
    ["fixed_q_learning", "Q-learning, 48 x 4", "fixed point, `i16`"],
    ["fixed_q_learning_32", "Q-learning, 48 x 4", "fixed point, `i32`"],
    ["sarsa_lambda", "SARSA(lambda), 8 tilings, 3 x 200 weights", "`f32`"],
    ["lin_ucb_fixed_radius", "LinUCB, fixed radius, d = 8, K = 4", "`f32`"],
    ["lin_ucb", "LinUCB, d = 8, K = 4", "`f32`, libm"],
    ["lin_ucb_micromath", "LinUCB, d = 8, K = 4", "`f32`, micromath"],
    ["dyn_lin_ucb", "DynLin-UCB, d = 8, K = 4", "`f32`, libm"],
    ["dyn_lin_ucb_micromath", "DynLin-UCB, d = 8, K = 4", "`f32`, micromath"],
];

/// Learners that hold no float while they work.
const WITHOUT_FLOATS: [&str; 4] = ["fixed_q_learning", "fixed_q_learning_32", "fixed_sarsa", "fixed_expected_sarsa"];

/// Bytes and instructions, in the order of a row: flash, RAM, mean, maximum.
type Costs = [u32; 4];
const COSTS: [&str; 4] = ["flash", "ram", "mean", "maximum"];

fn proof(binary: &str) -> std::path::PathBuf {
    let image = Image { package: "habit-link-proof", binary, target: TARGET, features: "" };
    image.build().unwrap_or_else(|error| panic!("{binary} does not build:\n{error}"))
}

/// Instructions by name: the mean and the maximum.
fn count() -> BTreeMap<String, [u32; 2]> {
    let (package, binary) = ("habit-conformance", "instructions");
    let image = Image { package, binary, target: TARGET, features: "" };
    let image = image.build().unwrap_or_else(|error| panic!("the image does not build:\n{error}"));
    let printed = emulator::count("netduinoplus2", &image);
    let line = |line: &str| {
        let mut words = line.split(' ');
        let name = words.next()?.to_owned();
        Some((name, [words.next()?.parse().ok()?, words.next()?.parse().ok()?]))
    };
    printed.lines().map(|text| line(text).unwrap_or_else(|| panic!("`{text}` is no count"))).collect()
}

fn measure(counts: &BTreeMap<String, [u32; 2]>) -> Vec<(&'static str, Costs)> {
    let costs = |name: &'static str| {
        let Sizes { flash, ram } = elf::sizes(&proof(name));
        let [mean, maximum] = *counts.get(name).unwrap_or_else(|| panic!("{name} was not counted"));
        (name, [flash, ram, mean, maximum])
    };
    ROWS.iter().map(|[name, ..]| costs(name)).collect()
}

fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let parts: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    parts.join(" ")
}

/// The lines of the table in `firmware/README.md`.
fn rendered(measured: &[(&str, Costs)]) -> Vec<String> {
    let line = |([_, learner, numbers], (_, costs)): (&[&str; 3], &(&str, Costs))| {
        let costs = costs.map(grouped).join(" | ");
        format!("| {learner} | {numbers} | {costs} |")
    };
    ROWS.iter().zip(measured).map(line).collect()
}

fn recorded() -> Vec<(&'static str, Costs)> {
    let table: Table = read(RECORD).expect("the table of instructions").parse().expect("valid TOML");
    let number = |name: &str, cost: &str| {
        let entry = table.get(name).and_then(|entry| entry.get(cost)).and_then(|cost| cost.as_integer());
        let entry = entry.unwrap_or_else(|| panic!("{RECORD} has no {cost} of {name}; {HOW_TO_RECORD}"));
        u32::try_from(entry).unwrap_or_else(|error| panic!("{cost} of {name}: {error}"))
    };
    ROWS.iter().map(|&[name, ..]| (name, COSTS.map(|cost| number(name, cost)))).collect()
}

fn record(measured: &[(&str, Costs)]) {
    let mut text = String::from(
        "# What learners cost a Cortex-M0: bytes of a minimal image, instructions of an action and an update.\n\
         # Written by `cargo xtask bench firmware --record`; the board tests fail at 5 % more.\n\n",
    );
    for (name, [flash, ram, mean, maximum]) in measured {
        let _ = writeln!(text, "{name} = {{ flash = {flash}, ram = {ram}, mean = {mean}, maximum = {maximum} }}");
    }
    std::fs::write(root().join(RECORD), text).unwrap_or_else(|error| panic!("{RECORD}: {error}"));
}

#[test]
fn learners_cost_what_was_recorded() {
    let counts = count();
    let measured = measure(&counts);
    println!("\n| learner | numbers | flash | RAM | mean | maximum |\n|---|---|---|---|---|---|");
    rendered(&measured).iter().for_each(|line| println!("{line}"));
    if std::env::var_os("HABIT_RECORD").is_some() {
        record(&measured);
    }
    let recorded = recorded();
    for ((name, now), (_, before)) in measured.iter().zip(&recorded) {
        for ((now, before), cost) in now.iter().zip(before).zip(COSTS) {
            assert!(
                u64::from(*now) * 100 <= u64::from(*before) * 105,
                "{name}: {cost} {now} instead of {before}, which is in {RECORD}; {HOW_TO_RECORD}"
            );
        }
    }
    let chain =
        ["reward-chain", "reward-by-hand"].map(|name| counts.get(name).unwrap_or_else(|| panic!("no {name}"))[0]);
    let [chain, by_hand] = chain;
    println!("a chain of three: {chain} instructions, written out: {by_hand}");
    assert!(100 * chain <= 105 * by_hand, "{chain} instructions, written out {by_hand}");
}

#[test]
fn the_readme_shows_what_was_recorded() {
    let readme = read("firmware/README.md").expect("the page of the firmware");
    for line in rendered(&recorded()) {
        assert!(readme.lines().any(|other| other == line), "firmware/README.md does not have the line\n{line}");
    }
}

/// The goals of W8: an agent with a table in 3 kB of flash, LinUCB in 5 kB.
#[test]
fn small_learners_fit_small_chips() {
    let flash = |name| elf::sizes(&proof(name)).flash;
    for (name, limit) in [("q_learning", 3000), ("fixed_q_learning", 3000), ("lin_ucb_fixed_radius", 5000)] {
        assert!(flash(name) < limit, "{name}: {} bytes of flash", flash(name));
    }
}

/// What is linked is found by its name.
#[test]
fn fixed_point_learners_link_no_routine_for_floats() {
    let holds = |binary: &str, symbol: &str| {
        let image = std::fs::read(proof(binary)).expect("a readable image");
        image.windows(symbol.len()).any(|bytes| bytes == symbol.as_bytes())
    };
    // The compiler's names of addition, multiplication, division, comparison and conversion.
    let routines = ["__aeabi_fadd", "__aeabi_fmul", "__aeabi_fdiv", "__aeabi_fcmp", "__aeabi_i2f", "__aeabi_f2"];
    assert!(holds("q_learning", routines[0]), "this test finds nothing");
    for binary in WITHOUT_FLOATS {
        for routine in routines {
            assert!(!holds(binary, routine), "{binary} links {routine}");
        }
    }
}
