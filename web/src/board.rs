//! A board that runs the kernel beside the page: what is known of it.

use serde_json::Value;

/// How the page stands with a board.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Link {
    /// There is none: this browser runs the kernel.
    #[default]
    None,
    /// It has been spoken to and has not answered.
    Waiting,
    /// It answered.
    Open(Greeting),
    /// There is none, and why.
    Failed(String),
}

/// How a board introduces itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Greeting {
    /// The kernel's version.
    pub kernel: String,
    /// The functions it computes with.
    pub numerics: String,
    /// The experiments that its image holds.
    pub experiments: Vec<String>,
    /// Bytes that a run takes there.
    pub state_bytes: f64,
}

/// The digests of the same run on the board and in the browser.
#[derive(Clone, Debug, PartialEq)]
pub struct Twin {
    /// Finished steps.
    pub t: f64,
    /// The board's.
    pub board: String,
    /// The browser's.
    pub browser: String,
}

/// The board beside the page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Board {
    /// How the page stands with it.
    pub link: Link,
    /// Whether it is the virtual one.
    pub is_virtual: bool,
    /// The last thing it said that is no line of the protocol, and how many there were.
    pub noise: Option<(String, f64)>,
    /// The digests, once both are known.
    pub twin: Option<Twin>,
}

impl Greeting {
    /// Reads the event `hello`.
    pub fn parse(line: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(line).ok()?;
        let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let experiments = value.get("experiments")?.as_array()?;
        Some(Self {
            kernel: text("kernel"),
            numerics: text("numerics"),
            experiments: experiments.iter().filter_map(|id| Some(id.as_str()?.to_owned())).collect(),
            state_bytes: value.get("state_bytes").and_then(Value::as_f64).unwrap_or(0.0),
        })
    }
}

impl Board {
    /// Whether it is there and its image holds an experiment.
    pub fn holds(&self, id: &str) -> bool {
        matches!(&self.link, Link::Open(greeting) if greeting.experiments.iter().any(|held| held == id))
    }

    /// Takes in what the board's side of the page says: `{noise, count}` or `{twin}`.
    pub fn take(&mut self, said: &str) {
        let Ok(said) = serde_json::from_str::<Value>(said) else { return };
        if let Some(noise) = said.get("noise").and_then(Value::as_str) {
            self.noise = Some((noise.into(), said.get("count").and_then(Value::as_f64).unwrap_or(1.0)));
        }
        if let Some(twin) = said.get("twin") {
            let text = |key: &str| Some(twin.get(key)?.as_str()?.to_owned());
            let digests = text("board").zip(text("browser"));
            let t = twin.get("t").and_then(Value::as_f64).unwrap_or(0.0);
            self.twin = digests.map(|(board, browser)| Twin { t, board, browser });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greeting_tells_what_the_image_holds() {
        let line = r#"{"event":"hello","protocol":1,"kernel":"0.1.0","numerics":"libm","experiments":["a","b"],"state_bytes":4096}"#;
        let greeting = Greeting::parse(line).unwrap();
        assert_eq!(
            (greeting.kernel.as_str(), greeting.numerics.as_str(), greeting.state_bytes),
            ("0.1.0", "libm", 4096.0)
        );
        let board = Board { link: Link::Open(greeting), ..Board::default() };
        assert!(board.holds("b") && !board.holds("c") && !Board::default().holds("b"));
        for line in ["", "1", "{}", r#"{"experiments":7}"#] {
            assert_eq!(Greeting::parse(line), None);
        }
    }

    #[test]
    fn what_is_said_is_taken_in_and_the_rest_is_left() {
        let mut board = Board::default();
        board.take(r#"{"noise":"zzz","count":3}"#);
        assert_eq!(board.noise, Some(("zzz".into(), 3.0)));
        board.take(r#"{"twin":{"t":7,"board":"0f","browser":"0e"}}"#);
        assert_eq!(board.twin, Some(Twin { t: 7.0, board: "0f".into(), browser: "0e".into() }));
        board.take("nothing");
        board.take(r#"{"twin":null}"#);
        assert_eq!((board.noise.is_some(), board.twin), (true, None));
    }
}
