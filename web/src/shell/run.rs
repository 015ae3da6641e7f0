//! A run, from the page's side: what the user does becomes lines for the kernel, what the kernel answers becomes state.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use super::browser::{self, Frame};
use super::kernel::{Kernel, Reply};
use super::state::{Data, Lab, Phase, Tried, Wire};
use crate::checkpoint;
use crate::descriptor::Descriptor;
use crate::event::Event;
use crate::pace::Pace;
use crate::series::Series;
use crate::settings::{Form, Settings};

thread_local! {
    static FRAME: Frame = const { Frame::new() };
    static LAB: core::cell::Cell<Option<Lab>> = const { core::cell::Cell::new(None) };
    static DRAW: Closure<dyn FnMut()> = Closure::new(|| {
        FRAME.with(Frame::came);
        if let Some(lab) = LAB.get() {
            lab.draw();
        }
    });
}

/// A worker that owes an answer for so many seconds is taken for dead.
const PATIENCE: u32 = 20;

/// The kernel goes at most so many steps at one command.
const MOST_STEPS: u32 = 1_000_000;

impl Lab {
    /// Draws at frames and watches the worker from now on.
    pub fn begin(self) {
        LAB.set(Some(self));
        set_interval(move || self.watch(), core::time::Duration::from_secs(1));
    }

    /// Starts a worker if there is none for this room, and prepares a run with the fields as they are.
    pub fn connect(self) {
        let Some(descriptor) = self.descriptor() else { return };
        let on_board = self.board.with_untracked(|board| board.holds(&descriptor.id));
        let is_there = |kernel: &Kernel| kernel.room == descriptor.room && kernel.on_board == on_board;
        let there = self.wire.with_value(|wire| wire.kernel.as_ref().is_some_and(is_there));
        if !there {
            match Kernel::start(&descriptor.room, on_board, move |reply| self.hear(reply)) {
                Ok(kernel) => self.wire.set_value(Wire { kernel: Some(kernel), ..Wire::default() }),
                Err(reason) => return self.die(reason),
            }
        }
        let settings = untrack(move || self.settings());
        if let Some(settings) = settings.or_else(|| Form::defaults(&descriptor).settings(&descriptor)) {
            self.start(settings, true);
        }
    }

    /// Gives the worker up and starts another one.
    pub fn retry(self) {
        self.wire.update_value(|wire| wire.kernel = None);
        self.connect();
    }

    /// Starts a run from the beginning; `wait` leaves it at step nought.
    pub fn start(self, settings: Settings, wait: bool) {
        let Some(descriptor) = self.descriptor() else { return };
        let mut lines = settings.run_line();
        lines.push_str(if wait { "\n{\"cmd\":\"pause\"}" } else { "" });
        self.begin_anew();
        if self.active.with_untracked(|active| active.as_ref() != Some(&settings)) {
            self.forget_sweep();
        }
        self.data.update_value(|data| {
            data.series = Series::new(descriptor.contenders.len(), descriptor.metrics.len());
            // What was drawn stays until the new run's views come: no flicker.
            data.views.resize(descriptor.views.len(), Vec::new());
        });
        self.active.set(Some(settings));
        self.digest.set(None);
        self.cursor.set(None);
        self.t.set(0.0);
        self.phase.set(Phase::Waiting);
        self.tell(lines, Some(Pace::at(self.pace.get_untracked())));
        self.ask_frame();
    }

    /// What the kernel says from now on is about another run once it has started that.
    fn begin_anew(self) {
        self.wire.update_value(|wire| {
            wire.starting += 1;
            wire.token = wire.token.wrapping_add(1);
            wire.asked = 0;
            wire.stale = false;
            wire.passing = 0;
            wire.wanted = None;
            wire.fetched = None;
            wire.putting = false;
        });
        self.loaded.set(false);
        self.kept.set((String::new(), false));
    }

