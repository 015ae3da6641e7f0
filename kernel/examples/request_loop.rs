//! A contextual bandit in a request loop: a page has four variants, every request gets one, and a click comes late or never.
//!
//! Day 1 is learned from; what was learned is saved. Day 2 is served by what day 1 has taught, and learns nothing: its log
//! is therefore new to the saved estimates and can judge them without bias. Both logs are read by `habit evaluate`, and the
//! checkpoint by `habit evaluate --policy` and by the board image `microbit-v1-bandits`.
//!
//! ```sh
//! cargo run --release -p habit --example request_loop -- FOLDER    # target/request-loop unless said otherwise
//! ```
//!
//! The visitors are simulated, and marked so; everything else is what a server would hold.

use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use habit::bandit::{ContextualBandit, DisjointLinear, Explored};
use habit::math::{Libm, Math};
use habit::policy::EpsilonGreedy;
use habit::rng::{Bernoulli, Generator, below, stream, unit_f32};
use habit::{Error, checkpoint};

const VARIANTS: usize = 4;
const FEATURES: usize = 8;
const REQUESTS: u32 = 20_000;
/// A request that has no click after so many further ones counts as one without. Longer loses fewer clicks, and learns later.
const PATIENCE: u32 = 200;
/// How often a variant is drawn by chance. Without chance a log says nothing of what was not shown.
const EPSILON: f32 = 0.2;

/// Numbers of about 1, as the regressions like them.
type Context = [f32; FEATURES];

/// A decision whose reward has not come. It keeps its context: the estimates learn from both together.
struct Decision {
    context: Context,
    variant: usize,
    propensity: f32,
    reward: Option<f32>,
}

/// SIMULATED: how often who clicks. A row a variant; its click rate is the sum over the row times the context.
const TASTES: [Context; VARIANTS] = [
    [0.10, 0.00, 0.00, 0.00, 0.25, 0.00, 0.00, 0.00],
    [0.12, 0.00, 0.00, 0.28, 0.00, 0.00, -0.05, 0.00],
    [0.20, 0.06, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00],
    [0.08, 0.00, -0.05, 0.00, 0.00, 0.30, 0.00, 0.10],
];

/// SIMULATED: who comes, who clicks, and when.
struct Visitors {
    chance: Generator,
    /// Clicks on their way: when each arrives, and for which request.
    clicks: BTreeSet<(u32, u32)>,
}

impl Visitors {
    /// What is known of the visitor who comes now.
    fn next(&mut self, now: u32) -> Context {
        let chance = &mut self.chance;
        let time = core::f32::consts::TAU * now as f32 / REQUESTS as f32;
        let mut one_in = |n| if below(n, chance) == Ok(0) { 1.0 } else { 0.0 };
        let (returning, phone, newsletter) = (one_in(3), one_in(2), one_in(5));
        // A constant, the time of day, three facts, how full the basket is, and how much of the site was seen.
        [1.0, Libm::sin(time), Libm::cos(time), returning, phone, newsletter, unit_f32(chance), unit_f32(chance)]
    }

    /// Shows a variant; if it is clicked, the click arrives some requests later.
    fn see(&mut self, now: u32, context: &Context, variant: usize) -> Result<(), Error> {
        let rate: f32 = TASTES[variant].iter().zip(context).map(|(taste, x)| taste * x).sum();
        if Bernoulli::new(rate.clamp(0.01, 0.99))?.sample(&mut self.chance) {
            let delay = 1 + below(250, &mut self.chance)?;
            self.clicks.insert((now + delay, now));
        }
        Ok(())
    }

    /// The request of a click that has arrived, if there is one.
    fn click(&mut self, now: u32) -> Option<u32> {
        let (_, request) = *self.clicks.first().filter(|(arrives, _)| *arrives <= now)?;
        self.clicks.pop_first();
        Some(request)
    }
}

