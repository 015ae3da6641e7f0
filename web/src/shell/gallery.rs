//! Every experiment as a card: found by words, filtered by room.

use leptos::prelude::*;

use super::experiment::notices;
use super::list::rooms;
use super::parts::{ink, part, text};
use super::state::{Lab, Load};
use crate::card::{HEIGHT, WIDTH, path};
use crate::descriptor::Entry;

#[component]
pub fn Gallery(lab: Lab) -> impl IntoView {
    let search = text(move || lab.search.with(|(search, _)| search.clone()));
    let look = move |event| lab.search.update(|(search, _)| *search = event_target_value(&event));
    let told = text(move || {
        let (found, all) = (found(lab).len(), entries(lab).len());
        match found {
            0 => "No experiment has all of these words.".into(),
            found if found == all => format!("{all} experiments"),
            found => format!("{found} of {all} experiments"),
        }
    });
    view! {
        <div class="gallery">
            <header class="intro">
                <h1>"Watch it learn"</h1>
                <p class="summary">
                    "Published reinforcement learning, run in this tab: pick an experiment, change it, measure its claims, and take "
                    "away a link that gives the same bits anywhere."
                </p>
            </header>
            {part(move || notices(lab))}
            <div class="finder" role="search">
                <label class="unseen" for="search">"Search experiments"</label>
                <input id="search" class="input" type="search" autocomplete="off" spellcheck="false"
                    placeholder="Search: SARSA, bandit, an author" prop:value=search on:input=look />
                <fieldset class="rooms">
                    <legend class="unseen">"Room"</legend>
                    {part(move || filters(lab))}
                </fieldset>
                <p class="about" id="found" role="status">{told}</p>
            </div>
            <ul class="cards" aria-label="Experiments">
                {part(move || found(lab).into_iter().map(card).collect_view().into_any())}
            </ul>
        </div>
    }
    .into_any()
}

fn entries(lab: Lab) -> Vec<Entry> {
    match lab.index.get() {
        Load::Ready(entries) => entries,
        _ => Vec::new(),
    }
}

fn found(lab: Lab) -> Vec<Entry> {
    let (search, room) = lab.search.get();
    let here = |entry: &Entry| (room.is_empty() || entry.room == room) && entry.matches(&search);
    entries(lab).into_iter().filter(here).collect()
}

fn filters(lab: Lab) -> AnyView {
    let filter = |room: String, words: String| {
        let (value, mine) = (room.clone(), room.clone());
        let chosen = Signal::derive(move || lab.search.with(|(_, room)| *room == mine));
        let choose = move |_| lab.search.update(|(_, room)| room.clone_from(&value));
        view! {
            <label class="choice">
                <input type="radio" name="room" value=room prop:checked=chosen on:change=choose />
                <span>{words}</span>
            </label>
        }
    };
    let mut filters = vec![filter(String::new(), "all".into())];
    filters.extend(rooms(lab).map(|(room, _)| filter(room.clone(), room)));
    filters.collect_view().into_any()
}

fn card(entry: Entry) -> AnyView {
    let Entry { id, title, room, summary, citation, contenders, claims: (claims, hold), picture } = entry;
    let lines: String = picture.iter().enumerate().rev().map(|(contender, levels)| line(contender, levels)).collect();
    let picture =
        format!(r#"<svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" aria-hidden="true">{lines}</svg>"#);
    let counted = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let mut facts = counted(contenders.len(), "contender");
    if claims > 0 {
        facts += &format!(" · {hold} of {} hold", counted(claims, "claim"));
    }
    view! {
        <li class="card">
            <div class="card-picture" inner_html=picture></div>
            <h2><a href=format!("#{id}")>{title}</a></h2>
            <p class="card-summary">{summary}</p>
            <p class="about card-citation">{citation}</p>
            <p class="card-facts"><span>{room}</span><span>{facts}</span></p>
        </li>
    }
    .into_any()
}

fn line(contender: usize, levels: &str) -> String {
    format!(r#"<path class="line {}" d="{}"/>"#, ink(contender), path(levels))
}
