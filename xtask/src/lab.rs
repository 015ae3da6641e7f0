//! Builds the site: a shell, one worker module a room, one for the GPU, a table of experiments, a virtual board, and the files that stay
//! as they are. A service worker gets the list of all of it.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::House;
use crate::cards;
use crate::firmware;
use crate::process::{cargo, output, run};
use crate::provision::{Need, ensure};
use crate::wasm::{Loader, TARGET, bind};

/// Builds the site and returns its folder. The old one is replaced only once the new one is whole.
pub fn build(house: &House) -> Result<PathBuf, String> {
    ensure(house, Need::Target(TARGET))?;
    ensure(house, Need::Npm("web"))?;
    let site = house.target.join("lab");
    let draft = house.target.join("lab.draft");
    let old = house.target.join("lab.old");
    for folder in [&draft, &old] {
        if folder.exists() {
            fs::remove_dir_all(folder).map_err(|error| cannot("clear", folder, &error))?;
        }
    }
    copy(&house.root.join("web/static"), &draft)?;
    for room in write_experiments(house, &draft)? {
        module(house, &draft, &format!("room-{room}"))?;
    }
    for feature in ["gpu", "shell"] {
        module(house, &draft, feature)?;
    }
    virtual_board(house, &draft)?;
    service_worker(&draft)?;
    if site.exists() {
        fs::rename(&site, &old).map_err(|error| cannot("replace", &site, &error))?;
    }
    fs::rename(&draft, &site).map_err(|error| cannot("write", &site, &error))?;
    if old.exists() {
        fs::remove_dir_all(&old).map_err(|error| cannot("clear", &old, &error))?;
    }
    Ok(site)
}

/// Writes the table of experiments and a descriptor each; returns the rooms that they live in.
fn write_experiments(house: &House, site: &Path) -> Result<BTreeSet<String>, String> {
    let mut list = cargo();
    list.args(["run", "--release", "--package", "habit-cli", "--no-default-features", "--bin", "habit", "--"]);
    list.args(["list", "--format", "json"]).current_dir(&house.root);
    let text = output(&mut list)?;
    let unexpected = || "`habit list --format json` did not print an array of descriptors".to_string();
    let mut descriptors: Vec<Value> = serde_json::from_str(&text).map_err(|_| unexpected())?;
    let folder = site.join("experiments");
    fs::create_dir_all(&folder).map_err(|error| cannot("make", &folder, &error))?;
    let mut index = Vec::new();
    let mut rooms = BTreeSet::new();
    let verdicts = cards::verdicts(house)?;
    println!("Running every experiment for its picture");
    for descriptor in &mut descriptors {
        let of = descriptor.get("id").and_then(Value::as_str).ok_or_else(unexpected)?.to_owned();
        let claims = descriptor.get_mut("claims").and_then(Value::as_array_mut).ok_or_else(unexpected)?;
        let mut hold = 0;
        for claim in claims.iter_mut() {
            let sentence = claim.get("sentence").and_then(Value::as_str).ok_or_else(unexpected)?;
            if let Some(recorded) = verdicts.get(&(of.clone(), sentence.to_owned())) {
                hold += usize::from(*recorded);
                claim["recorded"] = (*recorded).into();
            }
        }
        let claims = claims.len();
        let picture = cards::picture(house, descriptor)?;
        let field = |key: &str| descriptor.get(key).and_then(Value::as_str).ok_or_else(unexpected);
        let (id, title, room) = (field("id")?, field("title")?, field("room")?);
        index.push(serde_json::json!({
            "id": id, "title": title, "room": room, "summary": field("summary")?, "citation": field("citation")?,
            "contenders": descriptor.get("contenders"), "claims": claims, "hold": hold, "picture": picture,
        }));
        rooms.insert(room.to_owned());
        write(&folder.join(format!("{id}.json")), &descriptor.to_string())?;
    }
    write(&folder.join("index.json"), &Value::from(index).to_string())?;
    Ok(rooms)
}

