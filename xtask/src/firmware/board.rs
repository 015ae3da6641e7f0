//! The boards of `firmware/Cargo.toml`.

use serde_json::Value;

use super::elf::Elf;
use super::file;
use crate::House;
use crate::process::{cargo, output};

/// A board's entry.
pub struct Board {
    /// Its name, its feature, and its image with experiments.
    pub name: String,
    /// What its images are compiled for.
    pub target: String,
    /// The experiments that the image with its name holds.
    pub experiments: Vec<String>,
    /// Whether the tests run it.
    pub emulated: bool,
    /// How an image gets onto it.
    pub way: Way,
    bandits: bool,
    examples: Vec<String>,
    uf2: Option<u32>,
}

/// One image of a board.
pub struct BoardImage<'a> {
    /// Its name, and its binary's.
    pub name: String,
    /// The package that it is built from.
    pub package: &'static str,
    /// The experiments that it holds.
    pub experiments: &'a [String],
}

/// How an image gets onto a board.
pub enum Way {
    /// As a file on the drive of this name.
    Drive(String),
    /// Through a debug probe, to the chip that probe-rs knows by this name.
    Probe(String),
    /// Through the chip's own loader, which espflash talks to.
    Espflash(String),
}

/// Every board, by name.
pub fn all(house: &House) -> Result<Vec<Board>, String> {
    let mut command = cargo();
    command.args(["metadata", "--no-deps", "--format-version", "1"]).current_dir(&house.root);
    let metadata: Value =
        serde_json::from_str(&output(&mut command)?).map_err(|error| format!("`cargo metadata`: {error}"))?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let firmware = packages.filter(|package| package["name"] == "habit-firmware");
    let boards = firmware.filter_map(|package| package["metadata"]["boards"].as_object()).flatten();
    boards.map(|(name, entry)| Board::read(name, entry)).collect()
}

/// An image and its board, or an error that names what there is.
pub fn of_image<'a>(boards: &'a [Board], name: &str) -> Result<(&'a Board, BoardImage<'a>), String> {
    let all = || boards.iter().flat_map(|board| board.images().into_iter().map(move |image| (board, image)));
    all().find(|(_, image)| image.name == name).ok_or_else(|| {
        let names: Vec<_> = all().map(|(_, image)| image.name).collect();
        format!("there is no board `{name}`; there are {}", names.join(", "))
    })
}

impl Board {
    fn read(name: &str, entry: &Value) -> Result<Self, String> {
        let text = |key: &str| entry[key].as_str().map(str::to_owned);
        let lacks = |what: &str| format!("firmware/Cargo.toml does not say {what} of the board {name}");
        let ways = [text("drive").map(Way::Drive), text("probe").map(Way::Probe), text("espflash").map(Way::Espflash)];
        let words = |key: &str| {
            let words = entry[key].as_array()?.iter();
            Some(words.filter_map(|word| Some(word.as_str()?.to_owned())).collect::<Vec<_>>())
        };
        Ok(Self {
            name: name.into(),
            target: text("target").ok_or_else(|| lacks("the target"))?,
            experiments: words("experiments").ok_or_else(|| lacks("the experiments"))?,
            emulated: entry.get("emulator").is_some(),
            way: ways.into_iter().flatten().next().ok_or_else(|| lacks("the drive, the probe or the espflash"))?,
            bandits: entry["bandits"] == true,
            examples: words("examples").unwrap_or_default(),
            uf2: entry["uf2"].as_u64().and_then(|family| family.try_into().ok()),
        })
    }

    /// Its images: the one with experiments, then those that serve something else.
    pub fn images(&self) -> Vec<BoardImage<'_>> {
        let image =
            |end: &str, package, experiments| BoardImage { name: self.name.clone() + end, package, experiments };
        let mut images = vec![image("", "habit-firmware", self.experiments.as_slice())];
        images.extend(self.bandits.then(|| image("-bandits", "habit-firmware", &[])));
        images.extend(self.examples.iter().map(|name| image(&format!("-{name}"), "habit-examples", &[])));
        images
    }

    /// What it takes when that is not the linked program: how the file's name ends, and what is in it.
    pub fn file(&self, elf: &Elf) -> Option<(&'static str, Vec<u8>)> {
        match (self.uf2, &self.way) {
            (Some(family), _) => Some(("uf2", file::uf2(family, &elf.segments))),
            (None, Way::Drive(_)) => Some(("hex", file::hex(&elf.segments).into_bytes())),
            (None, Way::Espflash(_)) => Some(("bin", file::bin(&elf.segments))),
            (None, Way::Probe(_)) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_board_says_what_is_asked_and_an_unknown_one_is_refused_with_their_names() {
        let boards = all(&House::find()).unwrap();
        for name in ["hifive1", "microbit-v1", "pico", "stm32f405", "stm32vldiscovery"] {
            assert!(of_image(&boards, name).unwrap().0.emulated, "{name}");
        }
        for image in ["microbit-v1-bandits", "microbit-v1-teaching"] {
            assert_eq!(of_image(&boards, image).unwrap().0.name, "microbit-v1");
        }
        let error = of_image(&boards, "microbit").err().unwrap();
        assert!(error.starts_with("there is no board `microbit`; there are "), "{error}");
        assert!(error.contains(" microbit-v1, microbit-v1-bandits,"), "{error}");
    }
}