/// Serves a day's requests. Returns the log, in the order of requests, and how many clicks came in time.
fn serve(
    pages: &mut DisjointLinear<VARIANTS, FEATURES>,
    is_learning: bool,
    [visits, mut choices]: [Generator; 2],
) -> Result<(String, u32), Error> {
    let mut visitors = Visitors { chance: visits, clicks: BTreeSet::new() };
    let (mut waiting, mut clicks) = (VecDeque::<Decision>::new(), 0);
    // The request whose decision stands at the front of the queue.
    let mut oldest = 0;
    let mut log = String::from("action,reward,propensity,x0,x1,x2,x3,x4,x5,x6,x7\n");
    // After the last request, the loop goes on for as long as one of them may still get its click.
    for now in 0..REQUESTS + PATIENCE {
        if now < REQUESTS {
            let context = visitors.next(now);
            let choice = pages.select(&context, &mut choices)?;
            // The probability is known now and at no other time: tomorrow the estimates are others.
            let propensity = choice.propensity.ok_or(Error::ProbabilityOutOfRange)?;
            waiting.push_back(Decision { context, variant: choice.arm, propensity, reward: None });
            visitors.see(now, &context, choice.arm)?;
        }
        while let Some(request) = visitors.click(now) {
            let place = request.checked_sub(oldest).map(|place| place as usize);
            // A click that comes too late, or twice, finds no decision that waits for it.
            let decision = place.and_then(|place| waiting.get_mut(place)).filter(|decision| decision.reward.is_none());
            let Some(decision) = decision else { continue };
            decision.reward = Some(1.0);
            clicks += 1;
            if is_learning {
                pages.update(&decision.context, decision.variant, 1.0)?;
            }
        }
        while let Some(Decision { context, variant, propensity, reward }) =
            waiting.pop_front_if(|first| first.reward.is_some() || oldest + PATIENCE <= now)
        {
            // No click is an answer too, but only patience tells it from one that is on its way.
            if is_learning && reward.is_none() {
                pages.update(&context, variant, 0.0)?;
            }
            // Numbers are written so that reading gives the same bits.
            let numbers = [&[reward.unwrap_or(0.0), propensity], &context[..]].concat();
            log += &numbers.iter().fold(variant.to_string(), |row, number| format!("{row},{number}"));
            log += "\n";
            oldest += 1;
        }
    }
    Ok((log, clicks))
}

/// Serves both days and writes what they leave behind into `folder`; returns what to tell the user.
pub fn run(folder: &Path) -> Result<String, Box<dyn std::error::Error>> {
    let mut pages = DisjointLinear::<VARIANTS, FEATURES>::EMPTY;
    pages.start(1.0, Explored::new(EpsilonGreedy::new(EPSILON)?))?;
    let (first_day, first_clicks) = serve(&mut pages, true, [stream(1, 0), stream(1, 1)])?;
    // Saved in the evening, when no decision waits: the number of those that do is part of the state.
    let mut learned = vec![0; checkpoint::size(&pages)];
    checkpoint::save(&pages, &mut learned)?;
    let (second_day, second_clicks) = serve(&mut pages, false, [stream(2, 0), stream(2, 1)])?;

    fs::create_dir_all(folder).map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
    let files = [("day-1.csv", first_day.as_bytes()), ("day-2.csv", second_day.as_bytes()), ("pages.habit", &learned)];
    for (name, bytes) in files {
        let file = folder.join(name);
        fs::write(&file, bytes).map_err(|error| format!("{} cannot be written: {error}", file.display()))?;
    }
    let percent = |clicks| 100.0 * clicks as f32 / REQUESTS as f32;
    let (first, second, folder) = (percent(first_clicks), percent(second_clicks), folder.display());
    Ok(format!(
        "Day 1: {first:.1} % of {REQUESTS} requests clicked, while learning. Day 2: {second:.1} %, as learned.

What would have been clicked on day 2, had every variant been shown alike, or one to all, or what day 1 found best?
  habit evaluate {folder}/day-2.csv --policy uniform
  habit evaluate {folder}/day-2.csv --policy arm=2
  habit evaluate {folder}/day-2.csv --policy {folder}/pages.habit

What was learned goes on learning on a micro:bit (firmware/README.md): build `microbit-v1-bandits` with
  HABIT_CHECKPOINT={folder}/pages.habit
"
    ))
}

fn main() -> ExitCode {
    let folder = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("target/request-loop"), PathBuf::from);
    match run(&folder) {
        Ok(text) => print!("{text}"),
        Err(error) => {
            eprintln!("request_loop: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
