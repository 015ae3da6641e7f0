//! Run, pause, step, tick, reset, the pace, and how far the run has come.

use std::sync::Arc;

use leptos::prelude::*;

use super::parts::{flag, part, text};
use super::state::{Lab, Phase};
use crate::descriptor::Descriptor;
use crate::number;
use crate::pace::Pace;

#[component]
pub fn Transport(lab: Lab, descriptor: Arc<Descriptor>) -> impl IntoView {
    let label = text(move || {
        let label = match lab.phase.get() {
            Phase::Running => "Pause",
            Phase::Paused => "Resume",
            Phase::Done => "Run again",
            _ => "Run",
        };
        label.into()
    });
    let icon = text(move || match lab.phase.get() {
        Phase::Running => "M4 2.5h3v11h-3zM9 2.5h3v11h-3z".into(),
        _ => "M4 2l9.5 6L4 14z".into(),
    });
    let step = descriptor.step.clone();
    let count = text(move || format!("{step} {} of {}", number::count(lab.t.get()), number::count(lab.steps().into())));
    let idle = flag(move || !lab.can_advance());
    let dead = flag(move || matches!(lab.phase.get(), Phase::Dead(_)));
    let button = |id: &'static str, label: &'static str, title: String, off: Signal<String>, act: fn(Lab)| {
        view! {
            <button type="button" class="button" id=id title=title aria-disabled=off on:click=move |_| act(lab)>
                {label}
            </button>
        }
    };
    let one_step = format!("One {}, then pause", descriptor.step);
    let one_tick = "One transition of every contender, then pause".into();
    let back = "Back to the start, with the settings as they are".into();
    view! {
        <section class="transport" aria-label="Run">
            <div class="buttons">
                <button type="button" class="button primary" id="run" aria-disabled=dead
                    on:click=move |_| lab.run_or_pause()>
                    <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d=icon /></svg>
                    <span>{label}</span>
                </button>
                {button("step", "Step", one_step, idle, |lab| lab.advance("step"))}
                {button("tick", "Tick", one_tick, idle, |lab| lab.advance("tick"))}
                {button("reset", "Reset", back, dead, |lab| lab.restart(true))}
            </div>
            <div class="progress">
                <p class="phase">
                    <span role="status">
                        {text(move || lab.phase_in_words())}
                        <span class="unseen">{text(move || lab.halt_in_words())}</span>
                    </span>
                    <span class="count">{count}</span>
                </p>
                <Scrub lab descriptor />
            </div>
            <PaceSlider lab />
        </section>
        {part(move || trouble(lab))}
    }
    .into_any()
}

/// Why nothing goes on, when nothing does.
fn trouble(lab: Lab) -> AnyView {
    match lab.phase.get() {
        Phase::Dead(reason) => view! {
            <div class="alert" role="alert">
                <p>{format!("{} stopped: {reason}.", lab.kernel_in_words())}</p>
                <button type="button" class="button" on:click=move |_| lab.retry()>"Start it again"</button>
            </div>
        }
        .into_any(),
        Phase::Refused(reason) => view! {
            <div class="alert" role="alert"><p>{format!("The kernel cannot run with these settings: {reason}.")}</p></div>
        }
        .into_any(),
        _ => ().into_any(),
    }
}

/// How far the run has come, and a handle to go back with.
#[component]
fn Scrub(lab: Lab, descriptor: Arc<Descriptor>) -> impl IntoView {
    let slide = move |event| {
        if let Ok(t) = event_target_value(&event).parse::<f64>() {
            lab.seek(t as u32);
        }
    };
    let end = text(move || lab.steps().to_string());
    let here = text(move || match lab.phase.get() {
        Phase::Seeking(t) => t.to_string(),
        _ => lab.t.get().to_string(),
    });
    let told = text(move || descriptor.steps_in_words(lab.t.get()));
    view! {
        <div class="scrub">
            <progress aria-hidden="true" max=end value=text(move || lab.t.get().to_string())></progress>
            <input id="scrub" type="range" min="0" max=end step="1" prop:max=end prop:value=here aria-label="Go to a step of the run"
                aria-valuetext=told title="Go back, or on, to any step" on:input=slide />
        </div>
    }
    .into_any()
}

#[component]
fn PaceSlider(lab: Lab) -> impl IntoView {
    let slide = move |event| {
        if let Ok(position) = event_target_value(&event).parse() {
            lab.set_pace(position);
        }
    };
    let words = text(move || Pace::label(lab.pace.get()));
    view! {
        <div class="pace">
            <label class="label" for="pace">"Pace"</label>
            <input id="pace" type="range" min="0" max=Pace::LAST.to_string() step="1"
                prop:value=text(move || lab.pace.get().to_string()) aria-valuetext=words on:input=slide />
            <output class="pace-words" for="pace" aria-live="off">{words}</output>
        </div>
    }
    .into_any()
}
