//! The header is what the source says, and `unsafe` stands in one module.

use std::fs;
use std::path::{Path, PathBuf};

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The header as the source has it.
fn header() -> String {
    let config = cbindgen::Config::from_file(here().join("cbindgen.toml")).expect("a configuration");
    // Its modules come with it.
    let builder = cbindgen::Builder::new().with_config(config).with_src(here().join("src/lib.rs"));
    let mut text = Vec::new();
    builder.generate().expect("a header").write(&mut text);
    with_plain_pointers(&String::from_utf8(text).expect("text"))
}

/// In Rust a pointer has a type that says what it is for; in C it is a pointer.
fn with_plain_pointers(text: &str) -> String {
    const WRAPPERS: [&str; 7] = ["In", "Out", "Handle", "View", "Memory", "AnyHandle", "AnyView"];
    let (mut pointers, mut kept) = (Vec::<(String, String)>::new(), String::new());
    let plain = |line: &str, pointers: &[(String, String)]| {
        // What is longer stands first in the list: no name is the beginning of one behind it.
        pointers.iter().fold(line.to_owned(), |line, (name, pointer)| {
            line.replace(&format!("{name} "), pointer).replace(&format!("{name} *"), &format!("{pointer}*"))
        })
    };
    // A blank line, a comment and its typedef go together.
    for block in text.split("\n\n") {
        let definition = block.lines().last().and_then(|line| line.strip_prefix("typedef ")?.strip_suffix(';'));
        let wrapper = definition.and_then(|definition| definition.rsplit_once("habit_")).filter(|(_, name)| {
            WRAPPERS.iter().any(|wrapper| *name == *wrapper || name.starts_with(&format!("{wrapper}_")))
        });
        match wrapper {
            Some((pointer, name)) => {
                let pointer = plain(pointer, &pointers);
                pointers.push((format!("habit_{name}"), pointer));
                pointers.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
            }
            None => {
                kept += &plain(block, &pointers);
                kept += "\n\n";
            }
        }
    }
    kept.trim_end().to_owned() + "\n"
}

fn sources() -> Vec<PathBuf> {
    let folder = fs::read_dir(here().join("src")).expect("the source");
    let mut sources: Vec<_> = folder.map(|entry| entry.expect("a file").path()).collect();
    sources.sort();
    sources
}

/// `UPDATE_EXPECT=1` writes it first.
#[test]
fn the_header_is_current() {
    let path = here().join("include/habit.h");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, header()).expect("a header");
    }
    let kept = fs::read_to_string(&path).expect("a header");
    assert!(
        kept == header(),
        "host/capi/include/habit.h is not what the source says: run `UPDATE_EXPECT=1 cargo test -p habit-capi --test header`"
    );
}

#[test]
fn pointers_are_looked_into_in_one_module_only() {
    for source in sources().iter().filter(|source| !source.ends_with("memory.rs")) {
        let text = fs::read_to_string(source).expect("a file");
        let unsafe_lines = text.lines().filter(|line| line.contains("unsafe") && !line.trim_start().starts_with("//"));
        assert_eq!(unsafe_lines.filter(|line| *line != "#[unsafe(no_mangle)]").count(), 0, "{}", source.display());
    }
}
