//! Small pieces that several parts of the page use.
//!
//! Every closure type in a view becomes code of its own, and a drawing has hundreds of moving attributes. So what moves
//! is either a [`text`], one type for all, or painted by one effect a drawing ([`paint`]): a third of the download.

use core::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::browser;
use crate::number;
use crate::scale::Axis;

/// A text that follows what it is made from.
pub fn text(make: impl Fn() -> String + Send + Sync + 'static) -> Signal<String> {
    Signal::derive(make)
}

/// A part of the page that is made anew when what it is made from changes.
pub fn part(make: impl Fn() -> AnyView + Send + 'static) -> Box<dyn FnMut() -> AnyView + Send> {
    Box::new(make)
}

/// `"true"` or `"false"`, as attributes want it.
pub fn flag(is: impl Fn() -> bool + Send + Sync + 'static) -> Signal<String> {
    text(move || is().to_string())
}

/// A contender's classes: its colour, and its dashes. There are eight colours; where they start again the dashes are others.
pub fn ink(contender: usize) -> String {
    let colour = contender % COLOURS;
    match contender / COLOURS {
        0 => format!("c{colour}"),
        round => format!("c{colour} round{}", round.min(2)),
    }
}

/// How many colours there are for contenders.
const COLOURS: usize = 8;

/// A metric's or a parameter's name as people read it.
pub fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// Sets an attribute of the first element that matches, where that changes it.
pub fn paint(root: &Element, selector: &str, name: &str, value: &str) {
    if let Ok(Some(element)) = root.query_selector(selector)
        && element.get_attribute(name).as_deref() != Some(value)
    {
        let _ = element.set_attribute(name, value);
    }
}

/// Sets the text of the first element that matches, where that changes it.
pub fn write(root: &Element, selector: &str, text: &str) {
    if let Ok(Some(element)) = root.query_selector(selector)
        && element.text_content().as_deref() != Some(text)
    {
        element.set_text_content(Some(text));
    }
}

/// Puts an axis's labels into the first element that matches; `side` is where they are measured from.
pub fn paint_ticks(root: &Element, selector: &str, axis: &Axis, side: &str) {
    let Ok(Some(place)) = root.query_selector(selector) else { return };
    while place.child_element_count() > axis.ticks.len() as u32 {
        if let Some(last) = place.last_element_child() {
            last.remove();
        }
    }
    for (i, tick) in axis.ticks.iter().enumerate() {
        let label = match place.children().item(i as u32) {
            Some(label) => label,
            None => {
                let Ok(label) = document().create_element("span") else { return };
                let _ = place.append_child(&label);
                label
            }
        };
        label.set_text_content(Some(&number::tick(*tick, axis.step)));
        let style = label.unchecked_into::<web_sys::HtmlElement>().style();
        let _ = style.set_property(side, &format!("{:.2}%", axis.place(*tick) * 100.0));
    }
}

/// A piece of a contender's line, as the curves draw it.
pub fn swatch(contender: usize) -> AnyView {
    let class = format!("swatch {}", ink(contender));
    view! {
        <span class=class aria-hidden="true"
            inner_html=r#"<svg viewBox="0 0 26 10" width="26" height="10"><path class="line" d="M1 5H25"/></svg>"#></span>
    }
    .into_any()
}

/// A button that copies a text and says for a moment that it did.
#[component]
pub fn Copy(
    /// What is copied, in a word or two.
    what: &'static str,
    /// The text.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    let said = RwSignal::new(String::new());
    let copy = move |_| {
        let text = text.get_untracked();
        spawn_local(async move {
            said.set(if browser::copy(&text).await { "Copied".into() } else { "Not allowed".into() });
            set_timeout(move || said.set(String::new()), Duration::from_secs(2));
        });
    };
    let label = self::text(move || said.with(|said| if said.is_empty() { "Copy".into() } else { said.clone() }));
    view! {
        <button type="button" class="button copy" aria-label=format!("Copy {what}") on:click=copy>{label}</button>
        <span class="unseen" role="status">{self::text(move || said.get())}</span>
    }
    .into_any()
}
