//! Bandits that serve requests: `firmware/README.md` has their commands.

use crate::Conversation;
use core::fmt::{Result as Written, Write};
use habit::bandit::{
    Bandit, Choice, Confidence, ContextualBandit, DisjointLinUcb, DynLinUcb, FixedRadius, Optimistic, SystemBounds,
};
use habit::math::{Libm, Math};
use habit::protocol::{Fault, Fields, KERNEL, Kind, Storage, VERSION};
use habit::rng::stream;
use habit::state::Persist;
use habit::{Error, checkpoint};

/// The fields of a command.
const FIELDS: [(&str, Kind); 4] =
    [("cmd", Kind::Text), ("x", Kind::Numbers), ("arm", Kind::Whole), ("reward", Kind::Number)];

type Line<'a> = Fields<'a, { FIELDS.len() }>;

/// What was learned elsewhere.
static CHECKPOINT: &[u8] = include_bytes!(env!("HABIT_CHECKPOINT_FILE"));

/// Two bandits behind a line: LinUCB, which chooses a variant of a page by the visitor, and DynLin-UCB, which chooses a mix
/// of what all visitors see and whose rewards have a memory. Made [`EMPTY`](Conversation::EMPTY) in its place.
pub struct Bandits {
    pages: DisjointLinUcb<{ Self::ARMS }, { Self::FEATURES }>,
    mixes: DynLinUcb<'static, { Self::ARMS }, { Self::FEATURES }>,
}

const _: () = {
    let (arms, features) = (Bandits::ARMS, Bandits::FEATURES);
    let payload = 4 * arms * (features * features + features) + 8;
    assert!(CHECKPOINT.len() == checkpoint::OVERHEAD + payload, "HABIT_CHECKPOINT is not of 4 arms and 8 features");
};

impl Bandits {
    /// The arms of both.
    pub const ARMS: usize = 4;
    /// The numbers of a context, and of an arm of DynLin-UCB.
    pub const FEATURES: usize = 8;

    /// The width of LinUCB's confidence bound.
    pub const RADIUS: FixedRadius = FixedRadius(0.5);
    /// The regularisation of both.
    pub const LAMBDA: f32 = 1.0;

    /// The arms of DynLin-UCB: shares of eight places of a page, all of length 1.
    pub const MIXES: [[f32; Self::FEATURES]; Self::ARMS] = [
        [0.5, 0.5, 0.5, 0.5, 0.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, 0.0, 0.0, 0.5, 0.5, 0.5, 0.5],
        [0.5, 0.0, 0.5, 0.0, 0.5, 0.0, 0.5, 0.0],
        [0.353_553_4; Self::FEATURES],
    ];

    /// What is known of the system that the mixes act on.
    pub const BOUNDS: SystemBounds = SystemBounds {
        spectral_radius: 0.5,
        transient_gain: 1.0,
        feedthrough_norm: 0.5,
        output_norm: 0.1,
        input_norm: 0.5,
        arm_norm: 1.0,
        noise: 0.05,
    };

    /// The rounds that DynLin-UCB is set up for.
    pub const HORIZON: u32 = 100_000;

    /// Starts LinUCB from a checkpoint and DynLin-UCB from nothing.
    fn start(&mut self, taught: &[u8]) -> Result<(), Error> {
        static MIXES: [[f32; Bandits::FEATURES]; Bandits::ARMS] = Bandits::MIXES;
        let bounds = Self::BOUNDS;
        let constants = [bounds.transient(), bounds.bias(), bounds.variance()];
        let confidence = Confidence::new(constants, bounds.arm_norm, Self::FEATURES, Self::LAMBDA, Self::HORIZON)?;
        self.mixes.start(&MIXES, confidence, Self::LAMBDA, bounds.spectral_radius)?;
        // Refused before it is started: who knows nothing must not pass for who was taught.
        checkpoint::load(&mut self.pages, taught)?;
        self.pages.start(Self::LAMBDA, Optimistic(Self::RADIUS))?;
        checkpoint::load(&mut self.pages, taught)
    }

