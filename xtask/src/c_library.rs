//! Installs the C interface: header, libraries, and what CMake and pkg-config read.
//!
//! `cargo-c` would do the same for a host, but it is cargo as a library, which takes longer to compile than all of Habit.

use std::fs;
use std::path::{Path, PathBuf};

use crate::House;
use crate::process::{cargo, run};
use crate::provision::{Need, ensure};

/// What is to be installed.
pub struct Wanted<'a> {
    /// Below which folder.
    pub prefix: &'a Path,
    /// For which target; this machine where none is named.
    pub target: Option<&'a str>,
    /// With the functions that run experiments.
    pub experiments: bool,
}

/// Builds the libraries and lays everything out.
pub fn install(house: &House, wanted: &Wanted<'_>) -> Result<(), String> {
    let bare = wanted.target.is_some_and(|target| target.contains("-none"));
    if let Some(target) = wanted.target {
        ensure(house, Need::Target(target))?;
    }
    // Of these types alone, so that what is linked is optimised as one.
    let (profile, types) = if bare { ("firmware", "staticlib") } else { ("capi", "staticlib,cdylib") };
    let mut build = cargo();
    build.args(["rustc", "--package", "habit-capi", "--profile", profile, "--crate-type", types]);
    let features = [(bare, "panic-handler"), (wanted.experiments, "lab")];
    for (_, feature) in features.iter().filter(|(wanted, _)| *wanted) {
        build.args(["--features", feature]);
    }
    let mut built = house.target.clone();
    if let Some(target) = wanted.target {
        build.args(["--target", target]);
        built.push(target);
    }
    built.push(profile);
    // What a static library asks of the system; kept beside it, because nothing is printed when nothing is to be built.
    let needs = built.join("native-static-libs");
    if !bare {
        build.arg("--").arg("--print").arg(format!("native-static-libs={}", needs.display()));
    }
    run(build.current_dir(&house.root))?;
    let needs = if bare { String::new() } else { read(&needs)? };

    let source = house.root.join("host/capi");
    let folder = |path: &str| -> Result<PathBuf, String> {
        let folder = wanted.prefix.join(path);
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(folder)
    };
    let (include, libraries, packages, cmake) =
        (folder("include")?, folder("lib")?, folder("lib/pkgconfig")?, folder("lib/cmake/habit")?);
    copy(&source.join("include/habit.h"), &include.join("habit.h"))?;
    copy(&built.join("libhabit_capi.a"), &libraries.join("libhabit.a"))?;
    let names = Names::of_this_version();
    if !bare {
        names.install_shared(&built, &libraries)?;
    }
    for (template, place) in [
        ("pkgconfig/habit.pc.in", packages.join("habit.pc")),
        ("cmake/habit-config.cmake.in", cmake.join("habit-config.cmake")),
        ("cmake/habit-config-version.cmake.in", cmake.join("habit-config-version.cmake")),
    ] {
        let text = names.fill(&read(&source.join(template))?, needs.trim());
        fs::write(&place, text).map_err(|error| format!("{}: {error}", place.display()))?;
    }
    println!("Habit {} for C is in {}", names.version(), wanted.prefix.display());
    Ok(())
}

/// The names of the shared library, as its soname has them: `host/capi/build.rs`.
struct Names {
    major: &'static str,
    minor: &'static str,
    patch: &'static str,
}

impl Names {
    /// All crates of the workspace have one version.
    const fn of_this_version() -> Self {
        Self {
            major: env!("CARGO_PKG_VERSION_MAJOR"),
            minor: env!("CARGO_PKG_VERSION_MINOR"),
            patch: env!("CARGO_PKG_VERSION_PATCH"),
        }
    }

    fn version(&self) -> String {
        format!("{}.{}.{}", self.major, self.minor, self.patch)
    }

    /// What a linker looks for, and what a loader does.
    fn shared(&self) -> (&'static str, String) {
        if cfg!(target_os = "macos") {
            ("libhabit.dylib", "libhabit.dylib".into())
        } else {
            ("libhabit.so", format!("libhabit.so.{}.{}", self.major, self.minor))
        }
    }

    fn install_shared(&self, built: &Path, libraries: &Path) -> Result<(), String> {
        let (for_linker, for_loader) = self.shared();
        let file = libraries.join(&for_loader);
        copy(&built.join(for_linker.replace("habit", "habit_capi")), &file)?;
        if for_linker == for_loader {
            return Ok(());
        }
        let link = libraries.join(for_linker);
        // One that an earlier version left; that there is none is fine.
        let _ = fs::remove_file(&link);
        #[cfg(unix)]
        std::os::unix::fs::symlink(&for_loader, &link).map_err(|error| format!("{}: {error}", link.display()))?;
        Ok(())
    }

    fn fill(&self, text: &str, needs: &str) -> String {
        let (shared, soname) = self.shared();
        text.replace("@VERSION@", &self.version())
            .replace("@MAJOR@", self.major)
            .replace("@MINOR@", self.minor)
            .replace("@SHARED@", shared)
            .replace("@STATIC@", "libhabit.a")
            .replace("@SONAME@", &soname)
            .replace("@NEEDS_LIST@", &needs.replace(' ', ";"))
            .replace("@NEEDS@", needs)
    }
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    fs::copy(from, to).map(|_| ()).map_err(|error| format!("{} to {}: {error}", from.display(), to.display()))
}
