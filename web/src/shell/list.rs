//! Every experiment, by room: a list beside the page, a drop-down where there is no room for one.

use leptos::prelude::*;

use super::parts::{part, text};
use super::state::{Lab, Load};
use crate::descriptor::Entry;

#[component]
pub fn List(lab: Lab) -> impl IntoView {
    let here = text(move || match lab.experiment.get() {
        Load::Ready(descriptor) => descriptor.id.clone(),
        _ => String::new(),
    });
    let pick = move |event| {
        // A refusal leaves the page where it is.
        let _ = window().location().set_hash(&event_target_value(&event));
    };
    view! {
        <nav class="list" aria-label="Experiments">
            <a class="list-all" href="#">"← All experiments"</a>
            <div class="list-wide">{part(move || rooms(lab).map(|room| links(room, here)).collect_view().into_any())}</div>
            <div class="list-narrow">
                <label class="label" for="experiments">"Experiment"</label>
                <select id="experiments" class="input" on:change=pick>
                    {part(move || rooms(lab).map(|room| options(room, here)).collect_view().into_any())}
                </select>
            </div>
        </nav>
    }
    .into_any()
}

type Room = (String, Vec<Entry>);

fn links((room, entries): Room, here: Signal<String>) -> AnyView {
    let link = |entry: Entry| {
        let (href, id) = (format!("#{}", entry.id), entry.id);
        let current = text(move || if here.with(|here| *here == id) { "page".into() } else { "false".into() });
        view! { <li><a href=href aria-current=current>{entry.title}</a></li> }
    };
    let links = entries.into_iter().map(link).collect_view();
    view! {
        <h2 class="label">{room}</h2>
        <ul>{links}</ul>
    }
    .into_any()
}

fn options((room, entries): Room, here: Signal<String>) -> AnyView {
    let option = |entry: Entry| {
        let id = entry.id.clone();
        let chosen = Signal::derive(move || here.with(|here| *here == id));
        view! { <option value=entry.id prop:selected=chosen>{entry.title}</option> }
    };
    let options = entries.into_iter().map(option).collect_view();
    view! { <optgroup label=room>{options}</optgroup> }.into_any()
}

/// Rooms in the order in which they first appear, each with its experiments.
pub fn rooms(lab: Lab) -> impl Iterator<Item = Room> {
    let mut rooms: Vec<Room> = Vec::new();
    let Load::Ready(entries) = lab.index.get() else { return rooms.into_iter() };
    for entry in entries {
        match rooms.iter_mut().find(|(room, _)| *room == entry.room) {
            Some((_, there)) => there.push(entry),
            None => rooms.push((entry.room.clone(), vec![entry])),
        }
    }
    rooms.into_iter()
}
