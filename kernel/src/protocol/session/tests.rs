use super::*;
use crate::protocol::LineReader;
use crate::rng::{Rng, below, stream};
use std::boxed::Box;
use std::string::String;
use std::vec::Vec;

const RUN: &str = r#"{"cmd":"run","id":"tabular-td.cliff-walking","seed":3,"steps":20,"every":5}"#;

struct Talk {
    session: Box<Session>,
    out: String,
}

impl Talk {
    fn new() -> Self {
        Self { session: Box::new(Session::EMPTY), out: String::new() }
    }

    /// Sends a line and returns what came back since the last one.
    fn say(&mut self, line: &str) -> String {
        self.out.clear();
        self.session.line(line.as_bytes(), &mut self.out).unwrap();
        self.out.clone()
    }

    /// Lets the session work until it stands still.
    fn wait(&mut self) -> String {
        self.out.clear();
        while self.session.advance(100, &mut self.out).unwrap() {}
        self.out.clone()
    }

    fn digest(&mut self) -> String {
        let line = self.say(r#"{"cmd":"digest"}"#);
        let (_, digest) = line.split_once(r#""digest":""#).unwrap();
        digest[..16].into()
    }
}

#[test]
fn a_run_gives_samples_and_an_end() {
    let mut talk = Talk::new();
    let started = r#"{"event":"started","id":"tabular-td.cliff-walking","seed":3,"steps":20,"every":5,"set":""}"#;
    assert_eq!(talk.say(RUN).trim_end(), started);
    let text = talk.wait();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 4 * 3 + 1);
    assert!(lines[0].starts_with(r#"{"t":5,"seed":3,"contender":"SARSA","return":-"#), "{}", lines[0]);
    assert!(
        lines[12].contains(r#""summary":{"SARSA":{"return":{"mean":-"#) && lines[12].contains(r#""se":null,"n":1}"#)
    );
    assert!(lines[12].contains(&talk.digest()));
    assert!(talk.say(r#"{"cmd":"resume"}"#).contains("run_over"));
}

#[test]
fn however_it_is_driven_the_bits_are_the_same() {
    let mut straight = Talk::new();
    straight.say(RUN);
    straight.wait();
    let mut halting = Talk::new();
    halting.say(RUN);
    assert!(halting.say(r#"{"cmd":"step"}"#).contains("not_paused"));
    assert_eq!(halting.say(r#"{"cmd":"pause"}"#), "{\"event\":\"paused\",\"t\":0}\n");
    halting.say(r#"{"cmd":"every","every":1}"#);
    assert_eq!(halting.say(r#"{"cmd":"step","n":3}"#), "");
    assert!(halting.wait().ends_with("{\"event\":\"paused\",\"t\":3}\n"));
    halting.say(r#"{"cmd":"tick","n":7}"#);
    assert!(halting.wait().ends_with("{\"event\":\"paused\",\"t\":3}\n"));
    halting.say(r#"{"cmd":"resume"}"#);
    halting.wait();
    assert_eq!(halting.digest(), straight.digest());
    assert!(halting.say(r#"{"cmd":"reset"}"#).ends_with("{\"event\":\"paused\",\"t\":0}\n"));
    halting.say(r#"{"cmd":"resume"}"#);
    halting.wait();
    assert_eq!(halting.digest(), straight.digest());
    assert_eq!(halting.say(r#"{"cmd":"stop"}"#), "{\"event\":\"stopped\"}\n");
    assert!(halting.say(r#"{"cmd":"digest"}"#).contains("not_started"));
}

#[test]
fn faults_are_answered_with_their_place() {
    let mut talk = Talk::new();
    for (line, code, position) in [
        (r#"{"id":"x"}"#, "missing_field", 0),
        (r#"{"cmd":"fly"}"#, "unknown_command", 7),
        (r#"{"cmd":"run"}"#, "missing_field", 0),
        (r#"{"cmd":"run","id":"x"}"#, "unknown_experiment", 18),
        (r#"{"cmd":"run","id":"tabular-td.cliff-walking","steps":0}"#, "steps_out_of_range", 53),
        (r#"{"cmd":"run","id":"tabular-td.cliff-walking","every":0}"#, "count_out_of_range", 53),
        (r#"{"cmd":"run","id":"tabular-td.cliff-walking","set":"epsilon=2"}"#, "parameter_out_of_range", 52),
        (r#"{"cmd":"run","id":"tabular-td.cliff-walking","set":"epsilon=.2,x=1"}"#, "unknown_parameter", 63),
        (r#"{"cmd":"resume"}"#, "not_started", 0),
        (r#"{"cmd":"every"}"#, "missing_field", 0),
        ("run", "not_an_object", 0),
    ] {
        let expected = std::format!(r#""code":"{code}""#);
        let answer = talk.say(line);
        assert!(answer.contains(&expected) && answer.ends_with(&std::format!(":{position}}}\n")), "{line}: {answer}");
    }
    assert_eq!(talk.say("") + &talk.say("\r"), "");
    // One byte too many is too many, whatever it is.
    let long = std::format!("{:<256}", r#"{"cmd":"hello"}"#);
    assert!(talk.say(&long).contains("hello") && talk.say(&(long.clone() + "\r")).contains("hello"));
    let mut reader = LineReader::EMPTY;
    let cut = (long + " \r\n").bytes().find_map(|byte| reader.push(byte).map(<[u8]>::to_vec)).unwrap();
    assert!(talk.say(core::str::from_utf8(&cut).unwrap()).contains("line_too_long"));
}

#[test]
fn learning_goes_on_whatever_is_said() {
    let mut straight = Talk::new();
    straight.say(RUN);
    straight.wait();
    let mut disturbed = Talk::new();
    disturbed.say(RUN);
    let mut rng = stream(1, 0);
    let good = [RUN, r#"{"cmd":"step","n":2}"#, r#"{"cmd":"every","every":0}"#, r#"{"cmd":"tick"}"#];
    for _ in 0..10_000 {
        // A valid line with one byte changed, or noise.
        let mut line = good[below(4, &mut rng).unwrap() as usize].as_bytes().to_vec();
        if below(4, &mut rng).unwrap() == 0 {
            line = (0..below(300, &mut rng).unwrap()).map(|_| rng.next_u32() as u8).collect();
        } else {
            let place = below(line.len() as u32, &mut rng).unwrap() as usize;
            line[place] = rng.next_u32() as u8;
        }
        let mut out = String::new();
        disturbed.session.line(&line, &mut out).unwrap();
        // What still makes sense is obeyed; a run that was changed that way is not the run to compare with.
        if out.contains("started") || out.contains(r#""event":"every""#) {
            disturbed.say(RUN);
        }
        disturbed.session.advance(1, &mut out).unwrap();
        if disturbed.session.run.is_over() {
            assert_eq!(disturbed.digest(), straight.digest());
            disturbed.say(RUN);
        }
    }
    disturbed.wait();
    assert_eq!(disturbed.digest(), straight.digest());
}

/// Keeps a checkpoint of at most so many bytes.
struct Shelf(Vec<u8>, usize, Vec<u8>);

impl Storage for Shelf {
    fn save(&mut self, state: &impl crate::state::Identify) -> Result<(), Error> {
        if checkpoint::size(state) > self.1 {
            return Err(Error::StorageFull);
        }
        self.0.resize(checkpoint::size(state), 0);
        checkpoint::save(state, &mut self.0).map(|_| ())
    }

    fn receive(&mut self, at: usize, _size: usize, bytes: &[u8]) -> Result<(), Error> {
        self.2.truncate(if at == 0 { 0 } else { usize::MAX });
        if at != self.2.len() {
            return Err(Error::NotContinued);
        }
        self.2.extend(bytes);
        Ok(())
    }

    fn received(&self) -> Result<&[u8], Error> {
        Ok(&self.2)
    }

    fn keep(&mut self) -> Result<(), Error> {
        self.0 = core::mem::take(&mut self.2);
        Ok(())
    }

    fn load(&self) -> Result<&[u8], Error> {
        if self.0.is_empty() { Err(Error::StorageEmpty) } else { Ok(&self.0) }
    }
}

#[test]
fn what_was_saved_is_learned_again_and_a_refusal_changes_nothing() {
    fn tell(talk: &mut Talk, shelf: &mut Shelf, cmd: &str) -> String {
        talk.out.clear();
        let line = std::format!(r#"{{"cmd":"{cmd}"}}"#);
        talk.session.line_with(line.as_bytes(), shelf, &mut talk.out).unwrap();
        talk.out.clone()
    }
    let (mut talk, mut shelf) = (Talk::new(), Shelf(Vec::new(), 4096, Vec::new()));
    assert!(tell(&mut talk, &mut shelf, "save").contains("not_started"));
    assert!(tell(&mut talk, &mut shelf, "load").contains("not_started"));
    talk.say(RUN);
    talk.wait();
    let learned = talk.digest();
    assert!(
        talk.say(r#"{"cmd":"save"}"#).contains("no_storage") && talk.say(r#"{"cmd":"load"}"#).contains("no_storage")
    );
    assert!(tell(&mut talk, &mut shelf, "load").contains("storage_empty"));
    let saved = std::format!("{{\"event\":\"saved\",\"t\":20,\"digest\":\"{learned}\"}}\n");
    assert_eq!(tell(&mut talk, &mut shelf, "save"), saved);

    // Whatever is wrong, what runs stays as it is.
    let mut other = Talk::new();
    other.say(RUN);
    other.session.advance(100, &mut other.out).unwrap();
    let before = other.digest();
    shelf.1 = 100;
    assert!(tell(&mut other, &mut shelf, "save").contains("storage_full"));
    let kept = shelf.0.clone();
    for (place, code) in [(0, "not_a_checkpoint"), (4, "newer_version"), (8, "corrupt"), (100, "corrupt")] {
        shelf.0[place] ^= 2;
        assert!(tell(&mut other, &mut shelf, "load").contains(code), "{code}");
        shelf.0.clone_from(&kept);
    }
    for length in 0..kept.len() {
        shelf.0.truncate(length);
        assert!(tell(&mut other, &mut shelf, "load").contains(r#""event":"error""#));
        shelf.0.clone_from(&kept);
    }
    assert_eq!(other.digest(), before);
    #[cfg(feature = "dynlin-ucb")]
    {
        let mut bandits = Talk::new();
        bandits.say(r#"{"cmd":"run","id":"dynlin-ucb","steps":50}"#);
        bandits.session.advance(10, &mut bandits.out).unwrap();
        let before = bandits.digest();
        assert!(tell(&mut bandits, &mut shelf, "load").contains("other_kind"));
        assert_eq!(bandits.digest(), before);
    }
    // In lines it leaves as the same bytes.
    let lines = tell(&mut talk, &mut shelf, "fetch");
    let (mut bytes, size) = (Vec::new(), kept.len());
    for line in lines.lines().filter(|line| line.contains("chunk")) {
        let (head, data) = line.strip_suffix("\"}").unwrap().split_once(r#","data":""#).unwrap();
        let chunk = (0..data.len() / 2).map(|index| u8::from_str_radix(&data[2 * index..2 * index + 2], 16).unwrap());
        let (at, chunk) = (bytes.len(), chunk.collect::<Vec<_>>());
        let mut crc = checkpoint::Crc32::new();
        crate::state::Write::bytes(&mut crc, &chunk);
        let crc = crc.value();
        assert_eq!(head, std::format!(r#"{{"event":"chunk","at":{at},"size":{size},"crc":{crc}"#));
        bytes.extend(chunk);
    }
    assert_eq!(bytes, kept);
    assert!(lines.ends_with(&saved.replace("saved", "fetched")), "{lines}");
    // And comes back as lines: it is kept and loaded as a whole or not at all.
    shelf.0.clear();
    let puts: Vec<_> = lines.lines().filter(|line| line.contains("chunk")).collect();
    let puts: Vec<_> = puts.iter().map(|line| line.replace(r#""event":"chunk""#, r#""cmd":"put""#)).collect();
    let mut say = |line: &str| {
        let mut out = String::new();
        other.session.line_with(line.as_bytes(), &mut shelf, &mut out).unwrap();
        out
    };
    assert!(say(&puts[1]).contains(r#""code":"not_continued","#) && say(&puts[1]).contains(r#""position":18}"#));
    for line in &puts[..puts.len() - 1] {
        assert!(say(&line.replace(r#""crc":"#, r#""crc":1"#)).contains("error"));
        assert!(say(&line.replace(r#""}"#, r#"0"}"#)).contains("malformed"));
        assert!(say(line).contains(r#"{"event":"received","at":"#));
    }
    let put = say(puts.last().unwrap());
    assert!(put.starts_with(r#"{"event":"loaded","t":"#) && put.contains(&learned), "{put}");
    assert_eq!(shelf.0, kept);
    let loaded = tell(&mut other, &mut shelf, "load");
    assert!(loaded.starts_with(r#"{"event":"loaded","t":"#) && loaded.contains(&learned), "{loaded}");
    assert_eq!(other.digest(), learned);
    // And it goes on from there.
    assert!(other.wait().contains(r#""done":true"#) && other.digest() != learned);
}

#[test]
fn the_handshake_names_what_is_here() {
    let hello = Talk::new().say(r#"{"cmd":"hello"}"#);
    assert!(hello.starts_with(r#"{"event":"hello","protocol":1,"kernel":""#));
    assert!(hello.contains(r#""numerics":"libm","experiments":["tabular-td.cliff-walking""#));
}
