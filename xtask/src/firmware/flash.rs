//! Puts an image on a board, the way that its users do.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::board::{self, Way};
use super::{build, cannot, summary};
use crate::House;
use crate::process::{quietly, run};
use crate::provision::{Need, ensure};

/// Builds an image, says what it takes, and puts it on the board that is plugged in.
pub fn flash(house: &House, image: &str, drive: Option<&Path>) -> Result<(), String> {
    let boards = board::all(house)?;
    let (board, image) = board::of_image(&boards, image)?;
    ensure(house, Need::Target(&board.target))?;
    let built = build(house, board, &image)?;
    println!("{}", summary(&image.name, board, &built));
    let file = built.file.as_ref().unwrap_or(&built.elf);
    match &board.way {
        Way::Drive(name) => onto_drive(name, drive, file),
        Way::Probe(chip) => {
            let mut write = tool("probe-rs", "probe-rs-tools", "https://probe.rs", file)?;
            run(write.args(["download", "--chip", chip]).arg(file))?;
            run(Command::new("probe-rs").args(["reset", "--chip", chip]))
        }
        Way::Espflash(chip) => {
            let mut write = tool("espflash", "espflash", "https://github.com/esp-rs/espflash", file)?;
            run(write.args(["write-bin", "--chip", chip, "0x0"]).arg(file))
        }
    }
}

/// A program that is there, or an error that says how to get it.
fn tool(program: &str, package: &str, page: &str, file: &Path) -> Result<Command, String> {
    if quietly(Command::new(program).arg("--version")) {
        return Ok(Command::new(program));
    }
    Err(format!(
        "{program}: not found; install it with `cargo install {package} --locked` (or see {page}) and run again; the image is {}",
        file.display()
    ))
}

fn onto_drive(name: &str, drive: Option<&Path>, file: &Path) -> Result<(), String> {
    let drive = match drive {
        Some(drive) if drive.is_dir() => drive.to_owned(),
        Some(drive) => return Err(format!("{} is no folder", drive.display())),
        None => find_drive(name).ok_or_else(|| {
            let file = file.display();
            format!("no drive {name} is there; plug the board in so that it shows one, say where with `--drive`, or copy {file} to it")
        })?,
    };
    let copy = drive.join(file.file_name().unwrap_or_default());
    fs::copy(file, &copy).map_err(|error| cannot("write", &copy, &error))?;
    // A board that has everything may leave at once, and its drive with it.
    let _ = fs::File::open(&copy).and_then(|copy| copy.sync_all());
    println!("Copied to {}", copy.display());
    Ok(())
}

/// Where systems show drives: by name, or by user and name.
fn find_drive(name: &str) -> Option<PathBuf> {
    let places = ["/media", "/run/media", "/Volumes"].map(PathBuf::from);
    let users = places.iter().filter_map(|place| place.read_dir().ok()).flatten().flatten().map(|user| user.path());
    let users: Vec<_> = users.collect();
    places.iter().chain(&users).map(|place| place.join(name)).find(|drive| drive.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_tool_is_named_with_the_way_to_get_it() {
        let error = tool("no-such-program", "its-package", "its page", Path::new("board.elf")).unwrap_err();
        let how = "no-such-program: not found; install it with `cargo install its-package --locked` (or see its page)";
        assert!(error.starts_with(how) && error.ends_with("the image is board.elf"), "{error}");
    }

    #[test]
    fn an_image_is_copied_to_the_drive_that_is_named_and_a_missing_drive_is_said() {
        let folder = std::env::temp_dir().join(format!("habit-drive-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let image = folder.with_extension("hex");
        fs::write(&image, ":00000001FF\n").unwrap();
        onto_drive("NO-SUCH-DRIVE", Some(&folder), &image).unwrap();
        let copied = fs::read_to_string(folder.join(image.file_name().unwrap())).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(copied, ":00000001FF\n");
        let error = onto_drive("NO-SUCH-DRIVE", None, &image).unwrap_err();
        assert!(error.starts_with("no drive NO-SUCH-DRIVE is there; plug the board in"), "{error}");
        let error = onto_drive("NO-SUCH-DRIVE", Some(&folder), &image).unwrap_err();
        assert!(error.ends_with("is no folder"), "{error}");
        fs::remove_file(&image).unwrap();
    }
}
