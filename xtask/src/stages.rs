//! What `cargo xtask test` runs, as data.

use std::process::Command;

use clap::builder::PossibleValuesParser;
use serde_json::Value;

use crate::House;
use crate::counts::Format;
use crate::process::{cargo, output};
use crate::provision::{Need, python};
use crate::wheel;

/// A part of the tests that runs alone.
pub struct Stage {
    /// Its name on the command line.
    pub name: &'static str,
    /// What must be there before it runs.
    pub needs: &'static [Need<'static>],
    /// What it runs, in this order; the error says why that cannot be told.
    pub checks: fn(&House) -> Result<Vec<Check>, String>,
}

/// One command, and how its tests are counted.
pub struct Check {
    /// What it shows when it passes.
    pub name: String,
    /// How to run it.
    pub command: Command,
    /// Who counts.
    pub format: Format,
}

const NEXTEST: Need<'static> = Need::Cargo("cargo-nextest");
const CHIP: &str = "thumbv6m-none-eabi";
const CHIP_WITH_FLOATS: &str = "thumbv7em-none-eabihf";
const RISC_V: &str = "riscv32imac-unknown-none-elf";
const PAGE: &str = crate::wasm::TARGET;

/// Every stage, in the order in which they run.
pub const STAGES: &[Stage] = &[
    Stage {
        name: "kernel",
        needs: &[Need::Component("clippy"), Need::Component("rustfmt"), NEXTEST, Need::Target(CHIP)],
        checks: kernel,
    },
    Stage { name: "host", needs: &[NEXTEST], checks: host },
    Stage { name: "python", needs: &[Need::Component("clippy"), Need::Python(wheel::FOLDER)], checks: python_module },
    Stage {
        name: "c",
        needs: &[
            NEXTEST,
            Need::Component("clippy"),
            Need::Target(CHIP),
            Need::Debian(&["gcc", "g++", "make", "cmake", "pkg-config", "valgrind", "clang", "qemu-system-arm"]),
        ],
        checks: c,
    },
    Stage {
        name: "web",
        needs: &[
            NEXTEST,
            Need::Component("clippy"),
            Need::Target(PAGE),
            Need::Target(CHIP),
            Need::Debian(&["chromium", "qemu-system-arm"]),
            Need::Npm("web"),
            Need::Npm("tests/browser"),
        ],
        checks: web,
    },
    Stage {
        name: "firmware",
        needs: &[
            NEXTEST,
            Need::Component("clippy"),
            Need::Target(CHIP),
            Need::Target(CHIP_WITH_FLOATS),
            Need::Target(RISC_V),
            Need::Debian(&["qemu-system-arm", "qemu-system-misc"]),
            Need::Npm("tests/pico"),
        ],
        checks: firmware,
    },
    Stage { name: "gpu", needs: &[NEXTEST, Need::Debian(&["mesa-vulkan-drivers", "libvulkan1"])], checks: gpu },
    Stage { name: "claims", needs: &[NEXTEST], checks: claims },
    Stage { name: "ray", needs: &[Need::Python("host/ray")], checks: ray },
];

/// Accepts the name of a stage.
pub fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(STAGES.iter().map(|stage| stage.name))
}

fn kernel(house: &House) -> Result<Vec<Check>, String> {
    let mut doc = cargo_line(house, "doc --package habit --all-features --no-deps");
    doc.env("RUSTDOCFLAGS", "-D warnings");
    // A workspace of its own; without the other libraries.
    let mut bench = cargo_line(house, "clippy --locked --manifest-path bench/Cargo.toml");
    bench.arg("--target-dir").arg(house.target.join("bench/lints")).args(["--", "-D", "warnings"]);
    let mut checks = vec![
        one("formatting", cargo_line(house, "fmt --all --check")),
        one(
            "formatting of the project of its own",
            cargo_line(house, "fmt --manifest-path firmware/standalone/Cargo.toml --check"),
        ),
        one("formatting of the bench", cargo_line(house, "fmt --check --manifest-path bench/Cargo.toml")),
        one("lints of the bench", bench),
        // The Python module is another stage's, with all that it brings.
        one("lints", cargo_line(house, "clippy --workspace --exclude habit-py --all-targets -- -D warnings")),
        one(
            "kernel lints with all features",
            cargo_line(house, "clippy -p habit --all-features --all-targets -- -D warnings"),
        ),
        nextest("kernel tests", house, "--package habit --all-features"),
        check_docs(house, "habit"),
        one("kernel docs", doc),
        // Unpacks what would be published, and builds that.
        one("the package", cargo_line(house, "package --package habit --allow-dirty")),
    ];
    for features in feature_sets(house)? {
        // Code is made for none and for all; of each alone it is enough, and quicker, to know that it compiles.
        let verb = if features.starts_with("--features ") { "check" } else { "build" };
        let line = format!("{verb} --package habit --target {CHIP} --no-default-features {features}");
        checks.push(one(format!("kernel for {CHIP} {features}").trim_end(), cargo_line(house, &line)));
    }
    Ok(checks)
}

