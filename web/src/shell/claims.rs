//! What the experiment must show, how that is measured, what is recorded, and whether it holds here and now.

use std::sync::Arc;

use leptos::prelude::*;

use super::parts::{Copy, part, text};
use super::state::{Lab, Tried};
use crate::claims::requirement;
use crate::descriptor::{Claim, Descriptor};
use crate::number;

#[component]
pub fn Claims(lab: Lab, descriptor: Arc<Descriptor>) -> impl IntoView {
    if descriptor.claims.is_empty() {
        return ().into_any();
    }
    let command = format!("habit claims {}", descriptor.id);
    let claims = descriptor.claims.iter().enumerate();
    let claims = claims.map(|(index, claim)| row(lab, index, claim, &descriptor)).collect_view();
    let short: Vec<usize> = (0..descriptor.claims.len()).filter(|&i| !descriptor.claims[i].full).collect();
    let measuring = move || lab.tried.with(|tried| tried.iter().any(|tried| matches!(tried, Tried::Running { .. })));
    let all = move |_| if untrack(measuring) { lab.give_up() } else { lab.measure(&short) };
    let label = text(move || if measuring() { "Cancel".into() } else { "Measure all here".into() });
    let told = text(move || lab.tried.with(|tried| summary(tried)));
    view! {
        <section class="panel claims" aria-labelledby="claims">
            <div class="panel-head">
                <h2 id="claims">"Claims"</h2>
                <p class="about" id="claims-told" role="status">{told}</p>
                <button type="button" class="button" id="measure-all" on:click=all>{label}</button>
            </div>
            <p class="about">
                "What this experiment must show, over many seeds, at its default settings unless others are named. "
                "Measure it in this tab, or all of it with this command:"
            </p>
            <div class="copied"><code>{command.clone()}</code><Copy what="the command" text=command /></div>
            <ol>{claims}</ol>
        </section>
    }
    .into_any()
}

fn row(lab: Lab, index: usize, claim: &Claim, descriptor: &Descriptor) -> AnyView {
    let recorded = match claim.recorded {
        Some(true) => view! { <span class="badge holds">"Recorded: holds"</span> }.into_any(),
        Some(false) => view! { <span class="badge fails">"Recorded: does not hold"</span> }.into_any(),
        None => ().into_any(),
    };
    let long = if claim.full { " · long" } else { "" };
    let measure = requirement(claim, descriptor) + long;
    let here = move || lab.tried.with(|tried| tried.get(index).cloned().unwrap_or(Tried::Not));
    let running = move || matches!(here(), Tried::Running { .. });
    let act = move |_| if untrack(running) { lab.give_up() } else { lab.measure(&[index]) };
    let label = text(move || if running() { "Cancel".into() } else { "Measure".into() });
    let sentence = claim.sentence.clone();
    view! {
        <li>
            <p class="sentence">{sentence.clone()}"."</p>
            <p class="measure">{measure}</p>
            <div class="verdicts">
                {recorded}
                {part(move || verdict(&here()))}
            </div>
            <button type="button" class="button small" aria-label=text(move || format!("{}: {sentence}", label.get()))
                on:click=act>{label}</button>
        </li>
    }
    .into_any()
}

fn verdict(tried: &Tried) -> AnyView {
    match tried {
        Tried::Not => ().into_any(),
        Tried::Running { done, seeds } => {
            let told = format!("{done} of {seeds} seeds");
            view! {
                <span class="badge">{told}</span>
                <progress aria-label="Seeds measured" max=seeds.to_string() value=done.to_string()></progress>
            }
            .into_any()
        }
        Tried::Done(verdict) => {
            let measured = verdict.measured.map_or_else(|| "no number".into(), number::reading);
            let (class, words) =
                if verdict.holds { ("badge holds", "holds") } else { ("badge fails", "does not hold") };
            view! { <span class=class>{format!("Here: {measured}, {words}")}</span> }.into_any()
        }
        Tried::Failed(reason) => view! { <span class="badge fails">{format!("Stopped: {reason}")}</span> }.into_any(),
    }
}

/// How the measured claims came out, once they are all there.
fn summary(tried: &[Tried]) -> String {
    let done: Vec<_> =
        tried.iter().filter_map(|tried| if let Tried::Done(v) = tried { Some(v.holds) } else { None }).collect();
    let running = tried.iter().any(|tried| matches!(tried, Tried::Running { .. }));
    match done.len() {
        _ if running => "Measuring".into(),
        0 => String::new(),
        all => format!("{} of {all} measured here hold", done.iter().filter(|holds| **holds).count()),
    }
}
