//! Grid worlds, one a contender side by side: values as shades, greedy actions as arrows, the greedy path, the agent.

use std::sync::Arc;

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::parts::{ink, paint, swatch, text, write};
use super::state::Lab;
use crate::descriptor::{Descriptor, Shape};
use crate::grid::{CELL, Cell, Grid, Picture, SHADES};
use crate::number;
use crate::path::Path;

#[component]
pub fn GridView(
    lab: Lab,
    descriptor: Arc<Descriptor>,
    index: usize,
    title: String,
    rows: usize,
    columns: usize,
) -> impl IntoView {
    let root = NodeRef::<html::Section>::new();
    let contenders = descriptor.contenders.len();
    Effect::new(move || {
        lab.frame.track();
        let Some(root) = root.get() else { return };
        let shape = Shape::Grid { rows, columns };
        let grid = |c| lab.view_of(index, c, &shape).and_then(|numbers| Grid::new(rows, columns, &numbers));
        let grids: Vec<_> = (0..contenders).map(grid).collect();
        // One scale for all, so that equal shades are equal values.
        let extreme = grids.iter().flatten().map(Grid::extreme).fold(0.0, f64::max);
        for (contender, grid) in grids.iter().enumerate() {
            let Ok(Some(tile)) = root.query_selector(&format!(".tile{contender}")) else { continue };
            draw(&tile, grid.as_ref(), extreme, lab.cell.get());
        }
        draw_key(&root, &grids, extreme);
    });
    let tiles = descriptor.contenders.iter().enumerate();
    let tiles = tiles.map(|(contender, name)| view! { <Tile lab contender name=name.clone() rows columns /> });
    let tiles = tiles.collect_view();
    view! {
        <section class="panel grids" aria-label=title.clone() node_ref=root>
            <div class="panel-head"><h2>{title.clone()}</h2></div>
            <div class="tiles">
                {tiles}
                <div class="tile key" inner_html=key()></div>
            </div>
        </section>
    }
    .into_any()
}

fn draw(tile: &Element, grid: Option<&Grid>, extreme: f64, pointed: Option<(usize, usize)>) {
    let picture = grid.map(|grid| grid.picture(extreme)).unwrap_or_default();
    let Picture { below, above, walls, hazards, hatching, goals, starts, ends, path, arrows, agent } = &picture;
    for (s, (below, above)) in below.iter().zip(above).enumerate() {
        paint(tile, &format!(".below.s{s}"), "d", below);
        paint(tile, &format!(".above.s{s}"), "d", above);
    }
    let layers = [
        (".wall", walls),
        (".hazard", hazards),
        (".hatching", hatching),
        (".goal", goals),
        (".path", path),
        (".arrows", arrows),
    ];
    for (selector, d) in layers {
        paint(tile, selector, "d", d);
    }
    letters(tile, ".start", "S", starts, -6.5);
    letters(tile, ".end", "G", ends, 0.0);
    // Out of sight where there is none.
    let (x, y) = agent.unwrap_or((-100.0, -100.0));
    paint(tile, ".agent", "cx", &x.to_string());
    paint(tile, ".agent", "cy", &y.to_string());
    let (row, column) = pointed.map_or((-100.0, -100.0), |(row, column)| (row as f64, column as f64));
    paint(tile, ".pointed", "x", &(column * CELL).to_string());
    paint(tile, ".pointed", "y", &(row * CELL).to_string());
    let told = pointed.and_then(|(row, column)| grid?.describe(row, column));
    let summary = || match grid.and_then(Grid::path_length) {
        Some(length) => format!("Greedy path: {} steps.", length - 1),
        None if grid.is_some_and(|grid| grid.has(Cell::Goal)) => "The greedy actions do not lead to the goal.".into(),
        None => String::new(),
    };
    // Read out where the keyboard is; not at every frame of a run.
    let listening = matches!(tile.query_selector(".world:focus"), Ok(Some(_))) && pointed.is_some();
    paint(tile, ".told", "aria-live", if listening { "polite" } else { "off" });
    write(tile, ".told", &told.unwrap_or_else(summary));
}

/// One text element for all cells of a kind: each letter has a place of its own.
fn letters(tile: &Element, selector: &str, letter: &str, cells: &[(f64, f64)], shift: f64) {
    let places = |of: fn(&(f64, f64)) -> f64| {
        cells.iter().map(|cell| (of(cell) + shift).to_string()).collect::<Vec<_>>().join(" ")
    };
    write(tile, selector, &letter.repeat(cells.len()));
    paint(tile, selector, "x", &places(|cell| cell.0));
    paint(tile, selector, "y", &places(|cell| cell.1));
}

fn draw_key(root: &Element, grids: &[Option<Grid>], extreme: f64) {
    let any = |is: fn(&Grid) -> bool| grids.iter().flatten().any(is);
    let end = |sign: f64| if extreme > 0.0 { number::reading(sign * extreme) } else { "0".into() };
    write(root, ".least", &end(-1.0));
    write(root, ".most", &end(1.0));
    let above = any(Grid::has_above);
    let sides = match (any(Grid::has_below), above) {
        (true, true) => "ramps",
        (false, true) => "ramps no-below",
        (_, false) => "ramps no-above",
    };
    paint(root, ".ramps", "class", sides);
    let kind = |here: bool| if here { "" } else { "gone" };
    paint(root, ".key-hazard", "class", &format!("key-hazard {}", kind(any(|grid| grid.has(Cell::Hazard)))));
    paint(root, ".key-wall", "class", &format!("key-wall {}", kind(any(|grid| grid.has(Cell::Wall)))));
}

