//! What a checkpoint says of itself.

use habit::checkpoint::{self, OVERHEAD, VERSION};
use habit::lab::EXPERIMENTS;
use habit::math::{Libm, Math};
use habit::state::{Digest, Identity, Write};
use pyo3::prelude::*;

use crate::error::bad_checkpoint;

/// The kinds that Python knows, and those around them.
const KINDS: [&str; 17] = [
    "q-table",
    "q-learning",
    "sarsa",
    "expected-sarsa",
    "double-q-learning",
    "ridge",
    "lin-ucb",
    "dyn-lin-ucb",
    "d-lin-ucb",
    "exp3",
    "action-value",
    "gradient",
    "thompson-beta",
    "off-policy",
    "cumulative",
    "arm-table",
    "xoshiro128++",
];
const AROUND: [(&str, &[&str]); 4] = [
    ("contextual", &["shared", "disjoint"]),
    ("ucb", &["cumulative", "discounted", "sliding-window"]),
    ("kl-ucb", &["cumulative"]),
    ("thompson-gaussian", &["cumulative"]),
];
const NUMERICS: [&str; 3] = [Identity::PLAIN, Libm::NUMERICS, "micromath"];

/// The names behind an identity: its kind, its numerics, and whether a generator is in it; an unknown kind is its number.
fn names(identity: Identity) -> (String, String, bool) {
    let generator = Identity::new("xoshiro128++", Identity::PLAIN, [0; 3]);
    let of = |kind: &str| Identity::new(kind, "", [0; 3]);
    let kinds = KINDS.iter().map(|kind| ((*kind).to_owned(), of(kind)));
    let around = AROUND.iter().flat_map(|(kind, inner)| {
        inner.iter().map(move |inner| (format!("{kind} around {inner}"), Identity::around(kind, of(inner))))
    });
    let experiments = EXPERIMENTS.iter().map(|descriptor| {
        (format!("experiment around {}", descriptor.id), Identity::around("experiment", of(descriptor.id)))
    });
    let found = kinds.chain(around).chain(experiments).find_map(|(name, known)| {
        if known.kind == identity.kind {
            return Some((name, false));
        }
        (known.and(generator).kind == identity.kind).then_some((name, true))
    });
    let (kind, with_generator) = found.unwrap_or_else(|| (format!("unknown ({:08x})", identity.kind), false));
    let numerics = NUMERICS.iter().find(|name| Identity::new("", name, [0; 3]).numerics == identity.numerics);
    let numerics = numerics.map_or_else(|| format!("unknown ({:08x})", identity.numerics), ToString::to_string);
    (kind, numerics, with_generator)
}

/// The version, the kind, the numerics, whether a generator is in it, the dimensions, and the digest of what was learned.
#[pyfunction]
#[allow(clippy::type_complexity)] // a row
pub fn _inspect(py: Python<'_>, bytes: &[u8]) -> PyResult<(u16, String, String, bool, [u32; 3], String)> {
    let identity = checkpoint::identity(bytes).map_err(|error| bad_checkpoint(py, error))?;
    let (kind, numerics, generator) = names(identity);
    // The checksum stands last, the generator before it.
    let end = bytes.len() - 4 - if generator { 16 } else { 0 };
    let mut digest = Digest::new();
    digest.bytes(&bytes[OVERHEAD - 4..end]);
    Ok((VERSION, kind, numerics, generator, identity.dimensions, format!("{:016x}", digest.value())))
}
