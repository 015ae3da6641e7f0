//! Keeps what a board says in a file that grows: whatever ends the recording, whole lines are in it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::sample::Sample;
use crate::csv;
use crate::failure::Failure;

/// A row is one value of one metric, so that experiments with other metrics follow each other in one file.
const HEAD: [&str; 5] = ["t", "seed", "contender", "metric", "value"];
/// Bytes that are looked through at once for the end of a line.
const BLOCK: u64 = 1 << 16;

/// How a line is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// As it came.
    Lines,
    /// Only samples, a row a metric.
    Csv,
}

/// A file that lines are added to.
#[derive(Debug)]
pub struct Record {
    path: PathBuf,
    file: File,
    form: Form,
    /// Bytes of whole lines.
    length: u64,
    /// Lines of the board that are kept by this recording.
    pub kept: u64,
}

impl Record {
    /// Opens a file to add to, or makes one. A last line that was cut off is taken away.
    ///
    /// # Errors
    /// A name that tells no form; a file that cannot be written, is in use, or holds something else.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let form = match path.extension().and_then(|extension| extension.to_str()) {
            Some("jsonl") => Form::Lines,
            Some("csv") => Form::Csv,
            _ => {
                let sentence = format!("--record takes a FILE.jsonl or a FILE.csv, not '{}'", path.display());
                return Err(Failure::Input(sentence));
            }
        };
        let cannot = |reason: &dyn std::fmt::Display| {
            Failure::File(format!("cannot record to {}: {reason}; choose another file", path.display()))
        };
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let mut file = opened.map_err(|error| cannot(&error))?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(cannot(&"another recording goes there")),
            // Where a file system has no locks, there is nothing to wait for.
            Err(TryLockError::Error(_)) | Ok(()) => {}
        }
        let length = whole_lines(&mut file).map_err(|error| cannot(&error))?;
        let first = first_line(&mut file).map_err(|error| cannot(&error))?;
        let fits = match form {
            Form::Lines => serde_json::from_str::<Value>(&first).is_ok_and(|value| value.is_object()),
            Form::Csv => first == csv::line(HEAD),
        };
        let is_new = file.metadata().is_ok_and(|about| about.len() == 0);
        if !fits && !is_new {
            return Err(cannot(&"it holds something else than a recording"));
        }
        file.set_len(length).map_err(|error| cannot(&error))?;
        let mut record = Self { path: path.to_owned(), file, form, length, kept: 0 };
        if is_new && form == Form::Csv {
            record.write(&csv::line(HEAD))?;
        }
        Ok(record)
    }

    /// Keeps a line, and the sample that it is if it is one.
    ///
    /// # Errors
    /// [`Failure::File`]; the lines before are kept whole.
    pub fn add(&mut self, line: &[u8], sample: Option<&Sample>) -> Result<(), Failure> {
        let text = match (self.form, sample) {
            (Form::Lines, _) => format!("{}\n", String::from_utf8_lossy(line)),
            (Form::Csv, Some(sample)) => rows(sample),
            (Form::Csv, None) => return Ok(()),
        };
        self.write(&text)?;
        self.kept += 1;
        Ok(())
    }

    /// One sentence that says what was done.
    pub fn summary(&self) -> String {
        let lines = if self.kept == 1 { "line" } else { "lines" };
        format!("{} {lines} recorded in {}", self.kept, self.path.display())
    }

    fn write(&mut self, text: &str) -> Result<(), Failure> {
        let place = self.file.seek(SeekFrom::Start(self.length));
        let written = place.and_then(|_| self.file.write_all(text.as_bytes()));
        written.map_err(|error| {
            // A part of a line is worse than none; whether that works too is of no more interest.
            let _ = self.file.set_len(self.length);
            Failure::File(format!("cannot record to {}: {error}; {}", self.path.display(), self.summary()))
        })?;
        self.length += text.len() as u64;
        Ok(())
    }
}

fn rows(sample: &Sample) -> String {
    let seed = sample.seed.map_or_else(String::new, |seed| seed.to_string());
    let rows = sample.metrics.iter().map(|(name, value)| {
        let value = value.map_or_else(String::new, |value| value.to_string());
        csv::line([sample.step.to_string(), seed.clone(), sample.contender.clone(), name.clone(), value])
    });
    rows.collect()
}

/// How many bytes are whole lines.
fn whole_lines(file: &mut File) -> io::Result<u64> {
    let mut end = file.metadata()?.len();
    while end > 0 {
        let start = end.saturating_sub(BLOCK);
        let mut block = vec![0; (end - start) as usize];
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(&mut block)?;
        if let Some(place) = block.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + place as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

fn first_line(file: &mut File) -> io::Result<String> {
    file.seek(SeekFrom::Start(0))?;
    let mut line = Vec::new();
    BufReader::new(file.take(BLOCK)).read_until(b'\n', &mut line)?;
    Ok(String::from_utf8_lossy(&line).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::sample::{Said, read};
    use std::fs;

    const LINE: &[u8] = br#"{"t":1,"seed":2,"contender":"A, B","loss":null,"return":-0.5}"#;

    fn file(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("habit-record-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join(name);
        let _ = fs::remove_file(&file);
        file
    }

    fn add(record: &mut Record, line: &[u8]) -> Result<(), Failure> {
        let Said::Sample(sample) = read(line) else { panic!("no sample") };
        record.add(line, Some(&sample))
    }

    #[test]
    fn a_recording_goes_on_where_it_was_cut_off() {
        for (name, head, line) in [
            ("a.jsonl", "", format!("{}\n", String::from_utf8_lossy(LINE))),
            ("a.csv", "t,seed,contender,metric,value\n", "1,2,\"A, B\",loss,\n1,2,\"A, B\",return,-0.5\n".into()),
        ] {
            let file = file(name);
            add(&mut Record::open(&file).unwrap(), LINE).unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap(), format!("{head}{line}"));
            fs::write(&file, format!("{head}{line}{}", &line[..9])).unwrap();
            add(&mut Record::open(&file).unwrap(), LINE).unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap(), format!("{head}{line}{line}"));
        }
    }

    #[test]
    fn what_is_no_recording_is_left_alone() {
        for (name, text) in [("b.csv", "a,b\n1,2\n"), ("b.jsonl", "words\n"), ("c.jsonl", "no end of line")] {
            let file = file(name);
            fs::write(&file, text).unwrap();
            let Err(Failure::File(sentence)) = Record::open(&file) else { panic!("{name}") };
            assert!(sentence.contains("holds something else"), "{sentence}");
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
        }
        assert!(matches!(Record::open(Path::new("x.txt")), Err(Failure::Input(_))));
        assert!(matches!(Record::open(&std::env::temp_dir().join("no/such.csv")), Err(Failure::File(_))));
    }

    #[test]
    fn two_do_not_record_to_one_file() {
        let file = file("d.jsonl");
        let _first = Record::open(&file).unwrap();
        let Err(Failure::File(sentence)) = Record::open(&file) else { panic!("it was opened twice") };
        assert!(sentence.contains("another recording"), "{sentence}");
    }
}
