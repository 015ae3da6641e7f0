//! The fields of a line, by name.

use core::fmt::{Result as Written, Write};

use super::scan::{Kind, Scanner, scan};
use super::{Fault, MAX_LINE};
use crate::error::Error;

/// A line that was read over against a table of fields and their kinds.
///
/// ```
/// use habit::protocol::{Fields, Kind};
/// const TABLE: [(&str, Kind); 3] = [("cmd", Kind::Text), ("x", Kind::Numbers), ("arm", Kind::Whole)];
/// let fields = Fields::read(br#"{"cmd":"select","x":[0.5,-1e2]}"#, &TABLE)?;
/// let mut x = [0.0; 2];
/// fields.numbers("x", &mut x)?;
/// assert_eq!((fields.text("cmd")?, x), ("select", [0.5, -100.0]));
/// assert_eq!(fields.whole("arm").unwrap_err().error, habit::Error::MissingField);
/// assert_eq!(fields.numbers("x", &mut [0.0; 3]).unwrap_err().position, 20);
/// # Ok::<(), habit::protocol::Fault>(())
/// ```
#[derive(Clone, Debug)]
pub struct Fields<'a, const N: usize> {
    line: &'a [u8],
    table: &'a [(&'a str, Kind); N],
    places: [usize; N],
}

