//! What a line of a board says.

use serde_json::{Map, Value};

use crate::board::named;

/// One line of a board.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// The metrics of a contender after a step.
    Sample(Sample),
    /// A run of one seed begins, or begins again.
    Started { id: String, seed: u64, steps: u64 },
    /// A run has ended.
    Done { id: String, digest: String },
    /// A command was refused.
    Refused { code: String, message: String },
    /// Anything else that is of interest, in words.
    Other { event: String, words: String },
    /// No line of a board, and what is legible of it.
    Noise(String),
}

/// The metrics of a contender after a step.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Steps that are finished.
    pub step: u64,
    /// `None` where the line names none.
    pub seed: Option<u64>,
    /// Its name.
    pub contender: String,
    /// Names and values; a metric may have none yet.
    pub metrics: Vec<(String, Option<f64>)>,
}

/// How many letters of a line that is noise are shown.
const LEGIBLE: usize = 60;

/// Reads a line.
pub fn read(line: &[u8]) -> Said {
    let Ok(Value::Object(object)) = serde_json::from_slice(line) else { return Said::Noise(legible(line)) };
    let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let number = |key: &str| object.get(key).and_then(Value::as_u64);
    if let Some(sample) = sample(&object) {
        return Said::Sample(sample);
    }
    if object.get("done") == Some(&Value::Bool(true)) {
        return Said::Done { id: text("id"), digest: text("digest") };
    }
    match (text("event").as_str(), number("seed"), number("steps")) {
        ("started", Some(seed), Some(steps)) => Said::Started { id: text("id"), seed, steps },
        ("error", ..) => Said::Refused { code: text("code"), message: text("message") },
        _ => other(&Value::Object(object)),
    }
}

fn sample(object: &Map<String, Value>) -> Option<Sample> {
    let step = object.get("t")?.as_u64()?;
    let contender = object.get("contender")?.as_str()?.to_owned();
    let metrics = object.iter().filter(|(key, value)| {
        !matches!(key.as_str(), "t" | "seed" | "contender") && (value.is_number() || value.is_null())
    });
    let metrics = metrics.map(|(key, value)| (key.clone(), value.as_f64())).collect();
    Some(Sample { step, seed: object.get("seed").and_then(Value::as_u64), contender, metrics })
}

/// An event in words: its name, then what it says.
fn other(event: &Value) -> Said {
    let name = named(event).to_owned();
    let fields = event.as_object().into_iter().flatten().filter(|(key, _)| *key != "event");
    let said = fields.map(|(key, value)| match value {
        Value::String(text) => format!("{key} {text}"),
        Value::Array(list) => {
            format!("{key} {}", list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "))
        }
        value => format!("{key} {value}"),
    });
    let words = [name.clone()].into_iter().filter(|name| !name.is_empty()).chain(said).collect::<Vec<_>>().join("; ");
    Said::Other { event: name, words: printable(&words) }
}

/// The beginning of a line of noise, without what would steer a terminal.
fn legible(line: &[u8]) -> String {
    let text = printable(&String::from_utf8_lossy(line));
    if text.chars().count() <= LEGIBLE {
        return text;
    }
    text.chars().take(LEGIBLE).chain("...".chars()).collect()
}

/// Text without what would steer a terminal.
pub fn printable(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_protocol_are_told_apart() {
        let sample = read(br#"{"t":100,"seed":1,"contender":"SARSA","return":-25,"greedy_path":null}"#);
        let Said::Sample(sample) = sample else { panic!("{sample:?}") };
        assert_eq!((sample.step, sample.seed, sample.contender.as_str()), (100, Some(1), "SARSA"));
        assert_eq!(sample.metrics, [("greedy_path".to_owned(), None), ("return".to_owned(), Some(-25.0))]);
        let started = read(br#"{"event":"started","id":"a.b","seed":1,"steps":500,"every":1,"set":""}"#);
        assert_eq!(started, Said::Started { id: "a.b".into(), seed: 1, steps: 500 });
        let done = read(br#"{"done":true,"digest":"40c4","id":"a.b","summary":{}}"#);
        assert_eq!(done, Said::Done { id: "a.b".into(), digest: "40c4".into() });
        let refused = read(br#"{"event":"error","code":"not_started","message":"nothing runs","position":0}"#);
        assert_eq!(refused, Said::Refused { code: "not_started".into(), message: "nothing runs".into() });
        let restart = read(br#"{"event":"restart","reason":"panic","place":"file.rs:7"}"#);
        let words = "restart; place file.rs:7; reason panic".to_owned();
        assert_eq!(restart, Said::Other { event: "restart".into(), words });
    }

    #[test]
    fn what_is_no_object_is_noise_and_steers_no_terminal() {
        for line in [&b"hello"[..], b"{\"t\":1,", b"[1]", b"7", b"\x1b[2J\xff\x00", &[b'x'; 5000]] {
            let Said::Noise(text) = read(line) else { panic!("{line:?}") };
            assert!(!text.contains(char::is_control) && text.chars().count() <= LEGIBLE + 3, "{text}");
        }
        assert_eq!(read(b"\x1b[2J"), Said::Noise("\\u{1b}[2J".into()));
    }
}