    /// Everything is checked before anything is done or written.
    fn obey(&mut self, line: &Line<'_>, out: &mut impl Write) -> Result<Written, Fault> {
        let whole = |error| Fault::at(0, error);
        let learned = |error| match error {
            Error::ActionOutOfRange => Fault::at(line.place("arm"), error),
            _ => whole(error),
        };
        Ok(match line.text("cmd")? {
            "hello" => self.write_hello(out),
            "select" => {
                // Neither of the two draws a word.
                let choice = self.pages.select(&context(line)?, &mut stream(0, 0)).map_err(whole)?;
                write_choice(choice, out).and_then(|()| writeln!(out, r#","waiting":{}}}"#, self.pages.waiting()))
            }
            "update" => {
                let (x, arm, reward) = (context(line)?, line.whole("arm")?, line.number("reward")?);
                self.pages.update(&x, arm as usize, reward).map_err(learned)?;
                let (rounds, waiting) = (self.pages.rounds(), self.pages.waiting());
                writeln!(out, r#"{{"event":"learned","rounds":{rounds},"waiting":{waiting}}}"#)
            }
            "dynlin_select" => {
                let choice = self.mixes.select(&mut stream(0, 0)).map_err(whole)?;
                write_choice(choice, out).and_then(|()| writeln!(out, r#","epochs":{}}}"#, self.mixes.epochs()))
            }
            "dynlin_update" => {
                let (arm, reward) = (line.whole("arm")?, line.number("reward")?);
                self.mixes.update(arm as usize, reward).map_err(learned)?;
                writeln!(out, r#"{{"event":"learned","epochs":{}}}"#, self.mixes.epochs())
            }
            "digest" => {
                let (pages, mixes) = (self.pages.digest(), self.mixes.digest());
                writeln!(out, r#"{{"event":"digest","linucb":"{pages:016x}","dynlin":"{mixes:016x}"}}"#)
            }
            _ => return Err(Fault::at(line.place("cmd"), Error::UnknownCommand)),
        })
    }

    fn write_hello(&self, out: &mut impl Write) -> Written {
        let (numerics, arms, features) = (Libm::NUMERICS, Self::ARMS, Self::FEATURES);
        write!(out, r#"{{"event":"hello","protocol":{VERSION},"kernel":"{KERNEL}","numerics":"{numerics}","#)?;
        write!(out, r#""bandits":["linucb","dynlin"],"arms":{arms},"features":{features},"#)?;
        writeln!(out, r#""rounds":{},"state_bytes":{}}}"#, self.pages.rounds(), size_of::<Self>())
    }
}

impl Conversation for Bandits {
    const EMPTY: Self = Self { pages: DisjointLinUcb::EMPTY, mixes: DynLinUcb::EMPTY };

    /// Says so when the checkpoint is damaged; LinUCB is not started then.
    fn begin(&mut self, out: &mut impl Write) -> Written {
        match self.start(CHECKPOINT) {
            Ok(()) => Ok(()),
            Err(error) => Fault::at(0, error).write(out),
        }
    }

    fn line(&mut self, line: &[u8], _storage: &mut impl Storage, out: &mut impl Write) -> Written {
        Fields::answer(line, &FIELDS, out, |line, out| self.obey(line, out))
    }
}

fn context(line: &Line<'_>) -> Result<[f32; Bandits::FEATURES], Fault> {
    let mut x = [0.0; Bandits::FEATURES];
    line.numbers("x", &mut x)?;
    Ok(x)
}

/// All but the end of a choice's line.
fn write_choice(choice: Choice, out: &mut impl Write) -> Written {
    write!(out, r#"{{"event":"choice","arm":{},"propensity":"#, choice.arm)?;
    match choice.propensity {
        Some(propensity) => write!(out, "{propensity}"),
        None => out.write_str("null"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use habit::protocol::NoStorage;
    use habit::rng::{Generator, Rng, below};
    use std::string::String;
    use std::vec::Vec;

    const SELECT: &str = r#"{"cmd":"select","x":[1,0,1,0,1,0,0.5,0.25]}"#;
    const UPDATE: &str = r#"{"cmd":"update","x":[1,0,1,0,1,0,0.5,0.25],"arm":2,"reward":1}"#;

    fn started() -> Bandits {
        let mut bandits = Bandits::EMPTY;
        assert_eq!(bandits.begin(&mut String::new()), Ok(()));
        bandits
    }

    fn say(bandits: &mut Bandits, line: impl AsRef<[u8]>) -> String {
        let mut out = String::new();
        bandits.line(line.as_ref(), &mut NoStorage, &mut out).unwrap();
        out
    }

    fn digests(bandits: &Bandits) -> [u64; 2] {
        [bandits.pages.digest(), bandits.mixes.digest()]
    }

    #[test]
    fn a_request_is_served_and_its_reward_taken_later() {
        let mut bandits = started();
        let hello = say(&mut bandits, r#"{"cmd":"hello"}"#);
        assert!(hello.contains(r#""bandits":["linucb","dynlin"],"arms":4,"features":8,"rounds":20000,"#), "{hello}");
        assert!(say(&mut bandits, SELECT).starts_with(r#"{"event":"choice","arm":"#));
        assert!(say(&mut bandits, SELECT).ends_with(",\"propensity\":1,\"waiting\":2}\n"));
        assert_eq!(say(&mut bandits, UPDATE), "{\"event\":\"learned\",\"rounds\":20001,\"waiting\":1}\n");
        assert_eq!(
            say(&mut bandits, r#"{"cmd":"dynlin_select"}"#),
            "{\"event\":\"choice\",\"arm\":0,\"propensity\":1,\"epochs\":1}\n"
        );
        assert_eq!(
            say(&mut bandits, r#"{"cmd":"dynlin_update","arm":0,"reward":0.5}"#),
            "{\"event\":\"learned\",\"epochs\":1}\n"
        );
        let [pages, mixes] = digests(&bandits);
        let digest = std::format!("{{\"event\":\"digest\",\"linucb\":\"{pages:016x}\",\"dynlin\":\"{mixes:016x}\"}}\n");
        assert_eq!(say(&mut bandits, r#"{"cmd":"digest"}"#), digest);
    }

    #[test]
    fn what_cannot_be_obeyed_is_answered_with_its_place_and_changes_nothing() {
        let mut bandits = started();
        say(&mut bandits, SELECT);
        say(&mut bandits, r#"{"cmd":"dynlin_select"}"#);
        let before = digests(&bandits);
        let long = "0.12345678901234567890,".repeat(12);
        for (line, code, position) in [
            ("select", "not_an_object", 0),
            (r#"{"cmd":"run"}"#, "unknown_command", 7),
            (r#"{"x":[1]}"#, "missing_field", 0),
            (r#"{"cmd":"select"}"#, "missing_field", 0),
            (r#"{"cmd":"select","x":[1,2,3,4,5,6,7]}"#, "length_mismatch", 20),
            (r#"{"cmd":"select","x":[1,2,3,4,5,6,7,8,9]}"#, "length_mismatch", 20),
            (r#"{"cmd":"select","x":1}"#, "not_numbers", 20),
            (r#"{"cmd":"select","x":[1,2,3,4,5,6,7,nan]}"#, "not_a_number", 35),
            (r#"{"cmd":"select","x":[1,2,3,4,5,6,7,1e39]}"#, "non_finite", 35),
            (r#"{"cmd":"select","y":1}"#, "unknown_field", 16),
            (r#"{"cmd":"update","x":[1,2,3,4,5,6,7,8],"arm":4,"reward":1}"#, "action_out_of_range", 44),
            (r#"{"cmd":"update","x":[1,2,3,4,5,6,7,8],"arm":-1,"reward":1}"#, "not_a_whole_number", 44),
            (r#"{"cmd":"update","x":[1,2,3,4,5,6,7,8],"arm":3}"#, "missing_field", 0),
            (r#"{"cmd":"update","x":[1,2,3,4,5,6,7,8],"arm":3,"reward":true}"#, "not_a_number", 55),
            (r#"{"cmd":"dynlin_update","arm":3,"reward":1}"#, "not_selected", 0),
            (r#"{"cmd":"dynlin_update","arm":0}"#, "missing_field", 0),
            (&std::format!(r#"{{"cmd":"select","x":[{long}1]}}"#), "line_too_long", 256),
        ] {
            let answer = say(&mut bandits, line);
            assert!(answer.contains(&std::format!(r#"{{"event":"error","code":"{code}","#)), "{line}: {answer}");
            assert!(answer.ends_with(&std::format!(",\"position\":{position}}}\n")), "{line}: {answer}");
            assert_eq!(digests(&bandits), before, "{line}");
        }
        say(&mut bandits, UPDATE);
        assert!(say(&mut bandits, UPDATE).contains("not_selected"), "every choice has had its reward");
    }

    fn damaged(rng: &mut Generator) -> Vec<u8> {
        let lines =
            [SELECT, UPDATE, r#"{"cmd":"dynlin_select"}"#, r#"{"cmd":"dynlin_update","arm":0,"reward":-1.5e-2}"#];
        let mut line = lines[below(4, rng).unwrap() as usize].as_bytes().to_vec();
        for _ in 0..=below(3, rng).unwrap() {
            let place = below(line.len() as u32, rng).unwrap() as usize;
            match below(3, rng).unwrap() {
                0 => line[place] = rng.next_u32() as u8,
                1 => line.insert(place, b"{}\":,[]0.e-"[below(11, rng).unwrap() as usize]),
                _ => _ = line.remove(place),
            }
        }
        line
    }

    #[test]
    fn whatever_is_said_an_error_changes_nothing() {
        let (mut bandits, mut rng, mut refused) = (started(), stream(3, 0), 0);
        for _ in 0..20_000 {
            let (line, before) = (damaged(&mut rng), digests(&bandits));
            let answer = say(&mut bandits, &line);
            if answer.starts_with(r#"{"event":"error""#) {
                refused += 1;
                assert_eq!(digests(&bandits), before, "{}", String::from_utf8_lossy(&line));
            }
        }
        assert!((10_000..20_000).contains(&refused), "{refused}");
    }

    #[test]
    fn a_damaged_checkpoint_starts_nobody_who_was_not_taught() {
        let mut bandits = Bandits::EMPTY;
        let mut taught = CHECKPOINT.to_vec();
        taught[100] ^= 1;
        assert_eq!(bandits.start(&taught), Err(Error::Corrupt));
        assert!(say(&mut bandits, SELECT).contains("not_started"));
        assert!(say(&mut bandits, r#"{"cmd":"hello"}"#).contains(r#""rounds":0,"#));
        assert_eq!(bandits.start(CHECKPOINT), Ok(()));
    }
}