    /// Goes to a step of the run on the page, forwards or back, and stands there: every run can be repeated to the bit, so the
    /// past is run again. What the curves show stays. While one way is gone the last wish waits.
    pub fn seek(self, t: u32) {
        let Some(settings) = self.active.get_untracked() else { return };
        let t = t.min(settings.steps);
        match self.phase.get_untracked() {
            Phase::Seeking(_) | Phase::Waiting => {
                return self.wire.update_value(|wire| wire.wanted = Some(t));
            }
            Phase::Dead(_) | Phase::Refused(_) => return,
            Phase::Fresh | Phase::Running | Phase::Paused | Phase::Done => {}
        }
        let (here, loaded) = (self.t.get_untracked() as u32, self.loaded.get_untracked());
        let still = matches!(self.phase.get_untracked(), Phase::Fresh | Phase::Paused);
        self.cursor.set(None);
        let every = settings.every();
        let mut lines = format!("{{\"cmd\":\"every\",\"every\":{every}}}\n");
        if t == here && self.phase.get_untracked() != Phase::Running {
            return;
        }
        let from = if still && t > here {
            here
        } else {
            // A state that came out of a file has no past to go back to.
            if loaded {
                let told = "What was learned came out of a file: this run cannot go back. Reset starts it anew.";
                return self.kept.set((told.into(), true));
            }
            self.begin_anew();
            lines = settings.run_line() + "\n{\"cmd\":\"pause\"}\n";
            self.wire.update_value(|wire| wire.passing = u32::from(t > 0));
            0
        };
        let n = (t - from).min(MOST_STEPS);
        if n > 0 {
            lines.push_str(&format!("{{\"cmd\":\"step\",\"n\":{n}}}"));
        }
        self.wire.update_value(|wire| wire.wanted = (from + n < t).then_some(t));
        self.digest.set(None);
        self.phase.set(Phase::Seeking(t));
        self.tell(lines, Some(Pace::FLAT_OUT));
    }

    /// Runs, pauses or runs on, whichever comes next.
    pub fn run_or_pause(self) {
        match self.phase.get_untracked() {
            Phase::Running => self.tell("{\"cmd\":\"pause\"}".into(), None),
            // Before the first step the fields are what is run, so they must be sound.
            Phase::Fresh if untrack(move || self.pending()) => self.restart(false),
            Phase::Fresh | Phase::Paused => {
                let every = self.active.with_untracked(|s| s.as_ref().map_or(1, Settings::every));
                let lines = format!("{{\"cmd\":\"every\",\"every\":{every}}}\n{{\"cmd\":\"resume\"}}");
                self.digest.set(None);
                self.tell(lines, Some(Pace::at(self.pace.get_untracked())));
            }
            Phase::Done | Phase::Refused(_) => self.restart(false),
            Phase::Waiting | Phase::Seeking(_) | Phase::Dead(_) => {}
        }
    }

    /// Starts with the fields as they are; a field at fault gets the keyboard instead.
    pub fn restart(self, wait: bool) {
        if matches!(self.phase.get_untracked(), Phase::Dead(_)) {
            return;
        }
        match untrack(move || self.settings()) {
            Some(settings) => self.start(settings, wait),
            None => browser::focus("[aria-invalid=true]"),
        }
    }

    /// Whether a step or a tick can be taken.
    pub fn can_advance(self) -> bool {
        matches!(self.phase.get(), Phase::Fresh | Phase::Running | Phase::Paused)
    }

    /// One step (`"step"`) or one tick (`"tick"`), then paused; every step gives a sample.
    pub fn advance(self, command: &str) {
        match untrack(move || (self.can_advance(), self.phase.get(), self.pending())) {
            (false, ..) => return,
            (true, Phase::Fresh, true) => return browser::focus("[aria-invalid=true]"),
            _ => {}
        }
        let lines =
            format!("{{\"cmd\":\"pause\"}}\n{{\"cmd\":\"every\",\"every\":1}}\n{{\"cmd\":\"{command}\",\"n\":1}}");
        self.digest.set(None);
        self.tell(lines, Some(Pace::FLAT_OUT));
    }

    /// Sets the pace; a run that is on its way changes at once.
    pub fn set_pace(self, position: usize) {
        self.pace.set(position);
        if self.phase.get_untracked() == Phase::Running {
            self.wire.update_value(|wire| wire.kernel.iter_mut().for_each(|k| k.pace(Pace::at(position))));
        }
    }

    /// Prepares a run with changed fields while the last one has not begun.
    pub fn apply(self) {
        let waits = matches!(self.phase.get_untracked(), Phase::Fresh | Phase::Waiting | Phase::Refused(_));
        let settings = untrack(move || self.settings());
        if waits
            && self.active.get_untracked() != settings
            && let Some(settings) = settings
        {
            self.start(settings, true);
        }
    }

