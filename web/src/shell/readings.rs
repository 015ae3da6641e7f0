//! The latest number of every metric, or the one at the cursor. It is the curves' legend and their text alternative.

use std::sync::Arc;

use leptos::prelude::*;

use super::parts::{flag, ink, swatch, text, words};
use super::state::Lab;
use crate::descriptor::{Descriptor, Metric};
use crate::number;

#[component]
pub fn Readings(lab: Lab, descriptor: Arc<Descriptor>) -> impl IntoView {
    let step = descriptor.step.clone();
    let moment = text(move || match lab.cursor.get() {
        Some(t) => format!("at {step} {}", number::count(t)),
        None if lab.is_back() => format!("at {step} {}", number::count(lab.t.get())),
        None => "latest".into(),
    });
    let head = |metric: &Metric| {
        view! {
            <th scope="col" title=metric.description.clone()>
                {words(&metric.name)}" "<span class="unit">{metric.unit.clone()}</span>
            </th>
        }
    };
    let heads = descriptor.metrics.iter().map(head).collect_view();
    let metrics = descriptor.metrics.len();
    let rows = descriptor.contenders.iter().cloned().enumerate().map(|(contender, name)| {
        let toggle = move |_| lab.shown.update(|shown| shown.iter_mut().skip(contender).take(1).for_each(|s| *s = !*s));
        let class = text(move || if lab.is_shown(contender) { String::new() } else { "faded".into() });
        let cells = (0..metrics).map(|metric| view! { <td>{text(move || lab.reading(contender, metric))}</td> });
        view! {
            <tr class=class>
                <th scope="row">
                    <button type="button" class=format!("legend {}", ink(contender))
                        aria-pressed=flag(move || lab.is_shown(contender)) title="Show or hide" on:click=toggle>
                        {swatch(contender)}
                        <span>{name}</span>
                    </button>
                </th>
                {cells.collect_view()}
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <section class="panel readings" aria-labelledby="readings">
            <h2 class="label" id="readings">"Readings "<span class="moment">{moment}</span></h2>
            <table aria-labelledby="readings">
                <thead><tr><th scope="col"><span class="unseen">"Contender"</span></th>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
    .into_any()
}
