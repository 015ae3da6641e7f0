//! The page.
//!
//! | file | what it is |
//! |---|---|
//! | `state`, `run`, `route` | what the page knows; what can be done with a run; what the address asks for |
//! | `kernel`, `browser` | the worker's and the browser's few calls |
//! | `pool` | many seeds in several workers |
//! | `gallery`, `list` | every experiment: cards to choose from, and a list beside one of them |
//! | `experiment`, `transport`, `settings`, `seeds`, `readings`, `record`, `files`, `claims` | the parts of its page |
//! | `board` | a board that runs the kernel in place of a worker |
//! | `curve`, `grid`, `arms`, `front` | a component for each kind of view |
//! | `parts` | small pieces that several of them use |

mod arms;
mod board;
mod browser;
mod claims;
mod curve;
mod experiment;
mod files;
mod front;
mod gallery;
mod grid;
mod kernel;
mod list;
mod parts;
mod pool;
mod readings;
mod record;
mod route;
mod run;
mod seeds;
mod settings;
mod state;
mod transport;

use leptos::ev;
use leptos::mount::mount_to;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use experiment::Experiment;
use gallery::Gallery;
use list::List;
use parts::part;
use state::{Lab, Load};

/// Puts the page up in the element with the id `lab`.
#[wasm_bindgen]
pub fn mount() {
    let Some(place) = document().get_element_by_id("lab") else { return };
    let place: web_sys::HtmlElement = place.unchecked_into();
    place.set_inner_html("");
    mount_to(place, Page).forget();
}

#[component]
fn Page() -> impl IntoView {
    let lab = Lab::new();
    lab.begin();
    lab.load_index();
    let followed = window_event_listener(ev::hashchange, move |_| lab.follow_address());
    on_cleanup(move || followed.remove());
    // The address and the title always tell what is on the page.
    Effect::new(move || {
        if let Some((address, _)) = lab.address() {
            browser::replace_hash(&address);
        }
    });
    Effect::new(move || match (lab.gallery.get(), lab.experiment.get()) {
        (true, _) => document().set_title("Habit lab"),
        (false, Load::Ready(descriptor)) => document().set_title(&format!("{} · Habit lab", descriptor.title)),
        _ => {}
    });
    view! {
        {part(move || if lab.gallery.get() { ().into_any() } else { view! { <List lab /> }.into_any() })}
        <main id="main" tabindex="-1">
            {part(move || match lab.experiment.get() {
                _ if lab.gallery.get() => view! { <Gallery lab /> }.into_any(),
                Load::Waiting => view! { <p class="wait" role="status">"Loading the experiment"</p> }.into_any(),
                Load::Failed(reason) => view! { <Failure lab reason /> }.into_any(),
                Load::Ready(descriptor) => view! { <Experiment lab descriptor /> }.into_any(),
            })}
        </main>
    }
    .into_any()
}

/// Something could not be fetched.
#[component]
fn Failure(lab: Lab, reason: String) -> impl IntoView {
    let again = move |_| match lab.index.get_untracked() {
        Load::Ready(_) => lab.follow_address(),
        _ => lab.load_index(),
    };
    view! {
        <div class="alert" role="alert">
            <p>{reason}</p>
            <button type="button" class="button" on:click=again>"Try again"</button>
        </div>
    }
    .into_any()
}
