//! What reproduces the run, and the digest that proves it.

use std::sync::Arc;

use leptos::prelude::*;

use super::browser;
use super::parts::{Copy, part, text};
use super::state::Lab;
use crate::descriptor::Descriptor;
use crate::link;
use crate::settings::Settings;

#[component]
pub fn Record(lab: Lab, descriptor: Arc<Descriptor>) -> impl IntoView {
    let digest = text(move || lab.digest.get().map(|(_, digest)| digest).unwrap_or_default());
    let shown = text(move || lab.digest.get().map_or_else(|| "·".repeat(16), |(_, digest)| digest));
    let after = text(move || match lab.digest.get() {
        Some((t, _)) => {
            format!("Of everything learned after {}. Equal digests mean equal bits.", descriptor.steps_in_words(t))
        }
        None => "Shown whenever the run stands still. Equal digests mean equal bits.".into(),
    });
    let of_run = move |write: fn(&Settings) -> String| {
        text(move || lab.active.with(|settings| settings.as_ref().map(write).unwrap_or_default()))
    };
    let hash = of_run(link::write);
    let address = text(move || browser::address() + &hash.get());
    let command = of_run(Settings::command);
    view! {
        <section class="panel record" aria-labelledby="record">
            <h2 class="label" id="record">"Record"</h2>
            <div class="entry">
                <h3 id="digest-label">"Digest"</h3>
                <div class="copied">
                    <output id="digest" aria-labelledby="digest-label" aria-live="off">
                        {shown}
                    </output>
                    <Copy what="the digest" text=digest />
                </div>
                <p class="about">{after}</p>
            </div>
            <div class="entry">
                <h3>"In a terminal"</h3>
                <div class="copied">
                    <code id="command">{part(move || unbroken(&command.get()))}</code>
                    <Copy what="the command" text=command />
                </div>
                <p class="about">"The same run, the same digest."</p>
            </div>
            <div class="entry">
                <h3>"Link"</h3>
                <div class="copied"><a id="link" href=hash>{hash}</a><Copy what="the link" text=address /></div>
                <p class="about">"Opens this page with this run."</p>
            </div>
        </section>
    }
    .into_any()
}

/// A command whose words stay whole: a hyphen in one is no place for a line to end.
fn unbroken(command: &str) -> AnyView {
    let words = command.split_inclusive(' ').map(|word| view! { <span class="word">{word.to_owned()}</span> });
    words.collect_view().into_any()
}
