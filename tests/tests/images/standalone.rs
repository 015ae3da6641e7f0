//! A project outside of the workspace, as a user has it.

use crate::support::emulator;
use habit_tests::root;
use std::path::Path;
use std::process::Command;

#[test]
fn a_project_of_its_own_learns_on_a_board_and_cannot_panic() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("images");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // Its target and its flags stand in its own folder, as does what it depends on.
    cargo.args(["build", "--quiet", "--release", "--locked", "--features", "no-panic"]);
    cargo.current_dir(root().join("firmware/standalone")).env("CARGO_TARGET_DIR", &folder).env_remove("RUSTFLAGS");
    let output = cargo.output().expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = emulator::run("microbit", &folder.join("thumbv6m-none-eabi/release/fan"));
    let right: Vec<u32> = text.lines().filter_map(|line| line.split(' ').nth(2)?.parse().ok()).collect();
    assert!(right.len() == 6 && right[0] < right[5] && right[5] >= 90, "{text}");
}
