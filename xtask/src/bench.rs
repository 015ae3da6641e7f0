//! Contenders side by side in one run: the kernel, a plain C loop, and other libraries. What is measured is a ratio.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use clap::ValueEnum;

use crate::House;
use crate::process::{cargo, line, output, run};
use crate::provision::{Need, ensure, python};

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Subject {
    /// Q-learning on CliffWalking, and CartPole under random actions
    Policy,
}

/// By its name in the contenders' lines.
const WORKLOADS: [(&str, &str); 5] = [
    ("cliff", "W1: Q-learning on CliffWalking 4 x 12, alpha 0.5, gamma 1, epsilon 0.1; act, step and learn"),
    ("cart-1", "W6: CartPole, random actions, auto-reset, N = 1"),
    ("cart-64", "W6: CartPole, random actions, auto-reset, N = 64"),
    ("cart-1024", "W6: CartPole, random actions, auto-reset, N = 1024"),
    ("cart-4096", "W6: CartPole, random actions, auto-reset, N = 4096"),
];

/// Whom the ratios are to.
const REFERENCE: &str = "c";
/// Behaves otherwise than the rest, so that only what it learned is compared.
const RANDOM_WALKER: &str = "rurel";
/// How many steps show whether contenders compute the same.
const CHECK_STEPS: u64 = 200_000;
/// How long one run lasts, in seconds.
const RUN_SECONDS: f64 = 0.2;

const C_FLAGS: [&str; 3] = ["-O3", "-march=native", "-ffast-math"];
const NATIVE: &str = "-C target-cpu=native";

