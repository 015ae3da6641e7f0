//! Names the shared library for the loader: programs that were linked with it ask for that name, whatever the file's.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let of_target = |key: &str| env::var(format!("CARGO_CFG_TARGET_{key}")).unwrap_or_default();
    let version = |part: &str| env::var(format!("CARGO_PKG_VERSION_{part}")).unwrap_or_default();
    if of_target("FAMILY") == "unix" && of_target("VENDOR") != "apple" {
        // Before 1.0 every second number may change what is called how.
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libhabit.so.{}.{}", version("MAJOR"), version("MINOR"));
    }
}
