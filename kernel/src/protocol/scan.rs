//! Says where a line is at fault; the parser behind it does not.

use super::{Fault, MAX_LINE};
use crate::error::Error;

/// What a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A string without escapes.
    Text,
    /// A whole number that fits in 32 bits.
    Whole,
    /// A decimal number.
    Number,
    /// A list of decimal numbers.
    Numbers,
}

/// Reads over a line: one flat object whose keys are in the table, each once, with values of their kinds. Returns where each
/// value starts, a string at its quote; 0, where no value can start, when the line does not have it.
pub(super) fn scan<const N: usize>(line: &[u8], table: &[(&str, Kind); N]) -> Result<[usize; N], Fault> {
    if line.len() > MAX_LINE {
        return Err(Fault::at(MAX_LINE, Error::LineTooLong));
    }
    if let Err(error) = core::str::from_utf8(line) {
        return Err(Fault::at(error.valid_up_to(), Error::NotAnObject));
    }
    let mut scanner = Scanner::new(line, 0);
    let mut places = [0; N];
    scanner.expect(b'{')?;
    scanner.skip_space();
    if scanner.peek() != Some(b'}') {
        loop {
            scanner.field(table, &mut places)?;
            if !scanner.is_followed() {
                break;
            }
        }
    }
    scanner.expect(b'}')?;
    scanner.skip_space();
    if scanner.peek().is_some() { Err(scanner.fault(Error::NotAnObject)) } else { Ok(places) }
}

pub(super) struct Scanner<'a> {
    line: &'a [u8],
    position: usize,
}

impl<'a> Scanner<'a> {
    pub(super) const fn new(line: &'a [u8], position: usize) -> Self {
        Self { line, position }
    }

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

    /// Whether a comma, which is passed over, announces more.
    fn is_followed(&mut self) -> bool {
        self.skip_space();
        let is_followed = self.peek() == Some(b',');
        self.position += usize::from(is_followed);
        is_followed
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
    pub(super) fn string(&mut self, otherwise: Error) -> Result<&'a [u8], Fault> {
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

    /// The digits from here on; they may be none.
    fn digits(&mut self) -> &'a [u8] {
        let start = self.position;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.position += 1;
        }
        self.line.get(start..self.position).unwrap_or_default()
    }

    /// Whether digits make a JSON number, which has no leading zeros.
    fn is_whole(digits: &[u8]) -> bool {
        matches!(digits, [b'0'] | [b'1'..=b'9', ..])
    }

    /// Whether no value goes on here.
    fn is_end(&self) -> bool {
        matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b',' | b'}' | b']') | None)
    }

    /// A whole number that fits in 32 bits.
    pub(super) fn whole(&mut self) -> Result<u32, Fault> {
        let start = self.position;
        let digits = self.digits();
        let value =
            digits.iter().try_fold(0u32, |value, digit| value.checked_mul(10)?.checked_add(u32::from(digit - b'0')));
        let value = value.filter(|_| Self::is_whole(digits) && self.is_end());
        value.ok_or(Fault::at(start, Error::NotAWholeNumber))
    }

    /// The text of a decimal number.
    fn decimal(&mut self) -> Result<&'a [u8], Fault> {
        let start = self.position;
        self.position += usize::from(self.peek() == Some(b'-'));
        let mut is_number = Self::is_whole(self.digits());
        if self.peek() == Some(b'.') {
            self.position += 1;
            is_number &= !self.digits().is_empty();
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.position += 1;
            self.position += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            is_number &= !self.digits().is_empty();
        }
        let text = self.line.get(start..self.position).filter(|_| is_number && self.is_end());
        text.ok_or(Fault::at(start, Error::NotANumber))
    }

    /// A decimal number, rounded to the nearest `f32`.
    pub(super) fn number(&mut self) -> Result<f32, Fault> {
        let start = self.position;
        let text = core::str::from_utf8(self.decimal()?).unwrap_or_default();
        let value: f32 = text.parse().map_err(|_| Fault::at(start, Error::NotANumber))?;
        if value.is_finite() { Ok(value) } else { Err(Fault::at(start, Error::NonFinite)) }
    }

    /// Calls `each` at every element of a list.
    pub(super) fn list(&mut self, mut each: impl FnMut(&mut Self) -> Result<(), Fault>) -> Result<(), Fault> {
        if self.peek() != Some(b'[') {
            return Err(self.fault(Error::NotNumbers));
        }
        self.position += 1;
        self.skip_space();
        if self.peek() != Some(b']') {
            loop {
                self.skip_space();
                each(self)?;
                if !self.is_followed() {
                    break;
                }
            }
        }
        self.expect(b']')
    }

    fn field<const N: usize>(&mut self, table: &[(&str, Kind); N], places: &mut [usize; N]) -> Result<(), Fault> {
        self.skip_space();
        let start = self.position;
        let key = self.string(Error::NotAnObject)?;
        let known = table.iter().zip(places).find(|((name, _), _)| name.as_bytes() == key);
        let ((_, kind), place) = known.ok_or(Fault::at(start, Error::UnknownField))?;
        if *place > 0 {
            return Err(Fault::at(start, Error::RepeatedField));
        }
        self.expect(b':')?;
        self.skip_space();
        *place = self.position;
        match kind {
            Kind::Text => self.string(Error::NotText).map(|_| ()),
            Kind::Whole => self.whole().map(|_| ()),
            Kind::Number => self.decimal().map(|_| ()),
            Kind::Numbers => self.list(|scanner| scanner.decimal().map(|_| ())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: [(&str, Kind); 4] =
        [("cmd", Kind::Text), ("seed", Kind::Whole), ("id", Kind::Text), ("n", Kind::Whole)];

    #[test]
    fn values_are_found() {
        assert_eq!(scan(br#" { "cmd" : "run", "seed":7 ,"id":"a"} "#, &TABLE), Ok([11, 25, 33, 0]));
        assert_eq!(scan(b"{}", &TABLE), Ok([0; 4]));
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
            assert_eq!(
                scan(line, &TABLE),
                Err(Fault::at(position, error)),
                "{}",
                std::string::String::from_utf8_lossy(line)
            );
        }
        assert!(scan(b"{\"seed\":4294967295}", &TABLE).is_ok() && scan(b"{\"seed\":0}", &TABLE).is_ok());
    }
}
