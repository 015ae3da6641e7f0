//! A sweep on disk. Whatever stops the command, what is there is whole: everything is written aside and then renamed.
//!
//! | name | what it is |
//! |---|---|
//! | `sweep.json` | what the sweep is |
//! | `parts/00000012.csv` | the rows of one part, without a head |
//! | `results.csv` | all parts in order below a head, once none is missing |
//! | `.writing-2-of-3/` | what shard 2 of 3 writes just now, and its lock |

use std::fs::{self, File, TryLockError};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::grid::{Description, Grid};
use super::part::head;
use crate::arguments::Shard;
use crate::failure::Failure;
use crate::target;

const DESCRIPTION: &str = "sweep.json";
const PARTS: &str = "parts";
const RESULTS: &str = "results.csv";
const DESK: &str = ".writing-";

/// The folder of a sweep.
#[derive(Debug)]
pub struct Folder {
    pub path: PathBuf,
    /// What `sweep.json` holds.
    text: String,
}

impl Folder {
    /// The folder of this sweep: the one that is there, or one that will be.
    ///
    /// # Errors
    /// It holds another sweep, or something else.
    pub fn for_grid(path: &Path, grid: &Grid) -> Result<Self, Failure> {
        let json = serde_json::to_string_pretty(&grid.description);
        let text = json.map_err(|error| Failure::File(format!("the sweep cannot be written as JSON: {error}")))? + "\n";
        match fs::read_to_string(path.join(DESCRIPTION)) {
            Ok(there) if there == text => {}
            Ok(_) => {
                let sentence = format!("{} holds another sweep; choose another folder", path.display());
                return Err(Failure::Input(sentence));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => must_be_free(path)?,
            Err(error) => return Err(cannot("read", path, &error)),
        }
        Ok(Self { path: path.to_owned(), text })
    }

    /// The folder of a sweep that is there.
    ///
    /// # Errors
    /// It is none.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        match fs::read_to_string(path.join(DESCRIPTION)) {
            Ok(text) => Ok(Self { path: path.to_owned(), text }),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                Err(Failure::Input(format!("{} is no folder of a sweep: it has no {DESCRIPTION}", path.display())))
            }
            Err(error) => Err(cannot("read", path, &error)),
        }
    }

    /// The sweep that the folder is of.
    ///
    /// # Errors
    /// Its description cannot be understood, or is of another version.
    pub fn grid(&self) -> Result<Grid, Failure> {
        let description: Description = serde_json::from_str(&self.text)
            .map_err(|error| Failure::Input(format!("{}: {error}", self.path.join(DESCRIPTION).display())))?;
        Grid::of(description)
    }

    /// # Errors
    /// `other` is of another sweep.
    pub fn must_be_same(&self, other: &Self) -> Result<(), Failure> {
        if self.text == other.text {
            return Ok(());
        }
        let (one, other) = (self.path.display(), other.path.display());
        Err(Failure::Input(format!("{one} and {other} are of different sweeps: see {DESCRIPTION} in each")))
    }

    fn part(&self, number: usize) -> PathBuf {
        self.path.join(PARTS).join(format!("{number:08}.csv"))
    }

    /// Whether a part is there.
    pub fn has(&self, number: usize) -> bool {
        self.part(number).is_file()
    }

    /// The rows of a part.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read(&self, number: usize) -> Result<Vec<u8>, Failure> {
        let path = self.part(number);
        fs::read(&path).map_err(|error| cannot("read", &path, &error))
    }
}

/// # Errors
/// The folder holds something that no interrupted sweep leaves behind.
fn must_be_free(path: &Path) -> Result<(), Failure> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(cannot("use", path, &error)),
    };
    for entry in entries {
        let entry = entry.map_err(|error| cannot("read", path, &error))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name != PARTS && !name.starts_with(DESK) {
            let sentence = format!("{} holds {name} and no sweep; choose another folder", path.display());
            return Err(Failure::Input(sentence));
        }
    }
    Ok(())
}

/// The right to write one shard of a sweep, and the place where that is done.
#[derive(Debug)]
pub struct Desk<'a> {
    folder: &'a Folder,
    place: PathBuf,
    /// Held as long as this is.
    _lock: File,
}

impl<'a> Desk<'a> {
    /// Makes the folder where it is not there yet, and clears away what an interruption left.
    ///
    /// # Errors
    /// The folder cannot be written, or somebody else works at this shard.
    pub fn take(folder: &'a Folder, shard: Shard) -> Result<Self, Failure> {
        let place = folder.path.join(format!("{DESK}{}-of-{}", shard.index, shard.of));
        let write = |error: io::Error| cannot("write to", &folder.path, &error);
        fs::create_dir_all(folder.path.join(PARTS)).and_then(|()| fs::create_dir_all(&place)).map_err(write)?;
        let lock = File::create(place.join("lock")).map_err(write)?;
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => {
                let sentence = format!("another `habit` works at this in {}; wait for it", folder.path.display());
                return Err(Failure::File(sentence));
            }
            // Where a file system has no locks, names that hold the process keep two apart.
            Err(TryLockError::Error(_)) | Ok(()) => {}
        }
        let desk = Self { folder, place, _lock: lock };
        desk.clear().map_err(write)?;
        desk.replace(&folder.path.join(DESCRIPTION), folder.text.as_bytes())?;
        Ok(desk)
    }

    /// Takes away what was begun and never renamed.
    fn clear(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.place)? {
            let path = entry?.path();
            if !path.ends_with("lock") {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    fn aside(&self, path: &Path) -> PathBuf {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        self.place.join(format!("{name}.{}", std::process::id()))
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
        target::replace(&self.aside(path), path, |file| file.write_all(bytes))
            .map_err(|error| cannot("write", path, &error))
    }

    /// Keeps a part.
    ///
    /// # Errors
    /// It cannot be written; nothing of it is there then.
    pub fn put(&self, number: usize, rows: &[u8]) -> Result<(), Failure> {
        self.replace(&self.folder.part(number), rows)
    }

    /// Writes the results, if they are not there yet, and returns where they are.
    ///
    /// # Errors
    /// They cannot be written; nothing of them is there then.
    pub fn put_together(&self, grid: &Grid) -> Result<PathBuf, Failure> {
        let path = self.folder.path.join(RESULTS);
        if path.is_file() {
            return Ok(path);
        }
        let written = target::replace(&self.aside(&path), &path, |file| {
            let mut file = BufWriter::new(file);
            file.write_all(head(grid).as_bytes())?;
            for part in 0..grid.parts() {
                io::copy(&mut File::open(self.folder.part(part))?, &mut file)?;
            }
            file.flush()
        });
        written.map_err(|error| cannot("write", &path, &error))?;
        Ok(path)
    }
}

/// Whether that works too is of no more interest: the next one clears it away.
impl Drop for Desk<'_> {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.place);
    }
}

fn cannot(what: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::File(format!("cannot {what} {}: {error}", path.display()))
}
