//! The rules of the house: floors, lints, and who may depend on what.

use std::collections::{BTreeMap, BTreeSet};

use habit_tests::{files, read, root};
use toml::Table;

/// The kernel's floors from the ground up; a module uses its own floor and those before it.
const FLOORS: [&[&str]; 9] = [
    &["error", "math", "rng", "linalg", "state"],
    &["interact", "schedule", "discount"],
    &["env", "policy", "model", "advantage"],
    &["reward"],
    &["learn", "bandit", "plan", "allocate"],
    &["joint", "dispatch"],
    &["checkpoint"],
    &["lab"],
    &["protocol"],
];

/// What the kernel may link.
const KERNEL_CRATES: [&str; 8] =
    ["libm", "micromath", "heapless", "bytemuck", "rand_core", "rand_xoshiro", "serde", "serde-json-core"];

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|modules| modules.contains(&module))
}

/// Every module of the kernel with those that its code names, tests and comments aside.
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let source = root().join("kernel/src");
    let mut imports = BTreeMap::<_, BTreeSet<_>>::new();
    for file in files("kernel/src", "rs").expect("the kernel's files") {
        let place = file.strip_prefix(&source).expect("below the kernel").with_extension("");
        let module = place.iter().next().and_then(|name| name.to_str()).expect("a name").to_owned();
        if module == "lib" || place.ends_with("tests") {
            continue;
        }
        let text = std::fs::read_to_string(&file).expect("a readable file");
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
        let used = imports.entry(module.clone()).or_default();
        for name in code.flat_map(|line| line.split("crate::").skip(1)) {
            let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(name.len());
            if name[..end] != module {
                used.insert(name[..end].to_owned());
            }
        }
    }
    imports
}

#[test]
fn a_module_imports_from_its_own_floor_or_below() {
    let imports = imports();
    assert!(imports.len() > 5, "{imports:?}");
    for (module, used) in &imports {
        let own = floor(module).unwrap_or_else(|| panic!("kernel/src/{module} stands on no floor"));
        for other in used {
            let below = floor(other).unwrap_or_else(|| panic!("{module} imports {other}, which stands on no floor"));
            assert!(below <= own, "{module} (floor {own}) imports {other} (floor {below})");
        }
    }
}

#[test]
fn modules_do_not_import_each_other_in_a_circle() {
    let mut left = imports();
    // Takes away what imports nothing that is left, until nothing is left or everything waits for something.
    while let Some(free) = left.iter().find(|(_, used)| used.is_empty()).map(|(module, _)| module.clone()) {
        left.remove(&free);
        left.values_mut().for_each(|used| _ = used.remove(&free));
    }
    assert!(left.is_empty(), "a circle among {left:?}");
}

#[test]
fn the_kernel_links_only_what_it_may() {
    let manifest: Table = read("kernel/Cargo.toml").expect("a manifest").parse().expect("valid TOML");
    let dependencies = manifest["dependencies"].as_table().expect("a table");
    for name in dependencies.keys() {
        assert!(KERNEL_CRATES.contains(&name.as_str()), "the kernel may not depend on {name}");
    }
}

#[test]
fn every_crate_opts_into_the_lints_and_takes_its_versions_from_the_house() {
    let house: Table = read("Cargo.toml").expect("a manifest").parse().expect("valid TOML");
    for member in house["workspace"]["members"].as_array().expect("a list") {
        let member = member.as_str().expect("a folder");
        let manifest: Table = read(format!("{member}/Cargo.toml")).expect("a manifest").parse().expect("valid TOML");
        let opted = manifest.get("lints").and_then(|lints| lints.get("workspace"));
        assert_eq!(opted, Some(&true.into()), "{member} does not opt into the lints");
        let targets = manifest.get("target").and_then(|target| target.as_table()).into_iter().flat_map(Table::values);
        let tables = targets.filter_map(|target| target.as_table()).chain([&manifest]);
        for table in tables {
            for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
                for (name, dependency) in table.get(kind).and_then(|t| t.as_table()).into_iter().flatten() {
                    let shared = dependency.get("workspace") == Some(&true.into());
                    assert!(shared, "{member} names its own version or path of {name}");
                }
            }
        }
    }
}

#[test]
fn every_shared_dependency_has_its_reason_beside_it() {
    let text = read("Cargo.toml").expect("a manifest");
    let (_, table) = text.split_once("[workspace.dependencies]\n").expect("the shared table");
    let table = table.split("\n[").next().unwrap_or_default();
    let mut reason = false;
    let mut inside = false;
    for line in table.lines() {
        if line.starts_with('#') {
            reason = true;
        } else if let Some((name, _)) = line.split_once(" = ").filter(|_| !inside && !line.starts_with(' ')) {
            assert!(reason || line.contains("path = "), "no reason stands above {name}");
            inside = line.ends_with('[') || line.ends_with('{');
            reason = false;
        } else if line.starts_with([']', '}']) {
            inside = false;
        }
    }
}

#[test]
fn the_minimum_rust_is_the_one_that_every_test_runs_with() {
    let parse = |path: &str| read(path).expect("a manifest").parse::<Table>().expect("valid TOML");
    let (house, toolchain) = (parse("Cargo.toml"), parse("rust-toolchain.toml"));
    let stated = house["workspace"]["package"]["rust-version"].as_str().expect("a version");
    let used = toolchain["toolchain"]["channel"].as_str().expect("a version");
    assert!(used == stated || used.strip_prefix(stated).is_some_and(|patch| patch.starts_with('.')), "{stated} {used}");
}
