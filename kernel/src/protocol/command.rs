//! A line towards the kernel, as data.

use super::Fault;
use super::scan::{Places, scan};
use crate::error::Error;

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
}

/// The most ticks or steps that one command may ask for.
const MOST: u32 = 1_000_000;

impl<'a> Command<'a> {
    /// Reads a line.
    pub(super) fn parse(line: &'a [u8]) -> Result<(Self, Places), Fault> {
        let places = scan(line)?;
        let (command, _) = serde_json_core::from_slice(line).map_err(|_| Fault::at(0, Error::NotAnObject))?;
        Ok((command, places))
    }

    /// How many ticks or steps are asked for: 1 unless the line says otherwise.
    pub(super) fn count(&self, places: &Places) -> Result<u32, Fault> {
        let n = self.n.unwrap_or(1);
        if (1..=MOST).contains(&n) { Ok(n) } else { Err(Fault::at(places.of("n"), Error::CountOutOfRange)) }
    }

    /// After how many steps a sample is due, where the line says so.
    pub(super) fn interval(&self, places: &Places) -> Result<Option<u32>, Fault> {
        if self.every == Some(0) {
            return Err(Fault::at(places.of("every"), Error::CountOutOfRange));
        }
        Ok(self.every)
    }
}
