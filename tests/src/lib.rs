//! What no single crate can test alone: the house's own rules, claims, and the same bits on every target.

use std::path::{Path, PathBuf};

/// The workspace's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The text of a file of the workspace.
///
/// # Errors
/// The file's name and why it cannot be read.
pub fn read(path: impl AsRef<Path>) -> Result<String, String> {
    let path = root().join(path);
    std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Every file below a folder of the workspace that ends like this, in order.
///
/// # Errors
/// The folder's name and why it cannot be read.
pub fn files(folder: impl AsRef<Path>, extension: &str) -> Result<Vec<PathBuf>, String> {
    let folder = root().join(folder);
    let mut found = Vec::new();
    let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries {
        let path = entry.map_err(|error| format!("{}: {error}", folder.display()))?.path();
        if path.is_dir() {
            found.extend(files(&path, extension)?);
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
