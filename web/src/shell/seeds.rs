//! The run over many seeds: how many, how far, where, and the digest of all.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::parts::{Copy, flag, part, text};
use super::state::{Lab, Swept};
use crate::number;
use crate::settings::Settings;
use crate::sweep::{MOST, TAIL};

#[component]
pub fn Seeds(lab: Lab) -> impl IntoView {
    let count = lab.seeds;
    let fault = text(move || match seeds(&count.get()) {
        Some(_) => String::new(),
        None => format!("Enter a whole number from 2 to {MOST}."),
    });
    let bad = move || fault.with(|fault| !fault.is_empty());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if matches!(lab.swept.get_untracked(), Swept::Running { .. }) {
            lab.give_up();
            return lab.sort_bands();
        }
        match seeds(&count.get_untracked()) {
            Some(seeds) => lab.sweep(seeds),
            None => super::browser::focus("#seeds"),
        }
    };
    let running = move || matches!(lab.swept.get(), Swept::Running { .. });
    let label = text(move || if running() { "Cancel".into() } else { "Run all".into() });
    let about = text(move || {
        if bad() {
            return fault.get();
        }
        format!(
            "The same run with so many seeds, from its own on: the curves show the mean, and a band that leaves out {TAIL} % of the seeds on either side."
        )
    });
    let told = text(move || match lab.swept.get() {
        Swept::Not => String::new(),
        Swept::Running { done, seeds, workers } => format!("{done} of {seeds} seeds, {}", place(workers)),
        Swept::Cancelled { done, seeds } => format!("Cancelled after {done} of {seeds} seeds"),
        Swept::Done { seeds, workers, .. } => format!("{seeds} seeds, {}", place(workers)),
        Swept::Failed(reason) => format!("The sweep stopped: {reason}."),
    });
    let value = text(move || match lab.swept.get() {
        Swept::Running { done, seeds, .. } | Swept::Cancelled { done, seeds } => {
            (done as f64 / seeds as f64).to_string()
        }
        Swept::Done { .. } => "1".into(),
        Swept::Not | Swept::Failed(_) => "0".into(),
    });
    let telling = text(move || match lab.swept.get() {
        Swept::Failed(_) => "about fault".into(),
        _ => "about".into(),
    });
    view! {
        <form class="panel seeds" aria-labelledby="seeds-label" novalidate on:submit=submit>
            <div class="panel-head">
                <h2 class="label" id="seeds-label">"Many seeds"</h2>
                <button type="button" class="button small" aria-disabled=flag(move || lab.swept.get() == Swept::Not)
                    on:click=move |_| lab.forget_sweep()>"Clear"</button>
            </div>
            <div class="field">
                <label for="seeds">"Number of seeds"</label>
                <div class="joined">
                    <input id="seeds" class="input" type="text" inputmode="numeric" autocomplete="off"
                        aria-describedby="seeds-hint" aria-invalid=flag(bad) prop:value=count
                        on:input=move |event| count.set(event_target_value(&event)) />
                    <button type="submit" class="button" id="sweep">{label}</button>
                </div>
                <p class=text(move || if bad() { "about fault".into() } else { "about".into() }) id="seeds-hint">{about}</p>
            </div>
            <progress aria-label="Progress of the sweep" max="1" value=value></progress>
            <p class=telling id="swept" role="status">{told}</p>
            {part(move || outcome(lab))}
        </form>
    }
    .into_any()
}

/// The digest of all seeds, and the command that shows it too.
fn outcome(lab: Lab) -> AnyView {
    let Swept::Done { seeds, digest, .. } = lab.swept.get() else { return ().into_any() };
    let command = lab.active.with_untracked(|settings| settings.as_ref().map(Settings::command).unwrap_or_default());
    let command = format!("{command} --seeds {seeds}");
    view! {
        <div class="copied">
            <output id="sweep-digest" aria-label="Digest of all seeds" aria-live="off">{digest.clone()}</output>
            <Copy what="the digest of all seeds" text=digest />
        </div>
        <div class="copied">
            <code id="sweep-command">{command.clone()}</code>
            <Copy what="the command of the sweep" text=command />
        </div>
    }
    .into_any()
}

fn place(workers: usize) -> String {
    let plural = if workers == 1 { "" } else { "s" };
    format!("in {} worker{plural} on this machine’s processor", number::count(workers as f64))
}

fn seeds(text: &str) -> Option<u32> {
    text.trim().parse().ok().filter(|seeds| (2..=MOST).contains(seeds))
}
