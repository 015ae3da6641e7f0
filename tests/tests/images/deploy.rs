//! The command `habit` and a board, over a serial port.

use std::path::{Path, PathBuf};
use std::{fs, process::ExitCode};

use crate::support::emulator::Emulated;
use crate::support::host::Host;
use crate::support::image::Board;

pub const CLIFF: &str = "tabular-td.cliff-walking";

/// A place for a file of this process, free.
pub fn file(name: &str) -> PathBuf {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("deploy-{name}-{}", std::process::id()));
    let _ = fs::remove_file(&file);
    file
}

/// What `habit` returns for these words.
pub fn habit(words: &[&str]) -> ExitCode {
    habit_cli::run(["habit"].iter().chain(words).map(Into::into))
}

pub fn text(path: &Path) -> &str {
    path.to_str().expect("a path that is text")
}

#[test]
fn what_a_host_has_learned_is_deployed_learns_on_and_is_fetched() {
    let board = Board::microbit();
    let (microbit, port) = Emulated::at_terminal(&board.emulator(), &board.image(""));
    let (trained, fetched, other) = (file("trained"), file("fetched"), file("other"));
    let fine = |words: &[&str]| assert_eq!(habit(words), ExitCode::SUCCESS, "{words:?}");
    let wrong = |code: u8, words: &[&str]| assert_eq!(habit(words), ExitCode::from(code), "{words:?}");
    fine(&["run", CLIFF, "--seed", "7", "--steps", "60", "--save", text(&trained)]);
    fine(&["run", "dynlin-ucb", "--steps", "300", "--save", text(&other)]);

    // Nothing runs: what was there is not lost.
    fs::write(&fetched, "old").expect("a file");
    wrong(2, &["fetch", text(&fetched), "--port", &port]);
    assert_eq!(fs::read(&fetched).expect("a file"), b"old");

    fine(&["deploy", text(&trained), "--port", &port, "--seed", "3", "--steps", "1"]);
    fine(&["fetch", text(&fetched), "--port", &port]);
    // What the board has learned in one more episode is what a session on this machine learns in it.
    let mut host = Host::new();
    host.say(&format!(r#"{{"cmd":"run","id":"{CLIFF}","seed":7,"steps":60,"every":60}}"#));
    host.say(r#"{"cmd":"save"}"#);
    assert_eq!(host.saved(), fs::read(&trained).expect("a file"));
    host.say(&format!(r#"{{"cmd":"run","id":"{CLIFF}","seed":3,"steps":1}}"#));
    for line in [r#"{"cmd":"reset"}"#, r#"{"cmd":"load"}"#, r#"{"cmd":"resume"}"#, r#"{"cmd":"save"}"#] {
        host.say(line);
    }
    let learned = fs::read(&fetched).expect("a file");
    assert_eq!(host.saved(), learned);

    // Into the run that is there; another experiment only where it is given up.
    fine(&["deploy", text(&fetched), "--port", &port]);
    wrong(2, &["deploy", text(&other), "--port", &port]);
    fine(&["fetch", text(&fetched), "--port", &port]);
    assert_eq!(fs::read(&fetched).expect("a file"), learned);
    fine(&["deploy", text(&other), "--port", &port, "--restart"]);

    drop(microbit);
    wrong(3, &["fetch", text(&fetched), "--port", &port]);
    for file in [trained, fetched, other] {
        let _ = fs::remove_file(file);
    }
}

#[test]
fn a_board_without_storage_is_told_from_one_that_has_it() {
    let board = Board::named("stm32f405");
    let (_board, port) = Emulated::at_terminal(&board.emulator(), &board.image(""));
    let trained = file("refused");
    assert_eq!(habit(&["run", CLIFF, "--steps", "5", "--save", text(&trained)]), ExitCode::SUCCESS);
    assert_eq!(habit(&["deploy", text(&trained), "--port", &port, "--steps", "1"]), ExitCode::from(2));
    // It has nowhere to keep it, and yet what it learns can be fetched.
    assert_eq!(habit(&["fetch", text(&trained), "--port", &port]), ExitCode::SUCCESS);
    let _ = fs::remove_file(trained);
}
