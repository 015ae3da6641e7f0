//! The lines of `kernel/PROTOCOL.md` over anything that is read and written, with deadlines and a bounded number of attempts.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use habit::checkpoint::{self, Crc32};
use habit::protocol::VERSION;
use habit::state::Write as _;
use serde_json::{Value, json};

use super::port::Lines;
use super::trouble::Trouble;

/// Bytes of a checkpoint in one line.
const CHUNK: usize = 64;
/// A checkpoint from a board that is larger is noise.
const LARGEST: usize = 1 << 24;

/// How long is waited, and how often tried.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For one answer.
    pub answer: Duration,
    /// For one line, and for one checkpoint as a whole.
    pub attempts: u32,
}

/// A board at the other end of a port, whose reads end with an error of the kind `TimedOut` or `WouldBlock` when nothing comes.
#[derive(Debug)]
pub struct Line<P> {
    port: P,
    patience: Patience,
    lines: Lines,
}

impl<P: Read + Write> Line<P> {
    /// Nothing was said.
    pub fn new(port: P, patience: Patience) -> Self {
        Self { port, patience, lines: Lines::default() }
    }

    /// Says hello and returns the experiments that the board holds.
    ///
    /// # Errors
    /// [`Trouble::Silent`]; a board that serves something else, or speaks another version.
    pub fn hello(&mut self) -> Result<Vec<String>, Trouble> {
        let hello = self.ask(&json!({"cmd": "hello"}), |event| named(event) == "hello")?;
        let Some(experiments) = hello["experiments"].as_array() else { return Err(Trouble::NoExperiments) };
        if hello["protocol"] != VERSION {
            return Err(Trouble::Protocol(hello["protocol"].to_string()));
        }
        Ok(experiments.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// Whether an experiment has been started on the board.
    ///
    /// # Errors
    /// What stops it.
    pub fn is_started(&mut self) -> Result<bool, Trouble> {
        match self.command("digest", "digest") {
            Ok(_) => Ok(true),
            Err(Trouble::Refused { code, .. }) if code == "not_started" => Ok(false),
            Err(trouble) => Err(trouble),
        }
    }

    /// Starts a run of an experiment and holds it before its first step.
    ///
    /// # Errors
    /// What stops it.
    pub fn start(&mut self, id: &str, seed: u32, steps: u32, set: &str) -> Result<(), Trouble> {
        let line = json!({"cmd": "run", "id": id, "seed": seed, "steps": steps, "every": steps, "set": set});
        self.ask(&line, |event| named(event) == "started" && event["id"] == id)?;
        self.command("reset", "paused").map(|_| ())
    }

    /// Lets the run go on.
    ///
    /// # Errors
    /// What stops it.
    pub fn resume(&mut self) -> Result<(), Trouble> {
        self.command("resume", "resumed").map(|_| ())
    }

    /// Sends a checkpoint and returns the `loaded` event.
    ///
    /// # Errors
    /// What stops it; what is lost on the way is sent again.
    pub fn put(&mut self, bytes: &[u8]) -> Result<Value, Trouble> {
        for _ in 0..self.patience.attempts {
            match self.put_once(bytes) {
                // An answer was lost: the board has what was sent again.
                Err(Trouble::Refused { code, .. }) if code == "not_continued" => {}
                answer => return answer,
            }
        }
        Err(Trouble::Damaged)
    }

    fn put_once(&mut self, bytes: &[u8]) -> Result<Value, Trouble> {
        let mut loaded = Value::Null;
        for (index, piece) in bytes.chunks(CHUNK).enumerate() {
            let at = index * CHUNK;
            let end = at + piece.len();
            let line =
                json!({"cmd": "put", "at": at, "size": bytes.len(), "crc": crc(piece), "data": hexadecimal(piece)});
            loaded = self.ask(&line, |event| match named(event) {
                "received" => end < bytes.len() && event["at"] == end,
                "loaded" => end == bytes.len(),
                _ => false,
            })?;
        }
        Ok(loaded)
    }

    /// Brings what the board has learned, with the `fetched` event.
    ///
    /// # Errors
    /// What stops it; what comes damaged is asked for again.
    pub fn fetch(&mut self) -> Result<(Vec<u8>, Value), Trouble> {
        let mut trouble = Trouble::Silent;
        for _ in 0..self.patience.attempts {
            self.send(&json!({"cmd": "fetch"}))?;
            trouble = match self.gather() {
                Err(lost) if lost.is_passing() => lost,
                answer => return answer,
            };
        }
        Err(trouble)
    }

    /// Takes chunks up to the event that ends them.
    fn gather(&mut self) -> Result<(Vec<u8>, Value), Trouble> {
        let mut bytes = Vec::new();
        let mut whole = true;
        loop {
            // A deadline a line: a large state takes its time.
            let event = self.event(Instant::now() + self.patience.answer)?;
            match named(&event) {
                "chunk" => {
                    if event["at"] == 0 {
                        (bytes, whole) = (Vec::new(), true);
                    }
                    match chunk(&event, bytes.len()) {
                        Some(more) => bytes.extend(more),
                        None => whole = false,
                    }
                }
                "fetched" => {
                    let fits = whole && checkpoint::identity(&bytes).is_ok() && event["digest"] == digest(&bytes);
                    return if fits { Ok((bytes, event)) } else { Err(Trouble::Damaged) };
                }
                _ => {}
            }
        }
    }

    /// A command without fields, and the event that answers it.
    fn command(&mut self, name: &str, answer: &str) -> Result<Value, Trouble> {
        self.ask(&json!({"cmd": name}), |event| named(event) == answer)
    }

    /// Sends a line until an event that is an answer comes.
    fn ask(&mut self, line: &Value, is_answer: impl Fn(&Value) -> bool) -> Result<Value, Trouble> {
        let mut trouble = Trouble::Silent;
        for _ in 0..self.patience.attempts {
            self.send(line)?;
            let deadline = Instant::now() + self.patience.answer;
            trouble = loop {
                match self.event(deadline) {
                    Ok(event) if is_answer(&event) => return Ok(event),
                    Ok(_) => {}
                    Err(lost) if lost.is_passing() => break lost,
                    Err(trouble) => return Err(trouble),
                }
            };
        }
        Err(trouble)
    }

    /// Begins a new line, for half of another may have gone before. A port keeps nothing back that would have to be flushed.
    fn send(&mut self, line: &Value) -> Result<(), Trouble> {
        Ok(self.port.write_all(format!("\n{line}\n").as_bytes())?)
    }

    /// The next object, samples included; noise is skipped.
    fn event(&mut self, deadline: Instant) -> Result<Value, Trouble> {
        loop {
            while let Some(line) = self.lines.take() {
                let Ok(event) = serde_json::from_slice::<Value>(&line) else { continue };
                let text = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
                match named(&event) {
                    "error" => return Err(Trouble::Refused { code: text("code"), message: text("message") }),
                    "restart" => return Err(Trouble::Restarted { reason: text("reason"), place: text("place") }),
                    _ => return Ok(event),
                }
            }
            if Instant::now() >= deadline {
                return Err(Trouble::Silent);
            }
            self.lines.receive(&mut self.port)?;
        }
    }
}

/// What a line of a board is; empty for samples and the end of a run.
pub fn named(event: &Value) -> &str {
    event["event"].as_str().unwrap_or_default()
}

/// The bytes of a chunk that goes on from `at`, undamaged.
fn chunk(event: &Value, at: usize) -> Option<Vec<u8>> {
    let data = event["data"].as_str().filter(|data| data.is_ascii())?;
    let digits = (0..data.len()).step_by(2).map(|place| data.get(place..place + 2));
    let bytes = digits.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect::<Option<Vec<_>>>()?;
    let size = usize::try_from(event["size"].as_u64()?).ok()?;
    let fits = event["at"] == at && at + bytes.len() <= size && size <= LARGEST && event["crc"] == crc(&bytes);
    fits.then_some(bytes)
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = Crc32::new();
    crc.bytes(bytes);
    crc.value()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest of the state in a whole checkpoint, as a session writes it.
pub fn digest(checkpoint: &[u8]) -> String {
    let mut digest = habit::state::Digest::new();
    // The payload stands before the checksum and after the rest of what surrounds it.
    let end = checkpoint.len().saturating_sub(4);
    digest.bytes(checkpoint.get(checkpoint::OVERHEAD - 4..end).unwrap_or_default());
    format!("{:016x}", habit::lab::fold_digests([digest.value()]))
}