/// Compiles habit-web with one feature, writes the JavaScript beside it and makes it small.
fn module(house: &House, site: &Path, feature: &str) -> Result<(), String> {
    println!("Building {feature}");
    let mut build = cargo();
    build.args(["build", "--package", "habit-web", "--lib", "--profile", "web"]);
    build.args(["--target", TARGET, "--features", feature]).current_dir(&house.root);
    // Leptos then builds one type of view instead of one a place: a smaller page.
    build.env("RUSTFLAGS", "--cfg erase_components");
    run(&mut build)?;
    bind(&house.target.join(TARGET).join("web/habit_web.wasm"), Loader::Page, feature, site)?;
    let small = site.join(format!("{feature}_bg.wasm"));
    optimise(house, &small, &small)
}

/// Makes a module small.
pub fn optimise(house: &House, from: &Path, to: &Path) -> Result<(), String> {
    let mut optimise = Command::new("node");
    // Started through node, because `.bin` holds no programs that every system can start.
    optimise.arg(house.root.join("web/node_modules/binaryen/bin/wasm-opt"));
    run(optimise.args(["-Oz", "--strip-debug", "--strip-producers"]).arg(from).arg("-o").arg(to))
}

/// The Pico's image, as its drive takes it, and the emulator that runs it in a worker.
fn virtual_board(house: &House, site: &Path) -> Result<(), String> {
    println!("Building virtual");
    let image = firmware::build_one(house, "pico")?;
    let copy = site.join("pico.uf2");
    fs::copy(&image, &copy).map_err(|error| cannot("write", &copy, &error))?;
    let mut bundle = Command::new("node");
    bundle.arg(house.root.join("web/bundle.mjs")).arg(house.root.join("web/board/virtual.mjs"));
    run(bundle.arg(site.join("virtual.js")).current_dir(house.root.join("web")))
}

/// Tells the service worker what the site is made of. The name of its cache changes with any byte of any file, its own included.
fn service_worker(site: &Path) -> Result<(), String> {
    let mut paths = Vec::new();
    list(site, &mut paths)?;
    paths.sort();
    let mut hash = DefaultHasher::new();
    let mut names = Vec::new();
    for path in &paths {
        let bytes = fs::read(path).map_err(|error| cannot("read", path, &error))?;
        let name = path.strip_prefix(site).unwrap_or(path).to_string_lossy().replace('\\', "/");
        (&name, bytes).hash(&mut hash);
        names.push(name);
    }
    let path = site.join("service-worker.js");
    let script = fs::read_to_string(&path).map_err(|error| cannot("read", &path, &error))?;
    names.retain(|name| name != "service-worker.js");
    let build = serde_json::json!({ "version": format!("{:016x}", hash.finish()), "files": names });
    write(&path, &format!("self.BUILD = {build};\n{script}"))
}

/// Every file below a folder.
fn list(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), String> {
    let entries = fs::read_dir(folder).map_err(|error| cannot("read", folder, &error))?;
    for entry in entries {
        let path = entry.map_err(|error| cannot("read", folder, &error))?.path();
        if path.is_dir() {
            list(&path, paths)?;
        } else {
            paths.push(path);
        }
    }
    Ok(())
}

/// Copies a folder and what is in it.
pub fn copy(from: &Path, to: &Path) -> Result<(), String> {
    fs::create_dir_all(to).map_err(|error| cannot("make", to, &error))?;
    let entries = fs::read_dir(from).map_err(|error| cannot("read", from, &error))?;
    for entry in entries {
        let source = entry.map_err(|error| cannot("read", from, &error))?.path();
        let Some(name) = source.file_name() else {
            continue;
        };
        let destination = to.join(name);
        if source.is_dir() {
            copy(&source, &destination)?;
        } else {
            fs::copy(&source, &destination).map_err(|error| cannot("write", &destination, &error))?;
        }
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| cannot("write", path, &error))
}

/// A failure in one line.
pub fn cannot(what: &str, path: &Path, error: &std::io::Error) -> String {
    format!("cannot {what} {}: {error}", path.display())
}
