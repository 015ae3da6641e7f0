//! What a task needs and a bare machine lacks: looked for, and installed with a word about it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::House;
use crate::process::{cargo, output, quietly};

/// Something that must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need<'a> {
    /// Rust's standard library for a target.
    Target(&'a str),
    /// A component of the toolchain.
    Component(&'static str),
    /// Packages of Debian.
    Debian(&'static [&'static str]),
    /// What the lock file of a folder names.
    Npm(&'static str),
    /// What `requirements.txt` of a folder names, in an environment of its own: see [`python`].
    Python(&'static str),
    /// A program that cargo installs from the registry.
    Cargo(&'static str),
}

/// Makes sure that it is there.
pub fn ensure(house: &House, need: Need<'_>) -> Result<(), String> {
    match need {
        Need::Target(target) => {
            let library = output(Command::new("rustc").args(["--print", "target-libdir", "--target", target]));
            if library.is_ok_and(|folder| Path::new(folder.trim()).is_dir()) {
                return Ok(());
            }
            install(&format!("Rust target {target}"), Command::new("rustup").args(["target", "add", target]))
        }
        Need::Component(component) => {
            // Components are subcommands of cargo.
            let name = component.strip_suffix("fmt").map_or(component, |_| "fmt");
            if quietly(cargo().args([name, "--version"])) {
                return Ok(());
            }
            install(
                &format!("Rust component {component}"),
                Command::new("rustup").args(["component", "add", component]),
            )
        }
        Need::Debian(packages) => {
            let missing: Vec<_> = packages.iter().filter(|package| !has_package(package)).copied().collect();
            if missing.is_empty() {
                return Ok(());
            }
            let what = missing.join(" ");
            if !quietly(Command::new("apt-get").arg("--version")) {
                return Err(format!("{what}: not found, and this is no Debian; install it and run again"));
            }
            install("lists of Debian packages", as_root("apt-get").arg("update"))?;
            let mut command = as_root("apt-get");
            command
                .args(["install", "-y", "--no-install-recommends"])
                .args(missing)
                .env("DEBIAN_FRONTEND", "noninteractive");
            install(&what, &mut command)
        }
        Need::Npm(folder) => npm(&house.root.join(folder), folder),
        Need::Python(folder) => packages(house, folder),
        Need::Cargo(program) => {
            if quietly(Command::new(program).arg("--version")) {
                return Ok(());
            }
            install(program, cargo().args(["install", "--locked", program]))
        }
    }
}

/// npm writes a copy of the lock file beside what it installed, so its age tells whether anything changed.
fn npm(folder: &Path, name: &str) -> Result<(), String> {
    let age = |path: &str| folder.join(path).metadata().and_then(|data| data.modified()).ok();
    let (lock, installed) = (age("package-lock.json"), age("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= lock {
        return Ok(());
    }
    if !quietly(Command::new("node").arg("--version")) {
        return Err("node: not found; install Node.js 20 or later with npm and run again".into());
    }
    let what = format!("npm packages of {name}/");
    install(&what, Command::new("npm").args(["ci", "--loglevel=error"]).current_dir(folder))
}

/// The interpreter that sees what a folder needs.
pub fn python(house: &House, folder: &str) -> PathBuf {
    house.target.join("python").join(folder).join("bin/python3")
}

/// A copy of the requirements beside what was installed tells whether anything changed.
fn packages(house: &House, folder: &str) -> Result<(), String> {
    let requirements = house.root.join(folder).join("requirements.txt");
    let environment = house.target.join("python").join(folder);
    let installed = environment.join("requirements.txt");
    let text = |path: &Path| std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()));
    if text(&installed).is_ok_and(|installed| Ok(installed) == text(&requirements)) {
        return Ok(());
    }
    if !quietly(Command::new("python3").args(["-c", "import ensurepip, venv"])) {
        ensure(house, Need::Debian(&["python3", "python3-venv"]))?;
    }
    let what = format!("Python packages of {folder}/");
    install(
        "an environment for Python packages",
        Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment),
    )?;
    let mut pip = Command::new(python(house, folder));
    pip.args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&requirements);
    install(&what, &mut pip)?;
    std::fs::copy(&requirements, &installed).map_err(|error| format!("{}: {error}", installed.display()))?;
    Ok(())
}

fn install(what: &str, command: &mut Command) -> Result<(), String> {
    let line = crate::process::line(command);
    println!("Installing {what}: {line}");
    if quietly(command) {
        return Ok(());
    }
    Err(format!("{what} could not be installed; check the network, or run `{line}` by hand and see what it says"))
}

fn has_package(package: &str) -> bool {
    if quietly(Command::new(package).arg("--version")) {
        return true;
    }
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat=${db:Status-Status}", package]).stderr(std::process::Stdio::null());
    query.output().is_ok_and(|output| output.stdout == b"installed")
}

/// Through `sudo` for everyone but root.
fn as_root(program: &str) -> Command {
    let root = output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if root {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.arg(program);
    command
}