    fn tell(self, lines: String, pace: Option<Pace>) {
        self.wire.update_value(|wire| {
            if let Some(kernel) = &mut wire.kernel {
                if let Some(pace) = pace {
                    kernel.pace(pace);
                }
                kernel.lines(&lines);
            }
        });
    }

    fn hear(self, reply: Reply) {
        self.wire.update_value(|wire| wire.silent = 0);
        match reply {
            Reply::Ready => self.wire.update_value(|wire| wire.kernel.iter_mut().for_each(Kernel::ready)),
            Reply::Dead(reason) => self.die(reason),
            // Only workers of the pool get tasks.
            Reply::Done { .. } | Reply::Refused(_) => {}
            Reply::View { view, token, numbers } => {
                let current = self.wire.try_update_value(|wire| {
                    let current = token == wire.token;
                    wire.asked -= usize::from(current && wire.asked > 0);
                    current
                });
                if current == Some(true) {
                    self.data.update_value(|data| {
                        data.views.iter_mut().skip(view).take(1).for_each(|v| v.clone_from(&numbers))
                    });
                }
            }
            Reply::Lines(lines) => {
                self.wire.update_value(|wire| wire.stale = true);
                if let Some(descriptor) = self.descriptor() {
                    lines.lines().for_each(|line| self.obey(&descriptor, line));
                }
            }
        }
        self.ask_frame();
    }

    fn obey(self, descriptor: &Descriptor, line: &str) {
        let metrics = descriptor.metrics.iter().map(|metric| metric.name.as_str());
        let Some(event) = Event::parse(line, metrics) else { return };
        let contender = |name: &str| descriptor.contenders.iter().position(|c| c == name);
        let starting = self.wire.with_value(|wire| wire.starting);
        let end = f64::from(untrack(move || self.steps()));
        match event {
            Event::Started { .. } => {
                self.wire.update_value(|wire| wire.starting = wire.starting.saturating_sub(1));
                let seeking = matches!(self.phase.get_untracked(), Phase::Seeking(_));
                if starting == 1 && !seeking {
                    self.phase.set(Phase::Running);
                }
            }
            Event::Refused(message) if starting > 0 => {
                self.wire.update_value(|wire| wire.starting -= 1);
                self.phase.set(Phase::Refused(message));
            }
            // About a run that has been given up.
            _ if starting > 0 => {}
            Event::Refused(message) => self.refused(message),
            Event::Stopped => self.phase.set(Phase::Refused(self.wire.with_value(|wire| wire.complaint.clone()))),
            Event::Sample { t, contender: name, values } => {
                if let Some(contender) = contender(&name) {
                    self.data.update_value(|data| data.series.push(contender, t, &values));
                }
                self.t.set(t);
            }
            // The run was over before it heard of the pause.
            Event::Paused(t) if t >= end => {}
            Event::Paused(_) if self.wire.with_value(|wire| wire.passing > 0) => {
                self.wire.update_value(|wire| wire.passing -= 1);
            }
            Event::Paused(t) => {
                self.t.set(t);
                self.phase.set(if t == 0.0 { Phase::Fresh } else { Phase::Paused });
                if !self.go_on_seeking() {
                    self.tell("{\"cmd\":\"digest\"}".into(), None);
                }
            }
            Event::Resumed => self.phase.set(Phase::Running),
            Event::Digest(t, digest) => self.digest.set(Some((t, digest))),
            Event::Done { digest, summary } => {
                for (name, values) in summary {
                    if let Some(contender) = contender(&name) {
                        self.data.update_value(|data| data.series.push(contender, end, &values));
                    }
                }
                self.t.set(end);
                self.digest.set(Some((end, digest)));
                self.phase.set(Phase::Done);
                self.go_on_seeking();
            }
            Event::Chunk(data) => self.wire.update_value(|wire| {
                if let (Some(bytes), Some(piece)) = (&mut wire.fetched, checkpoint::piece(&data)) {
                    bytes.extend(piece);
                }
            }),
            Event::Fetched(_, digest) => self.fetched(&digest),
            Event::Loaded(t, digest) => {
                self.wire.update_value(|wire| wire.putting = false);
                self.digest.set(Some((t, digest)));
                self.loaded.set(true);
                self.kept.set(("Loaded. The run goes on from here with what the file had learned.".into(), false));
            }
            Event::Other => {}
        }
    }

