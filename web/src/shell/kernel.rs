//! The page's end of a worker. What crosses is written down in `worker.rs`.

use js_sys::{Float32Array, Float64Array, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

use super::board;
use crate::measure::Course;
use crate::pace::Pace;

/// What a worker says.
pub enum Reply {
    /// It listens.
    Ready,
    /// The kernel's lines.
    Lines(String),
    /// A view of every contender.
    View {
        /// Its index.
        view: usize,
        /// The token of the request.
        token: u32,
        /// All contenders, one behind the other.
        numbers: Vec<f32>,
    },
    /// What a task came to.
    Done {
        /// Its digest; empty for a claim's.
        digest: String,
        /// Its numbers.
        numbers: Numbers,
    },
    /// A task could not be done, and why.
    Refused(String),
    /// It is no more, and why.
    Dead(String),
}

/// What a task leaves.
pub enum Numbers {
    /// The samples of a run.
    Samples(Vec<f32>),
    /// A number for each quantity of a claim.
    Claim(Vec<f64>),
}

/// One seed, for a worker to run in one go.
#[derive(Clone, Debug, PartialEq)]
pub enum Task {
    /// Of a sweep: experiment, seed, steps, steps between samples, and what differs from the defaults.
    Sweep(Course, u32),
    /// Of a claim: experiment, the claim's index, seed.
    Claim(String, usize, u32),
}

/// A worker that runs one room's kernel. Dropping it ends the worker.
pub struct Kernel {
    /// The room.
    pub room: String,
    /// Whether a board runs it.
    pub on_board: bool,
    worker: Worker,
    /// What was said before the worker listened.
    early: Option<Vec<JsValue>>,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _error: Closure<dyn FnMut(ErrorEvent)>,
}

impl Kernel {
    /// Starts a room's worker, or what stands for it where a board runs the kernel.
    pub fn start(room: &str, on_board: bool, heard: impl Fn(Reply) + Clone + 'static) -> Result<Self, String> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name(room);
        let worker = if on_board {
            board::runner(room)
        } else {
            Worker::new_with_options(&format!("./worker.js?room={room}"), &options)
                .map_err(|_| "This browser does not start workers from modules.".to_string())?
        };
        let hear = heard.clone();
        let message = Closure::new(move |event: MessageEvent| {
            if let Some(reply) = read(&event.data()) {
                hear(reply);
            }
        });
        let error = Closure::new(move |event: ErrorEvent| {
            // The page says it; the browser's console need not.
            event.prevent_default();
            let reason = Reflect::get(&event, &"message".into()).ok().and_then(|text| text.as_string());
            heard(Reply::Dead(
                reason.filter(|text| !text.is_empty()).unwrap_or("its script could not be loaded".into()),
            ));
        });
        worker.set_onmessage(Some(message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(error.as_ref().unchecked_ref()));
        Ok(Self { room: room.into(), on_board, worker, early: Some(Vec::new()), _message: message, _error: error })
    }

    /// The worker listens from now on.
    pub fn ready(&mut self) {
        for message in self.early.take().into_iter().flatten() {
            self.send(message);
        }
    }

    /// Lines for the kernel.
    pub fn lines(&mut self, lines: &str) {
        self.send(JsValue::from_str(lines));
    }

    /// How fast to go.
    pub fn pace(&mut self, pace: Pace) {
        self.send(object(&[("pace", f64::from(pace.ticks)), ("millis", f64::from(pace.millis))]));
    }

    /// Asks for a view.
    pub fn view(&mut self, view: usize, contenders: usize, length: usize, token: u32) {
        self.send(object(&[
            ("view", view as f64),
            ("contenders", contenders as f64),
            ("length", length as f64),
            ("token", f64::from(token)),
        ]));
    }

    /// Asks for one seed.
    pub fn task(&mut self, task: &Task) {
        let (id, seed) = match task {
            Task::Sweep(course, _) => (&course.id, course.seed),
            Task::Claim(id, _, seed) => (id, *seed),
        };
        let mut fields = vec![("task", 1.0), ("seed", f64::from(seed))];
        match task {
            Task::Sweep(course, every) => {
                fields.extend([("steps", f64::from(course.steps)), ("every", f64::from(*every))]);
            }
            Task::Claim(_, claim, _) => fields.push(("claim", *claim as f64)),
        }
        let message = object(&fields);
        let _ = Reflect::set(&message, &"id".into(), &id.as_str().into());
        if let Task::Sweep(course, _) = task {
            let _ = Reflect::set(&message, &"set".into(), &course.set.as_str().into());
        }
        self.send(message);
    }

    fn send(&mut self, message: JsValue) {
        match &mut self.early {
            Some(early) => early.push(message),
            None => {
                // Plain numbers and texts can always be cloned.
                let _ = self.worker.post_message(&message);
            }
        }
    }
}

impl Drop for Kernel {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

fn read(message: &JsValue) -> Option<Reply> {
    if let Some(lines) = message.as_string() {
        return Some(if lines.is_empty() { Reply::Ready } else { Reply::Lines(lines) });
    }
    let field = |key: &str| Reflect::get(message, &key.into()).ok().filter(|value| !value.is_undefined());
    if let Some(reason) = field("failed") {
        return Some(Reply::Dead(reason.as_string().unwrap_or_default()));
    }
    if field("task").is_some() {
        if let Some(reason) = field("refused") {
            return Some(Reply::Refused(reason.as_string().unwrap_or_default()));
        }
        let numbers = match field("numbers")?.dyn_into::<Float32Array>() {
            Ok(samples) => Numbers::Samples(samples.to_vec()),
            Err(numbers) => Numbers::Claim(numbers.dyn_into::<Float64Array>().ok()?.to_vec()),
        };
        return Some(Reply::Done { digest: field("digest")?.as_string()?, numbers });
    }
    Some(Reply::View {
        view: field("view")?.as_f64()? as usize,
        token: field("token")?.as_f64()? as u32,
        numbers: field("numbers")?.dyn_into::<Float32Array>().ok()?.to_vec(),
    })
}

fn object(fields: &[(&str, f64)]) -> JsValue {
    let object = Object::new();
    for (key, value) in fields {
        let _ = Reflect::set(&object, &(*key).into(), &(*value).into());
    }
    object.into()
}
