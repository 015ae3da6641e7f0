//! What the experiment must show, and how that is measured.

use std::sync::Arc;

use leptos::prelude::*;

use super::parts::Copy;
use crate::claims::requirement;
use crate::descriptor::Descriptor;

#[component]
pub fn Claims(descriptor: Arc<Descriptor>) -> impl IntoView {
    if descriptor.claims.is_empty() {
        return ().into_any();
    }
    let command = format!("habit claims {}", descriptor.id);
    let claims = descriptor.claims.iter().map(|claim| {
        view! {
            <li>
                <p class="sentence">{claim.sentence.clone()}"."</p>
                <p class="measure">{requirement(claim, &descriptor)}</p>
            </li>
        }
    });
    let claims = claims.collect_view();
    view! {
        <section class="claims" aria-labelledby="claims">
            <h2 id="claims">"Claims"</h2>
            <p class="about">
                "What this experiment must show, over many seeds, at its default settings unless others are named. "
                "This command measures it all again:"
            </p>
            <div class="copied"><code>{command.clone()}</code><Copy what="the command" text=command /></div>
            <ol>{claims}</ol>
        </section>
    }
    .into_any()
}
