//! What a board has learned outlasts its power.

use crate::support::emulator::Emulated;
use crate::support::host::Host;
use crate::support::image::Board;
use crate::{seldom, switched_on};
use std::path::Path;

const CLIFF: &str = r#"{"cmd":"run","id":"tabular-td.cliff-walking","seed":7,"steps":60,"every":60}"#;
const BANDITS: &str = r#"{"cmd":"run","id":"dynlin-ucb","seed":7,"steps":300,"every":300}"#;

/// Both obey a line and say the same; the last of it.
fn agree(board: &mut Emulated, host: &mut Host, line: &str) -> String {
    let expected = host.say(line);
    board.say(line);
    let answer: Vec<_> = expected.iter().map(|_| board.line()).collect();
    assert_eq!(answer, expected, "{line}");
    expected.last().expect("an answer").clone()
}

/// The micro:bit, with `storage` in its flash.
fn with_storage(board: &Board, storage: &[u8], address: u32) -> Emulated {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("storage-{}", std::process::id()));
    std::fs::write(&file, storage).expect("a file");
    let device = format!("loader,file={},addr={address:#x},force-raw=on", file.display());
    let words = [&board.emulator()[..], &["-device", &device]].concat();
    let emulated = Emulated::start(&words, &board.image(""), seldom);
    let _ = std::fs::remove_file(&file);
    emulated
}

