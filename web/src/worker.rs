//! A room's worker: the kernel's session, fed by messages, in slices short enough for commands to get in between.
//!
//! From the page: a string holds protocol lines; `{pace: ticks, millis}` sets the pace;
//! `{view, contenders, length, token}` asks for a view of every contender; `{task, id, seed}` with `{claim}` asks for one
//! seed of a claim, with `{steps, every, set}` for one of a sweep, each run in one go. To the page: a string holds the lines
//! that the kernel wrote since the last one; `{view, token, numbers}` answers with a transferred `Float32Array`,
//! `{task, numbers, digest}` with one too (a claim's numbers are a `Float64Array`), `{task, refused: reason}` without;
//! `{failed: reason}` comes before a panic ends the worker.

use core::cell::RefCell;

use crate::memory::Memory;
use habit::lab::Run;
use habit::protocol::Session;
use js_sys::{Array, Float32Array, Float64Array, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageChannel, MessageEvent};

use crate::measure::{self, Course};

/// A slice of work ends after so many milliseconds: half a frame.
const SLICE: f64 = 8.0;

struct Room {
    session: Session,
    memory: Memory,
    out: String,
    /// Ticks in one go, 0 for flat out, and milliseconds from one go to the next.
    pace: (u32, u32),
    /// As many ticks as took about a millisecond last time.
    chunk: u32,
    pending: Pending,
}

/// What will call [`pump`] next.
#[derive(Clone, Copy)]
enum Pending {
    Nothing,
    Message,
    Timer(i32),
}

thread_local! {
    static ROOM: RefCell<Room> = const {
        RefCell::new(Room {
            session: Session::EMPTY,
            memory: Memory::EMPTY,
            out: String::new(),
            pace: (0, 0),
            chunk: 1,
            pending: Pending::Nothing,
        })
    };
    static TASK: RefCell<Run> = const { RefCell::new(Run::EMPTY) };
    static CHANNEL: MessageChannel = MessageChannel::new().expect_throw("a worker can make a message channel");
    static PUMP: Closure<dyn FnMut()> = Closure::new(pump);
}

/// Starts to listen. Called once, by the worker's script.
#[wasm_bindgen]
pub fn serve() {
    std::panic::set_hook(Box::new(|info| {
        let message = Object::new();
        set(&message, "failed", &info.to_string().into());
        post(&message);
    }));
    let listen = Closure::<dyn FnMut(MessageEvent)>::new(|event: MessageEvent| receive(&event.data()));
    scope().set_onmessage(Some(listen.as_ref().unchecked_ref()));
    listen.forget();
    PUMP.with(|pump| {
        CHANNEL.with(|channel| channel.port1().set_onmessage(Some(pump.as_ref().unchecked_ref())));
    });
    post(&JsValue::from_str(""));
}

fn receive(message: &JsValue) {
    if let Some(lines) = message.as_string() {
        ROOM.with_borrow_mut(|room| {
            for line in lines.lines() {
                // Writing to a `String` cannot fail.
                let _ = room.session.line_with(line.as_bytes(), &mut room.memory, &mut room.out);
            }
            room.flush();
            room.schedule(true);
        });
        return;
    }
    let number = |key| Reflect::get(message, &JsValue::from_str(key)).ok().and_then(|value| value.as_f64());
    if let (Some(ticks), Some(millis)) = (number("pace"), number("millis")) {
        ROOM.with_borrow_mut(|room| {
            room.pace = (ticks as u32, millis as u32);
            room.schedule(true);
        });
    } else if let (Some(view), Some(contenders), Some(length), Some(token)) =
        (number("view"), number("contenders"), number("length"), number("token"))
    {
        ROOM.with_borrow(|room| room.answer(view as usize, contenders as usize, length as usize, token));
    } else if let (Some(task), Some(seed)) = (number("task"), number("seed")) {
        let text = |key| Reflect::get(message, &JsValue::from_str(key)).ok().and_then(|value| value.as_string());
        let (id, set) = (text("id").unwrap_or_default(), text("set").unwrap_or_default());
        let answer = Object::new();
        set_number(&answer, "task", task);
        let done = TASK.with_borrow_mut(|run| match number("claim") {
            Some(claim) => measure::claim(run, &id, claim as usize, seed as u32)
                .map(|numbers| (String::new(), Float64Array::from(numbers.as_slice()).into())),
            None => {
                let steps = number("steps").unwrap_or(0.0) as u32;
                let course = Course { id, seed: seed as u32, steps, set };
                measure::sweep(run, &course, number("every").unwrap_or(1.0) as u32)
                    .map(|(digest, numbers)| (format!("{digest:016x}"), Float32Array::from(numbers.as_slice()).into()))
            }
        });
        match done {
            Ok((digest, numbers)) => {
                let numbers: JsValue = numbers;
                self::set(&answer, "digest", &JsValue::from_str(&digest));
                self::set(&answer, "numbers", &numbers);
            }
            Err(reason) => self::set(&answer, "refused", &JsValue::from_str(&reason)),
        }
        post(&answer);
    }
}

