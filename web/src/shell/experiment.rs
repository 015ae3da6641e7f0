//! One experiment: what it is, its controls, its displays, its record.

use std::sync::Arc;

use leptos::prelude::*;

use super::arms::ArmsView;
use super::board::BoardPanel;
use super::claims::Claims;
use super::curve::Curve;
use super::front::FrontView;
use super::grid::GridView;
use super::parts::part;
use super::readings::Readings;
use super::record::Record;
use super::seeds::Seeds;
use super::settings::SettingsPanel;
use super::state::Lab;
use super::transport::Transport;
use crate::descriptor::{Descriptor, Shape};

#[component]
pub fn Experiment(lab: Lab, descriptor: Arc<Descriptor>) -> impl IntoView {
    let (curves, pictures): (Vec<_>, Vec<_>) =
        descriptor.views.iter().cloned().enumerate().partition(|(_, view)| matches!(view.shape, Shape::Curve(_)));
    let curves = curves.into_iter().filter_map(|(_, view)| {
        let Shape::Curve(name) = &view.shape else { return None };
        let metric = descriptor.metric(name)?;
        Some(view! { <Curve lab descriptor=Arc::clone(&descriptor) metric title=view.title /> })
    });
    let curves = curves.collect_view();
    let pictures = pictures.into_iter().map(|(index, view)| {
        let descriptor = Arc::clone(&descriptor);
        match view.shape {
            Shape::Grid { rows, columns } => {
                view! { <GridView lab descriptor index title=view.title rows columns /> }.into_any()
            }
            Shape::Arms(labels) => view! { <ArmsView lab descriptor index title=view.title labels /> }.into_any(),
            Shape::Front { axes, points } => {
                view! { <FrontView lab descriptor index title=view.title axes points /> }.into_any()
            }
            Shape::Curve(_) | Shape::Unknown => ().into_any(),
        }
    });
    let pictures = pictures.collect_view();
    view! {
        <header class="intro">
            <h1>{descriptor.title.clone()}</h1>
            <p class="summary">{descriptor.summary.clone()}</p>
            <p class="citation">{descriptor.citation.clone()}</p>
        </header>
        {part(move || notices(lab))}
        <Transport lab descriptor=Arc::clone(&descriptor) />
        <div class="bench">
            <section class="displays" aria-label="Displays">
                <Readings lab descriptor=Arc::clone(&descriptor) />
                <div class="curves">{curves}</div>
                {pictures}
            </section>
            <aside class="rail" aria-label="Settings and record">
                <SettingsPanel lab descriptor=Arc::clone(&descriptor) />
                <Seeds lab />
                <Record lab descriptor=Arc::clone(&descriptor) />
                <BoardPanel lab descriptor=Arc::clone(&descriptor) />
            </aside>
            <Claims lab descriptor />
        </div>
    }
    .into_any()
}

/// What the user should know about the link.
pub fn notices(lab: Lab) -> AnyView {
    let notices = lab.notices.get();
    if notices.is_empty() {
        return ().into_any();
    }
    let notices = notices.into_iter().map(|text| view! { <li>{text}</li> }).collect_view();
    view! {
        <div class="alert notice" role="status">
            <ul>{notices}</ul>
            <button type="button" class="button" on:click=move |_| lab.notices.set(Vec::new())>"Dismiss"</button>
        </div>
    }
    .into_any()
}
