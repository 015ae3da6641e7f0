//! How what was counted becomes an index.

use crate::error::Error;
use crate::math::{Libm, Math};
use core::marker::PhantomData;

/// How an arm is judged.
pub trait IndexRule {
    /// The name in a checkpoint.
    const NAME: &'static str;

    /// The functions it is computed with.
    const NUMERICS: &'static str;

    /// Whether rewards must lie in `[0, 1]`.
    const UNIT_REWARDS: bool;

    /// What is explored after `total` plays: the same for all arms.
    fn exploration(&self, total: f32) -> f32;

    /// The index of an arm that has paid `mean` on average; `share` is the exploration divided by the arm's plays.
    fn index(&self, mean: f32, share: f32) -> f32;
}

/// `mean + sqrt(c ln total / count)` (Auer, Cesa-Bianchi, Fischer 2002: UCB1 with `c = 2`). The form of Sutton & Barto,
/// equation 2.10, is `c` squared here; that of Garivier and Moulines `pad^2 xi`, with `pad = 2 B` in theory for rewards
/// within a range `B`, and less in practice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ucb<M = Libm> {
    confidence: f32,
    math: PhantomData<M>,
}

impl<M: Math> Ucb<M> {
    /// With `c = confidence`.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless it is finite and not negative.
    pub fn new(confidence: f32) -> Result<Self, Error> {
        if !(confidence >= 0.0 && confidence.is_finite()) {
            return Err(Error::ParameterOutOfRange);
        }
        Ok(Self { confidence, math: PhantomData })
    }
}

impl<M: Math> IndexRule for Ucb<M> {
    const NAME: &'static str = "ucb";
    const NUMERICS: &'static str = M::NUMERICS;
    const UNIT_REWARDS: bool = false;

    #[inline]
    fn exploration(&self, total: f32) -> f32 {
        // Below one play, which only discounting leads to, the logarithm would be negative.
        self.confidence * M::ln(total.max(1.0))
    }

    #[inline]
    fn index(&self, mean: f32, share: f32) -> f32 {
        mean + libm::sqrtf(share)
    }
}

/// KL-UCB for rewards in `[0, 1]` (Garivier, Cappe 2011): the greatest `q` with `count kl(mean, q) <= ln total + c ln(max(ln
/// total, 1))`, by 24 halvings; `kl` is that of Bernoulli distributions, both arguments kept `1e-7` away from 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KullbackLeibler<M = Libm> {
    confidence: f32,
    math: PhantomData<M>,
}

impl<M: Math> KullbackLeibler<M> {
    /// With `c = confidence`: 3 in the proof, 0 in practice.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless it is finite and not negative.
    pub fn new(confidence: f32) -> Result<Self, Error> {
        if !(confidence >= 0.0 && confidence.is_finite()) {
            return Err(Error::ParameterOutOfRange);
        }
        Ok(Self { confidence, math: PhantomData })
    }

    fn divergence(p: f32, q: f32) -> f32 {
        let (p, q) = (p.clamp(1e-7, 1.0 - 1e-7), q.clamp(1e-7, 1.0 - 1e-7));
        p * M::ln(p / q) + (1.0 - p) * M::ln((1.0 - p) / (1.0 - q))
    }
}

impl<M: Math> IndexRule for KullbackLeibler<M> {
    const NAME: &'static str = "kl-ucb";
    const NUMERICS: &'static str = M::NUMERICS;
    const UNIT_REWARDS: bool = true;

    fn exploration(&self, total: f32) -> f32 {
        let logarithm = M::ln(total.max(1.0));
        logarithm + self.confidence * M::ln(logarithm.max(1.0))
    }

    fn index(&self, mean: f32, share: f32) -> f32 {
        let (mut low, mut high) = (mean, 1.0);
        for _ in 0..24 {
            let middle = 0.5 * (low + high);
            if Self::divergence(mean, middle) <= share {
                low = middle;
            } else {
                high = middle;
            }
        }
        0.5 * (low + high)
    }
}
