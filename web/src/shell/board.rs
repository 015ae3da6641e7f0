//! A board beside the page: connected over Web Serial, or the virtual one. While its image holds the experiment on the page,
//! the run is the board's; `board.js` makes it look like a room's worker.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;
use web_sys::Worker;

use super::parts::{part, text};
use super::state::{Lab, Load};
use crate::board::{Board, Greeting, Link, Twin};
use crate::descriptor::Descriptor;
use crate::number;

#[wasm_bindgen(raw_module = "./board.js")]
extern "C" {
    #[wasm_bindgen(js_name = hasSerial)]
    fn has_serial() -> bool;
    #[wasm_bindgen(catch)]
    async fn open(kind: &str, said: &JsValue) -> Result<JsValue, JsValue>;
    async fn close();
    /// Something like a worker, whose runs are the board's.
    pub fn runner(room: &str) -> Worker;
}

impl Lab {
    /// Speaks to a board; once it answers, it runs what the page shows.
    fn meet(self, is_virtual: bool) {
        self.board.set(Board { link: Link::Waiting, is_virtual, ..Board::default() });
        let said = Closure::<dyn FnMut(String)>::new(move |what: String| self.board.update(|board| board.take(&what)));
        spawn_local(async move {
            let kind = if is_virtual { "virtual" } else { "serial" };
            // It lives as long as the page: a board speaks when it likes.
            let answer = open(kind, &said.into_js_value()).await;
            if self.board.with_untracked(|board| board.link != Link::Waiting) {
                return;
            }
            let link = match answer {
                Ok(line) => match line.as_string().as_deref().and_then(Greeting::parse) {
                    Some(greeting) => Link::Open(greeting),
                    None => Link::Failed("The board’s greeting cannot be read.".into()),
                },
                Err(fault) => {
                    let message = js_sys::Reflect::get(&fault, &"message".into()).ok();
                    Link::Failed(message.and_then(|message| message.as_string()).unwrap_or_default())
                }
            };
            self.board.update(|board| board.link = link);
            self.connect();
        });
    }

    /// Leaves the board: this browser runs what the page shows.
    fn leave_board(self) {
        self.board.set(Board::default());
        self.connect();
        spawn_local(close());
    }

    /// Who runs the kernel, at the beginning of a sentence.
    pub fn kernel_in_words(self) -> &'static str {
        let on_board = self.descriptor().is_some_and(|d| self.board.with_untracked(|board| board.holds(&d.id)));
        if on_board { "The board" } else { "The kernel’s worker" }
    }
}

#[component]
pub fn BoardPanel(lab: Lab, descriptor: Arc<Descriptor>) -> impl IntoView {
    let link = Memo::new(move |_| lab.board.with(|board| (board.link.clone(), board.is_virtual)));
    view! {
        <section class="panel board" aria-labelledby="board">
            <h2 class="label" id="board">"Board"</h2>
            {part(move || match link.get() {
                (Link::None, _) => offer(lab, String::new()),
                (Link::Failed(reason), _) => offer(lab, reason),
                (Link::Waiting, _) => view! {
                    <p role="status">"Waiting for the board’s answer"</p>
                    <button type="button" class="button" on:click=move |_| lab.leave_board()>"Cancel"</button>
                }
                .into_any(),
                (Link::Open(greeting), is_virtual) => met(lab, &descriptor, greeting, is_virtual),
            })}
        </section>
    }
    .into_any()
}

/// No board: how to get one.
fn offer(lab: Lab, failure: String) -> AnyView {
    let serial = if has_serial() {
        view! {
            <button type="button" class="button" on:click=move |_| lab.meet(false)>"Connect a board"</button>
        }
        .into_any()
    } else {
        view! {
            <p class="about" id="no-serial">
                "This browser has no Web Serial, so it cannot talk to boards; Chrome, Edge and Opera on a computer can. "
                "The virtual board needs none."
            </p>
        }
        .into_any()
    };
    let failure = (!failure.is_empty()).then(|| view! { <p class="fault" role="alert">{failure}</p> });
    view! {
        <p class="about">
            "Runs this experiment on a microcontroller. You watch it here, and the digests show that it learns the very same."
        </p>
        {failure}
        <div class="board-buttons">
            {serial}
            <button type="button" class="button" on:click=move |_| lab.meet(true)>"Virtual board"</button>
        </div>
    }
    .into_any()
}

/// A board that answered.
fn met(lab: Lab, descriptor: &Arc<Descriptor>, greeting: Greeting, is_virtual: bool) -> AnyView {
    let name = if is_virtual { "Raspberry Pi Pico, emulated in this page" } else { "On the serial port" };
    let about = format!(
        "Kernel {}, {}; a run takes {} bytes there.",
        greeting.kernel,
        greeting.numerics,
        number::count(greeting.state_bytes)
    );
    let holds = greeting.experiments.contains(&descriptor.id);
    let titles = lab.index.with_untracked(|index| match index {
        Load::Ready(entries) => entries.clone(),
        _ => Vec::new(),
    });
    let others = greeting.experiments.into_iter().filter(|id| *id != descriptor.id).map(|id| {
        let title = titles.iter().find(|entry| entry.id == id).map_or_else(|| id.clone(), |entry| entry.title.clone());
        view! { <li><a href=format!("#{id}")>{title}</a></li> }
    });
    let others: Vec<_> = others.collect();
    let (state, more) = if holds {
        ("The run on this page is the board’s.", "It holds too:")
    } else {
        ("Its image does not hold this experiment, which runs in this browser.", "It holds:")
    };
    let others = (!others.is_empty()).then(|| view! { <p class="about">{more}</p><ul class="held">{others}</ul> });
    let step = Arc::clone(descriptor);
    let twin = move || lab.board.with(|board| board.twin.clone());
    let digest = move |of: fn(&Twin) -> &String| {
        text(move || twin().as_ref().map_or_else(|| "·".repeat(16), |twin| of(twin).clone()))
    };
    let verdict = text(move || match twin() {
        None => "Compared whenever the run stands still.".into(),
        Some(Twin { t, board, browser }) if board == browser => {
            format!("Equal after {}: the same bits.", step.steps_in_words(t))
        }
        Some(Twin { t, .. }) => format!("They differ after {}.", step.steps_in_words(t)),
    });
    let class = text(move || {
        let differ = twin().is_some_and(|twin| twin.board != twin.browser);
        if differ { "about verdict fault".into() } else { "about verdict".into() }
    });
    let digests = holds.then(|| {
        view! {
            <dl class="digests">
                <dt>"Board"</dt>
                <dd><output id="digest-board">{digest(|twin| &twin.board)}</output></dd>
                <dt>"Browser"</dt>
                <dd><output id="digest-browser">{digest(|twin| &twin.browser)}</output></dd>
            </dl>
            <p class=class role="status">{verdict}</p>
        }
    });
    let noise = part(move || match lab.board.with(|board| board.noise.clone()) {
        None => ().into_any(),
        Some((line, count)) => view! {
            <p class="fault noise" role="status">
                {format!("The board talks nonsense: {} is no line of the protocol. ", if count > 1.0 {
                    format!("{} times what it said", number::count(count))
                } else {
                    "what it said".into()
                })}
                "The last was " <code>{line}</code>
            </p>
        }
        .into_any(),
    });
    view! {
        <p class="board-name">{name}</p>
        <p class="about">{about}</p>
        <p class="about" role="status">{state}</p>
        {digests}
        {noise}
        {others}
        <button type="button" class="button" on:click=move |_| lab.leave_board()>"Leave the board"</button>
    }
    .into_any()
}
