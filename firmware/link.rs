// What the build scripts of packages with images share.

use std::env;
use std::path::Path;

/// Gives each image in `src/bin/` of the package at `root` the linker script of its board, of those in `scripts`.
fn link_images(root: &Path, scripts: &Path) {
    println!("cargo::rerun-if-changed={}", scripts.display());
    println!("cargo::rerun-if-changed=src/bin");
    if env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("none") {
        return;
    }
    for board in scripts.read_dir().into_iter().flatten().flatten() {
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