    /// The last step that was wished for while the way to another was gone; true when there is one.
    fn go_on_seeking(self) -> bool {
        let wanted = self.wire.try_update_value(|wire| wire.wanted.take()).flatten();
        let wanted = wanted.filter(|wanted| f64::from(*wanted) != self.t.get_untracked());
        if let Some(wanted) = wanted {
            self.seek(wanted);
        }
        wanted.is_some()
    }

    /// Asks for what was learned, to be saved as a file.
    pub fn save(self) {
        self.wire.update_value(|wire| wire.fetched = Some(Vec::new()));
        self.tell("{\"cmd\":\"fetch\"}".into(), None);
    }

    /// All of a checkpoint is here.
    fn fetched(self, digest: &str) {
        let bytes = self.wire.try_update_value(|wire| wire.fetched.take()).flatten();
        let (Some(bytes), Some(descriptor)) = (bytes, self.descriptor()) else { return };
        let name = format!("{}.habit", descriptor.id);
        browser::download(&name, "application/octet-stream", &bytes);
        self.kept.set((format!("Saved {name}, digest {digest}."), false));
    }

    /// Puts a file's checkpoint in place of what was learned, if it is one of this experiment.
    pub fn load_checkpoint(self, bytes: &[u8]) {
        let refuse = |reason: &str| self.kept.set((format!("This file is refused: {reason}."), true));
        if bytes.is_empty() || bytes.len() > checkpoint::MOST {
            return refuse("it is no checkpoint, by its size");
        }
        if matches!(self.phase.get_untracked(), Phase::Waiting | Phase::Seeking(_) | Phase::Refused(_) | Phase::Dead(_))
        {
            return refuse("no run is there to take it");
        }
        self.wire.update_value(|wire| wire.putting = true);
        self.tell(checkpoint::lines(bytes), None);
    }

    /// A line was not obeyed.
    fn refused(self, message: String) {
        let (fetching, putting) = self.wire.with_value(|wire| (wire.fetched.is_some(), wire.putting));
        self.wire.update_value(|wire| {
            wire.complaint.clone_from(&message);
            wire.fetched = None;
            wire.putting = false;
        });
        if putting {
            self.kept.set((format!("This file is refused: {message}."), true));
        } else if fetching {
            self.kept.set((format!("This cannot be saved: {message}."), true));
        }
    }

    fn die(self, reason: String) {
        let kernel = self.wire.try_update_value(|wire| {
            wire.starting = 0;
            (wire.asked, wire.wanted, wire.fetched, wire.putting) = (0, None, None, false);
            wire.kernel.take()
        });
        // It may be the one whose message is being heard, and it owns the closure that hears.
        leptos::task::spawn_local(async move { drop(kernel) });
        self.phase.set(Phase::Dead(reason));
    }

    /// Has everything that changed drawn at the next frame.
    pub fn ask_frame(self) {
        FRAME.with(|frame| frame.ask(&DRAW));
    }

    /// A frame: components draw what changed, and the views that changed are asked for.
    fn draw(self) {
        self.frame.update(|frame| *frame = frame.wrapping_add(1));
        let Some(descriptor) = self.descriptor() else { return };
        let running = matches!(self.phase.get_untracked(), Phase::Running | Phase::Seeking(_));
        self.wire.update_value(|wire| {
            let Some(kernel) = &mut wire.kernel else { return };
            if wire.asked > 0 || wire.starting > 0 || !(running || wire.stale) {
                return;
            }
            wire.stale = false;
            for (i, view) in descriptor.views.iter().enumerate() {
                let length = view.shape.length();
                if length > 0 {
                    kernel.view(i, descriptor.contenders.len(), length, wire.token);
                    wire.asked += 1;
                }
            }
        });
    }

    /// Every second: a worker that owes an answer for too long is dead.
    fn watch(self) {
        let silent = self.wire.try_update_value(|wire| {
            let owes = wire.kernel.is_some() && (wire.asked > 0 || wire.starting > 0);
            wire.silent = if owes { wire.silent + 1 } else { 0 };
            wire.silent
        });
        if silent.is_some_and(|silent| silent >= PATIENCE) {
            self.die(format!("it has not answered for {PATIENCE} seconds"));
        }
    }

    /// Forgets the run of an experiment that leaves the page.
    pub fn clear(self, contenders: usize, claims: usize) {
        self.forget_sweep();
        self.tried.set(vec![Tried::Not; claims]);
        self.data.set_value(Data::default());
        self.shown.set(vec![true; contenders]);
        self.cursor.set(None);
        self.cell.set(None);
    }
}