impl<'a, const N: usize> Fields<'a, N> {
    /// Reads over a line: one flat object whose keys are in the table, each once, with values of their kinds.
    ///
    /// # Errors
    /// Where the line is at fault, and why.
    pub fn read(line: &'a [u8], table: &'a [(&'a str, Kind); N]) -> Result<Self, Fault> {
        Ok(Self { line, table, places: scan(line, table)? })
    }

    /// Obeys a line as a session does, given without its end: passes over an empty one, and answers one that cannot be
    /// obeyed with an `error` event. `obey` checks everything before it does or writes anything.
    ///
    /// # Errors
    /// What `out` says.
    pub fn answer<W: Write>(
        line: &'a [u8],
        table: &'a [(&'a str, Kind); N],
        out: &mut W,
        obey: impl FnOnce(&Self, &mut W) -> Result<Written, Fault>,
    ) -> Written {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            return Ok(());
        }
        // Cut before it is looked at: a line that is too long costs no more than one that is not.
        let line = line.get(..MAX_LINE + 1).unwrap_or(line);
        match Self::read(line, table).and_then(|fields| obey(&fields, out)) {
            Ok(written) => written,
            Err(fault) => fault.write(out),
        }
    }

    pub(super) const fn line(&self) -> &'a [u8] {
        self.line
    }

    /// Where the value of a field starts: a string at its quote. 0 where there is none.
    pub fn place(&self, field: &str) -> usize {
        self.table.iter().zip(self.places).find(|((name, _), _)| *name == field).map_or(0, |(_, place)| place)
    }

    /// At the value of a field that the command needs.
    fn value(&self, field: &str) -> Result<Scanner<'a>, Fault> {
        match self.place(field) {
            0 => Err(Fault::at(0, Error::MissingField)),
            place => Ok(Scanner::new(self.line, place)),
        }
    }

    /// A string.
    ///
    /// # Errors
    /// [`Error::MissingField`]; [`Error::NotText`].
    pub fn text(&self, field: &str) -> Result<&'a str, Fault> {
        let text = self.value(field)?.string(Error::NotText)?;
        core::str::from_utf8(text).map_err(|_| Fault::at(self.place(field), Error::NotText))
    }

    /// A whole number.
    ///
    /// # Errors
    /// [`Error::MissingField`]; [`Error::NotAWholeNumber`].
    pub fn whole(&self, field: &str) -> Result<u32, Fault> {
        self.value(field)?.whole()
    }

    /// A decimal number, rounded to the nearest `f32`.
    ///
    /// # Errors
    /// [`Error::MissingField`]; [`Error::NotANumber`]; [`Error::NonFinite`] where it is too great.
    pub fn number(&self, field: &str) -> Result<f32, Fault> {
        self.value(field)?.number()
    }

    /// A list of as many decimal numbers as there is room for. What is in `out` after a fault means nothing.
    ///
    /// # Errors
    /// As [`number`](Self::number); [`Error::NotNumbers`]; [`Error::LengthMismatch`].
    pub fn numbers(&self, field: &str, out: &mut [f32]) -> Result<(), Fault> {
        let length = Fault::at(self.place(field), Error::LengthMismatch);
        let mut free = out.iter_mut();
        self.value(field)?.list(|scanner| {
            *free.next().ok_or(length)? = scanner.number()?;
            Ok(())
        })?;
        if free.next().is_some() { Err(length) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;

    const TABLE: [(&str, Kind); 4] =
        [("cmd", Kind::Text), ("n", Kind::Whole), ("r", Kind::Number), ("x", Kind::Numbers)];

    #[test]
    fn values_are_taken_as_they_stand() {
        let line = r#" { "x" : [ 1 , -0.25,1E+2 ,0e0] ,"n":4294967295, "cmd":"café" , "r" : 1.17549435e-38 } "#;
        let fields = Fields::read(line.as_bytes(), &TABLE).unwrap();
        let mut x = [0.0; 4];
        assert_eq!(fields.numbers("x", &mut x), Ok(()));
        assert_eq!(x, [1.0, -0.25, 100.0, 0.0]);
        assert_eq!((fields.text("cmd"), fields.whole("n")), (Ok("café"), Ok(u32::MAX)));
        assert_eq!(fields.number("r"), Ok(f32::MIN_POSITIVE));
        let empty = Fields::read(br#"{"x":[ ]}"#, &TABLE).unwrap();
        assert_eq!(empty.numbers("x", &mut []), Ok(()));
    }

    #[test]
    fn faults_have_a_place() {
        let taken = |line: &[u8]| {
            let fields = Fields::read(line, &TABLE)?;
            fields.numbers("x", &mut [0.0; 2]).and_then(|()| fields.number("r"))
        };
        for (line, position, error) in [
            (&br#"{"x":[1,2]}"#[..], 0, Error::MissingField),
            (br#"{"r":1}"#, 0, Error::MissingField),
            (br#"{"x":[1],"r":1}"#, 5, Error::LengthMismatch),
            (br#"{"x":[1,2,3],"r":1}"#, 5, Error::LengthMismatch),
            (br#"{"x":5}"#, 5, Error::NotNumbers),
            (br#"{"x":"[1,2]"}"#, 5, Error::NotNumbers),
            (br#"{"x":[1,,2]}"#, 8, Error::NotANumber),
            (br#"{"x":[1,2,]}"#, 10, Error::NotANumber),
            (br#"{"x":[1,[2]]}"#, 8, Error::NotANumber),
            (br#"{"x":[1,2"#, 9, Error::NotAnObject),
            (br#"{"x":[1 2]}"#, 8, Error::NotAnObject),
            (br#"{"x":[1,2}"#, 9, Error::NotAnObject),
            (br#"{"x":[1,2]"#, 10, Error::NotAnObject),
            (br#"{"x":[1,1e39],"r":1}"#, 8, Error::NonFinite),
            (br#"{"x":[1,2],"r":-1e999}"#, 15, Error::NonFinite),
            (br#"{"r":NaN}"#, 5, Error::NotANumber),
            (br#"{"r":null}"#, 5, Error::NotANumber),
            (br#"{"r":+1}"#, 5, Error::NotANumber),
            (br#"{"r":.5}"#, 5, Error::NotANumber),
            (br#"{"r":1.}"#, 5, Error::NotANumber),
            (br#"{"r":01.5}"#, 5, Error::NotANumber),
            (br#"{"r":-}"#, 5, Error::NotANumber),
            (br#"{"r":1e}"#, 5, Error::NotANumber),
            (br#"{"r":0x10}"#, 5, Error::NotANumber),
            (br#"{"r":"1"}"#, 5, Error::NotANumber),
        ] {
            assert_eq!(taken(line), Err(Fault::at(position, error)), "{}", String::from_utf8_lossy(line));
        }
    }

    #[test]
    fn a_line_is_answered_once() {
        let say = |line: &[u8]| {
            let mut out = String::new();
            Fields::answer(line, &TABLE, &mut out, |fields, out| {
                let n = fields.whole("n")?;
                Ok(write!(out, "{n}"))
            })
            .unwrap();
            out
        };
        assert_eq!([say(b"{\"n\":7}\r"), say(b"\r"), say(b"")], ["7", "", ""]);
        assert!(say(b"{}").contains(r#""code":"missing_field""#));
        assert!(
            say(&[b' '; 900]).contains(r#""code":"line_too_long","message":"a line holds at most 256 bytes","pos"#)
        );
    }
}
