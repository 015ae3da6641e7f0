//! Checkpoints of every released version of the format keep loading, and what is loaded goes on to the same bits.
//! `golden/checkpoints/README.md` lists the files and the calls that made them.

use habit::bandit::{
    Bandit, Confidence, ContextualBandit, DiscountedUcb, DisjointLinUcb, DynLinUcb, Exp3, FixedRadius, LinUcb,
    Optimistic, SharedLinUcb, ThompsonBeta, Ucb, Ucb1,
};
use habit::checkpoint;
use habit::error::Error;
use habit::interact::{Outcome, Transition};
use habit::learn::{Control, ExpectedSarsa, QLearning, Sarsa, TdParameters};
use habit::policy::{EpsilonGreedy, QTable};
use habit::rng::{Generator, Rng, stream};
use habit::state::Identify;
use habit_tests::{read, root};

const FOLDER: &str = "tests/golden/checkpoints";
const ARMS: usize = 4;
const FEATURES: usize = 3;
/// The rounds before the checkpoint was written, and those after.
const ROUNDS: u32 = 100;

/// `[1, a/4, (a a mod 3)/2]` for arm `a`.
static FIXED_ARMS: [[f32; FEATURES]; ARMS] = [[1.0, 0.0, 0.0], [1.0, 0.25, 0.5], [1.0, 0.5, 0.5], [1.0, 0.75, 0.0]];

/// A learner of which there is a file.
struct Golden {
    file: &'static str,
    /// Starts it, lets it learn if there is no checkpoint, else loads that and goes on; says what it has come to.
    digests: fn(Option<&[u8]>) -> Result<Digests, Error>,
}

struct Digests {
    bytes: Vec<u8>,
    at_checkpoint: u64,
    after: u64,
}

const GOLDEN: [Golden; 12] = [
    Golden { file: "q-table.habit", digests: q_table },
    Golden { file: "q-learning.habit", digests: q_learning },
    Golden { file: "sarsa.habit", digests: sarsa },
    Golden { file: "expected-sarsa.habit", digests: expected_sarsa },
    Golden { file: "shared-lin-ucb.habit", digests: shared },
    Golden { file: "disjoint-lin-ucb.habit", digests: disjoint },
    Golden { file: "lin-ucb.habit", digests: lin_ucb },
    Golden { file: "dyn-lin-ucb.habit", digests: dyn_lin_ucb },
    Golden { file: "ucb1.habit", digests: ucb1 },
    Golden { file: "discounted-ucb.habit", digests: discounted_ucb },
    Golden { file: "thompson-beta.habit", digests: thompson },
    Golden { file: "exp3.habit", digests: exp3 },
];

/// The one pattern of all: learn for the first rounds, save; load into a fresh learner; go on for as many rounds.
fn digests<L: Identify>(
    begin: impl Fn() -> Result<L, Error>,
    play: impl Fn(&mut L, u32, &mut Generator) -> Result<(), Error>,
    golden: Option<&[u8]>,
) -> Result<Digests, Error> {
    let play_all = |learner: &mut L, rounds: core::ops::Range<u32>| {
        let mut rng = stream(7, rounds.start / ROUNDS);
        rounds.into_iter().try_for_each(|round| play(learner, round, &mut rng))
    };
    let mut learner = begin()?;
    match golden {
        Some(bytes) => checkpoint::load(&mut learner, bytes)?,
        None => play_all(&mut learner, 0..ROUNDS)?,
    }
    let mut bytes = vec![0; checkpoint::size(&learner)];
    checkpoint::save(&learner, &mut bytes)?;
    let at_checkpoint = learner.digest();
    play_all(&mut learner, ROUNDS..2 * ROUNDS)?;
    Ok(Digests { bytes, at_checkpoint, after: learner.digest() })
}

/// Round `t` of a world of 5 states and 3 actions that needs no chance.
fn live(
    learner: &mut impl Control<Observation = usize, Action = usize>,
    t: u32,
    rng: &mut Generator,
) -> Result<(), Error> {
    let state = t as usize % 5;
    let action = learner.act(state, rng)?;
    let next_state = (state + 1) % 5;
    let reward = (state * action) as f32 * 0.25 - 1.0;
    let outcome = match t % 10 {
        4 => Outcome::Terminated,
        9 => Outcome::Truncated,
        _ => Outcome::Continue,
    };
    learner.learn(&Transition { state, action, reward, next_state, outcome }, rng).map(|_| ())
}

