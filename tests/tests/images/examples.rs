//! The examples on their boards: what a board decides and learns is what this host does.

use crate::support::emulator::Emulated;
use crate::support::image::Board;
use habit::protocol::NoStorage;
use habit::rng::{Rng, below, stream};
use habit_examples::{Contest, Radio, Sampling, Teaching};
use habit_firmware::Conversation;

/// A board without parts, which keeps what it is to send.
#[derive(Default)]
struct Quiet(String);

impl habit_firmware::Board for Quiet {
    fn receive(&mut self) -> Option<u8> {
        None
    }

    fn send(&mut self, byte: u8) {
        self.0.push(byte.into());
    }

    fn idle(&mut self) {}

    fn restart(&mut self) -> ! {
        panic!("restarted")
    }

    fn clock(&mut self) -> u32 {
        0
    }
}

/// The same conversation on this host.
pub struct Twin<C>(Box<C>);

impl<C: Conversation> Twin<C> {
    /// As a board is after its start.
    pub fn new() -> Self {
        let mut conversation = Box::new(C::EMPTY);
        conversation.begin(&mut String::new()).expect("text takes everything");
        let mut twin = Self(conversation);
        twin.say("");
        twin
    }

    /// Obeys a line, works until there is nothing to do, and returns all lines.
    pub fn say(&mut self, line: impl AsRef<[u8]>) -> Vec<String> {
        let mut quiet = Quiet::default();
        let mut out = String::new();
        self.0.line(line.as_ref(), &mut NoStorage, &mut out).expect("text takes everything");
        while self.0.advance(&mut quiet).expect("text takes everything") {}
        (out + &quiet.0).lines().map(str::to_owned).collect()
    }
}

/// Both obey a line and say the same; the last of it.
pub fn agree<C: Conversation>(board: &mut Emulated, twin: &mut Twin<C>, line: impl AsRef<[u8]>) -> String {
    let line = line.as_ref();
    let expected = twin.say(line);
    board.send(line);
    board.send(b"\n");
    let answer: Vec<_> = expected.iter().map(|_| board.line()).collect();
    assert_eq!(answer, expected, "{}", String::from_utf8_lossy(line));
    expected.last().cloned().unwrap_or_default()
}

pub use super::bandits::nonsense;

/// Valid lines with some bytes changed, added or taken away.
fn damaged(good: &[&str], rng: &mut impl Rng) -> Vec<u8> {
    let mut below = |n: usize| below(n as u32, rng).expect("something to choose from") as usize;
    let mut line = good[below(good.len())].as_bytes().to_vec();
    for _ in 0..=below(3) {
        let place = below(line.len());
        match below(3) {
            0 => line[place] = [b'x', b'9', b'"', 0xfe][below(4)],
            1 => line.insert(place, b"{}\":,[]0.e-"[below(11)]),
            _ => _ = line.remove(place),
        }
    }
    line
}

/// Every board with this example: obeys these lines as the host does, and five hundred that are damaged; then the look at its stack.
fn as_the_host<C: Conversation>(example: &str, lines: &[&str]) {
    for board in Board::all() {
        let Some(image) = board.example(example) else { continue };
        let mut emulated = Emulated::start(&board.emulator(), &image, nonsense);
        let mut twin = Twin::<C>::new();
        // It may be busy by itself until it was told the first.
        let [first, rest @ ..] = lines else { panic!("there is nothing to obey") };
        emulated.say(first);
        twin.say(first).iter().for_each(|line| _ = emulated.until(line));
        for line in rest {
            agree(&mut emulated, &mut twin, line);
        }
        let mut rng = stream(4, 0);
        for _ in 0..500 {
            let line = damaged(rest, &mut rng);
            agree(&mut emulated, &mut twin, &line);
        }
        agree(&mut emulated, &mut twin, r#"{"cmd":"digest"}"#);
        crate::stays_in_its_place(&board, emulated);
    }
}

#[test]
fn the_sampling_period_is_chosen_as_on_the_host() {
    as_the_host::<Contest<Sampling>>(
        "sampling",
        &[
            r#"{"cmd":"run","seed":7,"steps":3000,"every":1000}"#,
            r#"{"cmd":"run","seed":3,"steps":9}"#,
            r#"{"cmd":"sample","value":0.5}"#,
            r#"{"cmd":"sample","value":-1.25e-1}"#,
            r#"{"cmd":"stop"}"#,
            r#"{"cmd":"digest"}"#,
        ],
    );
}

#[test]
fn the_radio_channel_is_chosen_as_on_the_host() {
    as_the_host::<Contest<Radio>>(
        "radio",
        &[
            r#"{"cmd":"run","seed":7,"steps":2000,"every":500}"#,
            r#"{"cmd":"run","seed":3,"steps":9,"every":4}"#,
            r#"{"cmd":"choose"}"#,
            r#"{"cmd":"sent","channel":0,"delivered":1}"#,
            r#"{"cmd":"choose"}"#,
            r#"{"cmd":"digest"}"#,
        ],
    );
}

#[test]
fn the_walker_is_taught_as_on_the_host() {
    as_the_host::<Teaching>(
        "teaching",
        &[
            r#"{"cmd":"pace","ms":0}"#,
            r#"{"cmd":"start","seed":9}"#,
            r#"{"cmd":"step","n":7}"#,
            r#"{"cmd":"button","name":"a"}"#,
            r#"{"cmd":"step"}"#,
            r#"{"cmd":"button","name":"b"}"#,
            r#"{"cmd":"show","what":"policy"}"#,
            r#"{"cmd":"digest"}"#,
        ],
    );
}
