//! What a board has learned outlasts its power.

use crate::support::emulator::Emulated;
use crate::support::host::Host;
use crate::support::image::Board;
use crate::{seldom, switched_on};
use habit::checkpoint::Crc32;
use habit::state::Write;
use habit_firmware::storage::{Flash, Journal};
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

/// The lines that bring a checkpoint.
fn puts(checkpoint: &[u8]) -> Vec<String> {
    let pieces = checkpoint.chunks(64).enumerate();
    let line = |(index, piece): (usize, &[u8])| {
        let mut crc = Crc32::new();
        crc.bytes(piece);
        let data: String = piece.iter().map(|byte| format!("{byte:02x}")).collect();
        let (at, size, crc) = (64 * index, checkpoint.len(), crc.value());
        format!(r#"{{"cmd":"put","at":{at},"size":{size},"crc":{crc},"data":"{data}"}}"#)
    };
    pieces.map(line).collect()
}

/// With its last four bytes the checksum of the others.
fn sealed(mut checkpoint: Vec<u8>) -> Vec<u8> {
    let end = checkpoint.len() - 4;
    let mut crc = Crc32::new();
    crc.bytes(&checkpoint[..end]);
    checkpoint[end..].copy_from_slice(&crc.value().to_le_bytes());
    checkpoint
}

/// What a run on a host has learned after so many steps, as a checkpoint.
fn trained(run: &str, steps: u32) -> Vec<u8> {
    let mut host = Host::new();
    host.hear(run.as_bytes());
    for line in [r#"{"cmd":"pause"}"#, &format!(r#"{{"cmd":"step","n":{steps}}}"#), r#"{"cmd":"save"}"#] {
        host.say(line);
    }
    host.saved().to_vec()
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
        let chunks = chunks.iter().filter(|line| line.contains("chunk"));
        let puts: Vec<_> = chunks.map(|line| line.replace(r#""event":"chunk""#, r#""cmd":"put""#)).collect();
        // Another experiment refuses it, and neither it nor what was saved changes.
        let mut host = Host::new();
        agree(&mut microbit, &mut host, other);
        agree(&mut microbit, &mut host, r#"{"cmd":"save"}"#);
        let refused = puts.iter().map(|line| agree(&mut microbit, &mut host, line)).last().expect("an answer");
        assert!(refused.contains("other_kind"), "{refused}");
        for line in [r#"{"cmd":"digest"}"#, r#"{"cmd":"load"}"#, run, r#"{"cmd":"reset"}"#] {
            agree(&mut microbit, &mut host, line);
        }
        // Out of order, damaged.
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

/// The board restarts instead of the `operation`-th change of its flash from now on.
fn cut_at(microbit: &mut Emulated, operation: usize) {
    let digits = format!("{operation:b}").replace('1', "\u{4}").replace('0', "\u{3}");
    microbit.say(&format!("\u{2}{digits}"));
    microbit.until("not_an_object");
}

fn digest(line: &str) -> String {
    line.split_once("digest\":\"").expect("a digest").1.to_owned()
}

/// Starts the bandits and halts them before their first round.
fn start(microbit: &mut Emulated) {
    microbit.say(&format!("{BANDITS}\n{{\"cmd\":\"reset\"}}"));
    microbit.until("paused");
}

/// What is kept.
fn kept(microbit: &mut Emulated) -> String {
    start(microbit);
    microbit.say(r#"{"cmd":"load"}"#);
    digest(&microbit.until("loaded").pop().expect("a line"))
}

#[test]
fn a_save_that_is_cut_anywhere_leaves_the_state_before_or_the_new_one() {
    let board = Board::microbit();
    let mut microbit = switched_on(&board, ",fault-injection");
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
        cut_at(&mut microbit, cuts);
        microbit.say(r#"{"cmd":"save"}"#);
        if microbit.answers().iter().any(|line| line.contains("saved")) {
            break;
        }
        let found = kept(&mut microbit);
        assert!(found == old || found == new, "cut at operation {cuts}");
        old = found;
    }
    assert!(cuts > 100, "{cuts}");
}

/// With the first line of a checkpoint the pages are erased, each programs its words, and the last one the header.
#[test]
fn a_put_that_is_cut_leaves_the_state_before() {
    let mut microbit = switched_on(&Board::microbit(), ",fault-injection");
    start(&mut microbit);
    microbit.say("{\"cmd\":\"step\",\"n\":10}\n{\"cmd\":\"save\"}");
    let old = digest(&microbit.until("saved").pop().expect("a line"));
    let new = trained(BANDITS, 40);
    let expected = {
        let mut host = Host::new();
        host.say(BANDITS);
        puts(&new).iter().map(|line| host.say(line).remove(0)).last().map(|line| digest(&line)).expect("a line")
    };
    let lines = puts(&new);
    let (last, words) = (lines.len() - 1, |line: usize| (new.len() - 64 * line).min(64).div_ceil(4));
    let mut before = 0;
    for line in 0..lines.len() {
        let erasures = if line == 0 { (16 + new.len()).div_ceil(1024) } else { 0 };
        let operations = erasures + words(line) + if line == last { 4 } else { 0 };
        for operation in 1..=operations {
            start(&mut microbit);
            cut_at(&mut microbit, before + operation);
            for (index, piece) in lines[..line].iter().enumerate() {
                microbit.say(piece);
                assert_eq!(microbit.line(), format!(r#"{{"event":"received","at":{}}}"#, 64 * (index + 1)));
            }
            microbit.say(&lines[line]);
            let said = microbit.answers();
            assert!(said.iter().all(|line| !line.contains("received") && !line.contains("loaded")), "{said:?}");
            assert_eq!(kept(&mut microbit), old, "line {line}, operation {operation}");
            // Nothing goes on where it was cut.
            microbit.say(lines.get(line.max(1)).expect("a second line"));
            microbit.until("not_continued");
        }
        before += operations;
    }
    // With one more there is no cut: it counted all of them.
    start(&mut microbit);
    cut_at(&mut microbit, before + 1);
    for line in &lines {
        microbit.say(line);
        microbit.line();
    }
    assert!(before > 100, "{before}");
    assert_eq!(kept(&mut microbit), expected);
}

/// A flash in memory, for a journal that is then loaded into a board's.
struct Paper<'a>(&'a mut Vec<u8>);

impl Flash for Paper<'_> {
    const PAGE: usize = 1024;
    const SLOT: usize = 4;

    fn contents(&self) -> &[u8] {
        self.0
    }

    fn erase(&mut self, page: usize) {
        self.0[page * 1024..(page + 1) * 1024].fill(0xff);
    }

    fn program(&mut self, offset: usize, word: u32) {
        self.0[offset..offset + 4].copy_from_slice(&word.to_le_bytes());
    }
}

/// Changes a byte of a checkpoint.
fn changed(checkpoint: &[u8], place: usize, byte: u8) -> Vec<u8> {
    let mut checkpoint = checkpoint.to_vec();
    checkpoint[place] = byte;
    checkpoint
}

/// Checkpoints that are none of the experiment that runs, with the code of the answer.
fn strangers(good: &[u8], other: &[u8]) -> Vec<(Vec<u8>, &'static str)> {
    // The highest byte of the first number: infinite or not a number.
    let infinite = changed(&changed(good, 34, 0xff), 35, 0x7f);
    vec![
        (other.to_vec(), "other_kind"),
        (sealed(changed(good, 4, 2)), "newer_version"),
        (changed(good, 0, b'h'), "not_a_checkpoint"),
        (changed(good, 40, !good[40]), "corrupt"),
        (sealed(changed(good, 16, 9)), "other_dimensions"),
        (sealed(changed(good, 12, !good[12])), "other_numerics"),
        (sealed(infinite), "non_finite"),
        (good[..good.len() - 4].to_vec(), "truncated"),
        (vec![0x5a; 3], "not_a_checkpoint"),
    ]
}

#[test]
fn what_is_no_state_of_what_runs_is_refused_and_learning_goes_on() {
    let board = Board::microbit();
    let (address, length) = board.region("STORAGE");
    for (run, other) in [(CLIFF, BANDITS), (BANDITS, CLIFF)] {
        let good = trained(run, 30);
        let other = trained(other, 30);
        let strangers = strangers(&good, &other);
        // In lines: nothing that was kept changes, and neither does what runs, in the middle of its work.
        let mut microbit = switched_on(&board, "");
        let mut host = Host::new();
        for line in
            [run, r#"{"cmd":"reset"}"#, r#"{"cmd":"step","n":12}"#, r#"{"cmd":"save"}"#, r#"{"cmd":"tick","n":3}"#]
        {
            agree(&mut microbit, &mut host, line);
        }
        for (bytes, code) in &strangers {
            let answer = puts(bytes).iter().map(|line| agree(&mut microbit, &mut host, line)).last().expect("a line");
            assert!(answer.contains(&format!(r#""code":"{code}""#)), "{code}: {answer}");
            agree(&mut microbit, &mut host, r#"{"cmd":"digest"}"#);
        }
        let first = puts(&good).remove(0);
        let bad = [
            (r#"{"cmd":"put"}"#.to_owned(), "missing_field", None),
            (first.replace(&format!(r#""size":{}"#, good.len()), r#""size":4081"#), "storage_full", Some("size")),
            (first.replace(r#""at":0"#, r#""at":4294967232"#), "not_continued", Some("at")),
            (puts(&good).remove(1), "not_continued", Some("at")),
            (first.replace(r#""data":"48"#, r#""data":"49"#), "corrupt", Some("crc")),
            (first.replace(r#""}"#, r#"00"}"#), "malformed", Some("data")),
            (first.replace(r#""}"#, r#"g"}"#), "malformed", Some("data")),
            (r#"{"cmd":"put","at":0,"size":4,"crc":0,"data":""}"#.to_owned(), "malformed", Some("data")),
        ];
        for (line, code, field) in bad {
            microbit.say(&line);
            let answer = microbit.line();
            let place =
                field.map_or(0, |field| line.find(&format!("\"{field}\":")).expect("a field") + field.len() + 3);
            let is_right = answer.contains(&format!(r#""code":"{code}""#))
                && answer.ends_with(&format!(r#""position":{place}}}"#));
            assert!(is_right, "{line}: {answer}");
            agree(&mut microbit, &mut host, r#"{"cmd":"digest"}"#);
        }
        for line in [r#"{"cmd":"resume"}"#, r#"{"cmd":"load"}"#, r#"{"cmd":"fetch"}"#] {
            agree(&mut microbit, &mut host, line);
        }
        drop(microbit);
        // In the storage, where another image may have left it.
        for (bytes, code) in strangers {
            let mut paper = vec![0xff; length];
            Journal::new(Paper(&mut paper)).save(bytes.len(), |draft| draft.bytes(&bytes)).expect("it fits");
            let (mut microbit, mut host) = (with_storage(&board, &paper, address), Host::new());
            agree(&mut microbit, &mut host, run);
            microbit.say(r#"{"cmd":"load"}"#);
            let answer = microbit.line();
            assert!(answer.contains(&format!(r#""code":"{code}""#)), "{code}: {answer}");
            for line in [r#"{"cmd":"digest"}"#, r#"{"cmd":"save"}"#, r#"{"cmd":"load"}"#] {
                agree(&mut microbit, &mut host, line);
            }
        }
    }
}

/// Its driver runs, and with it what it calls in a ROM that is done by the emulator; the chip's own flash is not there.
#[test]
fn a_pico_keeps_what_was_learned() {
    const RUN: &str = r#"{"cmd":"run","id":"dynlin-ucb","seed":7,"steps":30,"every":30}"#;
    let (mut pico, mut host) = (switched_on(&Board::named("pico"), ""), Host::new());
    for line in [r#"{"cmd":"save"}"#, RUN, r#"{"cmd":"load"}"#, r#"{"cmd":"reset"}"#] {
        agree(&mut pico, &mut host, line);
    }
    // Once round all slots, so that each is erased after use.
    for _ in 0..17 {
        agree(&mut pico, &mut host, r#"{"cmd":"step"}"#);
        agree(&mut pico, &mut host, r#"{"cmd":"save"}"#);
    }
    agree(&mut pico, &mut host, r#"{"cmd":"step","n":3}"#);
    pico.reset();
    let mut host = host.switch_off_and_on();
    for line in [RUN, r#"{"cmd":"reset"}"#, r#"{"cmd":"load"}"#, r#"{"cmd":"fetch"}"#, r#"{"cmd":"step","n":3}"#] {
        agree(&mut pico, &mut host, line);
    }
    for line in puts(&trained(RUN, 20)) {
        agree(&mut pico, &mut host, &line);
    }
    agree(&mut pico, &mut host, r#"{"cmd":"load"}"#);
}

#[test]
fn boards_that_keep_nothing_say_so_and_learning_goes_on() {
    for board in Board::all().iter().filter(|board| !["microbit-v1", "pico"].contains(&board.name())) {
        // The flash of an STM32 is there, and the emulator lets nothing through to it.
        let code = if board.name().starts_with("stm32") { "storage_failed" } else { "no_storage" };
        let (mut emulated, mut host) = (switched_on(board, ""), Host::new());
        for line in [CLIFF, r#"{"cmd":"reset"}"#, r#"{"cmd":"step","n":5}"#] {
            agree(&mut emulated, &mut host, line);
        }
        for line in [&puts(&trained(CLIFF, 5))[0], r#"{"cmd":"save"}"#, r#"{"cmd":"load"}"#] {
            emulated.say(line);
            let answer = emulated.line();
            let expected = match (code, line.contains("put"), line.contains("load")) {
                ("no_storage", ..) | (_, false, false) => code,
                (_, true, _) => r#""received","at":64"#,
                _ => "storage_empty",
            };
            assert!(answer.contains(expected), "{}: {line}: {answer}", board.name());
        }
        for line in [r#"{"cmd":"digest"}"#, r#"{"cmd":"resume"}"#, r#"{"cmd":"digest"}"#] {
            agree(&mut emulated, &mut host, line);
        }
    }
}
