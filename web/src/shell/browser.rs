//! The few calls of the browser that the page makes, without their corner cases.

use core::cell::RefCell;

use js_sys::{Array, Uint8Array};
use leptos::prelude::{document, set_timeout, window};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, CanvasRenderingContext2d, HtmlAnchorElement, HtmlCanvasElement, HtmlElement,
    HtmlImageElement, HtmlInputElement, Response, Url,
};

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

/// Hands bytes to the user as a file.
pub fn download(name: &str, kind: &str, bytes: &[u8]) {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let parts = Array::of1(&Uint8Array::from(bytes));
    if let Ok(blob) = Blob::new_with_u8_array_sequence_and_options(&parts, &options) {
        download_blob(name, &blob);
    }
}

fn download_blob(name: &str, blob: &Blob) {
    let (Ok(url), Ok(link)) = (Url::create_object_url_with_blob(blob), document().create_element("a")) else { return };
    let link: HtmlAnchorElement = link.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    // The browser has taken the address over by the next task.
    set_timeout(move || _ = Url::revoke_object_url(&url), core::time::Duration::from_secs(10));
}

/// Hands a drawing to the user as a picture of twice its size in pixels; false where the browser does not paint it.
pub async fn download_png(name: &str, svg: &str, width: f64, height: f64) -> bool {
    paint_png(name, svg, width, height).await.is_ok()
}

async fn paint_png(name: &str, svg: &str, width: f64, height: f64) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type("image/svg+xml");
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&svg.into()), &options)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let image = HtmlImageElement::new()?;
    image.set_src(&url);
    let drawn = JsFuture::from(image.decode()).await;
    Url::revoke_object_url(&url)?;
    drawn?;
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.unchecked_into();
    canvas.set_width((2.0 * width) as u32);
    canvas.set_height((2.0 * height) as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d")?.ok_or(JsValue::NULL)?.unchecked_into();
    context.draw_image_with_html_image_element_and_dw_and_dh(&image, 0.0, 0.0, 2.0 * width, 2.0 * height)?;
    let name = name.to_owned();
    let done = Closure::once_into_js(move |blob: Option<Blob>| {
        if let Some(blob) = blob {
            download_blob(&name, &blob);
        }
    });
    canvas.to_blob(done.unchecked_ref())
}

/// The bytes of a file that the user chose in this field; empty where it cannot be read.
pub async fn chosen(field: &HtmlInputElement) -> Option<Vec<u8>> {
    let file = field.files()?.get(0)?;
    // The same file can be chosen again.
    let bytes = JsFuture::from(file.array_buffer()).await.ok();
    field.set_value("");
    Some(bytes.map(|bytes| Uint8Array::new(&bytes).to_vec()).unwrap_or_default())
}

/// A colour or a length as the page has it.
pub fn token(name: &str) -> String {
    token_of(&document().document_element(), name)
}

/// The same inside the first element that matches.
pub fn token_in(selector: &str, name: &str) -> String {
    token_of(&document().query_selector(selector).ok().flatten(), name)
}

fn token_of(element: &Option<web_sys::Element>, name: &str) -> String {
    let style = element.as_ref().and_then(|element| window().get_computed_style(element).ok().flatten());
    style.and_then(|style| style.get_property_value(name).ok()).unwrap_or_default().trim().into()
}
