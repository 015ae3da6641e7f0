//! Contenders side by side in one run: the kernel, a plain C loop, and other libraries. What is measured is a ratio.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::House;
use crate::process::{cargo, line, output, run};
use crate::provision::{Need, ensure, python};
use crate::wasm::{self, Loader};
use crate::wheel;

mod firmware;
mod subject;

pub use subject::Subject;
use subject::Workload;

/// Whom the ratios are to.
const REFERENCE: &str = "c";
/// Ends the name of a contender that behaves otherwise than the rest, so that only what it learned is compared.
const OTHERWISE: char = '*';
/// How long one run lasts, in seconds.
const RUN_SECONDS: f64 = 0.2;

const C_FLAGS: [&str; 3] = ["-O3", "-march=native", "-ffast-math"];
const NATIVE: &str = "-C target-cpu=native";

/// Builds the contenders, checks that they compute the same, and times them in turn; or counts what learners cost a chip.
pub fn bench(house: &House, subject: Subject, rounds: usize, record: bool) -> Result<(), String> {
    if subject == Subject::Firmware {
        return firmware::bench(house, record);
    }
    if record {
        return Err("only what `firmware` counts is recorded; times differ from machine to machine".into());
    }
    if subject == Subject::Gpu {
        return gpu(house, rounds);
    }
    let mut contenders = Vec::new();
    let mut programs = Vec::new();
    for (name, start) in PROGRAMS {
        match start(house, subject).and_then(|(command, flags)| Program::start(command, flags)) {
            Ok((program, found)) => {
                contenders.extend(found.into_iter().map(|line| Contender::parse(&line, programs.len())));
                programs.push(program);
            }
            Err(error) => println!("Left out, {name}: {error}"),
        }
    }
    let contenders = contenders.into_iter().collect::<Result<Vec<_>, _>>()?;
    println!(
        "\nTime is the processor's. A ratio is to the contender `{REFERENCE}` in the same round: the median of {rounds}"
    );
    println!(
        "rounds, and the least and the greatest. `{OTHERWISE}`: another algorithm, or other behaviour by its nature."
    );
    println!("Processor: {}", processor());
    for workload in subject.workloads() {
        let field: Vec<_> = contenders.iter().filter(|contender| contender.workload == workload.name).collect();
        println!("\n{}", workload.title);
        compare(workload, &field, &mut programs, rounds)?;
    }
    Ok(())
}

/// Measures the GPU by the program that `habit-gpu` brings for it; it prints the table of `gpu/README.md`.
fn gpu(house: &House, rounds: usize) -> Result<(), String> {
    ensure(house, Need::Debian(&["mesa-vulkan-drivers", "libvulkan1"]))?;
    let mut program = cargo();
    program.args(["run", "--quiet", "--release", "--package", "habit-cli", "--", "gpu", "--bench", "--greatest", "24"]);
    // Keeps a layer of Mesa's from asking for a display that is not there.
    program.args(["--rounds", &rounds.to_string()]).env("NODEVICE_SELECT", "1").current_dir(&house.root);
    println!("Processor: {}", processor());
    run(&mut program)
}

/// A program of contenders: what it is built with, and how it is started.
type Build = fn(&House, Subject) -> Result<(Command, String), String>;

const PROGRAMS: [(&str, Build); 5] = [
    ("C", c),
    ("the kernel and other crates", |house, _| native(house, "native", &["--features", "peers"], Some(NATIVE))),
    ("the kernel for every processor", |house, _| native(house, "portable", &["--features", "portable"], None)),
    ("the kernel in WebAssembly", |house, _| in_wasm(house)),
    ("Python", interpreter),
];

