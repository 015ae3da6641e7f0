//! Comma-separated values, as RFC 4180 has them but with line feeds alone.

use std::borrow::Cow;

/// One line, with its end.
pub fn line<'a>(fields: impl IntoIterator<Item = impl Into<Cow<'a, str>>>) -> String {
    let fields: Vec<_> = fields.into_iter().map(|field| quoted(field.into())).collect();
    fields.join(",") + "\n"
}

/// A field, in quotes where it needs them.
pub fn quoted(field: Cow<'_, str>) -> Cow<'_, str> {
    if field.contains([',', '"', '\n', '\r']) { format!("\"{}\"", field.replace('"', "\"\"")).into() } else { field }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_needs_quotes_has_them() {
        assert_eq!(line(["a", "b c", ""]), "a,b c,\n");
        assert_eq!(line(["1,5", "say \"so\"", "two\nlines"]), "\"1,5\",\"say \"\"so\"\"\",\"two\nlines\"\n");
    }
}