const PARAMETERS: TdParameters = TdParameters { step_size: 0.5, discount: 0.875 };

/// Round `t` of arms that pay `((t (arm + 1)) mod 8) / 8`.
fn pull(bandit: &mut impl Bandit, t: u32, rng: &mut Generator) -> Result<(), Error> {
    let arm = bandit.select(rng)?.arm;
    bandit.update(arm, (t * (arm as u32 + 1) % 8) as f32 / 8.0)
}

/// The same, with rewards of 1 from 1/2 on, and of 0 below.
fn flip(bandit: &mut impl Bandit, t: u32, rng: &mut Generator) -> Result<(), Error> {
    let arm = bandit.select(rng)?.arm;
    bandit.update(arm, if t * (arm as u32 + 1) % 8 >= 4 { 1.0 } else { 0.0 })
}

/// Round `t` with the context `x_j = ((t + 3 j) mod 8) / 8`, of as many numbers as the learner takes.
fn serve(bandit: &mut impl ContextualBandit, t: u32, rng: &mut Generator) -> Result<(), Error> {
    let context: Vec<_> = (0..bandit.context_len() as u32).map(|j| ((t + 3 * j) % 8) as f32 / 8.0).collect();
    let arm = bandit.select(&context, rng)?.arm;
    bandit.update(&context, arm, (t * (arm as u32 + 1) % 8) as f32 / 8.0)
}

fn q_table(golden: Option<&[u8]>) -> Result<Digests, Error> {
    let set = |table: &mut QTable<5, 3>, t: u32, _: &mut Generator| {
        table.set(t as usize % 5, t as usize % 3, t as f32 / 8.0 - 1.0)
    };
    digests(|| Ok(QTable::<5, 3>::EMPTY), set, golden)
}

macro_rules! td {
    ($($name:ident $type:ident;)*) => {$(
        fn $name(golden: Option<&[u8]>) -> Result<Digests, Error> {
            let begin = || {
                let mut learner = $type::<5, 3>::EMPTY;
                learner.start(PARAMETERS, EpsilonGreedy::new(0.25)?, 0.0)?;
                Ok(learner)
            };
            digests(begin, live, golden)
        }
    )*};
}

td! {
    q_learning QLearning;
    sarsa Sarsa;
    expected_sarsa ExpectedSarsa;
}

macro_rules! bandits {
    ($($name:ident $type:ty, $play:expr, |$bandit:ident| $start:expr;)*) => {$(
        fn $name(golden: Option<&[u8]>) -> Result<Digests, Error> {
            let begin = || {
                let mut $bandit = <$type>::EMPTY;
                $start?;
                Ok($bandit)
            };
            digests(begin, $play, golden)
        }
    )*};
}

fn radius() -> Result<Confidence, Error> {
    Confidence::new([0.0, 1.0, 0.01], 1.5, FEATURES, 1.0, 1000)
}

bandits! {
    shared SharedLinUcb<ARMS, FEATURES>, serve, |bandit| bandit.start(1.0, Optimistic(FixedRadius(0.5)));
    disjoint DisjointLinUcb<ARMS, FEATURES>, serve, |bandit| bandit.start(1.0, Optimistic(FixedRadius(0.5)));
    lin_ucb LinUcb<'static, ARMS, FEATURES>, pull, |bandit| bandit.start(&FIXED_ARMS, radius()?, 1.0);
    dyn_lin_ucb DynLinUcb<'static, ARMS, FEATURES>, pull, |bandit| bandit.start(&FIXED_ARMS, radius()?, 1.0, 0.5);
    ucb1 Ucb1<ARMS>, pull, |bandit| bandit.start(Ucb::new(2.0)?);
    discounted_ucb DiscountedUcb<ARMS>, pull, |bandit| bandit.start_discounted(Ucb::new(2.0)?, 0.96875);
    thompson ThompsonBeta<ARMS>, flip, |bandit| bandit.start();
    exp3 Exp3<ARMS>, pull, |bandit| bandit.start(0.25, 0.0, 1.0);
}

