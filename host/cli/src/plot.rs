//! The file that a chart is put into: all of it or nothing.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// A file that can be written, as far as that can be told beforehand.
#[derive(Debug)]
pub struct Target {
    path: PathBuf,
    /// Written first, in the same folder, and then renamed.
    neighbour: PathBuf,
}

impl Target {
    /// Looks whether `path` can be written, and leaves nothing behind.
    ///
    /// # Errors
    /// [`Failure::File`], with the reason.
    pub fn new(path: &Path) -> Result<Self, Failure> {
        let target = Self::beside(path).map_err(|error| cannot_write(path, &error))?;
        target.create().and_then(|_| fs::remove_file(&target.neighbour)).map_err(|error| cannot_write(path, &error))?;
        Ok(target)
    }

    fn beside(path: &Path) -> io::Result<Self> {
        let refused = |reason: &str| Err(io::Error::other(reason.to_owned()));
        // A link stays a link: what it points to is replaced.
        let path = match fs::canonicalize(path) {
            Ok(path) => path,
            Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
            Err(error) => return Err(error),
        };
        match fs::metadata(&path) {
            Ok(there) if !there.is_file() => return refused("it is not a file"),
            Ok(there) if there.permissions().readonly() => return refused("it is read-only"),
            _ => {}
        }
        let Some(name) = path.file_name() else { return refused("it has no file name") };
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}.part", std::process::id()));
        Ok(Self { neighbour: path.with_file_name(hidden), path })
    }

    fn create(&self) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(&self.neighbour)
    }

    /// Puts `text` in the place of what was there.
    ///
    /// # Errors
    /// [`Failure::File`]; what was there is still there then.
    pub fn write(&self, text: &str) -> Result<(), Failure> {
        let mut file = self.create().map_err(|error| cannot_write(&self.path, &error))?;
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
        written.and_then(|()| fs::rename(&self.neighbour, &self.path)).map_err(|error| {
            // Whether this works too is of no more interest.
            let _ = fs::remove_file(&self.neighbour);
            cannot_write(&self.path, &error)
        })
    }
}

fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    Failure::File(format!("cannot write the plot to {}: {error}; choose another file", path.display()))
}
