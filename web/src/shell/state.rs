//! What the page knows: one value, shared by every component. What can be done with a run is in `run.rs`.

use std::sync::Arc;

use leptos::prelude::*;

use super::kernel::Kernel;
use super::pool::Pool;
use crate::board::Board;
use crate::descriptor::{Descriptor, Entry, Shape};
use crate::link::{self, Place};
use crate::number;
use crate::pace::Pace;
use crate::series::Series;
use crate::settings::{Form, Settings};
use crate::sweep::{Band, Sweep};
use crate::verdict::Verdict;

/// Something fetched.
#[derive(Clone, Debug, PartialEq)]
pub enum Load<T> {
    /// On its way.
    Waiting,
    /// There.
    Ready(T),
    /// Not to be had, and why.
    Failed(String),
}

/// Where a run stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// The kernel has been asked and has not answered.
    Waiting,
    /// At step nought.
    Fresh,
    /// On its way.
    Running,
    /// Stopped on its way.
    Paused,
    /// On its way to this step, there to be paused.
    Seeking(u32),
    /// At its last step.
    Done,
    /// The kernel did not take the settings or could not go on, and why.
    Refused(String),
    /// The worker is no more, and why.
    Dead(String),
}

/// Where a sweep over many seeds stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Swept {
    /// None was asked for.
    Not,
    /// So many seeds are there, of so many.
    Running {
        /// Seeds that are there.
        done: usize,
        /// All seeds.
        seeds: usize,
        /// How many workers run them.
        workers: usize,
    },
    /// Given up; what was there stays.
    Cancelled {
        /// Seeds that are there.
        done: usize,
        /// All seeds.
        seeds: usize,
    },
    /// All are there.
    Done {
        /// All seeds.
        seeds: usize,
        /// How many workers ran them.
        workers: usize,
        /// The digest of all.
        digest: String,
    },
    /// It broke off, and why.
    Failed(String),
}

/// Whether a claim holds in this tab.
#[derive(Clone, Debug, PartialEq)]
pub enum Tried {
    /// Nobody has asked.
    Not,
    /// So many seeds are there, of so many.
    Running {
        /// Seeds that are there.
        done: usize,
        /// All seeds.
        seeds: usize,
    },
    /// Measured.
    Done(Verdict),
    /// It broke off, and why.
    Failed(String),
}

/// What a run has produced. Components read it when [`Lab::frame`] says that it changed.
#[derive(Default)]
pub struct Data {
    /// Samples.
    pub series: Series,
    /// The last numbers of every view, all contenders one behind the other.
    pub views: Vec<Vec<f32>>,
    /// What many seeds came to.
    pub sweep: Option<Sweep>,
    /// Its bands, contender by contender, in each metric by metric.
    pub bands: Vec<Vec<Band>>,
}

/// The page's connection to its worker.
#[derive(Default)]
pub struct Wire {
    /// The worker, while there is one.
    pub kernel: Option<Kernel>,
    /// Runs asked for that have not started: what comes before is about an older one.
    pub starting: u32,
    /// Marks views of this run.
    pub token: u32,
    /// Pauses to come on the way to a step: nothing is asked at those.
    pub passing: u32,
    /// The step to go to next, when the present way there is done.
    pub wanted: Option<u32>,
    /// The checkpoint that is being fetched, as far as it is here.
    pub fetched: Option<Vec<u8>>,
    /// A checkpoint is being put into the kernel.
    pub putting: bool,
    /// Views asked for and not answered.
    pub asked: usize,
    /// Views have changed since they were asked for.
    pub stale: bool,
    /// Seconds for which an answer has been outstanding.
    pub silent: u32,
    /// What the kernel last complained of.
    pub complaint: String,
}

/// The state of the page.
#[derive(Clone, Copy)]
pub struct Lab {
    /// The table of experiments.
    pub index: RwSignal<Load<Vec<Entry>>>,
    /// The gallery is on the page, not an experiment.
    pub gallery: RwSignal<bool>,
    /// What the gallery is searched for, and the room that it shows; empty for all.
    pub search: RwSignal<(String, String)>,
    /// The experiment on the page.
    pub experiment: RwSignal<Load<Arc<Descriptor>>>,
    /// Rises with every experiment asked for, so that an answer that comes too late is known.
    pub asked_for: StoredValue<u32>,
    /// The fields as typed.
    pub form: RwSignal<Form>,
    /// What the user should know about the link or the kernel.
    pub notices: RwSignal<Vec<String>>,
    /// Where the run stands.
    pub phase: RwSignal<Phase>,
    /// What the run was started with.
    pub active: RwSignal<Option<Settings>>,
    /// Finished steps.
    pub t: RwSignal<f64>,
    /// The digest of the state after so many steps.
    pub digest: RwSignal<Option<(f64, String)>>,
    /// Where the link that opened the page leads.
    pub linked: RwSignal<Place>,
    /// What became of a checkpoint or a file, in a sentence, and whether that is bad news.
    pub kept: RwSignal<(String, bool)>,
    /// What was learned came out of a file: settings alone do not reproduce it.
    pub loaded: RwSignal<bool>,
    /// The number of seeds as typed.
    pub seeds: RwSignal<String>,
    /// Where the sweep stands.
    pub swept: RwSignal<Swept>,
    /// The claims, in order.
    pub tried: RwSignal<Vec<Tried>>,
    /// Which contenders are shown.
    pub shown: RwSignal<Vec<bool>>,
    /// The step that the user points at.
    pub cursor: RwSignal<Option<f64>>,
    /// The cell of a grid, by row and column, that the user points at.
    pub cell: RwSignal<Option<(usize, usize)>>,
    /// The position of the pace's slider.
    pub pace: RwSignal<usize>,
    /// Changes whenever the data have changed and a frame is due.
    pub frame: RwSignal<u32>,
    /// The board beside the page.
    pub board: RwSignal<Board>,
    /// What the run has produced.
    pub data: StoredValue<Data, LocalStorage>,
    /// The connection to the worker.
    pub wire: StoredValue<Wire, LocalStorage>,
    /// Workers for many seeds.
    pub pool: StoredValue<Pool, LocalStorage>,
}

