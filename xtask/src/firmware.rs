//! Images for boards: builds them, writes them as each board wants them, and puts one on a board.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::House;
use crate::process::{cargo, run};
use crate::provision::{Need, ensure};

mod board;
mod elf;
mod file;
mod flash;

use board::{Board, BoardImage};
use elf::Elf;
pub use flash::flash;

/// One image as it was written.
struct Image {
    /// The linked program, with what a debugger wants to know.
    elf: PathBuf,
    /// What the board takes, where that is another file.
    file: Option<PathBuf>,
    /// Bytes of flash and of RAM, the stack not counted.
    flash: u32,
    ram: u32,
}

/// Builds every image into `target/firmware/`, and writes `sizes.json` there: what the images take.
pub fn build_all(house: &House) -> Result<(), String> {
    let boards = board::all(house)?;
    boards.iter().try_for_each(|board| ensure(house, Need::Target(&board.target)))?;
    let mut sizes = Vec::new();
    for board in &boards {
        for of_board in board.images() {
            let image = build(house, board, &of_board)?;
            println!("{}", summary(&of_board.name, board, &image));
            sizes.push(json!({
                "board": board.name, "image": of_board.name, "flash": image.flash, "ram": image.ram,
                "experiments": of_board.experiments, "emulated": board.emulated,
            }));
        }
    }
    let path = folder(house).join("sizes.json");
    write(&path, format!("{:#}\n", Value::from(sizes)).as_bytes())?;
    println!("The images and sizes.json are in {}", folder(house).display());
    Ok(())
}

/// Builds an image, says what it takes, and returns what its board takes.
pub fn build_one(house: &House, name: &str) -> Result<PathBuf, String> {
    let boards = board::all(house)?;
    let (board, of_board) = board::of_image(&boards, name)?;
    ensure(house, Need::Target(&board.target))?;
    let image = build(house, board, &of_board)?;
    println!("{}", summary(name, board, &image));
    Ok(image.file.unwrap_or(image.elf))
}

/// Builds one image and writes it as the board wants it.
fn build(house: &House, board: &Board, image: &BoardImage<'_>) -> Result<Image, String> {
    let BoardImage { name, package, experiments } = image;
    let mut features = board.name.clone();
    for id in *experiments {
        features += &format!(",habit/{}", id.replace('.', "-"));
    }
    // The folder where the tests build theirs: nothing is compiled twice.
    let images = house.target.join("images");
    let mut build = cargo();
    build.args(["build", "--quiet", "--package", package, "--bin", name, "--profile", "firmware"]);
    build.args(["--target", &board.target, "--features", &features]).arg("--target-dir").arg(&images);
    fs::create_dir_all(&images).map_err(|error| cannot("make", &images, &error))?;
    let lock = images.join("lock");
    // Until the copy is made, another set of features must not land in the same place.
    let _lock = File::create(&lock)
        .and_then(|file| file.lock().map(|()| file))
        .map_err(|error| cannot("lock", &lock, &error))?;
    run(build.current_dir(&house.root))?;
    let built = images.join(&board.target).join("firmware").join(name);
    let bytes = fs::read(&built).map_err(|error| cannot("read", &built, &error))?;
    let elf = Elf::read(&bytes).ok_or_else(|| format!("{} is no program for a 32-bit chip", built.display()))?;

    let folder = folder(house);
    fs::create_dir_all(&folder).map_err(|error| cannot("make", &folder, &error))?;
    let path = |ending: &str| folder.join(format!("{name}.{ending}"));
    write(&path("elf"), &bytes)?;
    let file = match board.file(&elf) {
        Some((ending, bytes)) => {
            write(&path(ending), &bytes)?;
            Some(path(ending))
        }
        None => None,
    };
    Ok(Image { elf: path("elf"), file, flash: elf.flash, ram: elf.ram })
}

fn summary(name: &str, board: &Board, image: &Image) -> String {
    let emulated = if board.emulated { "" } else { " (built, not run by the tests)" };
    format!("{name}: {} bytes of flash, {} of RAM{emulated}", image.flash, image.ram)
}

fn folder(house: &House) -> PathBuf {
    house.target.join("firmware")
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    fs::write(path, bytes).map_err(|error| cannot("write", path, &error))
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> String {
    format!("cannot {what} {}: {error}", path.display())
}