fn folder(house: &House) -> Result<PathBuf, String> {
    let folder = house.target.join("bench");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

fn source(house: &House, subject: Subject, extension: &str) -> PathBuf {
    house.root.join("bench").join(subject.name()).with_extension(extension)
}

fn c(house: &House, subject: Subject) -> Result<(Command, String), String> {
    ensure(house, Need::Debian(&["gcc"]))?;
    let program = folder(house)?.join(subject.name());
    run(Command::new("gcc").args(C_FLAGS).arg(source(house, subject, "c")).arg("-o").arg(&program).arg("-lm"))?;
    Ok((Command::new(program), C_FLAGS.join(" ")))
}

/// Builds the contenders in Rust; returns the folder that they are in, and the flags.
fn rust(house: &House, name: &str, arguments: &[&str], flags: Option<&str>) -> Result<(PathBuf, String), String> {
    let target = folder(house)?.join(name);
    let mut build = cargo();
    build.args(["build", "--quiet", "--locked", "--release"]).args(arguments).arg("--target-dir").arg(&target);
    build.env("RUSTFLAGS", flags.unwrap_or_default()).current_dir(house.root.join("bench"));
    println!("Building the contenders in Rust ({name}): {}", line(&build));
    run(&mut build)?;
    let version = output(Command::new("rustc").arg("--version"))?;
    let version = version.split(" (").next().unwrap_or_default().trim();
    let flags = format!("{version}, --release with fat LTO in one unit {}", flags.unwrap_or_default());
    Ok((target, flags.trim_end().into()))
}

fn native(house: &House, name: &str, features: &[&str], flags: Option<&str>) -> Result<(Command, String), String> {
    let (target, flags) = rust(house, name, features, flags)?;
    let program = target.join("release").join(format!("habit-bench{}", std::env::consts::EXE_SUFFIX));
    Ok((Command::new(program), flags))
}

/// In the engine of Node.js, which is Chromium's.
fn in_wasm(house: &House) -> Result<(Command, String), String> {
    ensure(house, Need::Target(wasm::TARGET))?;
    let version = output(Command::new("node").arg("--version"))?;
    let (target, flags) = rust(house, "wasm", &["--target", wasm::TARGET], None)?;
    let release = target.join(wasm::TARGET).join("release");
    wasm::bind(&release.join("habit-bench.wasm"), Loader::Node, "contenders", &release)?;
    let mut command = Command::new("node");
    command.arg(house.root.join("bench/contenders.cjs")).arg(release.join("contenders.js"));
    Ok((command, format!("{flags} --target {}, Node.js {}", wasm::TARGET, version.trim())))
}

fn interpreter(house: &House, subject: Subject) -> Result<(Command, String), String> {
    ensure(house, Need::Python("bench"))?;
    if subject == Subject::Bandit {
        // The kernel as Python calls it stands beside the others.
        ensure(house, Need::Python(wheel::FOLDER))?;
        println!("Building the Python module");
        run(&mut wheel::build(house))?;
        run(&mut wheel::install(house, "bench"))?;
    }
    let mut command = Command::new(python(house, "bench"));
    // Nothing is written beside the sources.
    command.arg(source(house, subject, "py")).env("PYTHONDONTWRITEBYTECODE", "1");
    Ok((command, "CPython".into()))
}

fn processor() -> String {
    let text = std::fs::read_to_string(Path::new("/proc/cpuinfo")).unwrap_or_default();
    let name = text.lines().find_map(|line| line.strip_prefix("model name")).and_then(|line| line.split_once(':'));
    name.map_or("unknown", |(_, name)| name.trim()).to_owned()
}

/// Answers one line a line; `bench/src/main.rs` says in which words.
struct Program {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    flags: String,
}

impl Program {
    /// Starts it; returns the lines of its contenders too.
    fn start(mut command: Command, flags: String) -> Result<(Self, Vec<String>), String> {
        let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = spawned.map_err(|error| format!("`{}` cannot be started: {error}", line(&command)))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(format!("`{}` has no pipes", line(&command)));
        };
        let mut program = Self { child, input, output: BufReader::new(output), flags };
        let mut contenders = Vec::new();
        loop {
            let line = program.read()?;
            if line.is_empty() {
                return Ok((program, contenders));
            }
            contenders.push(line);
        }
    }

    fn read(&mut self) -> Result<String, String> {
        let mut line = String::new();
        match self.output.read_line(&mut line) {
            Ok(length) if length > 0 => Ok(line.trim_end().to_owned()),
            _ => Err("a program of contenders has stopped; what it said stands above".into()),
        }
    }

    fn run(&mut self, contender: &Contender, steps: u64) -> Result<Report, String> {
        let Contender { workload, name, .. } = contender;
        writeln!(self.input, "{steps} {workload} {name}")
            .map_err(|error| format!("{name} does not listen: {error}"))?;
        let answer = self.read()?;
        let numbers: Result<Vec<f64>, _> = answer.split(' ').map(str::parse).collect();
        match numbers.as_deref() {
            Ok([steps, seconds, figures @ ..]) => {
                Ok(Report { rate: steps / seconds.max(1e-9), figures: figures.into() })
            }
            _ => Err(format!("{workload} {name} answered `{answer}`")),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have stopped by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Contender {
    workload: String,
    name: String,
    text: String,
    program: usize,
}

impl Contender {
    fn parse(line: &str, program: usize) -> Result<Self, String> {
        let parts = line.split_once(": ").and_then(|(names, text)| Some((names.split_once(' ')?, text)));
        let ((workload, name), text) = parts.ok_or_else(|| format!("`{line}` names no contender"))?;
        Ok(Self { workload: workload.into(), name: name.into(), text: text.into(), program })
    }
}

struct Report {
    /// Steps a second.
    rate: f64,
    figures: Vec<f64>,
}

impl Report {
    /// Says what is wrong.
    fn check(&self, workload: &Workload, contender: &Contender, reference: &Self) -> Result<(), String> {
        let Contender { name, workload: place, .. } = contender;
        let count = workload.figures.len();
        if self.figures.len() != count {
            return Err(format!("{place} {name} reports {} figures instead of {count}", self.figures.len()));
        }
        for (figure, (own, other)) in workload.figures.iter().zip(self.figures.iter().zip(&reference.figures)) {
            let compared = figure.learned || !name.ends_with(OTHERWISE);
            // What is not a number is not close.
            let close = (own - other).abs() <= figure.absolute + figure.relative * other.abs();
            if compared && !close {
                return Err(format!("{place} {name} reports {own} {} instead of {other}; not the same", figure.name));
            }
        }
        Ok(())
    }

    fn describe(&self, workload: &Workload) -> String {
        let figures = workload.figures.iter().zip(&self.figures);
        figures.map(|(figure, own)| format!("{} {own:.2}", figure.name)).collect::<Vec<_>>().join(", ")
    }
}

fn compare(workload: &Workload, field: &[&Contender], programs: &mut [Program], rounds: usize) -> Result<(), String> {
    let place = field.iter().position(|contender| contender.name == REFERENCE);
    let place = place.ok_or_else(|| format!("`{REFERENCE}` is missing, and with it what to compare with"))?;
    let mut run = |contender: &Contender, steps| programs[contender.program].run(contender, steps);
    let reports = field.iter().map(|contender| run(contender, workload.check_steps));
    let reports = reports.collect::<Result<Vec<_>, _>>()?;
    for (contender, report) in field.iter().zip(&reports) {
        report.check(workload, contender, &reports[place])?;
    }
    let steps = |report: &Report| (report.rate * RUN_SECONDS) as u64 + 1;
    // What is compiled while it runs was slow the first time, and a short check tells little of the rate.
    let mut warm = reports.iter().map(steps).collect::<Vec<_>>();
    for _ in 0..2 {
        for (contender, steps_of) in field.iter().zip(&mut warm) {
            *steps_of = steps(&run(contender, *steps_of)?);
        }
    }
    let mut rates = vec![Vec::new(); field.len()];
    for _ in 0..rounds {
        for ((contender, steps), rates) in field.iter().zip(&warm).zip(&mut rates) {
            rates.push(run(contender, *steps)?.rate);
        }
    }
    for ((contender, own), report) in field.iter().zip(&rates).zip(&reports) {
        let mut ratios: Vec<f64> = own.iter().zip(&rates[place]).map(|(rate, reference)| rate / reference).collect();
        ratios.sort_by(f64::total_cmp);
        let (least, greatest) = (ratios[0], ratios[rounds - 1]);
        let (ratio, rate) = (median(&ratios), median(own) / 1e6);
        let (Contender { name, text, .. }, flags) = (contender, &programs[contender.program].flags);
        println!(
            "  {name:15} {ratio:8.4} ({least:.4} to {greatest:.4}) {rate:9.4} M/s  {}; {text}; {flags}",
            report.describe(workload)
        );
    }
    Ok(())
}

/// Of at least one number.
fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len().is_multiple_of(2) { (sorted[middle - 1] + sorted[middle]) / 2.0 } else { sorted[middle] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_a_contender() {
        let contender = Contender::parse("cliff c: a plain loop: fast", 1).unwrap();
        assert_eq!((&*contender.workload, &*contender.name, &*contender.text), ("cliff", "c", "a plain loop: fast"));
        assert!(Contender::parse("cliff", 0).is_err());
    }

    #[test]
    fn what_computes_something_else_is_not_timed() {
        let cliff = &Subject::Policy.workloads()[0];
        let report = |figures: &[f64]| Report { rate: 1.0, figures: figures.into() };
        let check = |line: &str, figures: &[f64]| {
            let contender = Contender::parse(line, 0).unwrap();
            report(figures).check(cliff, &contender, &report(&[20.0, 13.0, -13.0]))
        };
        assert_eq!(check("cliff c: ", &[20.5, 13.0, -13.0]), Ok(()));
        assert!(check("cliff c: ", &[20.0, 17.0, -13.0]).is_err());
        assert!(check("cliff c: ", &[20.0, 13.0, -12.9]).is_err());
        assert!(check("cliff c: ", &[20.0, 13.0, f64::NAN]).is_err());
        assert!(check("cliff c: ", &[22.0, 13.0, -13.0]).is_err());
        assert!(check("cliff c: ", &[20.0]).is_err());
        assert_eq!(check("cliff rurel*: ", &[200.0, 13.0, -13.0]), Ok(()));
        assert!(check("cliff rurel*: ", &[200.0, 17.0, -13.0]).is_err());
    }

    #[test]
    fn the_median_of_an_even_number_lies_between() {
        assert_eq!((median(&[3.0, 1.0, 2.0]), median(&[4.0, 1.0, 2.0, 3.0])), (2.0, 2.5));
    }
}