impl Lab {
    /// An empty page.
    pub fn new() -> Self {
        Self {
            index: RwSignal::new(Load::Waiting),
            gallery: RwSignal::new(false),
            search: RwSignal::new((String::new(), String::new())),
            experiment: RwSignal::new(Load::Waiting),
            asked_for: StoredValue::new(0),
            form: RwSignal::new(Form::default()),
            notices: RwSignal::new(Vec::new()),
            phase: RwSignal::new(Phase::Waiting),
            active: RwSignal::new(None),
            t: RwSignal::new(0.0),
            digest: RwSignal::new(None),
            linked: RwSignal::new(Place::default()),
            kept: RwSignal::new((String::new(), false)),
            loaded: RwSignal::new(false),
            seeds: RwSignal::new("20".into()),
            swept: RwSignal::new(Swept::Not),
            tried: RwSignal::new(Vec::new()),
            shown: RwSignal::new(Vec::new()),
            cursor: RwSignal::new(None),
            cell: RwSignal::new(None),
            pace: RwSignal::new(Pace::DEFAULT),
            frame: RwSignal::new(0),
            board: RwSignal::new(Board::default()),
            data: StoredValue::new_local(Data::default()),
            wire: StoredValue::new_local(Wire::default()),
            pool: StoredValue::new_local(Pool::default()),
        }
    }

    /// The descriptor on the page.
    pub fn descriptor(self) -> Option<Arc<Descriptor>> {
        match self.experiment.get_untracked() {
            Load::Ready(descriptor) => Some(descriptor),
            _ => None,
        }
    }

    /// The fields, checked.
    pub fn settings(self) -> Option<Settings> {
        let form = self.form.get();
        match self.experiment.get() {
            Load::Ready(descriptor) => form.settings(&descriptor),
            _ => None,
        }
    }

    /// Whether the fields say something else than the run was started with.
    pub fn pending(self) -> bool {
        self.active.get() != self.settings()
    }

    /// The length of the run on the page.
    pub fn steps(self) -> u32 {
        self.active.with(|settings| settings.as_ref().map_or(1, |settings| settings.steps))
    }

    /// Whether the run stands before what it has shown already.
    pub fn is_back(self) -> bool {
        self.frame.track();
        let t = self.t.get_untracked();
        self.data.with_value(|data| data.series.last().is_some_and(|last| t > 0.0 && t < last))
    }

    /// Where a run stands that its settings and this reproduce: nowhere once a checkpoint was loaded.
    pub fn place(self) -> Place {
        let stands = matches!(self.phase.get(), Phase::Paused | Phase::Done);
        let (Some((t, digest)), false, true) = (self.digest.get(), self.loaded.get(), stands) else {
            return Place::default();
        };
        let (t, end) = (t as u32, self.steps());
        Place { at: (t > 0 && t < end).then_some(t), digest: (t > 0).then_some(digest) }
    }

    /// The address of the run on the page, and the link that also says what its digest must be.
    pub fn address(self) -> Option<(String, String)> {
        let place = self.place();
        self.active.with(|settings| {
            let settings = settings.as_ref()?;
            let short = Place { digest: None, ..place.clone() };
            Some((link::write_at(settings, &short), link::write_at(settings, &place)))
        })
    }

    /// Whether a contender is shown.
    pub fn is_shown(self, contender: usize) -> bool {
        self.shown.with(|shown| shown.get(contender).copied().unwrap_or(true))
    }

    /// The run's state in a word or two.
    pub fn phase_in_words(self) -> String {
        let words = match self.phase.get() {
            Phase::Waiting => "Starting",
            Phase::Fresh => "Ready to run",
            Phase::Running => "Running",
            Phase::Paused => "Paused",
            Phase::Seeking(_) => "Going there",
            Phase::Done => "Finished",
            Phase::Refused(_) | Phase::Dead(_) => "Stopped",
        };
        words.into()
    }

    /// Where the run stands still, for those who listen: the screen shows it at all times.
    pub fn halt_in_words(self) -> String {
        let Load::Ready(descriptor) = self.experiment.get() else { return String::new() };
        match self.phase.get() {
            Phase::Paused | Phase::Done => format!(" after {}", descriptor.steps_in_words(self.t.get())),
            _ => String::new(),
        }
    }

    /// One contender's part of a view, once the worker has sent it.
    pub fn view_of(self, view: usize, contender: usize, shape: &Shape) -> Option<Vec<f32>> {
        let length = shape.length();
        self.data.with_value(|data| {
            let numbers = data.views.get(view)?.get(contender * length..(contender + 1) * length)?;
            Some(numbers.to_vec())
        })
    }

    /// A contender's last value of a metric, at the cursor if there is one.
    pub fn reading(self, contender: usize, metric: usize) -> String {
        self.frame.track();
        // The frame follows the step.
        let t = self.cursor.get().unwrap_or_else(|| self.t.get_untracked());
        let point = self.data.with_value(|data| data.series.at(contender, metric, t));
        point.map_or_else(|| number::NONE.into(), |(_, value)| number::reading(value))
    }
}