/// No feature, each alone, all.
fn feature_sets(house: &House) -> Result<Vec<String>, String> {
    let text = output(&mut cargo_line(house, "metadata --no-deps --format-version 1"))?;
    let metadata: Value = serde_json::from_str(&text).map_err(|error| format!("`cargo metadata`: {error}"))?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let features = packages.filter(|p| p["name"] == "habit").filter_map(|p| p["features"].as_object());
    let features = features.flat_map(|table| table.keys()).filter(|name| *name != "default");
    let alone = features.map(|name| format!("--features {name}"));
    Ok([String::new()].into_iter().chain(alone).chain(["--all-features".into()]).collect())
}

fn host(house: &House) -> Result<Vec<Check>, String> {
    Ok(vec![
        habit(house),
        with_habit(
            house,
            nextest(
                "host tests",
                house,
                "--package habit-cli --package habit-capi --features habit-capi/lab --package habit-tests --package xtask",
            ),
        ),
    ])
}

fn c(house: &House) -> Result<Vec<Check>, String> {
    let (host, chip) = (house.target.join("c/host"), house.target.join("c/chip"));
    let mut to_host = this_program(&["install-c", "--prefix"])?;
    to_host.arg(&host);
    let mut to_chip = this_program(&["install-c", "--target", CHIP, "--prefix"])?;
    to_chip.arg(&chip);
    let mut tests = nextest("C tests", house, "--package habit-tests --features c --test c");
    tests.command.env("HABIT_C", host).env("HABIT_C_CHIP", chip);
    let lints = format!("clippy --package habit-capi --features panic-handler --target {CHIP} -- -D warnings");
    Ok(vec![
        one(format!("lints of habit-capi for {CHIP}"), cargo_line(house, &lints)),
        one("the C interface, installed", to_host),
        one("the same for a chip", to_chip),
        tests,
    ])
}

/// The wheel, as users install it, in an environment of its own.
fn python_module(house: &House) -> Result<Vec<Check>, String> {
    let tests = wheel::interpreter(house, wheel::FOLDER, &["-m", "pytest"]);
    Ok(vec![
        one("lints of the Python module", cargo_line(house, "clippy --package habit-py -- -D warnings")),
        habit(house),
        one("the wheel", wheel::build(house)),
        one("installing the wheel", wheel::install(house, wheel::FOLDER)),
        with_habit(house, check("tests of the Python module", Format::Pytest, tests)),
    ])
}

fn web(house: &House) -> Result<Vec<Check>, String> {
    let site = this_program(&["lab", "--build-only"])?;
    let mut browser = Command::new("node");
    browser.args(["--test", "--test-reporter=spec"]).current_dir(house.root.join("tests/browser"));
    browser.env("HABIT_SITE", house.target.join("lab"));
    browser.env("HABIT_BOARD", house.target.join("firmware/microbit-v1.elf"));
    browser.env("HABIT_PACKAGE", house.target.join("npm/habit-lab"));
    Ok(vec![
        nextest("page tests without a browser", house, "--package habit-web"),
        one(
            "page lints",
            cargo_line(house, &format!("clippy -p habit-web --target {PAGE} --all-features -- -D warnings")),
        ),
        one(
            "package lints",
            cargo_line(house, &format!("clippy -p habit-js --lib --examples --target {PAGE} -- -D warnings")),
        ),
        one("the site", site),
        one("the package", this_program(&["package", "--no-lab"])?),
        one("the image of a board", this_program(&["firmware", "microbit-v1"])?),
        habit(house),
        with_habit(house, check("the page in a browser", Format::Node, browser)),
    ])
}

