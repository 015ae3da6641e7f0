//! What a run takes: seed, length, and the parameters that the experiment declares.

use std::sync::Arc;

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::browser;
use super::parts::{flag, text, words};
use super::state::Lab;
use crate::descriptor::{Descriptor, Kind, Parameter};
use crate::number;
use crate::scale::round_step;
use crate::settings::{Form, check, check_seed, check_steps, plain};

/// Up to so many options stand side by side.
const SIDE_BY_SIDE: usize = 3;
/// Positions of a parameter's slider.
const POSITIONS: f64 = 200.0;

/// One field: its text, what is wrong with it, and how it is set.
#[derive(Clone, Copy)]
struct Field {
    text: Signal<String>,
    fault: Signal<String>,
    set: Callback<String>,
}

impl Field {
    fn new(
        lab: Lab,
        read: impl Fn(&Form) -> Option<&String> + Send + Sync + 'static,
        write: impl Fn(&mut Form, String) + Send + Sync + 'static,
        check: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        let text = text(move || lab.form.with(|form| read(form).cloned().unwrap_or_default()));
        let fault = self::text(move || text.with(|text| check(text)).unwrap_or_default());
        let set = Callback::new(move |text| {
            lab.form.update(|form| write(form, text));
            lab.apply();
        });
        Self { text, fault, set }
    }

    fn is_bad(self) -> bool {
        self.fault.with(|fault| !fault.is_empty())
    }
}

#[component]
pub fn SettingsPanel(lab: Lab, descriptor: Arc<Descriptor>) -> impl IntoView {
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        lab.restart(false);
    };
    let defaults = {
        let descriptor = Arc::clone(&descriptor);
        move |_| {
            lab.form.set(Form::defaults(&descriptor));
            lab.apply();
        }
    };
    let parameters = descriptor.parameters.iter().cloned().enumerate();
    let parameters = parameters.map(|(index, parameter)| parameter_field(lab, index, parameter)).collect_view();
    let pending =
        move |yes: &'static str, no: &'static str| text(move || if lab.pending() { yes.into() } else { no.into() });
    view! {
        <form class="panel settings" aria-labelledby="settings" novalidate on:submit=submit>
            <div class="panel-head">
                <h2 class="label" id="settings">"Settings"</h2>
                <button type="button" class="button small" on:click=defaults>"Defaults"</button>
            </div>
            {seed_field(lab)}
            {steps_field(lab, &descriptor)}
            {parameters}
            <div class=pending("pending", "pending idle")>
                <p role="status">{pending("Not in use yet.", "In use.")}</p>
                <button type="submit" class="button">"Run with these"</button>
            </div>
        </form>
    }
    .into_any()
}

fn seed_field(lab: Lab) -> AnyView {
    let field = Field::new(lab, |form| Some(&form.seed), |form, text| form.seed = text, |text| check_seed(text).err());
    let dice = "M3.5 1.5h9a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-9a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2z";
    view! {
        <div class="field">
            <label for="seed">"Seed"</label>
            <div class="joined">
                {input(field, "seed", "numeric", "")}
                <button type="button" class="button" title="Any seed" aria-label="Any seed"
                    on:click=move |_| field.set.run(browser::dice().to_string())>
                    <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
                        <path class="stroke" d=dice />
                        <path class="dots" d="M5 5h0M11 5h0M8 8h0M5 11h0M11 11h0" />
                    </svg>
                </button>
            </div>
            {hint(field, "seed", "Decides every random number.".into())}
        </div>
    }
    .into_any()
}

fn steps_field(lab: Lab, descriptor: &Arc<Descriptor>) -> AnyView {
    let limits = descriptor.steps;
    let range = format!("{} to {}.", number::count(limits.minimum.into()), number::count(limits.maximum.into()));
    let unit = format!("{}s", descriptor.step);
    let descriptor = Arc::clone(descriptor);
    let check = move |text: &str| check_steps(&descriptor, text).err();
    let field = Field::new(lab, |form| Some(&form.steps), |form, text| form.steps = text, check);
    view! {
        <div class="field">
            <label for="steps">"Steps "<span class="unit">{unit}</span></label>
            {input(field, "steps", "numeric", "")}
            {hint(field, "steps", range)}
        </div>
    }
    .into_any()
}

