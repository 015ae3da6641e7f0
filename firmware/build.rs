//! Gives each image the linker script of its board's memory, and says which checkpoint the bandits start from.

use std::env;
use std::ffi::OsStr;
use std::path::Path;

fn main() {
    let manifest = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let root = Path::new(&manifest);
    find_checkpoint(root);
    println!("cargo::rerun-if-changed=memory");
    println!("cargo::rerun-if-changed=src/bin");
    if env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("none") {
        return;
    }
    for board in root.join("memory").read_dir().into_iter().flatten().flatten() {
        let (path, name) = (board.path(), board.file_name());
        let images = root.join("src/bin").read_dir().into_iter().flatten().flatten();
        let images = images.filter_map(|image| Some(image.path().file_stem()?.to_str()?.replace('_', "-")));
        // An image is called after its board, with a dash before what it serves besides experiments.
        let is_of_board = |image: &String| {
            let rest = name.to_str().and_then(|name| image.strip_prefix(name));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        for image in images.filter(is_of_board) {
            println!("cargo::rustc-link-arg-bin={image}=-L{}", path.display());
        }
    }
    // Sections follow each other without gaps to the next page.
    println!("cargo::rustc-link-arg-bins=--nmagic");
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
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
