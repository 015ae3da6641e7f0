//! The plane of two objectives: the front of every contender, its present policies, and where their weights pull them.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;

use super::parts::{ink, paint, paint_ticks, write};
use super::state::Lab;
use crate::descriptor::{Descriptor, Shape};
use crate::front::{Picture, Point, SIDE, axis, picture, read};
use crate::number;
use crate::path::Path;

#[component]
pub fn FrontView(
    lab: Lab,
    descriptor: Arc<Descriptor>,
    index: usize,
    title: String,
    axes: [String; 2],
    points: usize,
) -> impl IntoView {
    let root = NodeRef::<html::Figure>::new();
    let contenders = descriptor.contenders.clone();
    let count = contenders.len();
    let shape = Shape::Front { axes: axes.clone(), points };
    let [across, up] = axes;
    let unit = format!("{up} over {across}");
    Effect::new(move || {
        lab.frame.track();
        let Some(root) = root.get() else { return };
        let shown = lab.shown.get();
        let of = |c| lab.view_of(index, c, &shape).map(|numbers| read(&numbers)).unwrap_or_default();
        let all: Vec<Vec<Point>> = (0..contenders.len()).map(of).collect();
        let (x, y) = (axis(all.iter().flatten(), |point| point.x), axis(all.iter().flatten(), |point| point.y));
        let mut words = Vec::new();
        for (contender, points) in all.iter().enumerate() {
            let seen = shown.get(contender).copied().unwrap_or(true);
            let drawn = if seen { picture(points, &x, &y) } else { Picture::default() };
            paint(&root, &format!(".stay{contender}"), "d", &drawn.front);
            paint(&root, &format!(".pull{contender}"), "d", &drawn.pointers);
            paint(&root, &format!(".policy{contender}"), "d", &drawn.policies);
            if seen {
                words.push(describe(&contenders[contender], points, [&across, &up]));
            }
        }
        let mut rules = Path::new();
        for tick in &y.ticks {
            let height = (1.0 - y.place(*tick)) * SIDE;
            rules.to(0.0, height).line(SIDE, height);
        }
        for tick in &x.ticks {
            rules.to(x.place(*tick) * SIDE, 0.0).line(x.place(*tick) * SIDE, SIDE);
        }
        paint(&root, ".rule", "d", &rules.finish());
        paint_ticks(&root, ".y", &y, "bottom");
        paint_ticks(&root, ".x", &x, "left");
        write(&root, ".words", &words.join(" "));
    });
    view! {
        <figure class="panel curve front" node_ref=root>
            <figcaption class="panel-head">
                <h2>{title}</h2>
                <span class="unit">{unit}</span>
            </figcaption>
            <ul class="marks" inner_html=marks()></ul>
            <div class="chart" aria-hidden="true">
                <div class="y"></div>
                <div class="picture" inner_html=layers(count)></div>
                <div class="x"></div>
            </div>
            <p class="unseen words"></p>
        </figure>
    }
    .into_any()
}

/// The layers of a picture, from the bottom up.
fn layers(contenders: usize) -> String {
    let paths = |of: &str| -> String {
        (0..contenders).map(|c| format!(r#"<path class="{of} {of}{c} {}"/>"#, ink(c))).collect()
    };
    format!(
        r#"<svg viewBox="0 0 {SIDE} {SIDE}" preserveAspectRatio="none"><path class="rule"/>{}{}{}</svg>"#,
        paths("stay"),
        paths("pull"),
        paths("policy")
    )
}

/// What the marks mean.
fn marks() -> String {
    let mark = |(paths, words): (&str, &str)| {
        format!(r#"<li><svg viewBox="0 0 26 16" width="26" height="16" aria-hidden="true">{paths}</svg>{words}</li>"#)
    };
    let marks = [
        (r#"<path class="stay c6" d="M13 8h0"/>"#, "point of the front"),
        (
            r#"<path class="pull c6" d="M8 11L22 3"/><path class="policy c6" d="M8 11h0"/>"#,
            "policy, and where its weights pull it",
        ),
    ];
    marks.map(mark).concat()
}

/// A contender's policies in words, the first few of them.
fn describe(name: &str, points: &[Point], axes: [&String; 2]) -> String {
    let n = number::reading;
    let policies = points.iter().filter_map(|point| Some((point, point.weights?)));
    let words: Vec<_> = policies
        .take(5)
        .map(|(point, [a, b])| {
            let [across, up] = axes;
            format!("{across} {} and {up} {}, weighed {} and {}", n(point.x), n(point.y), n(a), n(b))
        })
        .collect();
    let front = points.iter().filter(|point| point.weights.is_none()).count();
    format!("{name}: {front} points on the front; policies: {}.", words.join("; "))
}
