//! Parameters from `--set name=value`, and those in force.

use habit::Error;
use habit::lab::{Descriptor, Kind, Parameter, Values};

use crate::names::unknown;

/// The values that the texts of `--set` give; several assignments in one text are parted by commas, and the last of a name
/// counts.
///
/// # Errors
/// One sentence that says what is possible.
pub fn parse(descriptor: &Descriptor, texts: &[String]) -> Result<Values, String> {
    let mut values = Values::DEFAULTS;
    for assignment in texts.iter().flat_map(|text| text.split(',')) {
        let Some((name, value)) = assignment.split_once('=') else {
            return Err(format!("--set takes name=value, not '{assignment}'"));
        };
        let (name, value) = (name.trim(), value.trim());
        values.set(descriptor, name, value).map_err(|error| refusal(descriptor, name, value, error))?;
    }
    Ok(values)
}

/// Why one assignment was refused.
fn refusal(descriptor: &Descriptor, name: &str, value: &str, error: Error) -> String {
    let names = descriptor.parameters.iter().map(|parameter| parameter.name);
    let Some(parameter) = descriptor.parameters.iter().find(|parameter| parameter.name == name) else {
        return if descriptor.parameters.is_empty() {
            format!("{} has no parameters", descriptor.id)
        } else {
            unknown(&format!("parameter of {}", descriptor.id), name, names)
        };
    };
    match parameter.kind {
        Kind::Real { .. } => format!("{name} must be a number from {}, not '{value}'", range(parameter)),
        Kind::Choice { options, .. } if error == Error::UnknownChoice => {
            unknown(&format!("option of {name}"), value, options.iter().copied())
        }
        Kind::Choice { .. } => format!("{name}: {error}"),
    }
}

/// What a parameter may be.
pub fn range(parameter: &Parameter) -> String {
    match parameter.kind {
        Kind::Real { minimum, maximum, .. } => format!("{minimum} to {maximum}"),
        Kind::Choice { options, .. } => options.join(", "),
    }
}

/// What a parameter is when nothing is set.
pub fn default(parameter: &Parameter) -> String {
    match parameter.kind {
        Kind::Real { default: Some(default), .. } => default.to_string(),
        Kind::Real { default: None, derived, .. } => format!("from {derived}"),
        Kind::Choice { options, default } => options.get(default).copied().unwrap_or_default().into(),
    }
}

/// Every parameter in force, `name=value` by `name=value`; what the experiment derives is said so.
pub fn in_force(descriptor: &Descriptor, values: &Values) -> String {
    let texts = descriptor.parameters.iter().enumerate().map(|(index, parameter)| {
        let value = match parameter.kind {
            Kind::Real { .. } => values.real(descriptor, index).map(|value| value.to_string()),
            Kind::Choice { options, .. } => {
                options.get(values.choice(descriptor, index)).map(|option| (*option).to_string())
            }
        };
        match value {
            Some(value) => format!("{}={value}", parameter.name),
            None => format!("{} {}", parameter.name, default(parameter)),
        }
    });
    texts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use habit::lab::{EXPERIMENTS, find};

    fn parsed(id: &str, texts: &[&str]) -> Result<String, String> {
        let descriptor = &EXPERIMENTS[find(id).unwrap()];
        let texts: Vec<_> = texts.iter().map(ToString::to_string).collect();
        parse(descriptor, &texts).map(|values| in_force(descriptor, &values))
    }

    #[test]
    fn assignments_come_in_one_text_or_in_several() {
        let all = Ok("step_size=0.25, epsilon=0.2, discount=1".into());
        assert_eq!(parsed("tabular-td.cliff-walking", &["step_size=0.25,epsilon=0.2"]), all);
        assert_eq!(parsed("tabular-td.cliff-walking", &["epsilon=0.9", "step_size=0.25, epsilon = 0.2"]), all);
    }

    #[test]
    fn what_is_derived_is_said_so() {
        let text = parsed("dynlin-ucb", &["system=advertising"]).unwrap();
        assert_eq!(text, "system=advertising, sigma=0.01, rho_bar from the system's spectral radius");
    }

    #[test]
    fn a_refusal_says_what_is_possible() {
        for (text, hint) in [
            ("epsilon=2", "epsilon must be a number from 0 to 1, not '2'"),
            ("epsilon=nan", "from 0 to 1, not 'nan'"),
            ("epsilon=", "from 0 to 1, not ''"),
            ("epsilom=0.1", "did you mean 'epsilon'?"),
            ("epsilon", "--set takes name=value, not 'epsilon'"),
            ("epsilon=0.1,", "--set takes name=value, not ''"),
            ("colour=red", "known: step_size, epsilon, discount"),
        ] {
            let sentence = parsed("tabular-td.cliff-walking", &[text]).unwrap_err();
            assert!(sentence.contains(hint), "{text}: {sentence}");
        }
        let sentence = parsed("dynlin-ucb", &["system=advertisement"]).unwrap_err();
        assert_eq!(sentence, "no option of system is called 'advertisement'; did you mean 'advertising'?");
    }
}
