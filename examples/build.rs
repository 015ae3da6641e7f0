//! Gives each image the linker script of its board's memory.

include!("../firmware/link.rs");

fn main() {
    let manifest = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let root = Path::new(&manifest);
    println!("cargo::rerun-if-changed=../firmware/link.rs");
    link_images(root, &root.join("../firmware/memory"));
}
