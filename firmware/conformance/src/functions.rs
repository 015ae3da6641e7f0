//! The digest program of `determinism.md`: 20 000 draws of `u` and `v` from seed 7, `x = 40 u - 20`, and the bits of a
//! function of them folded into FNV-1a 64.

use habit::math::{Libm, Math};
use habit::rng::{stream, unit_f32};
use habit::state::{Digest, Write};

const SAMPLES: usize = 20_000;

fn digest(function: impl Fn(f32, f32, f32) -> f32) -> u64 {
    let mut generator = stream(7, 0);
    let mut digest = Digest::new();
    for _ in 0..SAMPLES {
        let (u, v) = (unit_f32(&mut generator), unit_f32(&mut generator));
        digest.bytes(&function(u, v, 40.0 * u - 20.0).to_le_bytes());
    }
    digest.value()
}

fn chain(u: f32, v: f32, x: f32) -> f32 {
    (0..8).fold(x, |s, _| {
        let s = s * u + v;
        s / (1.0 + s * s)
    })
}

/// A name, and what computes the digest.
type Function = (&'static str, fn() -> u64);

/// The functions of `determinism.md`.
pub const FUNCTIONS: [Function; 11] = [
    ("exp", || digest(|_, _, x| Libm::exp(x))),
    ("ln", || digest(|u, _, _| Libm::ln(u + 1e-6))),
    ("sin", || digest(|_, _, x| Libm::sin(x))),
    ("cos", || digest(|_, _, x| Libm::cos(x))),
    ("tanh", || digest(|_, _, x| Libm::tanh(x))),
    ("sqrt", || digest(|u, _, _| Libm::sqrt(u))),
    ("powf", || digest(|u, v, _| Libm::powf(u, v))),
    ("atan2", || digest(|_, v, x| libm::atan2f(x, v))),
    ("multiply-add", || digest(|u, v, x| u * v + x)),
    ("divide", || digest(|u, v, _| u / (v + 1e-3))),
    ("chain", || digest(chain)),
];
