//! What a run takes: texts as typed, checked against the descriptor, and the lines made from them.

use crate::descriptor::{Descriptor, Kind, Parameter};

/// At most so many samples a contender are asked for.
pub const SAMPLES: u32 = 600;
/// A mean over noisy samples takes in this share of a run's.
const WINDOW: u32 = 25;

/// The fields as typed. An empty parameter takes its default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Form {
    /// The seed box.
    pub seed: String,
    /// The steps box.
    pub steps: String,
    /// One text a parameter, in the descriptor's order.
    pub values: Vec<String>,
}

/// Checked: a run can start with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The experiment.
    pub id: String,
    /// Of the generator.
    pub seed: u32,
    /// The length of the run.
    pub steps: u32,
    /// What is set, by name; a parameter that is not here is derived by the kernel.
    pub values: Vec<(String, String)>,
    /// Those of `values` that are not the defaults.
    pub changed: Vec<(String, String)>,
}

impl Form {
    /// Every default, written out.
    pub fn defaults(descriptor: &Descriptor) -> Self {
        Self {
            seed: "1".into(),
            steps: descriptor.steps.default.to_string(),
            values: descriptor.parameters.iter().map(default_text).collect(),
        }
    }

    /// All fields checked; `None` where one is at fault.
    pub fn settings(&self, descriptor: &Descriptor) -> Option<Settings> {
        let mut values = Vec::new();
        let mut changed = Vec::new();
        for (parameter, text) in descriptor.parameters.iter().zip(&self.values) {
            let Some(value) = check(parameter, text).ok()? else { continue };
            if value != default_text(parameter) {
                changed.push((parameter.name.clone(), value.clone()));
            }
            values.push((parameter.name.clone(), value));
        }
        Some(Settings {
            id: descriptor.id.clone(),
            seed: check_seed(&self.seed).ok()?,
            steps: check_steps(descriptor, &self.steps).ok()?,
            values,
            changed,
        })
    }
}

impl Settings {
    /// A sample every so many steps keeps a run within [`SAMPLES`].
    pub fn every(&self) -> u32 {
        self.steps.div_ceil(SAMPLES)
    }

    /// How many samples the mean over noisy ones takes in.
    pub fn window(&self) -> usize {
        (self.steps / self.every() / WINDOW).max(2) as usize
    }

    /// The protocol's line that starts this run.
    pub fn run_line(&self) -> String {
        let Self { id, seed, steps, .. } = self;
        let set = self.set();
        let set = if set.is_empty() { set } else { format!(",\"set\":\"{set}\"") };
        format!("{{\"cmd\":\"run\",\"id\":\"{id}\",\"seed\":{seed},\"steps\":{steps},\"every\":{}{set}}}", self.every())
    }

    /// What differs from the defaults, as the kernel reads it.
    pub fn set(&self) -> String {
        joined(&self.changed, ",", "")
    }

    /// The command that makes the same run in a terminal.
    pub fn command(&self) -> String {
        let Self { id, seed, steps, .. } = self;
        format!("habit run {id} --seed {seed} --steps {steps}{}", joined(&self.changed, "", " --set "))
    }
}

/// The text of a parameter that nobody touched; empty where it is derived.
pub fn default_text(parameter: &Parameter) -> String {
    match &parameter.kind {
        Kind::Real { default, .. } => default.map_or_else(String::new, plain),
        Kind::Choice { options, default } => options.get(*default).cloned().unwrap_or_default(),
    }
}

/// A number as the kernel reads it: no exponent, as many digits as an `f32` has.
pub fn plain(value: f64) -> String {
    format!("{}", value as f32)
}

/// The value to set, `None` where the kernel derives it, or what is wrong in one sentence.
pub fn check(parameter: &Parameter, text: &str) -> Result<Option<String>, String> {
    let text = text.trim();
    match &parameter.kind {
        Kind::Choice { options, .. } => match options.iter().find(|o| *o == text) {
            Some(option) => Ok(Some(option.clone())),
            None => Err(format!("Choose one of: {}.", options.join(", "))),
        },
        Kind::Real { default, .. } if text.is_empty() => match default {
            Some(value) => Ok(Some(plain(*value))),
            None => Ok(None),
        },
        Kind::Real { minimum, maximum, .. } => match text.replace('−', "-").parse::<f64>() {
            // The kernel compares as `f32`; so does the page.
            Ok(v) if v.is_finite() && v as f32 >= *minimum as f32 && v as f32 <= *maximum as f32 => Ok(Some(plain(v))),
            _ => Err(format!("Enter a number from {} to {}.", plain(*minimum), plain(*maximum))),
        },
    }
}

