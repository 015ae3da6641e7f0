//! Says where a line is at fault; the parser behind it does not.

use super::{Fault, MAX_LINE};
use crate::error::Error;

/// The fields of a command, in the order of [`Places`].
const FIELDS: [(&str, Type); 7] = [
    ("cmd", Type::Text),
    ("id", Type::Text),
    ("set", Type::Text),
    ("seed", Type::Number),
    ("steps", Type::Number),
    ("every", Type::Number),
    ("n", Type::Number),
];

#[derive(Clone, Copy, PartialEq)]
enum Type {
    Text,
    Number,
}

/// Where each field's value starts; 0, where no value can start, when the line does not have it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Places([usize; FIELDS.len()]);

impl Places {
    /// Where the value of a field starts: a string at its quote. 0 where there is none.
    pub(super) fn of(&self, field: &str) -> usize {
        FIELDS.iter().zip(self.0).find(|((name, _), _)| *name == field).map_or(0, |(_, place)| place)
    }
}

/// Reads over a line: one flat object whose keys are known, each once, whose strings have no escapes and whose numbers
/// are whole and fit in 32 bits. What passes is parsed without a fault.
pub(super) fn scan(line: &[u8]) -> Result<Places, Fault> {
    if line.len() > MAX_LINE {
        return Err(Fault::at(MAX_LINE, Error::LineTooLong));
    }
    if let Err(error) = core::str::from_utf8(line) {
        return Err(Fault::at(error.valid_up_to(), Error::NotAnObject));
    }
    let mut scanner = Scanner { line, position: 0 };
    let mut places = Places::default();
    scanner.expect(b'{')?;
    scanner.skip_space();
    if scanner.peek() != Some(b'}') {
        loop {
            scanner.field(&mut places)?;
            scanner.skip_space();
            if scanner.peek() != Some(b',') {
                break;
            }
            scanner.position += 1;
        }
    }
    scanner.expect(b'}')?;
    scanner.skip_space();
    if scanner.peek().is_some() { Err(scanner.fault(Error::NotAnObject)) } else { Ok(places) }
}

struct Scanner<'a> {
    line: &'a [u8],
    position: usize,
}

impl<'a> Scanner<'a> {
    const fn fault(&self, error: Error) -> Fault {
        Fault::at(self.position, error)
    }

    fn peek(&self) -> Option<u8> {
        self.line.get(self.position).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r')) {
            self.position += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), Fault> {
        self.skip_space();
        if self.peek() != Some(byte) {
            return Err(self.fault(Error::NotAnObject));
        }
        self.position += 1;
        Ok(())
    }

    /// A string without escapes or control characters; `otherwise` where something else stands.
    fn string(&mut self, otherwise: Error) -> Result<&'a [u8], Fault> {
        if self.peek() != Some(b'"') {
            return Err(self.fault(otherwise));
        }
        self.position += 1;
        let start = self.position;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\' | 0..0x20) => return Err(self.fault(Error::NotText)),
                Some(_) => self.position += 1,
                None => return Err(self.fault(Error::NotAnObject)),
            }
        }
        self.position += 1;
        Ok(self.line.get(start..self.position - 1).unwrap_or_default())
    }

    fn number(&mut self) -> Result<(), Fault> {
        let start = self.position;
        let mut value = 0u64;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            value = value * 10 + u64::from(digit - b'0');
            self.position += 1;
            if value > u64::from(u32::MAX) {
                return Err(Fault::at(start, Error::NotAWholeNumber));
            }
        }
        let digits = self.position - start;
        let ends = matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b',' | b'}') | None);
        // JSON has no leading zeros.
        let leads = digits > 1 && self.line.get(start) == Some(&b'0');
        if digits == 0 || !ends || leads { Err(Fault::at(start, Error::NotAWholeNumber)) } else { Ok(()) }
    }

    fn field(&mut self, places: &mut Places) -> Result<(), Fault> {
        self.skip_space();
        let start = self.position;
        let key = self.string(Error::NotAnObject)?;
        let known = FIELDS.iter().zip(&mut places.0).find(|((name, _), _)| name.as_bytes() == key);
        let ((_, kind), place) = known.ok_or(Fault::at(start, Error::UnknownField))?;
        if *place > 0 {
            return Err(Fault::at(start, Error::RepeatedField));
        }
        self.expect(b':')?;
        self.skip_space();
        *place = self.position;
        match kind {
            Type::Text => self.string(Error::NotText).map(|_| ()),
            Type::Number => self.number(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found() {
        let places = scan(br#" { "cmd" : "run", "seed":7 ,"id":"a"} "#).unwrap();
        assert_eq!((places.of("cmd"), places.of("seed"), places.of("id"), places.of("n")), (11, 25, 33, 0));
        assert_eq!(scan(b"{}"), Ok(Places::default()));
    }

    #[test]
    fn faults_have_a_place() {
        for (line, position, error) in [
            (&b""[..], 0, Error::NotAnObject),
            (b"hello", 0, Error::NotAnObject),
            (b"{", 1, Error::NotAnObject),
            (b"{\"cmd\"", 6, Error::NotAnObject),
            (b"{\"cmd\":\"run\"", 12, Error::NotAnObject),
            (b"{\"cmd\":\"run\"}x", 13, Error::NotAnObject),
            (b"{\"cmd\":\"run\",}", 13, Error::NotAnObject),
            (b"{\"cmd\":\"ru", 10, Error::NotAnObject),
            (b"{\"cmd\":3}", 7, Error::NotText),
            (b"{\"cmd\":\"a\\n\"}", 9, Error::NotText),
            (b"{\"cmd\":null}", 7, Error::NotText),
            (b"{\"seed\":-1}", 8, Error::NotAWholeNumber),
            (b"{\"seed\":1.5}", 8, Error::NotAWholeNumber),
            (b"{\"seed\":01}", 8, Error::NotAWholeNumber),
            (b"{\"seed\":1e3}", 8, Error::NotAWholeNumber),
            (b"{\"seed\":4294967296}", 8, Error::NotAWholeNumber),
            (b"{\"seed\":99999999999999999999999999}", 8, Error::NotAWholeNumber),
            (b"{\"seed\":{}}", 8, Error::NotAWholeNumber),
            (b"{\"seed\":1,\"seed\":2}", 10, Error::RepeatedField),
            (b"{\"cmd\":\"run\",\"speed\":2}", 13, Error::UnknownField),
            (b"{\"cmd\":\"\xff\"}", 8, Error::NotAnObject),
            (&[b'x'; 257], 256, Error::LineTooLong),
        ] {
            assert_eq!(scan(line), Err(Fault::at(position, error)), "{}", std::string::String::from_utf8_lossy(line));
        }
        assert!(scan(b"{\"seed\":4294967295}").is_ok() && scan(b"{\"seed\":0}").is_ok());
    }
}
