//! The Python module: how its wheel is built, and put where a test or a bench finds it.

use std::path::PathBuf;
use std::process::Command;

use crate::House;
use crate::provision::python;

/// Its folder, and the environment that builds and tests it.
pub const FOLDER: &str = "host/python";

fn wheels(house: &House) -> PathBuf {
    house.target.join("python/wheels")
}

/// The interpreter of an environment, in the module's folder.
pub fn interpreter(house: &House, environment: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(python(house, environment));
    // Nothing is written beside the sources.
    command.args(arguments).env("PYTHONDONTWRITEBYTECODE", "1").current_dir(house.root.join(FOLDER));
    command
}

/// Builds the wheel.
pub fn build(house: &House) -> Command {
    let mut command =
        interpreter(house, FOLDER, &["-m", "maturin", "build", "--profile", "wheel", "--locked", "--out"]);
    command.arg(wheels(house)).arg("--target-dir").arg(&house.target);
    command
}

/// Installs the wheel into an environment, as a user would.
pub fn install(house: &House, environment: &str) -> Command {
    let arguments = ["-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--force-reinstall", "--find-links"];
    let mut command = interpreter(house, environment, &arguments);
    command.arg(wheels(house)).arg("habit");
    command
}
