//! A metric over the steps: one line a contender, a cursor that all curves share.

use std::sync::Arc;

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::parts::{ink, paint, paint_ticks, text, words, write};
use super::state::Lab;
use crate::descriptor::Descriptor;
use crate::look::{HEIGHT, Look, WIDTH, means, path};
use crate::number;
use crate::path::Path;
use crate::scale::Axis;
use crate::settings::Settings;
use crate::sweep::{Band, Sweep, TAIL};

#[component]
pub fn Curve(lab: Lab, descriptor: Arc<Descriptor>, metric: usize, title: String) -> impl IntoView {
    let root = NodeRef::<html::Figure>::new();
    let (contenders, metrics) = (descriptor.contenders.len(), descriptor.metrics.len());
    Effect::new(move || {
        if let Some(root) = root.get() {
            draw(lab, &root, [contenders, metrics], metric);
        }
    });
    let unit = descriptor.metrics.get(metric).map(|metric| metric.unit.clone()).unwrap_or_default();
    let axes = format!("{unit} over {}s", descriptor.step);
    view! {
        <figure class="panel curve" node_ref=root>
            <figcaption class="panel-head">
                <h2>{title.clone()}</h2>
                <span class="unit">{axes}</span>
            </figcaption>
            <div class="chart">
                <div class="y" aria-hidden="true"></div>
                <Plot lab descriptor metric title />
                <div class="picture" aria-hidden="true" inner_html=layers(contenders)></div>
                <div class="x" aria-hidden="true"></div>
            </div>
            <p class="about note"><span class="note-mean"></span><span class="note-outside"></span></p>
        </figure>
    }
    .into_any()
}

