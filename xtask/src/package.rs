//! Builds the package for other people's pages: learners as text in a script, experiments in the folder that their workers need,
//! types, and examples.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::House;
use crate::lab::{cannot, copy, optimise};
use crate::process::{cargo, run};
use crate::provision::{Need, ensure};
use crate::wasm::TARGET;

/// The families of learners, a module each.
const MODULES: [&str; 4] = ["arms", "linear", "tabular", "thompson"];

/// What experiments need of the site: how these files' names begin.
const OF_SITE: [&str; 2] = ["room-", "worker.js"];

/// Builds the package from a site and returns its folder.
pub fn build(house: &House, site: &Path) -> Result<PathBuf, String> {
    ensure(house, Need::Target(TARGET))?;
    ensure(house, Need::Npm("web"))?;
    let package = house.target.join("npm").join("habit-lab");
    if package.exists() {
        fs::remove_dir_all(&package).map_err(|error| cannot("clear", &package, &error))?;
    }
    copy(&house.root.join("web/package/npm"), &package)?;
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        let to = package.join(licence);
        fs::copy(house.root.join(licence), &to).map_err(|error| cannot("write", &to, &error))?;
    }
    write_modules(house, &package)?;
    let lab = package.join("lab");
    copy(&site.join("experiments"), &lab.join("experiments"))?;
    for entry in fs::read_dir(site).map_err(|error| cannot("read", site, &error))? {
        let entry = entry.map_err(|error| cannot("read", site, &error))?;
        let name = entry.file_name();
        if OF_SITE.iter().any(|start| name.to_string_lossy().starts_with(start)) {
            let to = lab.join(name);
            fs::copy(entry.path(), &to).map_err(|error| cannot("write", &to, &error))?;
        }
    }
    Ok(package)
}

/// Compiles the modules, makes them small, and writes them as text: bundlers and servers need not know what they are.
fn write_modules(house: &House, package: &Path) -> Result<(), String> {
    println!("Building the learners");
    let mut build = cargo();
    build.args(["build", "--quiet", "--package", "habit-js", "--examples", "--profile", "javascript"]);
    run(build.args(["--target", TARGET]).current_dir(&house.root))?;
    let built = house.target.join(TARGET).join("javascript/examples");
    let mut script = String::from("// The learners' modules, written by the build.\n");
    for name in MODULES {
        let small = built.join(format!("{name}.small.wasm"));
        optimise(house, &built.join(format!("{name}.wasm")), &small)?;
        let bytes = fs::read(&small).map_err(|error| cannot("read", &small, &error))?;
        println!("{name}: {} bytes", bytes.len());
        script += &format!("export const {name} = \"{}\";\n", base64(&bytes));
    }
    let path = package.join("modules.js");
    fs::write(&path, script).map_err(|error| cannot("write", &path, &error))
}

/// Packs it beside its folder, as `npm publish` would.
pub fn pack(package: &Path) -> Result<(), String> {
    run(Command::new("npm").args(["pack", "--silent", "--pack-destination", ".."]).current_dir(package))
}

/// As `atob` reads it.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let word = three.iter().chain(&[0, 0]).take(3).fold(0_usize, |word, byte| word << 8 | usize::from(*byte));
        for digit in 0..4 {
            let index = word >> (18 - 6 * digit) & 63;
            text.push(if digit <= three.len() { char::from(DIGITS[index]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_text_as_browsers_read_it() {
        for (bytes, text) in [("", ""), ("M", "TQ=="), ("Ma", "TWE="), ("Man", "TWFu"), ("\0asm", "AGFzbQ==")] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }
}
