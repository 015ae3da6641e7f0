//! A bandit's arms, one picture a contender: what it believes, how sure it is, what is so, and how often it played.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use web_sys::Element;

use super::parts::{ink, paint, paint_ticks, swatch, text, write};
use super::state::Lab;
use crate::arms::{Arm, Picture, ROW, WIDTH, axis, is_reference, picture, read, total};
use crate::descriptor::{Descriptor, Shape};
use crate::number;
use crate::path::Path;
use crate::scale::Axis;

#[component]
pub fn ArmsView(
    lab: Lab,
    descriptor: Arc<Descriptor>,
    index: usize,
    title: String,
    labels: Vec<String>,
) -> impl IntoView {
    let root = NodeRef::<html::Section>::new();
    let contenders = descriptor.contenders.clone();
    let tiles = descriptor.contenders.iter().enumerate();
    let tiles = tiles.map(|(contender, name)| view! { <Tile lab contender name=name.clone() labels=labels.clone() /> });
    let tiles = tiles.collect_view();
    let shape = Shape::Arms(labels.clone());
    Effect::new(move || {
        lab.frame.track();
        let Some(root) = root.get() else { return };
        let of = |c| lab.view_of(index, c, &shape).map(|numbers| read(&numbers)).unwrap_or_default();
        let arms: Vec<_> = (0..contenders.len()).map(of).collect();
        let scale = axis(arms.iter().flatten());
        for (contender, arms) in arms.iter().enumerate() {
            let Ok(Some(tile)) = root.query_selector(&format!(".tile{contender}")) else { continue };
            draw(&tile, arms, &scale);
            paint(&tile, ".armrows", "aria-label", &format!("{}. {}", contenders[contender], describe(&labels, arms)));
        }
    });
    view! {
        <section class="panel arms" aria-label=title.clone() node_ref=root>
            <div class="panel-head"><h2>{title.clone()}</h2></div>
            <ul class="marks" inner_html=marks()></ul>
            <div class="tiles">{tiles}</div>
        </section>
    }
    .into_any()
}

fn draw(tile: &Element, arms: &[Arm], scale: &Axis) {
    let _ = tile.toggle_attribute_with_force("hidden", is_reference(arms));
    let Picture { bounds, caps, estimates, truths, plays } = picture(arms, scale);
    let mut rules = Path::new();
    for tick in &scale.ticks {
        let x = scale.place(*tick) * WIDTH;
        rules.to(x, 0.0).line(x, arms.len() as f64 * ROW);
    }
    let layers = [
        (".plays", plays),
        (".rule", rules.finish()),
        (".truth", truths),
        (".bound", bounds + &caps),
        (".estimate", estimates),
    ];
    for (selector, d) in layers {
        paint(tile, selector, "d", &d);
    }
    let total = total(arms).max(1.0);
    for (row, arm) in arms.iter().enumerate() {
        let share = if arm.plays.is_nan() { "–".into() } else { format!("{:.0} %", arm.plays / total * 100.0) };
        write(tile, &format!(".share{row}"), &share);
    }
    paint_ticks(tile, ".x", scale, "left");
    let guesses = arms.iter().any(|arm| arm.estimate.is_finite());
    write(tile, ".guesses", if guesses { "" } else { "no estimates" });
}

#[component]
fn Tile(lab: Lab, contender: usize, name: String, labels: Vec<String>) -> impl IntoView {
    let rows = labels.len();
    let shares = (0..rows).map(|row| view! { <span class=format!("share{row}")></span> }).collect_view();
    let names = labels.into_iter().map(|label| view! { <span>{label}</span> }).collect_view();
    let class = text(move || {
        format!("tile tile{contender} {} {}", ink(contender), if lab.is_shown(contender) { "" } else { "gone" })
    });
    view! {
        <div class=class>
            <h3>{swatch(contender)}{name}<span class="unit guesses"></span></h3>
            <div class="armrows" role="img" aria-label="">
                <div class="names" aria-hidden="true">{names}</div>
                <div class="picture" aria-hidden="true" inner_html=layers(rows)></div>
                <div class="shares" aria-hidden="true">{shares}</div>
                <div class="x" aria-hidden="true"></div>
            </div>
        </div>
    }
    .into_any()
}

/// The layers of a picture, from the bottom up, for [`draw`] to fill.
fn layers(rows: usize) -> String {
    let height = rows as f64 * ROW;
    format!(
        r#"<svg viewBox="0 0 {WIDTH} {height}" preserveAspectRatio="none"><path class="plays"/><path class="rule"/>
        <path class="truth"/><path class="bound"/><path class="estimate"/></svg>"#
    )
}

/// What the marks mean.
fn marks() -> String {
    let mark = |(class, d, words): (&str, &str, &str)| {
        let picture = format!(
            r#"<svg viewBox="0 0 26 16" width="26" height="16" aria-hidden="true">
            <path class="{class}" d="{d}"/></svg>"#
        );
        format!("<li>{picture}{words}</li>")
    };
    let marks = [
        ("plays c6", "M1 3h22v10h-22z", "share of plays"),
        ("estimate c6", "M13 8h0", "estimate"),
        ("bound c6", "M2 8L24 8M2 4L2 12M24 4L24 12", "confidence bound"),
        ("truth", "M13 1L13 15", "true value"),
    ];
    marks.map(mark).concat()
}

/// Every arm in words.
fn describe(labels: &[String], arms: &[Arm]) -> String {
    let words = labels.iter().zip(arms).map(|(label, arm)| {
        let n = number::reading;
        let estimate = if arm.estimate.is_finite() { format!("estimate {}, ", n(arm.estimate)) } else { String::new() };
        let bound = if arm.bound.is_finite() { format!("plus or minus {}, ", n(arm.bound)) } else { String::new() };
        format!("Arm {label}: {estimate}{bound}true value {}, {} plays.", n(arm.truth), number::count(arm.plays))
    });
    words.collect::<Vec<_>>().join(" ")
}
