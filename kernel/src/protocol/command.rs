//! A line towards the kernel, as data.

use super::{Fault, Fields, Kind};
use crate::error::Error;

/// The fields of a command.
pub(super) const FIELDS: [(&str, Kind); 11] = [
    ("cmd", Kind::Text),
    ("id", Kind::Text),
    ("set", Kind::Text),
    ("seed", Kind::Whole),
    ("steps", Kind::Whole),
    ("every", Kind::Whole),
    ("n", Kind::Whole),
    ("at", Kind::Whole),
    ("size", Kind::Whole),
    ("crc", Kind::Whole),
    ("data", Kind::Text),
];

pub(super) type Line<'a> = Fields<'a, { FIELDS.len() }>;

/// One flat struct; what a command does not use is ignored.
#[derive(Clone, Copy, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Command<'a> {
    #[serde(borrow)]
    pub(super) cmd: Option<&'a str>,
    pub(super) id: Option<&'a str>,
    pub(super) set: Option<&'a str>,
    pub(super) seed: Option<u32>,
    pub(super) steps: Option<u32>,
    pub(super) every: Option<u32>,
    pub(super) n: Option<u32>,
    pub(super) at: Option<u32>,
    pub(super) size: Option<u32>,
    pub(super) crc: Option<u32>,
    pub(super) data: Option<&'a str>,
}

/// The most ticks or steps that one command may ask for.
const MOST: u32 = 1_000_000;

impl<'a> Command<'a> {
    /// Parses a line that was read over.
    pub(super) fn parse(line: &Line<'a>) -> Result<Self, Fault> {
        let command = serde_json_core::from_slice(line.line());
        command.map(|(command, _)| command).map_err(|_| Fault::at(0, Error::NotAnObject))
    }

    /// How many ticks or steps are asked for: 1 unless the line says otherwise.
    pub(super) fn count(&self, line: &Line<'_>) -> Result<u32, Fault> {
        let n = self.n.unwrap_or(1);
        if (1..=MOST).contains(&n) { Ok(n) } else { Err(Fault::at(line.place("n"), Error::CountOutOfRange)) }
    }

    /// After how many steps a sample is due, where the line says so.
    pub(super) fn interval(&self, line: &Line<'_>) -> Result<Option<u32>, Fault> {
        if self.every == Some(0) {
            return Err(Fault::at(line.place("every"), Error::CountOutOfRange));
        }
        Ok(self.every)
    }
}
