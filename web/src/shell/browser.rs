//! The few calls of the browser that the page makes, without their corner cases.

use core::cell::RefCell;

use leptos::prelude::{document, window};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlElement, Response};

/// Fetches a text of this site, or says in one sentence why there is none.
pub async fn fetch(path: &str) -> Result<String, String> {
    let unreachable = |_| format!("{path} could not be loaded: the server does not answer.");
    let response = JsFuture::from(window().fetch_with_str(path)).await.map_err(unreachable)?;
    let response: Response = response.unchecked_into();
    if !response.ok() {
        return Err(format!("{path} could not be loaded: the server answers {}.", response.status()));
    }
    let text = JsFuture::from(response.text().map_err(unreachable)?).await.map_err(unreachable)?;
    Ok(text.as_string().unwrap_or_default())
}

/// The part of the address from `#` on.
pub fn hash() -> String {
    window().location().hash().unwrap_or_default()
}

/// Writes the address without a step in the history.
pub fn replace_hash(hash: &str) {
    if let Ok(history) = window().history() {
        // A browser that is asked too often refuses; the next change tries again.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(hash));
    }
}

/// The address without what stands behind `#`.
pub fn address() -> String {
    let address = window().location().href().unwrap_or_default();
    address.split('#').next().unwrap_or_default().into()
}

/// Puts a text on the clipboard; false where the browser does not let us.
pub async fn copy(text: &str) -> bool {
    let clipboard = js_sys::Reflect::get(&window().navigator(), &"clipboard".into());
    if !clipboard.is_ok_and(|clipboard| clipboard.is_object()) {
        return false;
    }
    JsFuture::from(window().navigator().clipboard().write_text(text)).await.is_ok()
}

/// A seed that nobody chose.
pub fn dice() -> u32 {
    (js_sys::Math::random() * 4_294_967_296.0) as u32
}

/// Moves the keyboard to the first element that matches.
pub fn focus(selector: &str) {
    if let Ok(Some(element)) = document().query_selector(selector) {
        let _ = element.unchecked_into::<HtmlElement>().focus();
    }
}

/// Calls back at the next frame, once however often it is asked.
pub struct Frame {
    asked: RefCell<bool>,
}

impl Frame {
    /// Not asked yet.
    pub const fn new() -> Self {
        Self { asked: RefCell::new(false) }
    }

    /// Has `call` called at the next frame unless that was asked already.
    pub fn ask(&self, call: &'static std::thread::LocalKey<Closure<dyn FnMut()>>) {
        if !self.asked.replace(true) {
            call.with(|call| {
                let _ = window().request_animation_frame(call.as_ref().unchecked_ref());
            });
        }
    }

    /// The frame came.
    pub fn came(&self) {
        self.asked.replace(false);
    }
}