fn pump() {
    ROOM.with_borrow_mut(|room| {
        room.pending = Pending::Nothing;
        let more = room.work();
        room.flush();
        if more {
            room.schedule(false);
        }
    });
}

impl Room {
    /// One slice; true while there is more to do.
    fn work(&mut self) -> bool {
        let start = now();
        let mut left = self.pace.0;
        loop {
            let ticks = if self.pace.0 == 0 { self.chunk } else { self.chunk.min(left) };
            let before = now();
            // Writing to a `String` cannot fail.
            let more = self.session.advance(ticks, &mut self.out).unwrap_or(false);
            let after = now();
            if after - before < 0.5 {
                self.chunk = self.chunk.saturating_mul(2).min(1 << 20);
            } else if after - before > 2.0 {
                self.chunk = (self.chunk / 2).max(1);
            }
            left = left.saturating_sub(ticks);
            if !more || after - start >= SLICE || (self.pace.0 > 0 && left == 0) {
                return more;
            }
        }
    }

    /// Has [`pump`] called: soon, or when the pace wants it. A message from the page may change the pace, so it wakes
    /// up a worker that waits.
    fn schedule(&mut self, woken: bool) {
        match self.pending {
            Pending::Message => return,
            Pending::Timer(_) if !woken => return,
            Pending::Timer(timer) => scope().clear_timeout_with_handle(timer),
            Pending::Nothing => {}
        }
        let millis = if woken { 0 } else { self.pace.1 };
        self.pending = if millis == 0 {
            // A timer of nought is held back by browsers when it nests; a message is not.
            let _ = CHANNEL.with(|channel| channel.port2().post_message(&JsValue::NULL));
            Pending::Message
        } else {
            let millis = i32::try_from(millis).unwrap_or(i32::MAX);
            let timer = PUMP.with(|pump| {
                let pump = pump.as_ref().unchecked_ref();
                scope().set_timeout_with_callback_and_timeout_and_arguments_0(pump, millis)
            });
            timer.map_or(Pending::Nothing, Pending::Timer)
        };
    }

    fn flush(&mut self) {
        if !self.out.is_empty() {
            post(&JsValue::from_str(&self.out));
            self.out.clear();
        }
    }

    /// All contenders, one behind the other; NaN where the session has no such view.
    fn answer(&self, view: usize, contenders: usize, length: usize, token: f64) {
        let mut numbers = vec![f32::NAN; contenders * length];
        for (contender, out) in numbers.chunks_exact_mut(length.max(1)).enumerate() {
            if self.session.view(view, contender, out).is_err() {
                out.fill(f32::NAN);
            }
        }
        let numbers = Float32Array::from(numbers.as_slice());
        let message = Object::new();
        set_number(&message, "view", view as f64);
        set_number(&message, "token", token);
        set(&message, "numbers", &numbers);
        let _ = scope().post_message_with_transfer(&message, &Array::of1(&numbers.buffer()));
    }
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn post(message: &JsValue) {
    let _ = scope().post_message(message);
}

fn set(object: &Object, key: &str, value: &JsValue) {
    let _ = Reflect::set(object, &JsValue::from_str(key), value);
}

fn set_number(object: &Object, key: &str, value: f64) {
    set(object, key, &JsValue::from_f64(value));
}

fn now() -> f64 {
    scope().performance().map_or(0.0, |clock| clock.now())
}