#[test]
fn what_is_saved_outlasts_a_reset_and_the_power() {
    let board = Board::microbit();
    let (address, length) = board.region("STORAGE");
    for run in [CLIFF, BANDITS] {
        let (mut microbit, mut host) = (switched_on(&board, ""), Host::new());
        for line in [r#"{"cmd":"save"}"#, r#"{"cmd":"load"}"#, run, r#"{"cmd":"load"}"#] {
            agree(&mut microbit, &mut host, line);
        }
        // More often than there are slots, and the last time something else.
        let mut saved = String::new();
        for _ in 0..20 {
            agree(&mut microbit, &mut host, r#"{"cmd":"reset"}"#);
            agree(&mut microbit, &mut host, r#"{"cmd":"step","n":20}"#);
            saved = agree(&mut microbit, &mut host, r#"{"cmd":"save"}"#);
            agree(&mut microbit, &mut host, r#"{"cmd":"step","n":3}"#);
        }
        let digest = saved.split_once("digest").expect("a digest").1;
        let goes_on = |microbit: &mut Emulated, mut host: Host| {
            agree(microbit, &mut host, r#"{"cmd":"load"}"#);
            agree(microbit, &mut host, run);
            agree(microbit, &mut host, r#"{"cmd":"reset"}"#);
            let loaded = agree(microbit, &mut host, r#"{"cmd":"load"}"#);
            assert!(loaded.starts_with(r#"{"event":"loaded","t":0,"#) && loaded.ends_with(digest), "{loaded}");
            agree(microbit, &mut host, r#"{"cmd":"fetch"}"#);
            agree(microbit, &mut host, r#"{"cmd":"resume"}"#);
            agree(microbit, &mut host, r#"{"cmd":"digest"}"#);
            host
        };
        microbit.reset();
        let host = goes_on(&mut microbit, host.switch_off_and_on());
        let flash = microbit.memory(address, length);
        let mut microbit = with_storage(&board, &flash, address);
        let mut host = goes_on(&mut microbit, host.switch_off_and_on());
        // The flash holds the very checkpoint of the host.
        let checkpoint = host.saved();
        assert!(flash.windows(checkpoint.len()).any(|window| window == checkpoint));
        // A checkpoint of the other experiment is refused, and what runs stays as it is.
        agree(&mut microbit, &mut host, if run == CLIFF { BANDITS } else { CLIFF });
        let refused = agree(&mut microbit, &mut host, r#"{"cmd":"load"}"#);
        assert!(refused.contains("other_kind"), "{refused}");
        agree(&mut microbit, &mut host, r#"{"cmd":"digest"}"#);
    }
}

#[test]
fn a_checkpoint_from_a_host_is_deployed_learns_on_and_is_fetched() {
    let mut microbit = switched_on(&Board::microbit(), "");
    for (run, other) in [(CLIFF, BANDITS), (BANDITS, CLIFF)] {
        let mut trained = Host::new();
        trained.say(run);
        let chunks = trained.say(r#"{"cmd":"fetch"}"#);
        let puts: Vec<_> = chunks.iter().filter(|line| line.contains("chunk")).collect();
        let puts: Vec<_> = puts.iter().map(|line| line.replace(r#""event":"chunk""#, r#""cmd":"put""#)).collect();
        // Another experiment refuses it, and neither it nor what was saved changes.
        let mut host = Host::new();
        agree(&mut microbit, &mut host, other);
        agree(&mut microbit, &mut host, r#"{"cmd":"save"}"#);
        let refused = puts.iter().map(|line| agree(&mut microbit, &mut host, line)).last().expect("an answer");
        assert!(refused.contains("other_kind"), "{refused}");
        for line in [r#"{"cmd":"digest"}"#, r#"{"cmd":"load"}"#, run, r#"{"cmd":"reset"}"#] {
            agree(&mut microbit, &mut host, line);
        }
        // Too large, out of order, damaged.
        agree(&mut microbit, &mut host, &puts[0]);
        for line in [puts[2].clone(), puts[1].replace(r#""crc":"#, r#""crc":1"#), puts[1].replace(r#""}"#, r#"g"}"#)] {
            assert!(agree(&mut microbit, &mut host, &line).contains("error"));
        }
        let loaded = puts.iter().map(|line| agree(&mut microbit, &mut host, line)).last().expect("an answer");
        assert!(loaded.contains("loaded"), "{loaded}");
        agree(&mut microbit, &mut host, r#"{"cmd":"fetch"}"#);
        agree(&mut microbit, &mut host, r#"{"cmd":"step","n":10}"#);
        agree(&mut microbit, &mut host, r#"{"cmd":"fetch"}"#);
        agree(&mut microbit, &mut host, r#"{"cmd":"load"}"#);
    }
}

#[test]
fn a_save_that_is_cut_anywhere_leaves_the_state_before_or_the_new_one() {
    let board = Board::microbit();
    let mut microbit = switched_on(&board, ",fault-injection");
    let digest = |line: &str| line.split_once("digest\":\"").expect("a digest").1.to_owned();
    let start = |microbit: &mut Emulated| {
        microbit.say(&format!("{BANDITS}\n{{\"cmd\":\"reset\"}}"));
        microbit.until("paused");
    };
    let learn = |microbit: &mut Emulated, steps: u32| {
        start(microbit);
        microbit.say(&format!(r#"{{"cmd":"step","n":{steps}}}"#));
        microbit.until("paused");
        microbit.say(r#"{"cmd":"digest"}"#);
        digest(&microbit.until("digest").pop().expect("a line"))
    };
    let mut old = learn(&mut microbit, 10);
    microbit.say(r#"{"cmd":"save"}"#);
    microbit.until("saved");
    let (mut cuts, mut steps) = (0, 10);
    loop {
        steps = if steps == 30 { 11 } else { steps + 1 };
        let new = learn(&mut microbit, steps);
        assert_ne!(new, old);
        cuts += 1;
        let digits: String =
            format!("{cuts:b}").chars().map(|digit| if digit == '1' { '\u{4}' } else { '\u{3}' }).collect();
        microbit.say(&format!("\u{2}{digits}"));
        microbit.until("not_an_object");
        microbit.say(r#"{"cmd":"save"}"#);
        if microbit.answers().iter().any(|line| line.contains("saved")) {
            break;
        }
        start(&mut microbit);
        microbit.say(r#"{"cmd":"load"}"#);
        let found = digest(&microbit.until("loaded").pop().expect("a line"));
        assert!(found == old || found == new, "cut at operation {cuts}");
        old = found;
    }
    assert!(cuts > 100, "{cuts}");
}

#[test]
fn boards_without_storage_say_so() {
    for board in Board::all().iter().filter(|board| board.name() != "microbit-v1") {
        let mut board = switched_on(board, "");
        board.say(CLIFF);
        board.until("done");
        board.say(r#"{"cmd":"save"}"#);
        let answer = board.line();
        assert!(answer.contains("no_storage"), "{answer}");
    }
}
