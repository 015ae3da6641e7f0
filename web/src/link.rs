//! A run in the page's address: `#id?seed=1&steps=500&name=value&at=120&digest=0123456789abcdef`.

use crate::descriptor::Descriptor;
use crate::settings::{Form, Settings, check, check_seed, check_steps};

/// The part of an address behind `#` that reproduces a run.
pub fn write(settings: &Settings) -> String {
    let mut link = format!("#{}?seed={}&steps={}", escaped(&settings.id), settings.seed, settings.steps);
    for (name, value) in &settings.values {
        link.push_str(&format!("&{}={}", escaped(name), escaped(value)));
    }
    link
}

/// Where a link's run stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// After so many steps; `None` at the start or the end.
    pub at: Option<u32>,
    /// The digest that its run must show there.
    pub digest: Option<String>,
}

/// As [`write`], for a run that stands at a place.
pub fn write_at(settings: &Settings, place: &Place) -> String {
    let mut link = write(settings);
    if let Some(at) = place.at {
        link.push_str(&format!("&at={at}"));
    }
    if let Some(digest) = &place.digest {
        link.push_str(&format!("&digest={digest}"));
    }
    link
}

/// The experiment that a link names, as written; empty where it names none.
pub fn experiment(hash: &str) -> String {
    let hash = hash.strip_prefix('#').unwrap_or(hash);
    unescaped(hash.split('?').next().unwrap_or_default())
}

/// The fields that a link fills in, defaults elsewhere, and a sentence for everything that cannot be used.
pub fn read(hash: &str, descriptor: &Descriptor) -> (Form, Place, Vec<String>) {
    let mut form = Form::defaults(descriptor);
    let (mut place, mut problems) = (Place::default(), Vec::new());
    let query = hash.split_once('?').map_or("", |(_, query)| query);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (unescaped(name), unescaped(value));
        let parameter = descriptor.parameters.iter().position(|p| p.name == name);
        let fault = match (name.as_str(), parameter) {
            ("seed", _) => check_seed(&value).map(|seed| form.seed = seed.to_string()).err(),
            ("steps", _) => check_steps(descriptor, &value).map(|steps| form.steps = steps.to_string()).err(),
            ("at", None) => check_at(&value).map(|at| place.at = Some(at)).err(),
            ("digest", None) => check_digest(&value).map(|digest| place.digest = Some(digest)).err(),
            (_, Some(i)) => check(&descriptor.parameters[i], &value).map(|_| form.values[i] = value.clone()).err(),
            (_, None) => {
                problems.push(format!("This experiment has no parameter “{name}”; it was left out."));
                continue;
            }
        };
        if let Some(fault) = fault {
            problems.push(format!("The link’s {name} = “{value}” cannot be used, so the default stands. {fault}"));
        }
    }
    let steps = form.steps.parse().unwrap_or(u32::MAX);
    if let Some(at) = place.at.filter(|at| *at > steps) {
        problems.push(format!("The link’s at = “{at}” lies behind the last of its {steps} steps; it was left out."));
        place = Place::default();
    }
    (form, place, problems)
}

fn check_at(text: &str) -> Result<u32, String> {
    check_seed(text).map_err(|_| "It must be a number of steps.".into())
}

fn check_digest(text: &str) -> Result<String, String> {
    let sound = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if sound { Ok(text.to_ascii_lowercase()) } else { Err("A digest has sixteen hexadecimal digits.".into()) }
}

/// Percent-encodes all but letters, digits and `-._~`.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Undoes percent-encoding; what is not valid stays as it is written.
fn unescaped(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let code = (bytes[i] == b'%').then(|| text.get(i + 1..i + 3)).flatten();
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                i += 3;
            }
            None => {
                out.push(bytes[i]);
                i += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::tests::example;

    #[test]
    fn a_link_reproduces_the_run() {
        let descriptor = example();
        let form =
            Form { seed: "42".into(), steps: "9".into(), values: vec!["0.3".into(), String::new(), "two".into()] };
        let settings = form.settings(&descriptor).expect("valid");
        let link = write(&settings);
        assert_eq!(link, "#spec.part?seed=42&steps=9&rate=0.3&system=two");
        assert_eq!(experiment(&link), "spec.part");
        let (read_back, place, problems) = read(&link, &descriptor);
        assert!(problems.is_empty() && place == Place::default());
        assert_eq!(read_back.settings(&descriptor), Some(settings));
    }

    #[test]
    fn what_cannot_be_used_is_said_and_left_at_its_default() {
        let descriptor = example();
        let link = "#spec.part?seed=-1&steps=0&rate=7&colour=red&system=%zz&bound";
        let (form, _, problems) = read(link, &descriptor);
        assert_eq!(form, Form::defaults(&descriptor));
        assert_eq!(problems.len(), 5);
        assert!(problems[0].contains("seed = “-1”") && problems[3].contains("“colour”"));
    }

    #[test]
    fn a_link_leads_to_a_place_in_the_run() {
        let descriptor = example();
        let settings = Form::defaults(&descriptor).settings(&descriptor).expect("valid");
        let place = Place { at: Some(120), digest: Some("0123456789abcdef".into()) };
        let link = write_at(&settings, &place);
        assert!(link.ends_with("&at=120&digest=0123456789abcdef"));
        assert_eq!(read(&link, &descriptor), (Form::defaults(&descriptor), place, Vec::new()));
        for query in ["at=501", "at=-1", "at=x", "digest=xyz", "digest=0123456789abcdeg"] {
            let (_, place, problems) = read(&format!("#spec.part?{query}"), &descriptor);
            assert!(place == Place::default() && problems.len() == 1, "{query}: {problems:?}");
        }
    }

    #[test]
    fn any_text_can_be_read() {
        let descriptor = example();
        for hash in ["", "#", "#?", "#?&&=", "#%", "#%f0%9f?%=%", "#a?b=c=d&seed=1&seed=2"] {
            let _ = (experiment(hash), read(hash, &descriptor));
        }
        assert_eq!(experiment("#a%20b"), "a b");
    }
}
