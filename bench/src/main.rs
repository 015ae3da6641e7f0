//! Contenders of `cargo xtask bench policy` that are written in Rust.
//!
//! Every program of contenders speaks alike. First it prints one line a contender, `WORKLOAD NAME: DESCRIPTION`, and an empty
//! line. Then it reads lines `STEPS WORKLOAD NAME` and answers each with `STEPS SECONDS EPISODES PATH VALUE`: how many steps it
//! took (at least as many as it was asked for), the time on the processor, how many episodes were over, and after
//! CliffWalking how long the greedy path is and what the start is worth (both 0 after CartPole).

use std::io::{BufRead, Write};

use cpu_time::ProcessTime;

mod kernel;
#[cfg(feature = "peers")]
mod rsrl;
#[cfg(feature = "peers")]
mod rurel;

/// What a run came to.
struct Report {
    steps: u64,
    seconds: f64,
    episodes: u64,
    path: u32,
    value: f64,
}

/// A workload, a name and a description in a line, and how to run it for a number of steps.
type Contender = (&'static str, fn(u64) -> Report);

/// The name of the kernel: it is built twice.
macro_rules! kernel_line {
    ($workload:literal, $text:literal) => {
        if cfg!(feature = "portable") {
            concat!($workload, " habit-portable: ", $text)
        } else {
            concat!($workload, " habit: ", $text)
        }
    };
}
use kernel_line;

/// Q-learning's step size, discount and exploration, as every contender has them.
const STEP_SIZE: f32 = 0.5;
const DISCOUNT: f32 = 1.0;
const EPSILON: f32 = 0.1;
const SEED: u32 = 7;

/// Times a loop over episodes; `episode` returns the steps that it took.
fn run_episodes(steps: u64, mut episode: impl FnMut() -> u64) -> Report {
    let (start, mut taken, mut episodes) = (ProcessTime::now(), 0, 0);
    while taken < steps {
        taken += episode();
        episodes += 1;
    }
    Report { steps: taken, seconds: start.elapsed().as_secs_f64(), episodes, path: 0, value: 0.0 }
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

fn main() -> std::io::Result<()> {
    let contenders: Vec<Contender> = kernel::CONTENDERS.to_vec();
    #[cfg(feature = "peers")]
    let contenders = [contenders, vec![rsrl::CONTENDER, rurel::CONTENDER]].concat();
    let mut out = std::io::stdout().lock();
    for (line, _) in &contenders {
        writeln!(out, "{line}")?;
    }
    writeln!(out)?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let parsed = line.split_once(' ').and_then(|(steps, rest)| {
            let named = |(text, _): &&Contender| text.split_once(':').is_some_and(|(name, _)| name == rest);
            Some((steps.parse().ok()?, contenders.iter().find(named)?))
        });
        match parsed {
            Some((steps, (_, run))) => {
                let Report { steps, seconds, episodes, path, value } = run(steps);
                writeln!(out, "{steps} {seconds} {episodes} {path} {value}")?;
            }
            None => writeln!(out, "cannot run: {line}")?,
        }
    }
    Ok(())
}