/// The seed, or what is wrong.
pub fn check_seed(text: &str) -> Result<u32, String> {
    whole(text, 0, u32::MAX)
}

/// The number of steps, or what is wrong.
pub fn check_steps(descriptor: &Descriptor, text: &str) -> Result<u32, String> {
    whole(text, descriptor.steps.minimum, descriptor.steps.maximum)
}

fn whole(text: &str, minimum: u32, maximum: u32) -> Result<u32, String> {
    // `parse` would take a plus sign.
    let digits = text.trim().bytes().all(|b| b.is_ascii_digit());
    match text.trim().parse::<u32>() {
        Ok(value) if digits && (minimum..=maximum).contains(&value) => Ok(value),
        _ => Err(format!("Enter a whole number from {minimum} to {maximum}.")),
    }
}

fn joined(pairs: &[(String, String)], between: &str, before: &str) -> String {
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{before}{name}={value}")).collect();
    pairs.join(between)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::descriptor::Steps;

    /// An experiment with every kind of parameter.
    pub(crate) fn example() -> Descriptor {
        let parameter =
            |name: &str, kind| Parameter { name: name.into(), unit: String::new(), description: String::new(), kind };
        let real = |default| Kind::Real { minimum: 0.0, maximum: 1.0, default, derived: String::new() };
        Descriptor {
            id: "spec.part".into(),
            title: "Example".into(),
            room: "learn".into(),
            summary: String::new(),
            citation: String::new(),
            step: "episode".into(),
            steps: Steps { minimum: 1, maximum: 400_000, default: 500 },
            contenders: vec!["A".into()],
            parameters: vec![
                parameter("rate", real(Some(f64::from(0.1f32)))),
                parameter("bound", real(None)),
                parameter("system", Kind::Choice { options: vec!["one".into(), "two".into()], default: 0 }),
            ],
            metrics: Vec::new(),
            views: Vec::new(),
            claims: Vec::new(),
        }
    }

    #[test]
    fn defaults_need_no_set() {
        let descriptor = example();
        let settings = Form::defaults(&descriptor).settings(&descriptor).expect("valid");
        assert_eq!(settings.run_line(), r#"{"cmd":"run","id":"spec.part","seed":1,"steps":500,"every":1}"#);
        assert_eq!(settings.command(), "habit run spec.part --seed 1 --steps 500");
        assert_eq!(settings.values.len(), 2);
    }

    #[test]
    fn what_differs_is_set() {
        let descriptor = example();
        let form =
            Form { seed: "7".into(), steps: "400000".into(), values: vec!["0.25".into(), "1e-3".into(), "two".into()] };
        let settings = form.settings(&descriptor).expect("valid");
        assert!(settings.run_line().ends_with(r#""every":667,"set":"rate=0.25,bound=0.001,system=two"}"#));
        assert!(settings.command().ends_with("--set rate=0.25 --set bound=0.001 --set system=two"));
    }

    #[test]
    fn faults_are_named() {
        let descriptor = example();
        for text in ["2", "-0.1", "NaN", "inf", "x", "0.1.1"] {
            assert_eq!(check(&descriptor.parameters[0], text), Err("Enter a number from 0 to 1.".into()), "{text}");
        }
        assert_eq!(check(&descriptor.parameters[1], " "), Ok(None));
        assert_eq!(check(&descriptor.parameters[2], "three"), Err("Choose one of: one, two.".into()));
        for text in ["", "-1", "+1", "1.5", "4294967296", "a"] {
            assert!(check_seed(text).is_err(), "{text}");
        }
        assert_eq!(check_seed("4294967295"), Ok(u32::MAX));
        assert!(check_steps(&descriptor, "0").is_err() && check_steps(&descriptor, "400001").is_err());
    }
}
