//! Gives each board's image the linker script of its memory.

use std::env;
use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=memory");
    if env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("none") {
        return;
    }
    let root = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let memory = Path::new(&root).join("memory");
    for board in memory.read_dir().into_iter().flatten().flatten() {
        let (path, name) = (board.path(), board.file_name());
        println!("cargo::rustc-link-arg-bin={}=-L{}", name.display(), path.display());
    }
    // Sections follow each other without gaps to the next page.
    println!("cargo::rustc-link-arg-bins=--nmagic");
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
}
