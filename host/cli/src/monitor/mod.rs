//! `habit monitor PORT`: what a board does, as it does it.

mod curve;
mod port;
mod record;
mod sample;
mod screen;
mod watch;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use habit::lab::EXPERIMENTS;
use habit::protocol::MAX_LINE;
use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use serde_json::json;

use crate::arguments::Monitor;
use crate::board::open_port;
use crate::failure::{Failure, complain};
use crate::names::one;
use crate::seeds::Plan;
use port::{Listener, Message};
use record::Record;
use sample::Said;
use watch::Watch;

/// How many messages wait at most: a port is never as fast as a screen.
const WAITING: usize = 1024;
/// How long is waited for a message or a key before the other is looked for.
const TURN: Duration = Duration::from_millis(40);

/// Shows what comes from a board, and records it, until it is told to stop.
pub fn monitor(arguments: &Monitor, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    let run = arguments.run.as_deref().map(|name| command(name, arguments)).transpose()?;
    let port = open_port(&arguments.port)?;
    let mut record = arguments.record.as_deref().map(Record::open).transpose()?;
    let stopped = AtomicBool::new(false);
    let listener = Listener { name: &arguments.port, stopped: &stopped, run };
    thread::scope(|scope| {
        let (sender, messages) = sync_channel(WAITING);
        let listening = thread::Builder::new().spawn_scoped(scope, || listener.listen(port, &{ sender }));
        listening.map_err(|error| Failure::File(format!("cannot start a thread: {error}")))?;
        let mut session = Session { arguments, record: record.as_mut(), watch: Watch::default() };
        let shown = if io::stdout().is_terminal() && !arguments.lines {
            session.on_screen(&messages)
        } else {
            session.as_lines(&messages, out)
        };
        stopped.store(true, Ordering::Relaxed);
        shown
    })?;
    if let Some(record) = &record {
        complain(&record.summary());
    }
    Ok(ExitCode::SUCCESS)
}

/// The line that starts a run.
fn command(name: &str, arguments: &Monitor) -> Result<String, Failure> {
    let entry = one(name, EXPERIMENTS).map_err(Failure::Input)?;
    let plan = Plan::new(entry, arguments.seed, 1, arguments.steps, &arguments.set)?;
    plan.check()?;
    let mut set = String::new();
    // Writing to a string never fails.
    let _ = plan.values.format(plan.descriptor(), &mut set);
    let (id, seed, steps, every) = (plan.descriptor().id, plan.first_seed, plan.steps, arguments.every.unwrap_or(1));
    let line = json!({"cmd": "run", "id": id, "seed": seed, "steps": steps, "every": every, "set": set}).to_string();
    if line.len() > MAX_LINE {
        let sentence = format!("a board takes lines of {MAX_LINE} bytes, and this run needs {}: set less", line.len());
        return Err(Failure::Input(sentence));
    }
    Ok(line)
}

struct Session<'a> {
    arguments: &'a Monitor,
    record: Option<&'a mut Record>,
    watch: Watch,
}

impl Session<'_> {
    /// Records and remembers a message; says whether the monitor has seen what it was to see.
    fn take(&mut self, message: &Message) -> Result<bool, Failure> {
        match message {
            Message::Back => self.watch.gone = None,
            Message::Gone(reason) => self.watch.gone = Some(reason.clone()),
            Message::Line(line, said) => {
                self.watch.see(said);
                if let (Some(record), false) = (&mut self.record, matches!(said, Said::Noise(_))) {
                    let sample = if let Said::Sample(sample) = said { Some(sample) } else { None };
                    record.add(line, sample)?;
                }
                return Ok(self.arguments.once && matches!(said, Said::Done { .. }));
            }
        }
        Ok(false)
    }

    /// Prints every line as it comes, and says on standard error what is none.
    fn as_lines(&mut self, messages: &Receiver<Message>, out: &mut dyn Write) -> Result<(), Failure> {
        let name = &self.arguments.port;
        for message in messages {
            let over = self.take(&message)?;
            match message {
                Message::Back => complain(&format!("{name} is back")),
                Message::Gone(reason) => complain(&format!("{name} is gone ({reason}); waiting for it")),
                Message::Line(_, Said::Noise(text)) => complain(&format!("not a line of the protocol: {text}")),
                Message::Line(mut line, _) => {
                    line.push(b'\n');
                    out.write_all(&line).and_then(|()| out.flush())?;
                }
            }
            if over {
                break;
            }
        }
        Ok(())
    }

    /// Draws until a key ends it, and leaves the terminal as it was.
    fn on_screen(&mut self, messages: &Receiver<Message>) -> Result<(), Failure> {
        let mut terminal = ratatui::try_init()?;
        let drawn = self.draw(messages, &mut terminal);
        let restored = ratatui::try_restore();
        drawn?;
        Ok(restored?)
    }

    fn draw(&mut self, messages: &Receiver<Message>, terminal: &mut DefaultTerminal) -> Result<(), Failure> {
        let mut first = 0;
        let mut changed = true;
        loop {
            if std::mem::take(&mut changed) {
                let kept = self.record.as_ref().map(|record| record.summary());
                let port = &self.arguments.port;
                terminal.draw(|frame| screen::draw(frame, &self.watch, port, first, kept.as_deref()))?;
            }
            // What has come is shown at once, many lines together where they are many.
            let mut next = messages.recv_timeout(TURN);
            while let Ok(message) = next {
                changed = true;
                if self.take(&message)? {
                    return Ok(());
                }
                next = messages.try_recv().map_err(|_| RecvTimeoutError::Timeout);
            }
            while event::poll(Duration::ZERO)? {
                changed = true;
                let Event::Key(key) = event::read()? else { continue };
                let control = key.modifiers.contains(KeyModifiers::CONTROL);
                match key.code {
                    _ if key.kind == KeyEventKind::Release => {}
                    KeyCode::Char('q') | KeyCode::Esc => return Ok(()),
                    KeyCode::Char('c') if control => return Ok(()),
                    KeyCode::Tab | KeyCode::Down | KeyCode::Right => first += 1,
                    KeyCode::BackTab | KeyCode::Up | KeyCode::Left => {
                        first += self.watch.panels.len().saturating_sub(1);
                    }
                    _ => {}
                }
                first %= self.watch.panels.len().max(1);
            }
        }
    }
}