/// Builds the contenders, checks that they compute the same, and times them in turn.
pub fn bench(house: &House, subject: Subject, rounds: usize) -> Result<(), String> {
    let Subject::Policy = subject;
    let mut contenders = Vec::new();
    let mut programs = Vec::new();
    for (name, start) in PROGRAMS {
        match start(house).and_then(|(command, flags)| Program::start(command, flags)) {
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
    println!("rounds, and the least and the greatest. Processor: {}", processor());
    for (workload, title) in WORKLOADS {
        let field: Vec<_> = contenders.iter().filter(|contender| contender.workload == workload).collect();
        println!("\n{title}");
        compare(&field, &mut programs, rounds)?;
    }
    Ok(())
}

/// A program of contenders: what it is built with, and how it is started.
type Build = fn(&House) -> Result<(Command, String), String>;

const PROGRAMS: [(&str, Build); 4] = [
    ("C", c),
    ("the kernel and other crates", |house| rust(house, "native", &["--features", "peers"], Some(NATIVE))),
    ("the kernel for every processor", |house| rust(house, "portable", &["--features", "portable"], None)),
    ("Python", interpreter),
];

fn folder(house: &House) -> Result<PathBuf, String> {
    let folder = house.target.join("bench");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

fn c(house: &House) -> Result<(Command, String), String> {
    ensure(house, Need::Debian(&["gcc"]))?;
    let program = folder(house)?.join("policy");
    let source = house.root.join("bench/policy.c");
    run(Command::new("gcc").args(C_FLAGS).arg(source).arg("-o").arg(&program))?;
    Ok((Command::new(program), C_FLAGS.join(" ")))
}

fn rust(house: &House, name: &str, features: &[&str], flags: Option<&str>) -> Result<(Command, String), String> {
    let target = folder(house)?.join(name);
    let mut build = cargo();
    build.args(["build", "--quiet", "--locked", "--release"]).args(features).arg("--target-dir").arg(&target);
    build.env("RUSTFLAGS", flags.unwrap_or_default()).current_dir(house.root.join("bench"));
    println!("Building the contenders in Rust ({name}): {}", line(&build));
    run(&mut build)?;
    let version = output(Command::new("rustc").arg("--version"))?;
    let version = version.split(" (").next().unwrap_or_default().trim();
    let program = target.join("release").join(format!("habit-bench{}", std::env::consts::EXE_SUFFIX));
    Ok((
        Command::new(program),
        format!("{version}, --release with fat LTO in one unit {}", flags.unwrap_or_default()).trim_end().into(),
    ))
}

fn interpreter(house: &House) -> Result<(Command, String), String> {
    ensure(house, Need::Python("bench"))?;
    let mut command = Command::new(python(house, "bench"));
    command.arg(house.root.join("bench/policy.py"));
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
        let numbers: Vec<f64> = answer.split(' ').map_while(|number| number.parse().ok()).collect();
        match numbers[..] {
            [steps, seconds, episodes, path, value] => Ok(Report { steps, seconds, episodes, path, value }),
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
    steps: f64,
    seconds: f64,
    episodes: f64,
    path: f64,
    value: f64,
}

impl Report {
    fn rate(&self) -> f64 {
        self.steps / self.seconds.max(1e-9)
    }

    fn episode_length(&self) -> f64 {
        self.steps / self.episodes.max(1.0)
    }

    /// Says what is wrong.
    fn check(&self, contender: &Contender, reference: &Self) -> Result<(), String> {
        let Contender { workload, name, .. } = contender;
        if self.path != reference.path || (self.value - reference.value).abs() > 1e-3 {
            let Self { path, value, .. } = self;
            return Err(format!("{workload} {name} learned a path of {path} steps worth {value}; not the same"));
        }
        let (own, other) = (self.episode_length(), reference.episode_length());
        // 200 000 steps leave an error of 1 % on CartPole, and ties that are broken otherwise learn otherwise.
        if name != RANDOM_WALKER && (own / other - 1.0).abs() > 0.05 {
            return Err(format!(
                "{workload} {name} has episodes of {own:.1} steps instead of {other:.1}; not the same"
            ));
        }
        Ok(())
    }
}

fn compare(field: &[&Contender], programs: &mut [Program], rounds: usize) -> Result<(), String> {
    let place = field.iter().position(|contender| contender.name == REFERENCE);
    let place = place.ok_or_else(|| format!("`{REFERENCE}` is missing, and with it what to compare with"))?;
    let mut run = |contender: &Contender, steps| programs[contender.program].run(contender, steps);
    let reports = field.iter().map(|contender| run(contender, CHECK_STEPS)).collect::<Result<Vec<_>, _>>()?;
    for (contender, report) in field.iter().zip(&reports) {
        report.check(contender, &reports[place])?;
    }
    let steps = |report: &Report| (report.rate() * RUN_SECONDS) as u64 + 1;
    // What is compiled while it runs was slow the first time.
    let warm = field.iter().zip(&reports).map(|(contender, report)| run(contender, steps(report)));
    let warm = warm.collect::<Result<Vec<_>, _>>()?;
    let mut rates = vec![Vec::new(); field.len()];
    for _ in 0..rounds {
        for ((contender, before), rates) in field.iter().zip(&warm).zip(&mut rates) {
            rates.push(run(contender, steps(before))?.rate());
        }
    }
    for ((contender, own), report) in field.iter().zip(&rates).zip(&reports) {
        let mut ratios: Vec<f64> = own.iter().zip(&rates[place]).map(|(rate, reference)| rate / reference).collect();
        ratios.sort_by(f64::total_cmp);
        let (least, greatest) = (ratios[0], ratios[rounds - 1]);
        let (ratio, rate) = (median(&ratios), median(own) / 1e6);
        let (Contender { name, text, .. }, flags) = (contender, &programs[contender.program].flags);
        println!(
            "  {name:15} {ratio:8.4} ({least:.4} to {greatest:.4}) {rate:9.3} M/s  {:.1} steps an episode; {text}; {flags}",
            report.episode_length()
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
    fn what_learned_something_else_is_not_timed() {
        let reference = Report { steps: 200.0, seconds: 1.0, episodes: 10.0, path: 13.0, value: -13.0 };
        let contender = Contender::parse("cliff c: ", 0).unwrap();
        let check = |report: Report| report.check(&contender, &reference);
        assert_eq!(check(Report { seconds: 2.0, ..reference }), Ok(()));
        assert!(check(Report { path: 17.0, ..reference }).is_err());
        assert!(check(Report { value: -12.9, ..reference }).is_err());
        assert!(check(Report { episodes: 11.0, ..reference }).is_err());
        let walker = Contender::parse("cliff rurel: ", 0).unwrap();
        assert_eq!(Report { episodes: 1.0, ..reference }.check(&walker, &reference), Ok(()));
    }

    #[test]
    fn the_median_of_an_even_number_lies_between() {
        assert_eq!((median(&[3.0, 1.0, 2.0]), median(&[4.0, 1.0, 2.0, 3.0])), (2.0, 2.5));
    }
}
