//! Builds images with cargo, in a folder of its own beside the other build output.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use habit_tests::{read, root};
use toml::Table;

/// What cargo is to build.
pub struct Image<'a> {
    /// The package.
    pub package: &'a str,
    /// Its binary.
    pub binary: &'a str,
    /// The target; the host's own where it is empty.
    pub target: &'a str,
    /// The features, separated by commas.
    pub features: &'a str,
}

impl Image<'_> {
    /// Builds it at the firmware's profile (a host's at `release`) and returns where it lies; or what cargo says.
    pub fn build(&self) -> Result<PathBuf, String> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("images");
        let profile = if self.target.is_empty() { "release" } else { "firmware" };
        let name = format!("{}{}", self.binary, std::env::consts::EXE_SUFFIX);
        let built = folder.join(self.target).join(profile).join(name);
        let copy = folder.join(format!("{}-{}-{}", self.binary, self.target, self.features.replace(['/', ','], "-")));
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--quiet", "--package", self.package, "--bin", self.binary, "--profile", profile]);
        if !self.target.is_empty() {
            cargo.args(["--target", self.target]);
        }
        cargo.args(["--features", self.features]).current_dir(root()).env("CARGO_TARGET_DIR", &folder);
        // What is compared with a board is the checkpoint of the repository.
        cargo.env_remove("HABIT_CHECKPOINT");

        // Tests run side by side, and one binary with other features lands in the same place.
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let lock = File::create(folder.join("lock")).and_then(|file| file.lock().map(|()| file));
        let _lock = lock.map_err(|error| format!("{}: {error}", folder.display()))?;
        let output = cargo.output().map_err(|error| format!("cargo cannot be started: {error}"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        fs::copy(&built, &copy).map_err(|error| format!("{}: {error}", built.display()))?;
        Ok(copy)
    }
}

/// The rooms of the kernel that hold experiments: its features `lab-*`.
pub fn rooms() -> Vec<String> {
    let manifest: Table = read("kernel/Cargo.toml").expect("a manifest").parse().expect("valid TOML");
    let features = manifest["features"].as_table().expect("a table");
    features.keys().filter(|name| name.starts_with("lab-")).cloned().collect()
}

/// A board's line in the table of `firmware/Cargo.toml`.
pub struct Board {
    name: String,
    entry: Table,
}

impl Board {
    /// Every board that the tests can run.
    pub fn all() -> Vec<Self> {
        let manifest: Table = read("firmware/Cargo.toml").expect("a manifest").parse().expect("valid TOML");
        let boards = manifest["package"]["metadata"]["boards"].as_table().expect("a table of boards");
        let boards = boards.iter().map(|(name, entry)| (name, entry.as_table().expect("a board's line")));
        let boards = boards.filter(|(_, entry)| entry.contains_key("emulator"));
        boards.map(|(name, entry)| Self { name: name.clone(), entry: entry.clone() }).collect()
    }

    /// The smallest one.
    pub fn microbit() -> Self {
        Self::named("microbit-v1")
    }

    /// The one of this name.
    pub fn named(name: &str) -> Self {
        Self::all()
            .into_iter()
            .find(|board| board.name == name)
            .unwrap_or_else(|| panic!("no emulated board is {name}"))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How the emulator that stands for it is started.
    pub fn emulator(&self) -> Vec<&str> {
        self.words("emulator")
    }

    /// The experiments that it holds.
    pub fn experiments(&self) -> Vec<&str> {
        self.words("experiments")
    }

    fn words(&self, key: &str) -> Vec<&str> {
        let words = self.entry[key].as_array().unwrap_or_else(|| panic!("{key} of {} is no list", self.name));
        words.iter().map(|word| word.as_str().expect("text")).collect()
    }

    /// The address and the length of its stack.
    pub fn stack(&self) -> (u32, usize) {
        self.region("STACK")
    }

    /// The address and the length of a region of its linker script.
    pub fn region(&self, name: &str) -> (u32, usize) {
        let script = read(format!("firmware/memory/{}/memory.x", self.name)).expect("a linker script");
        let line = script.lines().find(|line| line.trim_start().starts_with(name));
        let line = line.unwrap_or_else(|| panic!("{} has no region {name}", self.name));
        let after = |word: &str| line.split_once(word).map_or("", |(_, rest)| rest).trim_start_matches([' ', '=']);
        let origin = after("ORIGIN").trim_start_matches("0x").split(',').next().unwrap_or_default();
        let (length, unit) = after("LENGTH").strip_suffix('K').map_or((after("LENGTH"), 1), |length| (length, 1024));
        let number = |text, radix| u32::from_str_radix(text, radix).unwrap_or_else(|e| panic!("{line}: {e}"));
        (number(origin, 16), number(length, 10) as usize * unit)
    }

    /// Builds its image with the experiments.
    pub fn image(&self, more_features: &str) -> PathBuf {
        let mut features = format!("{}{more_features}", self.name);
        for experiment in self.experiments() {
            features += &format!(",habit/{}", experiment.replace('.', "-"));
        }
        self.build("habit-firmware", &self.name, &features)
    }

    /// Builds its image with the bandits, where it has one.
    pub fn bandits(&self) -> Option<PathBuf> {
        let has_bandits = self.entry.get("bandits").and_then(|entry| entry.as_bool()) == Some(true);
        has_bandits.then(|| self.build("habit-firmware", &format!("{}-bandits", self.name), &self.name))
    }

    /// Builds its image with an example, where it has one.
    pub fn example(&self, name: &str) -> Option<PathBuf> {
        let names = self.entry.get("examples").and_then(|names| names.as_array());
        let has_it = names.is_some_and(|names| names.iter().any(|other| other.as_str() == Some(name)));
        has_it.then(|| self.build("habit-examples", &format!("{}-{name}", self.name), &self.name))
    }

    fn build(&self, package: &str, binary: &str, features: &str) -> PathBuf {
        let target = self.entry["target"].as_str().expect("a target");
        let image = Image { package, binary, target, features };
        image.build().unwrap_or_else(|error| panic!("{binary} does not build:\n{error}"))
    }
}
