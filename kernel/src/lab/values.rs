//! The parameters of a run.

use super::{Descriptor, Kind};
use crate::error::Error;

/// The greatest number of parameters an experiment may have.
pub const MAX_PARAMETERS: usize = 16;

/// A value for each parameter of a descriptor, or its default. A choice is kept as the index of its option.
///
/// ```
/// # #[cfg(feature = "tabular-td-cliff-walking")] {
/// use habit::lab::{EXPERIMENTS, Values, find};
/// let descriptor = &EXPERIMENTS[find("tabular-td.cliff-walking").unwrap()];
/// let mut values = Values::DEFAULTS;
/// values.set(descriptor, "epsilon", "0.2")?;
/// assert!(values.set(descriptor, "epsilon", "2").is_err());
/// assert_eq!(values.get(1), Some(0.2));
/// # }
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Values {
    set: [Option<f32>; MAX_PARAMETERS],
}

impl Values {
    /// Every parameter at its default.
    pub const DEFAULTS: Self = Self { set: [None; MAX_PARAMETERS] };

    /// Sets one parameter from text.
    ///
    /// # Errors
    /// [`Error::UnknownParameter`]; [`Error::NotANumber`] or [`Error::ParameterOutOfRange`] for a real;
    /// [`Error::UnknownChoice`].
    pub fn set(&mut self, descriptor: &Descriptor, name: &str, text: &str) -> Result<(), Error> {
        let index =
            descriptor.parameters.iter().position(|parameter| parameter.name == name).ok_or(Error::UnknownParameter)?;
        let value = match descriptor.parameters[index].kind {
            Kind::Real { minimum, maximum, .. } => {
                let value: f32 = text.parse().map_err(|_| Error::NotANumber)?;
                if value.is_nan() {
                    return Err(Error::NotANumber);
                }
                if !(minimum..=maximum).contains(&value) {
                    return Err(Error::ParameterOutOfRange);
                }
                value
            }
            Kind::Choice { options, .. } => {
                options.iter().position(|option| *option == text).ok_or(Error::UnknownChoice)? as f32
            }
        };
        *self.set.get_mut(index).ok_or(Error::UnknownParameter)? = Some(value);
        Ok(())
    }

    /// From `name=value,name=value`; what is not named has its default.
    ///
    /// # Errors
    /// As [`set`](Self::set), and [`Error::UnknownParameter`] where a `=` is missing; with the offset of the faulty
    /// assignment in bytes.
    pub fn parse(descriptor: &Descriptor, text: &str) -> Result<Self, (Error, usize)> {
        let mut values = Self::DEFAULTS;
        let mut offset = 0;
        for assignment in text.split(',').filter(|_| !text.is_empty()) {
            let (name, value) = assignment.split_once('=').ok_or((Error::UnknownParameter, offset))?;
            values.set(descriptor, name.trim(), value.trim()).map_err(|error| (error, offset))?;
            offset += assignment.len() + 1;
        }
        Ok(values)
    }

    /// What was set for the parameter at `index`.
    pub fn get(&self, index: usize) -> Option<f32> {
        self.set.get(index).copied().flatten()
    }

    /// The real at `index`: what was set, or its default; `None` where the experiment derives it.
    pub fn real(&self, descriptor: &Descriptor, index: usize) -> Option<f32> {
        self.get(index).or(match descriptor.parameters.get(index)?.kind {
            Kind::Real { default, .. } => default,
            Kind::Choice { .. } => None,
        })
    }

    /// The option chosen at `index`.
    pub fn choice(&self, descriptor: &Descriptor, index: usize) -> usize {
        match (self.get(index), descriptor.parameters.get(index).map(|parameter| parameter.kind)) {
            (Some(value), _) => value as usize,
            (None, Some(Kind::Choice { default, .. })) => default,
            _ => 0,
        }
    }

    /// Writes what was set, as [`parse`](Self::parse) reads it.
    ///
    /// # Errors
    /// What `out` says.
    pub fn format(&self, descriptor: &Descriptor, out: &mut impl core::fmt::Write) -> core::fmt::Result {
        let mut separator = "";
        for (parameter, value) in descriptor.parameters.iter().zip(self.set) {
            let Some(value) = value else { continue };
            write!(out, "{separator}{}=", parameter.name)?;
            match parameter.kind {
                Kind::Real { .. } => write!(out, "{value}")?,
                Kind::Choice { options, .. } => out.write_str(options.get(value as usize).copied().unwrap_or(""))?,
            }
            separator = ",";
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::{Parameter, Steps};
    use std::string::String;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "test",
        title: "",
        room: "",
        summary: "",
        citation: "",
        step: "step",
        steps: Steps { minimum: 1, maximum: 10, default: 5, conformance: 5 },
        contenders: &[],
        parameters: &[
            Parameter {
                name: "rate",
                unit: "",
                description: "",
                kind: Kind::Real { minimum: 0.0, maximum: 1.0, default: Some(0.5), derived: "" },
            },
            Parameter {
                name: "system",
                unit: "",
                description: "",
                kind: Kind::Choice { options: &["small", "large"], default: 1 },
            },
            Parameter {
                name: "bound",
                unit: "",
                description: "",
                kind: Kind::Real { minimum: 0.0, maximum: 9.0, default: None, derived: "the system" },
            },
        ],
        metrics: &[],
        views: &[],
        claims: &[],
        state_bytes: 0,
    };

    #[test]
    fn defaults_hold_until_something_is_set() {
        let values = Values::parse(&DESCRIPTOR, "").unwrap();
        assert_eq!(values.real(&DESCRIPTOR, 0), Some(0.5));
        assert_eq!(values.choice(&DESCRIPTOR, 1), 1);
        assert_eq!(values.real(&DESCRIPTOR, 2), None);
        let values = Values::parse(&DESCRIPTOR, "bound=3, system=small").unwrap();
        assert_eq!(values.choice(&DESCRIPTOR, 1), 0);
        assert_eq!(values.real(&DESCRIPTOR, 2), Some(3.0));
        let mut text = String::new();
        values.format(&DESCRIPTOR, &mut text).unwrap();
        assert_eq!(text, "system=small,bound=3");
        assert_eq!(Values::parse(&DESCRIPTOR, &text), Ok(values));
    }

    #[test]
    fn bad_text_is_refused_with_its_place() {
        for (text, error, offset) in [
            ("rate=2", Error::ParameterOutOfRange, 0),
            ("rate=nan", Error::NotANumber, 0),
            ("rate=inf", Error::ParameterOutOfRange, 0),
            ("rate=x", Error::NotANumber, 0),
            ("rate=0.1,system=huge", Error::UnknownChoice, 9),
            ("rate=0.1,colour=red", Error::UnknownParameter, 9),
            ("rate", Error::UnknownParameter, 0),
            ("rate=1,", Error::UnknownParameter, 7),
        ] {
            assert_eq!(Values::parse(&DESCRIPTOR, text), Err((error, offset)), "{text}");
        }
    }
}
