//! Files: what is shown as CSV, JSON, SVG and PNG, and what was learned as a checkpoint, out and in.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::browser;
use super::parts::{ink, part, text};
use super::state::Lab;
use crate::descriptor::Descriptor;
use crate::export::{Palette, Shown};

/// How what is shown leaves.
#[derive(Clone, Copy)]
enum Form {
    Csv,
    Json,
    Svg,
    Png,
}

#[component]
pub fn Files(lab: Lab, descriptor: Arc<Descriptor>) -> impl IntoView {
    let button = |label: &'static str, title: &'static str, form: Form| {
        let descriptor = Arc::clone(&descriptor);
        view! {
            <button type="button" class="button small" title=title on:click=move |_| export(lab, &descriptor, form)>
                {label}
            </button>
        }
    };
    let pick = move |event: leptos::ev::Event| {
        let field = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let Some(field) = field else { return };
        spawn_local(async move {
            if let Some(bytes) = browser::chosen(&field).await {
                lab.load_checkpoint(&bytes);
            }
        });
    };
    let told = text(move || lab.kept.with(|(told, _)| told.clone()));
    let class = text(move || if lab.kept.with(|(_, bad)| *bad) { "about fault".into() } else { "about".into() });
    view! {
        <div class="entry">
            <h3>"What is shown, as a file"</h3>
            <div class="row">
                {button("CSV", "Samples as a table", Form::Csv)}
                {button("JSON", "Settings, digest and samples", Form::Json)}
                {button("SVG", "Curves as a drawing", Form::Svg)}
                {button("PNG", "Curves as a picture", Form::Png)}
            </div>
        </div>
        <div class="entry">
            <h3>"What was learned"</h3>
            <div class="row">
                <button type="button" class="button small" id="save" on:click=move |_| lab.save()>"Save checkpoint"</button>
                <label class="button small file">
                    "Load checkpoint"
                    <input id="load" class="unseen" type="file" accept=".habit" on:change=pick />
                </label>
            </div>
            <p class=class id="kept" role="status">
                {part(move || told.with(|told| if told.is_empty() { hint() } else { told.clone().into_any() }))}
            </p>
        </div>
    }
    .into_any()
}

fn hint() -> AnyView {
    view! { "The file that " <code>"habit run --save"</code> " writes and a board takes." }.into_any()
}

fn export(lab: Lab, descriptor: &Descriptor, form: Form) {
    let Some(settings) = lab.active.get_untracked() else { return };
    let (contenders, digest) = (lab.shown.get_untracked(), lab.digest.get_untracked());
    let name = format!("{}-{}", descriptor.id, settings.seed);
    let mut drawing = None;
    lab.data.with_value(|data| {
        let shown = Shown {
            descriptor,
            settings: &settings,
            series: &data.series,
            contenders: &contenders,
            digest: digest.as_ref(),
            sweep: data.sweep.as_ref().filter(|_| !data.bands.is_empty()),
        };
        match form {
            Form::Csv => {
                browser::download(&format!("{name}.csv"), "text/csv", shown.csv().as_bytes());
                if shown.sweep.is_some() {
                    browser::download(&format!("{name}-seeds.csv"), "text/csv", shown.sweep_csv().as_bytes());
                }
            }
            Form::Json => browser::download(&format!("{name}.json"), "application/json", shown.json().as_bytes()),
            Form::Svg | Form::Png => drawing = Some(shown.svg(&palette(descriptor.contenders.len()))),
        }
    });
    let Some((svg, width, height)) = drawing else { return };
    match form {
        Form::Png => spawn_local(async move {
            if !browser::download_png(&format!("{name}.png"), &svg, width, height).await {
                lab.kept.set(("This browser could not paint the picture; SVG works everywhere.".into(), true));
            }
        }),
        _ => browser::download(&format!("{name}.svg"), "image/svg+xml", svg.as_bytes()),
    }
}

fn palette(contenders: usize) -> Palette {
    let of = |name: &str| -> Vec<String> {
        (0..contenders).map(|c| browser::token_in(&format!(".swatch.{}", ink(c).replace(' ', ".")), name)).collect()
    };
    Palette {
        ground: browser::token("--surface"),
        ink: browser::token("--ink"),
        rule: browser::token("--rule"),
        lines: of("--line"),
        dashes: of("--dashes"),
    }
}
