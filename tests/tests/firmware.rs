//! Emulated boards: the protocol over their serial line, the same bits on every core, and learners that cannot panic.

use std::collections::BTreeMap;
use std::process::Command;

use habit::lab::{EXPERIMENTS, Run, Values, fold_digests};
use habit_tests::{files, read};
use serde_json::Value;
use toml::Table;

mod support {
    pub mod elf;
    pub mod emulator;
    pub mod host;
    pub mod image;
    pub mod probe;
}
use support::elf;
use support::emulator::{self, Emulated};
use support::host::{BadLines, Host};
use support::image::{Board, Image, rooms};
mod images {
    mod bandits;
    mod deploy;
    mod examples;
    mod instructions;
    mod monitor;
    mod parts;
    mod standalone;
    mod storage;
}

/// Asks for samples so seldom that there is none.
fn seldom(attempt: u64) -> (String, String) {
    let every = 4_000_000_000 + attempt;
    (format!(r#"{{"cmd":"every","every":{every}}}"#), format!(r#"{{"event":"every","every":{every}}}"#))
}

/// A board that is switched on, with further features in its image.
fn switched_on(board: &Board, features: &str) -> Emulated {
    Emulated::start(&board.emulator(), &board.image(features), seldom)
}

/// Every board, switched on.
fn boards() -> impl Iterator<Item = Emulated> {
    Board::all().into_iter().map(|board| switched_on(&board, ""))
}

#[test]
fn the_handshake_names_what_the_board_holds() {
    let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let here = parse(&Host::new().say(r#"{"cmd":"hello"}"#).remove(0));
    for board in Board::all() {
        let mut emulated = switched_on(&board, "");
        emulated.say(r#"{"cmd":"hello"}"#);
        let hello = parse(&emulated.line());
        for key in ["event", "protocol", "kernel", "numerics"] {
            assert_eq!(hello[key], here[key]);
        }
        let ids = hello["experiments"].as_array().expect("a list of experiments").iter();
        let ids: Vec<_> = ids.map(|id| id.as_str().expect("an id")).collect();
        assert_eq!(ids, board.experiments());
        // As large as the largest that it holds, not that there is.
        let bytes = hello["state_bytes"].as_u64().expect("the bytes of state");
        assert!(bytes < 4096, "{bytes}");
    }
}

#[test]
fn both_experiments_give_the_samples_and_the_digest_of_the_host() {
    let lines = [
        r#"{"cmd":"run","id":"tabular-td.cliff-walking","seed":7,"every":50}"#,
        r#"{"cmd":"digest"}"#,
        r#"{"cmd":"run","id":"tabular-td.cliff-walking","seed":3,"steps":60,"set":"epsilon=0.25, step_size=.125"}"#,
        r#"{"cmd":"run","id":"dynlin-ucb","seed":7,"steps":1000,"every":100}"#,
        r#"{"cmd":"run","id":"dynlin-ucb","seed":4294967295,"steps":200,"every":9,"set":"system=advertising,sigma=0.07"}"#,
        r#"{"cmd":"digest"}"#,
    ];
    for mut board in boards() {
        let mut host = Host::new();
        for line in lines {
            let expected = host.say(line);
            board.say(line);
            let answer: Vec<_> = expected.iter().map(|_| board.line()).collect();
            assert_eq!(answer, expected);
        }
    }
}

#[test]
fn a_run_can_be_paused_stepped_ticked_reset_and_given_up() {
    let lines = [
        r#"{"cmd":"reset"}"#,
        r#"{"cmd":"every","every":2}"#,
        r#"{"cmd":"step","n":3}"#,
        r#"{"cmd":"tick","n":7}"#,
        r#"{"cmd":"tick"}"#,
        r#"{"cmd":"digest"}"#,
        r#"{"cmd":"resume"}"#,
        r#"{"cmd":"resume"}"#,
        r#"{"cmd":"reset"}"#,
        r#"{"cmd":"step","n":1000000}"#,
        r#"{"cmd":"digest"}"#,
        r#"{"cmd":"stop"}"#,
        r#"{"cmd":"digest"}"#,
    ];
    for mut board in boards() {
        for id in ["tabular-td.cliff-walking", "dynlin-ucb"] {
            let mut host = Host::new();
            let run = format!(r#"{{"cmd":"run","id":"{id}","steps":30,"every":1000}}"#);
            host.say(&run);
            board.say(&run);
            board.until("done");
            for line in lines {
                let expected = host.say(line);
                board.say(line);
                let answer: Vec<_> = expected.iter().map(|_| board.line()).collect();
                assert_eq!(answer, expected, "{line}");
            }
        }
        // In the middle of a run, wherever that is, it pauses, refuses what does not fit, and goes on.
        board.say(r#"{"cmd":"run","id":"dynlin-ucb","steps":1000000,"every":1000000}"#);
        board.until("started");
        board.say(r#"{"cmd":"step"}"#);
        board.until("not_paused");
        board.say(r#"{"cmd":"pause"}"#);
        board.until(r#""event":"paused""#);
        board.say(r#"{"cmd":"tick"}"#);
        board.until(r#""event":"paused""#);
    }
}

/// Sends so many bad lines while an experiment runs, and compares each answer; then what was learned.
fn bombard(board: &mut Emulated, run: &str, count: usize) {
    board.say(run);
    board.until("started");
    // What is on its way and not answered yet fits into the board's memory for it.
    const AHEAD: usize = 900;
    let (mut waiting, mut ahead) = (std::collections::VecDeque::new(), 0);
    let answered = |board: &mut Emulated, (line, expected): (Vec<u8>, String)| {
        assert_eq!(board.line(), expected, "{}", String::from_utf8_lossy(&line));
        line.len() + 1
    };
    for (line, expected) in BadLines::new(run, count as u32).take(count) {
        while ahead + line.len() + 1 > AHEAD {
            ahead -= answered(board, waiting.pop_front().expect("a line that waits"));
        }
        board.send(&line);
        board.send(b"\n");
        ahead += line.len() + 1;
        waiting.push_back((line, expected));
    }
    for line in waiting {
        answered(board, line);
    }
    agree(board, run);
}

/// Halts the experiment that runs, completes the step it is in, and compares what was learned with the host.
fn agree(board: &mut Emulated, run: &str) {
    board.say(r#"{"cmd":"pause"}"#);
    board.until(r#""event":"paused""#);
    board.say(r#"{"cmd":"step"}"#);
    let paused = board.until(r#""event":"paused""#).pop().expect("a line");
    let t = paused.rsplit([':', '}']).nth(1).expect("the number of steps");
    assert_ne!(t, "0", "learning went on");
    board.say(r#"{"cmd":"digest"}"#);
    let digest = board.line();
    let mut host = Host::new();
    host.hear(run.as_bytes());
    host.hear(br#"{"cmd":"pause"}"#);
    host.say(&format!(r#"{{"cmd":"step","n":{t}}}"#));
    assert_eq!(digest, host.say(r#"{"cmd":"digest"}"#).remove(0));
}

#[test]
fn ten_thousand_bad_lines_are_answered_and_learning_goes_on() {
    let run = r#"{"cmd":"run","id":"dynlin-ucb","seed":2,"steps":1000000,"every":1000000}"#;
    let mut microbit = switched_on(&Board::microbit(), "");
    bombard(&mut microbit, run, 10_000);
}

#[test]
fn bad_lines_leave_the_other_experiment_and_the_other_board_alone() {
    let run = r#"{"cmd":"run","id":"tabular-td.cliff-walking","seed":2,"steps":1000000,"every":1000000}"#;
    boards().for_each(|mut board| bombard(&mut board, run, 500));
}

#[test]
fn lines_that_come_too_fast_are_refused_and_learning_goes_on() {
    let run = r#"{"cmd":"run","id":"dynlin-ucb","seed":5,"steps":1000000,"every":1000000}"#;
    const LINES: usize = 40;
    let mut microbit = switched_on(&Board::microbit(), ",fault-injection");
    // After its first byte the board takes nothing until its buffer has overflowed.
    microbit.say(&format!("\u{5}\n{}", [run; LINES].join("\n")));
    microbit.until(r#""code":"not_an_object""#);
    let answers = microbit.answers();
    let count = |code: &str| answers.iter().filter(|line| line.contains(code)).count();
    let (started, damaged) = (count(r#""event":"started""#), count(r#""code":"not_an_object""#));
    assert!(damaged > 0 && started > 0 && started < LINES, "{started} lines were heard, {damaged} damaged");
    // Nothing else was understood: no line was heard in part.
    assert_eq!(started + damaged + count(r#""event":"every""#), answers.len(), "{answers:#?}");
    agree(&mut microbit, run);
}

#[test]
fn after_a_panic_or_a_fault_the_board_says_so_and_starts_anew() {
    // One of either family of cores.
    for board in [Board::microbit(), Board::named("hifive1")] {
        let mut board = switched_on(&board, ",fault-injection");
        for (byte, reason) in [(7, "panic"), (6, "fault"), (7, "panic")] {
            board.say(r#"{"cmd":"run","id":"dynlin-ucb","steps":1000000,"every":1000000}"#);
            board.until("started");
            board.send(&[byte]);
            let restart = board.until(r#""event":"restart""#).pop().expect("a line");
            assert!(restart.starts_with(&format!(r#"{{"event":"restart","reason":"{reason}","place":""#)), "{restart}");
            board.answers();
            board.say(r#"{"cmd":"digest"}"#);
            board.until("not_started");
        }
    }
}

#[test]
fn the_stack_stays_in_its_place() {
    let lines = [
        r#"{"cmd":"hello"}"#,
        r#"{"cmd":"run","id":"tabular-td.cliff-walking","steps":50,"set":"epsilon=0.1000000014901161193847656251"}"#,
        r#"{"cmd":"reset"}"#,
        r#"{"cmd":"resume"}"#,
        r#"{"cmd":"digest"}"#,
        r#"{"cmd":"run","id":"dynlin-ucb","steps":300,"set":"system=advertising,sigma=0.0100000001"}"#,
        r#"{"cmd":"save"}"#,
        r#"{"cmd":"load"}"#,
        r#"{"cmd":"fetch"}"#,
        r#"{"cmd":"run","id":"dynlin-ucb","set":"sigma=1e-40"}"#,
        "nonsense",
    ];
    for board in Board::all() {
        let (mut emulated, mut host) = (switched_on(&board, ""), Host::new());
        for line in lines {
            emulated.say(line);
            host.say(line).iter().for_each(|_| _ = emulated.line());
        }
        stays_in_its_place(&board, emulated);
    }
}

/// What variables and the stack may take together on a micro:bit v1, whichever learners an image holds.
const MOST: usize = 12 * 1024;

/// Switches a board off and looks how deep its stack has been.
fn stays_in_its_place(board: &Board, emulated: Emulated) {
    let (address, length) = board.stack();
    let image = emulated.image().to_owned();
    // Painted at start-up, and used from the other end.
    let memory = emulated.memory(address, length);
    let used = length - memory.iter().position(|byte| *byte != 0xcc).unwrap_or(length);
    let name = image.file_name().unwrap_or_default().to_string_lossy();
    println!("{name}: {used} of {length} bytes of stack used");
    assert!(used < length * 3 / 4, "{name}: {used} of {length} bytes of stack used");
    if board.name() == Board::microbit().name() {
        let elf::Sizes { flash, ram } = elf::sizes(&image);
        println!("{name}: {flash} bytes of flash, {ram} of RAM");
        assert!(ram as usize + used < MOST, "{name}: {ram} bytes of RAM and {used} of stack");
    }
}

/// What every target must print: a name and a digest a line.
struct Golden(Table);

impl Golden {
    fn read() -> Self {
        Self(read("tests/digests.toml").expect("the table of digests").parse().expect("valid TOML"))
    }

    fn experiments(&self) -> &Table {
        self.0["experiments"].as_table().expect("a table")
    }

    /// The lines of an image that holds the experiments of these rooms.
    fn lines(&self, is_held: impl Fn(&str) -> bool) -> BTreeMap<&str, &str> {
        let experiments = self.experiments().iter().filter(|(id, _)| is_held(id));
        let experiments = experiments.map(|(id, entry)| (id, entry["digest"].as_str()));
        let functions = self.0["functions"].as_table().expect("a table").iter();
        let functions = functions.map(|(name, digest)| (name, digest.as_str()));
        experiments.chain(functions).map(|(id, digest)| (id.as_str(), digest.expect("text"))).collect()
    }
}

/// The rooms of the kernel, with what each holds.
fn experiments_of(room: &str) -> impl Fn(&str) -> bool {
    let room = room.trim_start_matches("lab-").to_owned();
    move |id| EXPERIMENTS.iter().any(|d| d.id == id && d.room == room)
}

fn compare(target: &str, printed: &str, golden: &BTreeMap<&str, &str>) {
    let printed: BTreeMap<_, _> = printed.lines().filter_map(|line| line.split_once(' ')).collect();
    for (name, digest) in golden {
        let shown = printed.get(name).unwrap_or_else(|| panic!("{target} does not show {name}"));
        assert_eq!(shown, digest, "{name} differs between {target} (left) and tests/digests.toml (right)");
    }
    let more: Vec<_> = printed.keys().filter(|name| !golden.contains_key(*name)).collect();
    assert!(more.is_empty(), "{target} shows {more:?}, which tests/digests.toml does not have");
}

#[test]
fn the_table_of_digests_holds_what_this_host_computes() {
    let golden = Golden::read();
    let mut run = Box::new(Run::EMPTY);
    for (entry, d) in EXPERIMENTS.iter().enumerate() {
        let steps = d.steps.conformance;
        run.start(entry, 1, steps, &Values::DEFAULTS).expect("defaults start");
        while !run.is_over() {
            run.finish_step().unwrap_or_else(|error| panic!("{}: {error}", d.id));
        }
        let digest = format!("{:016x}", fold_digests([run.digest()]));
        let line = format!("{} = {{ steps = {steps}, digest = \"{digest}\" }}", toml_key(d.id));
        let entry = golden.experiments().get(d.id);
        let entry = entry.unwrap_or_else(|| panic!("tests/digests.toml does not have {}; here it is\n{line}", d.id));
        let same = entry["steps"].as_integer() == Some(steps.into()) && entry["digest"].as_str() == Some(&digest);
        assert!(same, "tests/digests.toml has another line for {}; this host computes\n{line}", d.id);
    }
    for id in golden.experiments().keys() {
        assert!(EXPERIMENTS.iter().any(|d| d.id == id), "tests/digests.toml has {id}, which is no experiment any more");
    }
}

fn toml_key(id: &str) -> String {
    if id.contains('.') { format!("\"{id}\"") } else { id.into() }
}

/// Builds one image a room and compares what `run` says that it printed.
fn conforms(name: &str, target: &str, run: impl Fn(&std::path::Path) -> String) {
    let golden = Golden::read();
    for room in rooms() {
        let features = format!("habit/{room}");
        let image = Image { package: "habit-conformance", binary: "habit-conformance", target, features: &features };
        let image = image.build().unwrap_or_else(|error| panic!("{room} does not build for {name}:\n{error}"));
        compare(name, &run(&image), &golden.lines(experiments_of(&room)));
    }
}

#[test]
fn an_optimised_host_shows_the_same_digests() {
    conforms("this host at the release profile", "", |program| {
        let output = Command::new(program).output().unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    });
}

#[test]
fn a_core_without_floats_shows_the_same_digests() {
    conforms("thumbv6m, soft floats", "thumbv6m-none-eabi", |image| emulator::run("mps2-an385", image));
}

#[test]
fn a_core_with_floats_shows_the_same_digests() {
    conforms("Cortex-M4F", "thumbv7em-none-eabihf", |image| emulator::run("mps2-an386", image));
}

/// Links the proof of one learner.
fn link_proof(binary: &str, features: &str) -> Result<(), String> {
    let target = "thumbv6m-none-eabi";
    Image { package: "habit-link-proof", binary, target, features }.build().map(|_| ())
}

const COUNTER_EXAMPLE: &str = "counter_example";

#[test]
fn what_can_panic_does_not_link() {
    let error =
        link_proof(COUNTER_EXAMPLE, "counter-example").expect_err("the counter-example links: the proof is none");
    assert!(error.contains("undefined symbol: this_image_can_panic"), "{error}");
}

#[test]
fn every_learner_links_without_a_panic() {
    let proofs = files("firmware/link-proof/src/bin", "rs").expect("the proofs");
    let names = proofs.iter().filter_map(|path| path.file_stem()?.to_str()).filter(|name| *name != COUNTER_EXAMPLE);
    let mut failed = Vec::new();
    for name in names {
        if let Err(error) = link_proof(name, "") {
            let can_panic = error.contains("undefined symbol: this_image_can_panic");
            failed.push(if can_panic { format!("{name} can panic") } else { format!("{name}: {error}") });
        }
    }
    assert!(failed.is_empty(), "{}; firmware/README.md says how to find out where", failed.join(", "));
}
