//! A log of decisions, row by row.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::str::FromStr;

use ::csv::{ByteRecord, Error, ErrorKind, Reader, ReaderBuilder, StringRecord, Trim};

use super::lines::{LONGEST_ROW, Lines};
use crate::failure::Failure;
use crate::figures::counted;

/// The most arms that a log may have.
pub const MOST_ARMS: u32 = 65_536;

/// One decision.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// The arm played, from 0.
    pub action: u32,
    /// What it paid.
    pub reward: f32,
    /// The probability with which it was chosen.
    pub propensity: f32,
    /// That with which the policy under evaluation would have chosen it, where the log says.
    pub target: Option<f32>,
    /// What was known before the choice.
    pub context: Vec<f32>,
}

/// Where the columns are.
#[derive(Debug)]
struct Columns {
    count: usize,
    action: usize,
    reward: usize,
    propensity: usize,
    target: Option<usize>,
    context: Vec<usize>,
}

/// Rows that are read one at a time.
pub struct Log {
    name: String,
    reader: Reader<Lines<Box<dyn Read>>>,
    columns: Columns,
    arms: u32,
    record: ByteRecord,
    row: Row,
}

/// What a log is called in a sentence.
pub fn name(path: &Path) -> String {
    if is_standard_input(path) { "standard input".into() } else { path.display().to_string() }
}

/// Whether a path stands for standard input.
pub fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

impl Log {
    /// Opens a log and reads its header; an action must be below `arms`.
    ///
    /// # Errors
    /// What cannot be read; a header that lacks a column.
    pub fn open(path: &Path, arms: Option<u32>) -> Result<Self, Failure> {
        let name = name(path);
        let bytes: Box<dyn Read> = if is_standard_input(path) {
            Box::new(io::stdin())
        } else {
            Box::new(File::open(path).map_err(|error| Failure::File(format!("{name} cannot be read: {error}")))?)
        };
        let mut reader = ReaderBuilder::new().flexible(true).trim(Trim::All).from_reader(Lines::new(bytes));
        let header = reader.headers().map_err(|error| broken(&name, 1, &error))?;
        let columns = Columns::find(header).map_err(|fault| Failure::Input(format!("{name}{fault}")))?;
        let row = Row { context: vec![0.0; columns.context.len()], ..Row::default() };
        Ok(Self { name, reader, columns, arms: arms.unwrap_or(MOST_ARMS), record: ByteRecord::new(), row })
    }

    /// From now on an action must be below `arms`.
    pub fn limit(&mut self, arms: u32) {
        self.arms = arms;
    }

    /// Whether the log says what the policy under evaluation would have done.
    pub fn has_target(&self) -> bool {
        self.columns.target.is_some()
    }

    /// The length of a context.
    pub fn contexts(&self) -> usize {
        self.columns.context.len()
    }

    /// The next row; `None` after the last.
    ///
    /// # Errors
    /// What cannot be read; a row that is wrong, with its line and column.
    pub fn next(&mut self) -> Result<Option<&Row>, Failure> {
        self.reader.get_mut().next_row();
        match self.reader.read_byte_record(&mut self.record) {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(error) => return Err(broken(&self.name, self.reader.position().line(), &error)),
        }
        let Columns { count, action, reward, propensity, target, ref context } = self.columns;
        if self.record.len() != count {
            let fields = counted(self.record.len() as u64, "field");
            return Err(self.fault(&format!("the row has {fields}, the header {count}")));
        }
        self.row.action =
            self.take(action, "action", &format!("a whole number below {}", self.arms), |action: &u32| {
                *action < self.arms
            })?;
        self.row.reward = self.take(reward, "reward", "a finite number", |reward: &f32| reward.is_finite())?;
        self.row.propensity =
            self.take(propensity, "propensity", "a number above 0 and at most 1", |p: &f32| *p > 0.0 && *p <= 1.0)?;
        if let Some(target) = target {
            let target =
                self.take(target, "target", "a number from 0 to 1", |target: &f32| (0.0..=1.0).contains(target))?;
            self.row.target = Some(target);
        }
        for (index, column) in context.iter().enumerate() {
            let number = self.take(*column, Context(index), "a finite number", |number: &f32| number.is_finite())?;
            self.row.context[index] = number;
        }
        Ok(Some(&self.row))
    }

    /// A field as what it must be.
    fn take<T: FromStr>(
        &self,
        column: usize,
        name: impl Display,
        kind: &str,
        fits: impl FnOnce(&T) -> bool,
    ) -> Result<T, Failure> {
        let field = self.record.get(column).unwrap_or_default();
        let value = std::str::from_utf8(field).ok().and_then(|text| text.parse().ok()).filter(fits);
        value.ok_or_else(|| {
            let shown: String = String::from_utf8_lossy(field).chars().take(40).collect();
            self.fault(&format!("column {name} must be {kind}, not '{shown}'"))
        })
    }

    /// Something that is wrong with the row read last.
    pub fn fault(&self, what: &str) -> Failure {
        Failure::Input(format!("{}, line {}: {what}", self.name, self.reader.position().line() - 1))
    }
}

/// The name of a column of the context.
struct Context(usize);

impl Display for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "x{}", self.0)
    }
}

impl Columns {
    /// # Errors
    /// What to say behind the name of the log.
    fn find(header: &StringRecord) -> Result<Self, String> {
        if header.is_empty() {
            return Err(" is empty: its first line names the columns action, reward, propensity".into());
        }
        let place = |name: &str| {
            let mut places = header.iter().enumerate().filter(|(_, column)| *column == name).map(|(place, _)| place);
            match (places.next(), places.next()) {
                (_, Some(_)) => Err(format!(", line 1: column {name} stands there twice")),
                (place, None) => Ok(place),
            }
        };
        let needed = |name| {
            let columns = || header.iter().take(20).collect::<Vec<_>>().join(", ");
            place(name)?.ok_or_else(|| format!(", line 1: there is no column {name}; columns: {}", columns()))
        };
        let (action, reward, propensity) = (needed("action")?, needed("reward")?, needed("propensity")?);
        let mut context = Vec::new();
        while let Some(place) = place(&Context(context.len()).to_string())? {
            context.push(place);
        }
        let skipped = header.iter().find(|name| {
            let index = name.strip_prefix('x').and_then(|index| index.parse().ok());
            index.is_some_and(|index: usize| index >= context.len())
        });
        match skipped {
            Some(name) => Err(format!(", line 1: there is a column {name}, but none called x{}", context.len())),
            None => Ok(Self { count: header.len(), action, reward, propensity, target: place("target")?, context }),
        }
    }
}

fn broken(name: &str, line: u64, error: &Error) -> Failure {
    match error.kind() {
        ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => Failure::Input(format!(
            "{name}: the row that starts at line {line} or later has more than {LONGEST_ROW} bytes; is a quote left open?"
        )),
        ErrorKind::Io(error) => Failure::File(format!("{name} cannot be read: {error}")),
        _ => Failure::Input(format!("{name}, line {line}: {error}")),
    }
}
