//! What reproduces the run, and the digest that proves it.

use std::sync::Arc;

use leptos::prelude::*;

use super::browser;
use super::files::Files;
use super::parts::{Copy, part, text};
use super::state::Lab;
use crate::descriptor::Descriptor;
use crate::settings::Settings;

#[component]
pub fn Record(lab: Lab, descriptor: Arc<Descriptor>) -> impl IntoView {
    let digest = text(move || lab.digest.get().map(|(_, digest)| digest).unwrap_or_default());
    let shown = text(move || lab.digest.get().map_or_else(|| "·".repeat(16), |(_, digest)| digest));
    let files = Arc::clone(&descriptor);
    let after = text(move || match lab.digest.get() {
        Some((t, _)) => {
            format!("Of everything learned after {}. Equal digests mean equal bits.", descriptor.steps_in_words(t))
        }
        None => "Shown whenever the run stands still. Equal digests mean equal bits.".into(),
    });
    let of_run = move |write: fn(&Settings) -> String| {
        text(move || lab.active.with(|settings| settings.as_ref().map(write).unwrap_or_default()))
    };
    let hash = text(move || lab.address().map(|(_, link)| link).unwrap_or_default());
    let address = text(move || browser::address() + &hash.get());
    let agrees = part(move || agreement(lab));
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
                {agrees}
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
                <p class="about">"Opens this page with this run, at this step, and says whether its digest is the same."</p>
            </div>
            <Files lab descriptor=files />
        </section>
    }
    .into_any()
}

/// Whether the run's digest is the one that the link promised, once it stands where the link leads.
fn agreement(lab: Lab) -> AnyView {
    let linked = lab.linked.get();
    let (Some(promised), Some((t, digest))) = (linked.digest, lab.digest.get()) else { return ().into_any() };
    if t != linked.at.map_or_else(|| f64::from(lab.steps()), f64::from) {
        return ().into_any();
    }
    let (class, words) = if promised == digest {
        ("about agrees", "✓ The link’s digest: every bit is the same.".to_owned())
    } else {
        (
            "about fault",
            format!("The link promises {promised}: this is not the same run, or another version of the kernel."),
        )
    };
    view! { <p class=class id="agreement" role="status">{words}</p> }.into_any()
}

/// A command whose words stay whole: a hyphen in one is no place for a line to end.
fn unbroken(command: &str) -> AnyView {
    let words = command.split_inclusive(' ').map(|word| view! { <span class="word">{word.to_owned()}</span> });
    words.collect_view().into_any()
}
