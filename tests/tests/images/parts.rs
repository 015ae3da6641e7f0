//! What a board has besides its line: a watchdog, buttons, lights.

use std::collections::BTreeSet;

use crate::images::examples::{Twin, agree, nonsense};
use crate::support::emulator::Emulated;
use crate::support::image::Board;
use crate::support::probe::Probe;
use crate::{seldom, switched_on};
use habit_examples::Teaching;

/// rp2040js is the one emulator here that models its board's watchdog.
#[test]
fn a_core_that_hangs_is_started_anew_by_the_watchdog_and_says_so() {
    let mut pico = switched_on(&Board::named("pico"), ",fault-injection");
    let run = r#"{"cmd":"run","id":"dynlin-ucb","steps":1000000,"every":1000000}"#;
    for reason in ["watchdog", "panic", "watchdog"] {
        pico.say(run);
        pico.until("started");
        pico.send(if reason == "panic" { &[7] } else { &[8] });
        let restart = pico.until(r#""event":"restart""#).pop().expect("a line");
        assert!(restart.starts_with(&format!(r#"{{"event":"restart","reason":"{reason}""#)), "{restart}");
        // Once, and into the safe state.
        let more = pico.answers();
        assert!(!more.iter().any(|line| line.contains("restart")), "{more:?}");
        pico.say(r#"{"cmd":"digest"}"#);
        pico.until("not_started");
    }
    // A reset from outside is none of the watchdog's.
    let board = Board::microbit();
    let mut microbit = switched_on(&board, "");
    let lines = microbit.reset();
    assert!(!lines.iter().any(|line| line.contains("restart")), "{lines:?}");
}

#[test]
fn a_board_that_idles_is_not_taken_for_one_that_hangs() {
    let mut pico = switched_on(&Board::named("pico"), "");
    // The emulator's clock goes by its own time while the core sleeps, so this is longer than the watchdog waits.
    std::thread::sleep(std::time::Duration::from_secs(10));
    let (question, answer) = seldom(7);
    pico.say(&question);
    assert_eq!(pico.line(), answer);
}

#[test]
fn a_run_without_a_seed_draws_one_where_the_board_has_noise_and_says_which() {
    // rp2040js has no ring oscillator, which a board takes for one that stands.
    for (board, example, has_noise) in [("microbit-v1", "radio", true), ("pico", "sampling", false)] {
        let board = Board::named(board);
        let mut emulated = Emulated::start(&board.emulator(), &board.example(example).expect("an image"), nonsense);
        let mut seeds = BTreeSet::new();
        for _ in 0..3 {
            emulated.say(r#"{"cmd":"run","steps":1}"#);
            let started = emulated.until("started").pop().expect("a line");
            let seed = started.split_once(r#""seed":"#).and_then(|(_, rest)| rest.split(',').next()).expect("a seed");
            seeds.insert(seed.to_owned());
            emulated.until("done");
        }
        let (first, count) = (seeds.first().expect("one"), seeds.len());
        assert!(if has_noise { count == 3 } else { count == 1 && first == "1" }, "{seeds:?}");
    }
}

const BUTTONS: [u32; 2] = [17, 26];
const GPIO_OUT: u32 = 0x5000_0504;
const ROWS: [u32; 3] = [13, 14, 15];
const COLUMNS: std::ops::RangeInclusive<u32> = 4..=12;

/// The lights that shine, as row and column of the wiring.
fn lit(out: u32) -> BTreeSet<(u32, u32)> {
    let on = |pin: &u32| out >> pin & 1 == 1;
    let rows = ROWS.into_iter().filter(on);
    rows.flat_map(|row| COLUMNS.filter(|column| !on(column)).map(move |column| (row, column))).collect()
}

/// Row and column of each light, from the top left on, by the board's schematic: LED row 1 is pin 13, column 1 is pin 4.
#[rustfmt::skip]
const WIRED: [(u32, u32); 25] = [
    (1, 1), (2, 4), (1, 2), (2, 5), (1, 3),
    (3, 4), (3, 5), (3, 6), (3, 7), (3, 8),
    (2, 2), (1, 9), (2, 3), (3, 9), (2, 1),
    (1, 8), (1, 7), (1, 6), (1, 5), (1, 4),
    (3, 3), (2, 7), (3, 1), (2, 6), (3, 2),
];

/// Waits until the board knows which buttons are down; a press counts when they are released.
fn sees(board: &mut Emulated, [a, b]: [u8; 2]) {
    loop {
        board.say(r#"{"cmd":"hello"}"#);
        if board.line().contains(&format!(r#""buttons":[{a},{b}]"#)) {
            return;
        }
    }
}

#[test]
fn the_microbit_is_taught_by_its_buttons_and_shows_where_the_walker_is() {
    let board = Board::microbit();
    let mut probe = Probe::new();
    let probe_words = probe.words();
    let words: Vec<&str> = board.emulator().into_iter().chain(probe_words.iter().map(String::as_str)).collect();
    let image = board.example("teaching").expect("an image");
    let mut microbit = Emulated::start(&words, &image, nonsense);
    microbit.say(r#"{"cmd":"pace","ms":0}"#);
    microbit.until(r#""event":"pace""#);
    // Both are down while nobody pulls them up.
    sees(&mut microbit, [1, 1]);
    BUTTONS.iter().for_each(|pin| probe.pull(*pin, true));
    microbit.until(r#""event":"home""#);
    let mut twin = Twin::<Teaching>::new();
    twin.say(r#"{"cmd":"pace","ms":0}"#);
    agree(&mut microbit, &mut twin, r#"{"cmd":"start","seed":5}"#);
    for (pins, name) in [(&BUTTONS[..1], "a"), (&BUTTONS[1..], "b"), (&BUTTONS[..1], "a"), (&BUTTONS[..], "both")] {
        let moved = agree(&mut microbit, &mut twin, r#"{"cmd":"step"}"#);
        let cell: usize = moved.rsplit([':', '}']).nth(1).and_then(|cell| cell.parse().ok()).expect("a cell");
        let wired = (12 + WIRED[cell].0, 3 + WIRED[cell].1);
        // Whenever it does, it shines.
        let shines = (0..100_000).any(|_| lit(probe.read(GPIO_OUT)).contains(&wired));
        assert!(shines, "cell {cell} stays dark");
        pins.iter().for_each(|pin| probe.pull(*pin, false));
        sees(&mut microbit, BUTTONS.map(|pin| u8::from(pins.contains(&pin))));
        pins.iter().for_each(|pin| probe.pull(*pin, true));
        let said = microbit.line();
        assert_eq!(vec![said], twin.say(format!(r#"{{"cmd":"button","name":"{name}"}}"#)));
    }
    agree(&mut microbit, &mut twin, r#"{"cmd":"digest"}"#);
    crate::stays_in_its_place(&board, microbit);
}
