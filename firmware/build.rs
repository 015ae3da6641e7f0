//! Gives each image the linker script of its board's memory, and says which checkpoint the bandits start from.

use std::ffi::OsStr;

include!("link.rs");

fn main() {
    let manifest = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let root = Path::new(&manifest);
    find_checkpoint(root);
    println!("cargo::rerun-if-changed=link.rs");
    link_images(root, &root.join("memory"));
}

/// `HABIT_CHECKPOINT`, counted from the workspace's folder, or the one of the example `request_loop`.
fn find_checkpoint(root: &Path) {
    println!("cargo::rerun-if-env-changed=HABIT_CHECKPOINT");
    let named = env::var_os("HABIT_CHECKPOINT");
    let named = named.as_deref().unwrap_or(OsStr::new("firmware/pages.habit"));
    let file = root.join("..").join(named);
    println!("cargo::rerun-if-changed={}", file.display());
    if !file.is_file() {
        println!(
            "cargo::error=there is no file {}; HABIT_CHECKPOINT counts from the workspace's folder",
            file.display()
        );
    }
    println!("cargo::rustc-env=HABIT_CHECKPOINT_FILE={}", file.display());
}
