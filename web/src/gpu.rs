//! The browser's GPU, held against the kernel.

use habit_gpu::{Context, Options};
use wasm_bindgen::prelude::*;

/// Checks the browser's GPU and says in one line each what was compared with the kernel and how it came out; a line that
/// starts with `FAIL` did not.
///
/// # Errors
/// One sentence, where there is no GPU or it gives up.
#[wasm_bindgen]
pub async fn self_check() -> Result<String, JsError> {
    let context = Context::new(&Options::default()).await?;
    Ok(habit_gpu::self_check(&context).await?.to_string())
}
