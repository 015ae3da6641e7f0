//! What learners cost a Cortex-M0. The board tests measure it, so that they can hold it against what was recorded.

use crate::House;
use crate::process::{cargo, run};
use crate::provision::{Need, ensure};

const NEEDS: [Need; 2] = [Need::Target("thumbv6m-none-eabi"), Need::Debian(&["qemu-system-arm"])];
const TEST: &str = "images::instructions::learners_cost_what_was_recorded";

/// Prints the table of bytes and instructions, and writes `tests/instructions.toml` when `record` says so.
pub fn bench(house: &House, record: bool) -> Result<(), String> {
    NEEDS.iter().try_for_each(|need| ensure(house, *need))?;
    let mut test = cargo();
    test.args(["test", "--quiet", "--package", "habit-tests", "--features", "firmware", "--test", "firmware", "--"]);
    test.args(["--exact", TEST, "--nocapture"]).current_dir(&house.root);
    if record {
        test.env("HABIT_RECORD", "1");
    }
    run(&mut test)
}