#[component]
fn Tile(lab: Lab, contender: usize, name: String, rows: usize, columns: usize) -> impl IntoView {
    let point = move |event: PointerEvent| {
        let Some(world) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
        let place = |offset: i32, extent: i32, cells: usize| {
            (f64::from(offset) / f64::from(extent.max(1)) * cells as f64).clamp(0.0, cells as f64 - 1.0) as usize
        };
        let row = place(event.offset_y(), world.client_height(), rows);
        lab.cell.set(Some((row, place(event.offset_x(), world.client_width(), columns))));
    };
    let key = move |event: KeyboardEvent| {
        let (row, column) = lab.cell.get_untracked().unwrap_or((rows - 1, 0));
        let to = match event.key().as_str() {
            "ArrowUp" => (row.saturating_sub(1), column),
            "ArrowDown" => ((row + 1).min(rows - 1), column),
            "ArrowLeft" => (row, column.saturating_sub(1)),
            "ArrowRight" => (row, (column + 1).min(columns - 1)),
            "Escape" => return lab.cell.set(None),
            _ => return,
        };
        event.prevent_default();
        lab.cell.set(Some(to));
    };
    let class = text(move || {
        format!("tile tile{contender} {} {}", ink(contender), if lab.is_shown(contender) { "" } else { "gone" })
    });
    view! {
        <div class=class>
            <h3>{swatch(contender)}{name.clone()}</h3>
            <div class="world" tabindex="0" role="group" aria-label=format!("{name}: grid, arrow keys read its cells")
                on:pointermove=point on:pointerdown=point on:pointerleave=move |_| lab.cell.set(None)
                on:blur=move |_| lab.cell.set(None) on:keydown=key inner_html=world(rows, columns)>
            </div>
            <p class="about told" aria-live="off"></p>
        </div>
    }
    .into_any()
}

/// The layers of a world, from the bottom up, for [`draw`] to fill.
fn world(rows: usize, columns: usize) -> String {
    let (width, height) = (columns as f64 * CELL, rows as f64 * CELL);
    let shades: String =
        (0..SHADES).map(|s| format!(r#"<path class="below s{s}"/><path class="above s{s}"/>"#)).collect();
    format!(
        r#"<svg viewBox="-0.5 -0.5 {} {}" aria-hidden="true">
        <rect class="ground" width="{width}" height="{height}"/>{shades}
        <path class="wall"/><path class="hazard"/><path class="hatching"/><path class="lattice" d="{}"/>
        <path class="goal"/><path class="path"/><path class="arrows"/><text class="letter start"/><text class="letter end"/>
        <rect class="pointed" width="{CELL}" height="{CELL}"/><circle class="agent" r="4.2"/></svg>"#,
        width + 1.0,
        height + 1.0,
        lattice(rows, columns)
    )
}

/// What the shades and marks mean.
fn key() -> String {
    let ramp = |side: &str| {
        let shade = |s| format!(r#"<rect class="{side} s{s}" x="{}" width="10" height="10"/>"#, 10 * s);
        let shades: String = (0..SHADES).map(shade).collect();
        format!(
            r#"<svg viewBox="0 0 80 10" preserveAspectRatio="none" class="ramp {side}" aria-hidden="true">{shades}</svg>"#
        )
    };
    let mark = |class: &str, shapes: &str, words: &str| {
        let picture = format!(r#"<svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">{shapes}</svg>"#);
        format!(r#"<li class="{class}">{picture}{words}</li>"#)
    };
    let marks = [
        mark("", r#"<path class="arrows" d="M4 10L15 10M12 7L15 10L12 13"/>"#, "greedy action"),
        mark("", r#"<path class="path c6" d="M0 10L20 10"/>"#, "greedy path"),
        mark("", r#"<circle class="agent" cx="10" cy="10" r="4.2"/>"#, "agent"),
        mark("", r#"<path class="goal" d="M2 2h16v16h-16z"/>"#, "goal"),
        mark(
            "key-hazard",
            r#"<path class="hazard" d="M1 1h18v18h-18z"/>
            <path class="hatching" d="M1 10L10 1M1 19L19 1M10 19L19 10"/>"#,
            "hazard",
        ),
        mark("key-wall", r#"<path class="wall" d="M1 1h18v18h-18z"/>"#, "wall"),
    ];
    format!(
        r#"<h3>Key</h3><div class="ramps" aria-label="Shades of values" role="group">
        <span class="number least"></span>{}<span class="number">0</span>{}<span class="number most"></span></div><ul>{}</ul>"#,
        ramp("below"),
        ramp("above"),
        marks.concat()
    )
}

/// The lines between cells.
fn lattice(rows: usize, columns: usize) -> String {
    let mut path = Path::new();
    let (width, height) = (columns as f64 * CELL, rows as f64 * CELL);
    for row in 0..=rows {
        path.to(0.0, row as f64 * CELL).line(width, row as f64 * CELL);
    }
    for column in 0..=columns {
        path.to(column as f64 * CELL, 0.0).line(column as f64 * CELL, height);
    }
    path.finish()
}
