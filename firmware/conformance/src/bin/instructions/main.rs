//! Prints how many instructions a call takes on an emulated core: `name mean maximum` a line. Run on `netduinoplus2` with one
//! instruction a nanosecond: QEMU's `-icount shift=0`.

#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
#[path = "../../emulated.rs"]
mod emulated;

#[cfg(target_os = "none")]
mod chain;
#[cfg(target_os = "none")]
mod counter;
#[cfg(target_os = "none")]
mod learners;

#[cfg(target_os = "none")]
fn report(_: &mut habit::lab::Run, out: &mut impl core::fmt::Write) -> Result<(), (&'static str, habit::Error)> {
    let mut counter = counter::Counter::start();
    let mut line = |name: &str, cost: counter::Cost| _ = writeln!(out, "{name} {} {}", cost.mean, cost.maximum);
    chain::report(&mut counter, &mut line).map_err(|error| ("reward-chain", error))?;
    learners::report(&mut counter, &mut line).map_err(|error| ("learners", error))
}

/// Nothing to count without the emulator.
#[cfg(not(target_os = "none"))]
fn main() {
    println!("Counts on an emulated core: cargo xtask bench firmware");
}
