//! The file that a chart or a checkpoint is put into: all of it or nothing.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// A file that can be written, as far as that can be told beforehand.
#[derive(Debug)]
pub struct Target {
    path: PathBuf,
    /// What is put there, for who reads why it was not.
    what: &'static str,
    /// Written first, in the same folder, and then renamed.
    neighbour: PathBuf,
}

impl Target {
    /// Looks whether `path` can be written, and leaves nothing behind; `what` is what will be put there.
    ///
    /// # Errors
    /// [`Failure::File`], with the reason.
    pub fn new(path: &Path, what: &'static str) -> Result<Self, Failure> {
        let target = Self::beside(path, what).map_err(|error| cannot_write(what, path, &error))?;
        let tried = target.create().and_then(|_| fs::remove_file(&target.neighbour));
        tried.map_err(|error| cannot_write(what, path, &error))?;
        Ok(target)
    }

    fn beside(path: &Path, what: &'static str) -> io::Result<Self> {
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
        Ok(Self { neighbour: path.with_file_name(hidden), path, what })
    }

    fn create(&self) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(&self.neighbour)
    }

    /// Puts `bytes` in the place of what was there.
    ///
    /// # Errors
    /// [`Failure::File`]; what was there is still there then.
    pub fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        replace(&self.neighbour, &self.path, |file| file.write_all(bytes))
            .map_err(|error| cannot_write(self.what, &self.path, &error))
    }
}

/// Puts what `write` writes in the place of `path`: all of it or nothing. It is written to `aside` first, on the same file
/// system.
///
/// # Errors
/// What was there is still there then, and `aside` is not.
pub fn replace(aside: &Path, path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(aside)?;
    let written = write(&mut file).and_then(|()| file.sync_all());
    written.and_then(|()| fs::rename(aside, path)).inspect_err(|_| {
        // Whether this works too is of no more interest.
        let _ = fs::remove_file(aside);
    })
}

fn cannot_write(what: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::File(format!("cannot write {what} to {}: {error}; choose another file", path.display()))
}
