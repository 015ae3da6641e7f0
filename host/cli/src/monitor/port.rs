//! The port's side: opens it again when it is gone, asks the board what it does, and starts a run where that is wanted.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::{Duration, Instant};

use serialport::SerialPort;

use super::sample::{Said, read};
use crate::board::{Lines, open_port};

/// How soon a board is asked again that has not answered.
const AGAIN: Duration = Duration::from_secs(1);
/// How soon a port is looked for again.
const RETRY: Duration = Duration::from_millis(200);
/// After so many refusals a run is not asked for again.
const REFUSALS: u32 = 3;

/// What happens at a port.
#[derive(Debug)]
pub enum Message {
    /// It is open again.
    Back,
    /// It is gone, for this reason.
    Gone(String),
    /// A line has come.
    Line(Vec<u8>, Said),
}

/// A port, and what is wanted of the board behind it.
#[derive(Debug)]
pub struct Listener<'a> {
    /// The port's name.
    pub name: &'a str,
    /// Says that nobody listens any more.
    pub stopped: &'a AtomicBool,
    /// A `run` command for where none has been started.
    pub run: Option<String>,
}

impl Listener<'_> {
    /// Tells of the port until nobody listens any more.
    pub fn listen(&self, mut port: Box<dyn SerialPort>, messages: &SyncSender<Message>) {
        loop {
            let Some(reason) = self.attend(&mut *port, messages) else { return };
            drop(port);
            if messages.send(Message::Gone(reason)).is_err() {
                return;
            }
            port = loop {
                if self.is_stopped() {
                    return;
                }
                thread::sleep(RETRY);
                if let Ok(port) = open_port(self.name) {
                    break port;
                }
            };
            if messages.send(Message::Back).is_err() {
                return;
            }
        }
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Passes lines on until the port is gone; then the reason, or `None` when nobody listens.
    fn attend(&self, mut port: &mut dyn SerialPort, messages: &SyncSender<Message>) -> Option<String> {
        let mut lines = Lines::default();
        let mut asked: Option<Instant> = None;
        // What is asked is whether anything runs where a run is wanted, else who is there.
        let question = if self.run.is_some() { "digest" } else { "hello" };
        let mut answered = false;
        let mut refusals = 0;
        loop {
            if self.is_stopped() {
                return None;
            }
            if !answered && asked.is_none_or(|asked| asked.elapsed() >= AGAIN) {
                asked = Some(Instant::now());
                // Half of another line may have gone before.
                if let Err(error) = write!(port, "\n{{\"cmd\":\"{question}\"}}\n") {
                    return Some(error.to_string());
                }
            }
            if let Err(error) = lines.receive(&mut port) {
                return Some(error.to_string());
            }
            while let Some(line) = lines.take() {
                if line.is_empty() {
                    continue;
                }
                let said = read(&line);
                match (&said, &self.run) {
                    (Said::Refused { code, .. }, Some(run)) if !answered && code == "not_started" => {
                        if let Err(error) = write!(port, "\n{run}\n") {
                            return Some(error.to_string());
                        }
                        continue;
                    }
                    (Said::Refused { .. }, _) => {
                        refusals += 1;
                        answered |= refusals >= REFUSALS;
                    }
                    (Said::Started { .. }, _) => answered = true,
                    (Said::Other { event, .. }, _) => answered |= event == question,
                    // Samples may be the last of before.
                    (Said::Sample(_) | Said::Done { .. }, run) => answered |= run.is_none(),
                    (Said::Noise(_), _) => {}
                }
                messages.send(Message::Line(line, said)).ok()?;
            }
        }
    }
}
