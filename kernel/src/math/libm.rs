//! The `libm` crate: equal bits on every CPU target, and correctly rounded `sqrt`.

use super::Math;

/// Transcendental functions of the `libm` crate (`determinism.md`, rule 5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Libm;

impl Math for Libm {
    const NUMERICS: &'static str = "libm";

    #[inline]
    fn exp(x: f32) -> f32 {
        ::libm::expf(x)
    }
    #[inline]
    fn ln(x: f32) -> f32 {
        ::libm::logf(x)
    }
    #[inline]
    fn sqrt(x: f32) -> f32 {
        ::libm::sqrtf(x)
    }
    #[inline]
    fn sin(x: f32) -> f32 {
        ::libm::sinf(x)
    }
    #[inline]
    fn cos(x: f32) -> f32 {
        ::libm::cosf(x)
    }
    #[inline]
    fn tanh(x: f32) -> f32 {
        ::libm::tanhf(x)
    }
    #[inline]
    fn powf(x: f32, y: f32) -> f32 {
        ::libm::powf(x, y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{stream, unit_f32};
    use crate::state::{Digest, Write};

    /// `determinism.md`: 20 000 draws of u and v from seed 7, x = 40 u - 20, the bits of f folded into FNV-1a 64.
    fn digest(f: impl Fn(f32, f32, f32) -> f32) -> u64 {
        let mut generator = stream(7, 0);
        let mut digest = Digest::new();
        for _ in 0..20_000 {
            let (u, v) = (unit_f32(&mut generator), unit_f32(&mut generator));
            digest.bytes(&f(u, v, 40.0 * u - 20.0).to_le_bytes());
        }
        digest.value()
    }

    #[test]
    fn the_bits_are_those_of_every_other_target() {
        assert_eq!(digest(|_, _, x| Libm::exp(x)), 0xa139_f013_b88d_62fc);
        assert_eq!(digest(|u, _, _| Libm::ln(u + 1e-6)), 0xdad5_1311_0e3a_071e);
        assert_eq!(digest(|_, _, x| Libm::sin(x)), 0x17a5_9c8a_1b17_540d);
        assert_eq!(digest(|_, _, x| Libm::cos(x)), 0x8d68_21b9_8b84_d97c);
        assert_eq!(digest(|_, _, x| Libm::tanh(x)), 0xfdc8_7f1f_fe34_1cf5);
        assert_eq!(digest(|u, _, _| Libm::sqrt(u)), 0x8042_e74b_f2e5_b2a2);
        assert_eq!(digest(|u, v, _| Libm::powf(u, v)), 0xb4b5_3a4b_761f_0e1c);
        assert_eq!(digest(|u, v, x| u * v + x), 0x1842_5734_3e3e_9144);
        assert_eq!(digest(|u, v, _| u / (v + 1e-3)), 0x299f_4551_fbd2_e17c);
        let chain = |u: f32, v: f32, x: f32| {
            (0..8).fold(x, |s, _| {
                let s = s * u + v;
                s / (1.0 + s * s)
            })
        };
        assert_eq!(digest(chain), 0xc593_0353_f707_031c);
    }
}