fn parameter_field(lab: Lab, index: usize, parameter: Parameter) -> AnyView {
    let id = format!("set-{}", parameter.name);
    let field = {
        let parameter = parameter.clone();
        Field::new(
            lab,
            move |form| form.values.get(index),
            move |form, text| form.values.iter_mut().skip(index).take(1).for_each(|value| value.clone_from(&text)),
            move |text| check(&parameter, text).err(),
        )
    };
    let (name, unit, about) = (words(&parameter.name), parameter.unit, parameter.description);
    match parameter.kind {
        Kind::Real { minimum, maximum, derived, .. } => {
            let mut about = format!("{about} {} to {}", plain(minimum), plain(maximum));
            let derives = !derived.is_empty();
            about += &if derives { format!("; left empty, it is {derived}.") } else { ".".into() };
            view! {
                <div class="field">
                    <label for=id.clone()>{name}" "<span class="unit">{unit}</span></label>
                    <div class="joined">
                        {input(field, &id, "decimal", if derives { "derived" } else { "" })}
                        {slider(field, minimum, maximum)}
                    </div>
                    {hint(field, &id, about)}
                </div>
            }
            .into_any()
        }
        Kind::Choice { options, .. } if options.len() <= SIDE_BY_SIDE => {
            let radio = |option: String| {
                let (value, mine) = (option.clone(), option.clone());
                let chosen = Signal::derive(move || field.text.with(|text| *text == mine));
                let choose = move |_| field.set.run(value.clone());
                view! {
                    <label class="choice">
                        <input type="radio" name=id.clone() value=option.clone() prop:checked=chosen on:change=choose />
                        <span>{option}</span>
                    </label>
                }
            };
            let radios = options.into_iter().map(radio).collect_view();
            view! {
                <fieldset class="field">
                    <legend>{name}" "<span class="unit">{unit}</span></legend>
                    <div class="choices">{radios}</div>
                    {hint(field, &id, about)}
                </fieldset>
            }
            .into_any()
        }
        Kind::Choice { options, .. } => {
            let option = |option: String| {
                let mine = option.clone();
                let chosen = Signal::derive(move || field.text.with(|text| *text == mine));
                view! { <option value=option.clone() prop:selected=chosen>{option.clone()}</option> }
            };
            let options = options.into_iter().map(option).collect_view();
            view! {
                <div class="field">
                    <label for=id.clone()>{name}" "<span class="unit">{unit}</span></label>
                    <select id=id.clone() class="input" aria-describedby=format!("{id}-hint")
                        on:change=move |event| field.set.run(event_target_value(&event))>
                        {options}
                    </select>
                    {hint(field, &id, about)}
                </div>
            }
            .into_any()
        }
    }
}

fn input(field: Field, id: &str, mode: &'static str, placeholder: &'static str) -> AnyView {
    view! {
        <input id=id.to_owned() class="input" type="text" inputmode=mode autocomplete="off" spellcheck="false"
            placeholder=placeholder aria-describedby=format!("{id}-hint") aria-invalid=flag(move || field.is_bad())
            prop:value=field.text on:input=move |event| field.set.run(event_target_value(&event)) />
    }
    .into_any()
}

/// A slider beside the box, for pointers: the keyboard and a screen reader have the box.
fn slider(field: Field, minimum: f64, maximum: f64) -> AnyView {
    let span = maximum - minimum;
    let place = text(move || {
        let value = field.text.with(|text| text.trim().parse::<f64>()).unwrap_or(minimum);
        ((value - minimum) / span * POSITIONS).round().to_string()
    });
    let slide = move |event| {
        let Ok(position) = event_target_value(&event).parse::<f64>() else { return };
        let step = round_step(span / POSITIONS);
        let value = ((minimum + position / POSITIONS * span) / step).round() * step;
        field.set.run(plain(value.clamp(minimum, maximum)));
    };
    view! {
        <input class="slider" type="range" min="0" max=POSITIONS.to_string() step="1" tabindex="-1" aria-hidden="true"
            prop:value=place on:input=slide />
    }
    .into_any()
}

/// What a field means and may be, or what is wrong with it. One place for both, so that nothing moves.
fn hint(field: Field, id: &str, about: String) -> AnyView {
    let class = text(move || if field.is_bad() { "about fault".into() } else { "about".into() });
    let words = text(move || if field.is_bad() { field.fault.get() } else { about.clone() });
    view! { <p id=format!("{id}-hint") class=class aria-live="polite">{words}</p> }.into_any()
}
