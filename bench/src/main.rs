//! Contenders of `cargo xtask bench` that are written in Rust.
//!
//! Every program of contenders speaks alike. First it prints one line a contender, `WORKLOAD NAME: DESCRIPTION`, and an empty
//! line; a name that ends in `*` is that of a contender that behaves otherwise than the rest by its nature. Then it reads
//! lines `STEPS WORKLOAD NAME` and answers each with `STEPS SECONDS FIGURE..`: how many steps it took (at least as many as it
//! was asked for), the time on the processor, and the figures by which contenders of a workload are compared, as
//! `xtask/src/bench/subject.rs` lists them.

use clock::ProcessTime;

mod clock;
mod kernel;
#[cfg(feature = "peers")]
mod nalgebra;
#[cfg(feature = "peers")]
mod rsrl;
#[cfg(feature = "peers")]
mod rurel;
mod worlds;

/// What a run came to.
struct Report {
    steps: u64,
    seconds: f64,
    figures: Vec<f64>,
}

impl Report {
    /// With more figures.
    fn and(mut self, figures: &[f64]) -> Self {
        self.figures.extend(figures);
        self
    }
}

/// A workload, a name and a description in a line, and how to run it for a number of steps.
type Contender = (&'static str, fn(u64) -> Report);

/// Q-learning's step size, discount and exploration, as every contender has them.
const STEP_SIZE: f32 = 0.5;
const DISCOUNT: f32 = 1.0;
const EPSILON: f32 = 0.1;
const SEED: u32 = 7;

/// Times a loop over episodes; `episode` returns the steps that it took. The figure is the mean of those.
fn run_episodes(steps: u64, mut episode: impl FnMut() -> u64) -> Report {
    let (start, mut taken, mut episodes) = (ProcessTime::now(), 0, 0);
    while taken < steps {
        taken += episode();
        episodes += 1u32;
    }
    let seconds = start.elapsed().as_secs_f64();
    Report { steps: taken, seconds, figures: vec![taken as f64 / f64::from(episodes.max(1))] }
}

/// Times a loop over rounds of a bandit; `round` takes its number and returns its reward. The figure is their mean.
fn run_rounds(steps: u64, mut round: impl FnMut(u64) -> f32) -> Report {
    let (start, mut sum) = (ProcessTime::now(), 0.0);
    for step in 0..steps {
        sum += f64::from(round(step));
    }
    let seconds = start.elapsed().as_secs_f64();
    Report { steps, seconds, figures: vec![sum / steps.max(1) as f64] }
}

/// CliffWalking for libraries that have none: the next state and the reward. State 47 ends an episode.
#[cfg(feature = "peers")]
fn cliff(state: usize, action: usize) -> (usize, f64) {
    let (row, column) = (state / 12, state % 12);
    let landed = match action {
        0 => 12 * row.saturating_sub(1) + column,
        1 => 12 * row + (column + 1).min(11),
        2 => 12 * (row + 1).min(3) + column,
        _ => 12 * row + column.saturating_sub(1),
    };
    if landed > 36 && landed < 47 { (36, -100.0) } else { (landed, -1.0) }
}

/// How long the greedy path is; 100 when it does not arrive.
#[cfg(feature = "peers")]
fn path_length(greedy: impl Fn(usize) -> usize) -> u32 {
    let (mut state, mut length) = (36, 0);
    while state != 47 && length < 100 {
        (state, length) = (cliff(state, greedy(state)).0, length + 1);
    }
    length
}

fn contenders() -> Vec<Contender> {
    let contenders = kernel::contenders();
    #[cfg(feature = "peers")]
    let contenders = [&contenders[..], &nalgebra::CONTENDERS, &[rsrl::CONTENDER, rurel::CONTENDER]].concat();
    contenders
}

/// The lines that come first.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen::prelude::wasm_bindgen)]
pub fn greeting() -> String {
    contenders().iter().map(|(line, _)| format!("{line}\n")).chain(["\n".into()]).collect()
}

/// Runs what a line asks for; returns the line that answers it.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen::prelude::wasm_bindgen)]
pub fn answer(line: &str) -> String {
    let contenders = contenders();
    let asked = line.split_once(' ').and_then(|(steps, rest)| {
        let named = |(text, _): &&Contender| text.split_once(':').is_some_and(|(name, _)| name == rest);
        Some((steps.parse().ok()?, contenders.iter().find(named)?))
    });
    let Some((steps, (_, run))) = asked else {
        return format!("cannot run: {line}\n");
    };
    let Report { steps, seconds, figures } = run(steps);
    let figures: String = figures.iter().map(|figure| format!(" {figure}")).collect();
    format!("{steps} {seconds}{figures}\n")
}

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::io::Result<()> {
    use std::io::{BufRead, Write};

    let mut out = std::io::stdout().lock();
    out.write_all(greeting().as_bytes())?;
    for line in std::io::stdin().lock().lines() {
        out.write_all(answer(&line?).as_bytes())?;
    }
    Ok(())
}

/// `contenders.cjs` speaks for it.
#[cfg(target_arch = "wasm32")]
fn main() {}
