//! `habit monitor` at a board whose power is cut.

use std::os::unix::fs::symlink;
use std::process::ExitCode;
use std::time::Duration;
use std::{fs, thread};

use super::deploy::{CLIFF, file, habit, text};
use crate::support::emulator::Emulated;
use crate::support::host::Host;
use crate::support::image::Board;

#[test]
fn a_board_is_watched_through_a_power_cut() {
    const STEPS: &str = "20";
    let board = Board::microbit();
    let image = board.image("");
    // A name that stays while the device behind it changes, as those below /dev/serial do.
    let (port, record) = (file("port"), file("record").with_extension("jsonl"));
    let _ = fs::remove_file(&record);
    let (first, terminal) = Emulated::at_terminal(&board.emulator(), &image);
    symlink(terminal, &port).expect("a link");
    let watching = {
        let (port, record) = (port.clone(), record.clone());
        thread::spawn(move || {
            habit(&[
                "monitor",
                text(&port),
                "--run",
                CLIFF,
                "--steps",
                STEPS,
                "--seed",
                "7",
                "--once",
                "--record",
                text(&record),
            ])
        })
    };
    let samples = || {
        let recorded = fs::read_to_string(&record).unwrap_or_default();
        recorded.lines().filter(|line| line.contains("contender")).count()
    };
    while samples() == 0 {
        assert!(!watching.is_finished(), "it ended before a sample came");
        thread::sleep(Duration::from_millis(10));
    }
    drop(first);
    fs::remove_file(&port).expect("a link");
    let (_second, terminal) = Emulated::at_terminal(&board.emulator(), &image);
    symlink(terminal, &port).expect("a link");
    assert_eq!(watching.join().expect("no panic"), ExitCode::SUCCESS);

    // The run has begun anew by itself, and is recorded whole.
    let mut host = Host::new();
    let expected = host.say(&format!(r#"{{"cmd":"run","id":"{CLIFF}","seed":7,"steps":{STEPS}}}"#));
    let recorded = fs::read_to_string(&record).expect("a record");
    assert_eq!(recorded.matches(r#""event":"started""#).count(), 2, "{recorded}");
    let lines: Vec<_> = recorded.lines().collect();
    let started = lines.iter().rposition(|line| line.contains(r#""event":"started""#)).expect("a run");
    assert_eq!(lines[started..], expected);
    for file in [port, record] {
        let _ = fs::remove_file(file);
    }
}
