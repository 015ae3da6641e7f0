//! The kernel's lines, read.

use serde_json::{Map, Value};

/// What a line from the kernel says.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// One contender's metrics, in the order asked for; NaN where there is none yet.
    Sample {
        /// Finished steps.
        t: f64,
        /// The contender's name.
        contender: String,
        /// The metrics.
        values: Vec<f64>,
    },
    /// The run is over.
    Done {
        /// Sixteen hexadecimal digits.
        digest: String,
        /// Each contender's metrics at the end.
        summary: Vec<(String, Vec<f64>)>,
    },
    /// A run starts from the beginning.
    Started {
        /// The experiment.
        id: String,
    },
    /// Work stopped after so many steps.
    Paused(f64),
    /// Work goes on.
    Resumed,
    /// The digest of the state after so many steps.
    Digest(f64, String),
    /// A line was not obeyed, or the run cannot go on.
    Refused(String),
    /// The run was given up.
    Stopped,
    /// A piece of a checkpoint, in hexadecimal.
    Chunk(String),
    /// All pieces have left; the digest of what they hold after so many steps.
    Fetched(f64, String),
    /// What was put is learned; its digest after so many steps.
    Loaded(f64, String),
    /// Something this page has no use for.
    Other,
}

impl Event {
    /// Reads a line, `None` where it is no JSON object; `metrics` are the keys of the numbers to take from a sample.
    pub fn parse<'a>(line: &str, metrics: impl Iterator<Item = &'a str> + Clone) -> Option<Self> {
        let object: Map<String, Value> = serde_json::from_str(line).ok()?;
        let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let t = object.get("t").and_then(Value::as_f64).unwrap_or(0.0);
        if object.contains_key("contender") {
            let values = metrics.map(|name| number(object.get(name))).collect();
            return Some(Self::Sample { t, contender: text("contender"), values });
        }
        if object.contains_key("done") {
            let of = |(contender, all): (&String, &Value)| {
                let values = metrics.clone().map(|name| number(all.get(name).and_then(|m| m.get("mean")))).collect();
                (contender.clone(), values)
            };
            let summary = object.get("summary").and_then(Value::as_object);
            return Some(Self::Done {
                digest: text("digest"),
                summary: summary.into_iter().flatten().map(of).collect(),
            });
        }
        Some(match text("event").as_str() {
            "started" => Self::Started { id: text("id") },
            "paused" => Self::Paused(t),
            "resumed" => Self::Resumed,
            "digest" => Self::Digest(t, text("digest")),
            "error" => Self::Refused(text("message")),
            "stopped" => Self::Stopped,
            "chunk" => Self::Chunk(text("data")),
            "fetched" => Self::Fetched(t, text("digest")),
            "loaded" => Self::Loaded(t, text("digest")),
            _ => Self::Other,
        })
    }
}

fn number(value: Option<&Value>) -> f64 {
    value.and_then(Value::as_f64).unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Event {
        Event::parse(line, ["return", "length"].into_iter()).expect("valid")
    }

    #[test]
    fn the_specifications_examples() {
        let sample = parse(r#"{"t":100,"seed":1,"contender":"SARSA","return":-25,"length":17,"greedy_path":17}"#);
        assert_eq!(sample, Event::Sample { t: 100.0, contender: "SARSA".into(), values: vec![-25.0, 17.0] });
        let done =
            r#"{"done":true,"digest":"40c4f7d497b62be1","summary":{"SARSA":{"return":{"mean":-25,"se":null,"n":1}}}}"#;
        let Event::Done { digest, summary } = parse(done) else { panic!() };
        assert_eq!(digest, "40c4f7d497b62be1");
        assert!(summary[0].0 == "SARSA" && summary[0].1[0] == -25.0 && summary[0].1[1].is_nan());
        assert_eq!(parse(r#"{"event":"paused","t":12}"#), Event::Paused(12.0));
        assert_eq!(parse(r#"{"event":"digest","t":12,"digest":"0f"}"#), Event::Digest(12.0, "0f".into()));
        assert_eq!(
            parse(r#"{"event":"error","code":"x","message":"no experiment has this id","position":12}"#),
            Event::Refused("no experiment has this id".into())
        );
        assert_eq!(parse(r#"{"event":"stopped"}"#), Event::Stopped);
        assert_eq!(parse(r#"{"event":"from the future"}"#), Event::Other);
    }

    #[test]
    fn what_has_no_value_is_not_a_number() {
        let Event::Sample { values, .. } = parse(r#"{"t":1,"seed":1,"contender":"a","return":null}"#) else { panic!() };
        assert!(values.iter().all(|v| v.is_nan()));
        assert_eq!(Event::parse("noise", [].into_iter()), None);
    }
}