/// The rows of the table: file, learner, dimensions, both digests.
fn rows(readme: &str) -> Vec<Vec<String>> {
    let rows = readme.lines().filter(|line| line.starts_with("| `version-"));
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect()).collect()
}

#[test]
fn every_golden_file_loads_and_goes_on_to_the_same_bits() {
    let rows = rows(&read(format!("{FOLDER}/README.md")).expect("a table"));
    assert!(rows.len() > GOLDEN.len(), "{rows:?}");
    for row in &rows {
        let [path, _, dimensions, digest, after] = row.as_slice() else { panic!("{row:?} is no row") };
        let bytes = std::fs::read(root().join(FOLDER).join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        let identity = checkpoint::identity(&bytes).unwrap_or_else(|error| panic!("{path}: {error}"));
        let [a, b, c] = identity.dimensions;
        assert_eq!(format!("{a}, {b}, {c}"), *dimensions, "{path}");
        let (_, file) = path.split_once('/').expect("a version's folder");
        if file == "generator.habit" {
            let mut generator = stream(0, 0);
            checkpoint::load(&mut generator, &bytes).expect("a generator");
            assert_eq!(format!("next word {}", generator.next_u32()), *after, "{path}");
            continue;
        }
        let golden = GOLDEN.iter().find(|golden| golden.file == file).unwrap_or_else(|| panic!("{file} is not known"));
        let found = (golden.digests)(Some(&bytes)).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(format!("{:016x}", found.at_checkpoint), *digest, "{path}");
        assert_eq!(format!("{:016x}", found.after), *after, "{path} does not go on as it did");
    }
}

#[test]
fn the_calls_in_the_readme_still_make_the_files_of_this_version() {
    let folder = format!("{FOLDER}/version-{}", checkpoint::VERSION);
    for Golden { file, digests } in GOLDEN {
        let made = digests(None).unwrap_or_else(|error| panic!("{file}: {error}"));
        let kept = std::fs::read(root().join(&folder).join(file)).expect("a golden file");
        assert_eq!(made.bytes, kept, "{file}");
    }
}

#[test]
fn damaged_golden_files_are_refused() {
    for row in rows(&read(format!("{FOLDER}/README.md")).expect("a table")) {
        let bytes = std::fs::read(root().join(FOLDER).join(&row[0])).expect("a golden file");
        for length in 0..bytes.len() {
            assert!(checkpoint::identity(&bytes[..length]).is_err(), "{length} bytes of {row:?}");
        }
        for bit in 0..8 * bytes.len() {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(checkpoint::identity(&damaged).is_err(), "bit {bit} of {row:?}");
        }
        let mut newer = bytes;
        newer[4..6].copy_from_slice(&(checkpoint::VERSION + 1).to_le_bytes());
        assert_eq!(checkpoint::identity(&newer), Err(Error::NewerVersion));
    }
}

/// The format does not change without a new version. For one, or for a new learner, `UPDATE_EXPECT=1` writes the files first and
/// prints their rows.
#[test]
fn the_present_version_writes_the_same_files() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let version = format!("version-{}", checkpoint::VERSION);
    let write = |file: &str, bytes: &[u8]| {
        let path = root().join(FOLDER).join(&version).join(file);
        if update {
            std::fs::write(&path, bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
        let kept = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(kept, bytes, "{}", path.display());
        let [a, b, c] = checkpoint::identity(bytes).expect("a checkpoint").dimensions;
        format!("| `{version}/{file}` | {} | {a}, {b}, {c} |", file.trim_end_matches(".habit"))
    };
    for Golden { file, digests } in GOLDEN {
        let Digests { bytes, at_checkpoint, after } = digests(None).expect("a learner");
        println!("{} `{at_checkpoint:016x}` | `{after:016x}` |", write(file, &bytes));
    }
    let mut generator = stream(7, 2);
    let mut bytes = [0; checkpoint::OVERHEAD + 16];
    checkpoint::save(&generator, &mut bytes).expect("room");
    let digest = habit::state::Persist::digest(&generator);
    println!("{} `{digest:016x}` | next word `{}` |", write("generator.habit", &bytes), generator.next_u32());
}