fn firmware(house: &House) -> Result<Vec<Check>, String> {
    // The boards of one family of cores at once: what a board says is the same code for every target of it.
    let small = "microbit-v1,pico,fault-injection";
    let with_floats = "microbit-v2,pico2,stm32f405,stm32vldiscovery";
    let lints = [
        format!("habit-firmware --features {small},habit/lab-bandit --target {CHIP}"),
        format!("habit-firmware --features {with_floats},habit/lab-bandit --target {CHIP_WITH_FLOATS}"),
        format!("habit-firmware --features hifive1,fault-injection,habit/lab-bandit --target {RISC_V}"),
        format!("habit-firmware --features esp32-c3,habit/lab-bandit --target {RISC_V}"),
        format!("habit-examples --features microbit-v1,pico --target {CHIP}"),
        format!("habit-conformance --features habit/lab --target {CHIP}"),
        format!("habit-conformance --features habit/lab --target {CHIP_WITH_FLOATS}"),
        format!("habit-link-proof --features counter-example --target {CHIP}"),
    ];
    let lints = lints.map(|line| {
        one(format!("lints of {line}"), cargo_line(house, &format!("clippy --package {line} -- -D warnings")))
    });
    let mut checks = Vec::from(lints);
    // Into the folder where the tests look first, so that they find theirs built.
    checks.push(one("an image for every board", this_program(&["firmware"])?));
    checks.push(nextest("firmware tests without a board", house, "--package habit-firmware --package habit-examples"));
    checks.push(nextest("board tests", house, "--package habit-tests --features firmware --test firmware"));
    Ok(checks)
}

fn gpu(house: &House) -> Result<Vec<Check>, String> {
    let mut check = cargo_line(house, "run --package habit-cli -- gpu");
    check.env("NODEVICE_SELECT", "1");
    let mut tests = nextest("GPU tests", house, "--package habit-gpu");
    // Keeps a layer of Mesa's from asking for a display that is not there.
    tests.command.env("NODEVICE_SELECT", "1");
    let examples = check_docs(house, "habit-gpu");
    Ok(vec![tests, examples, one("habit gpu", check)])
}

fn claims(house: &House) -> Result<Vec<Check>, String> {
    Ok(vec![nextest(
        "claims",
        house,
        "--package habit-tests --features claims --test claims --test numerical_health --cargo-profile release",
    )])
}

fn ray(house: &House) -> Result<Vec<Check>, String> {
    let mut test = Command::new(python(house, "host/ray"));
    test.arg(house.root.join("host/ray/test_sweep.py"));
    Ok(vec![habit(house), with_habit(house, one("a sweep on a Ray cluster of this machine", test))])
}

/// The command as tests start it.
fn habit(house: &House) -> Check {
    one("the habit command", cargo_line(house, "build --release --package habit-cli --no-default-features"))
}

/// The examples in a package's docs.
fn check_docs(house: &House, package: &str) -> Check {
    let line = format!("test --doc --all-features --package {package}");
    check(format!("examples in the docs of {package}"), Format::Harness, cargo_line(house, &line))
}

/// A command that counts as one test.
fn one(name: impl Into<String>, command: Command) -> Check {
    check(name, Format::One, command)
}

fn nextest(name: &str, house: &House, line: &str) -> Check {
    let command =
        cargo_line(house, &format!("nextest run --no-fail-fast --status-level slow --final-status-level fail {line}"));
    check(name, Format::Nextest, command)
}

fn check(name: impl Into<String>, format: Format, command: Command) -> Check {
    Check { name: name.into(), command, format }
}

/// Tests that compare with the command line find it here.
fn with_habit(house: &House, mut check: Check) -> Check {
    let name = format!("habit{}", std::env::consts::EXE_SUFFIX);
    check.command.env("HABIT_BIN", house.target.join("release").join(name));
    check
}

/// Another task of this program.
fn this_program(arguments: &[&str]) -> Result<Command, String> {
    let this = std::env::current_exe().map_err(|error| format!("cannot find this program: {error}"))?;
    let mut command = Command::new(this);
    command.args(arguments);
    Ok(command)
}

fn cargo_line(house: &House, line: &str) -> Command {
    let mut command = cargo();
    command.args(line.split_whitespace()).current_dir(&house.root);
    command
}