/// The layers of a picture, from the bottom up, for [`draw`] to fill.
fn layers(contenders: usize) -> String {
    let lines = |of: &str| -> String {
        (0..contenders).map(|c| format!(r#"<path class="{of} {of}{c} {}"/>"#, ink(c))).collect()
    };
    format!(
        r#"<svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">
        <path class="rule"/>{}{}{}<path class="now"/><path class="cursor"/>{}</svg>"#,
        lines("band"),
        lines("raw"),
        lines("mean"),
        lines("dot")
    )
}

/// Everything that moves, once a frame.
fn draw(lab: Lab, root: &Element, [contenders, metrics]: [usize; 2], metric: usize) {
    lab.frame.track();
    let x = x_axis(lab);
    let window = lab.active.with(|s| s.as_ref().map_or(1, Settings::window));
    let shown = lab.shown.get();
    let cursor = lab.cursor.get();
    lab.data.with_value(|data| {
        let band =
            |contender: usize| data.bands.get(contender * metrics + metric).map(Vec::as_slice).unwrap_or_default();
        let bands: Vec<&[Band]> = (0..contenders).map(band).collect();
        let swept = bands.iter().any(|band| !band.is_empty());
        let look = if swept { Look::of_bands(&bands, &shown) } else { Look::new(&data.series, metric, &shown, window) };
        for (contender, band) in bands.iter().copied().enumerate() {
            let line = data.series.line(contender, metric);
            let seen = shown.get(contender).copied().unwrap_or(true);
            let raw = if seen { path(line, &x, &look.y) } else { String::new() };
            let mean = match band {
                _ if !seen => String::new(),
                [] if look.rough => path(&means(line, window), &x, &look.y),
                band => path(&band.iter().map(|b| (b.t, b.mean)).collect::<Vec<_>>(), &x, &look.y),
            };
            let area = if seen { crate::look::band(band, &x, &look.y) } else { String::new() };
            let mut dot = Path::new();
            if let Some((t, value)) = cursor.filter(|_| seen).and_then(|t| data.series.at(contender, metric, t)) {
                let place = look.y.place(value);
                if (0.0..=1.0).contains(&place) {
                    dot.dot(x.place(t) * WIDTH, (1.0 - place) * HEIGHT);
                }
            }
            paint(root, &format!(".band{contender}"), "d", &area);
            paint(root, &format!(".raw{contender}"), "d", &raw);
            paint(root, &format!(".mean{contender}"), "d", &mean);
            paint(root, &format!(".dot{contender}"), "d", &dot.finish());
        }
        let mut rules = Path::new();
        for tick in &look.y.ticks {
            let y = (1.0 - look.y.place(*tick)) * HEIGHT;
            rules.to(0.0, y).line(WIDTH, y);
        }
        let mut line = Path::new();
        if let Some(t) = cursor {
            line.to(x.place(t) * WIDTH, 0.0).line(x.place(t) * WIDTH, HEIGHT);
        }
        let (t, mut now) = (lab.t.get_untracked(), Path::new());
        if lab.is_back() {
            now.to(x.place(t) * WIDTH, 0.0).line(x.place(t) * WIDTH, HEIGHT);
        }
        paint(root, ".now", "d", &now.finish());
        paint(root, ".rule", "d", &rules.finish());
        paint(root, ".cursor", "d", &line.finish());
        paint(
            root,
            "svg",
            "class",
            if swept {
                "rough swept"
            } else if look.rough {
                "rough"
            } else {
                ""
            },
        );
        paint_ticks(root, ".y", &look.y, "bottom");
        paint_ticks(root, ".x", &x, "left");
        let seeds = data.sweep.as_ref().map_or(0, Sweep::done);
        write(root, ".note-mean", &if swept { band_note(seeds) } else { mean_note(&look, window) });
        write(root, ".note-outside", &outside_note(&look));
    });
}

fn x_axis(lab: Lab) -> Axis {
    Axis::exact(0.0, f64::from(lab.steps()), 5, true)
}

/// The surface that a pointer or the keyboard moves the cursor on.
#[component]
fn Plot(lab: Lab, descriptor: Arc<Descriptor>, metric: usize, title: String) -> impl IntoView {
    let point = move |event: PointerEvent| {
        let plot = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
        let width = plot.map_or(1, |plot| plot.client_width().max(1));
        let t = untrack(move || x_axis(lab)).value(f64::from(event.offset_x()) / f64::from(width));
        lab.cursor.set(Some(t.round().clamp(0.0, f64::from(untrack(move || lab.steps())))));
    };
    let key = move |event: KeyboardEvent| {
        let end = f64::from(untrack(move || lab.steps()));
        let here = lab.cursor.get_untracked().unwrap_or_else(|| lab.t.get_untracked());
        let stride = (end / 100.0).max(1.0).floor();
        let to = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => here - stride,
            "ArrowRight" | "ArrowUp" => here + stride,
            "PageDown" => here - 10.0 * stride,
            "PageUp" => here + 10.0 * stride,
            "Home" => 0.0,
            "End" => end,
            "Escape" => return lab.cursor.set(None),
            _ => return,
        };
        event.prevent_default();
        lab.cursor.set(Some(to.clamp(0.0, end)));
    };
    let now = move || lab.cursor.get().unwrap_or_else(|| lab.t.get());
    let name = descriptor.metrics.get(metric).map(|metric| words(&metric.name)).unwrap_or_default();
    let told = text(move || {
        let readings = descriptor.contenders.iter().enumerate();
        let readings: Vec<_> =
            readings.map(|(c, contender)| format!("{contender} {}", lab.reading(c, metric))).collect();
        format!("{name} at {} {}: {}", descriptor.step, number::count(now()), readings.join(", "))
    });
    view! {
        <div class="plot" tabindex="0" role="slider" aria-label=format!("{title}: cursor") aria-valuemin="0"
            aria-valuemax=text(move || lab.steps().to_string()) aria-valuenow=text(move || now().to_string())
            aria-valuetext=told on:pointermove=point on:pointerdown=point
            on:pointerleave=move |_| lab.cursor.set(None) on:blur=move |_| lab.cursor.set(None) on:keydown=key>
        </div>
    }
    .into_any()
}

fn band_note(seeds: usize) -> String {
    format!("Mean and {TAIL}–{} % band of {} seeds, this one faint", 100 - TAIL, number::count(seeds as f64))
}

fn mean_note(look: &Look, window: usize) -> String {
    if look.rough { format!("Mean of {window} over faint samples") } else { String::new() }
}

fn outside_note(look: &Look) -> String {
    if look.outside == 0 { String::new() } else { format!("{} off the scale", number::count(look.outside as f64)) }
}
