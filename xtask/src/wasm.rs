//! WebAssembly: the target, and the JavaScript beside a module.

use std::path::Path;

use wasm_bindgen_cli_support::Bindgen;

/// Rust's name of it.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Who loads a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loader {
    /// A page, with `import`.
    Page,
    /// Node.js, with `require`.
    Node,
}

/// Writes `NAME.js` and `NAME_bg.wasm` into a folder, from a module as the compiler leaves it.
pub fn bind(module: &Path, loader: Loader, name: &str, folder: &Path) -> Result<(), String> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).typescript(false).omit_default_module_path(false).out_name(name);
    let bindgen = match loader {
        Loader::Page => bindgen.web(true),
        Loader::Node => bindgen.nodejs(true),
    };
    let written = bindgen.and_then(|bindgen| bindgen.generate(folder));
    written.map_err(|error| format!("{name}: no JavaScript could be written: {}", one_line(&error.to_string())))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
