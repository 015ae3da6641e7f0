//! The same message counts less each time.

use crate::error::Error;
use crate::linalg::StorageMut;
use crate::math::{Libm, Math};
use crate::state::{Identify, Identity, Persist, Reader, Write};
use core::marker::PhantomData;

/// `1 / N^beta`, where `N` is how often a message has occurred in the present episode, this time included (ONI, beta 3). An
/// agent that makes the same message come again and again gains next to nothing.
///
/// Memory: `M` bytes and 4, rounded up to a multiple of 4. Cost: a power. Counts stop at 255.
#[derive(Clone, Debug)]
pub struct EpisodicCountState<C, M = Libm> {
    counts: C,
    beta: f32,
    math: PhantomData<M>,
}

/// [`EpisodicCountState`] of constant size: messages 0 to `N - 1`.
///
/// ```
/// use habit::reward::learned::{EpisodicCountNorm, RewardMix};
/// let mut norm = EpisodicCountNorm::<64>::EMPTY;
/// norm.start(3.0)?;
/// let mix = RewardMix { extrinsic: 0.1, intrinsic: 0.4 };
/// assert_eq!(mix.total(0.0, 1.0 * norm.factor(5)?), 0.4);
/// assert_eq!(mix.total(0.0, 1.0 * norm.factor(5)?), 0.05);
/// # Ok::<(), habit::Error>(())
/// ```
pub type EpisodicCountNorm<const N: usize, M = Libm> = EpisodicCountState<[u8; N], M>;

impl<const N: usize, M> EpisodicCountNorm<N, M> {
    /// Not started: every message counts as much as the first.
    pub const EMPTY: Self = Self { counts: [0; N], beta: 0.0, math: PhantomData };

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();
}

const _: () = assert!(EpisodicCountNorm::<64>::SIZE == 64 + 4);

impl<C: StorageMut<u8>, M: Math> EpisodicCountState<C, M> {
    /// Over a count a message; not started.
    pub const fn over(counts: C) -> Self {
        Self { counts, beta: 0.0, math: PhantomData }
    }

    /// Starts before the first episode.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless `beta` is finite and not negative.
    pub fn start(&mut self, beta: f32) -> Result<(), Error> {
        if !(beta >= 0.0 && beta.is_finite()) {
            return Err(Error::ParameterOutOfRange);
        }
        self.beta = beta;
        self.begin_episode();
        Ok(())
    }

    /// No message has occurred in the present episode.
    pub fn begin_episode(&mut self) {
        self.counts.values_mut().fill(0);
    }

    /// Counts a message and says what it is multiplied by.
    ///
    /// # Errors
    /// [`Error::MessageOutOfRange`].
    pub fn factor(&mut self, message: usize) -> Result<f32, Error> {
        let count = self.counts.values_mut().get_mut(message).ok_or(Error::MessageOutOfRange)?;
        *count = count.saturating_add(1);
        Ok(1.0 / M::powf(f32::from(*count), self.beta))
    }
}

/// The counts: `M` bytes.
impl<C: StorageMut<u8>, M> Persist for EpisodicCountState<C, M> {
    fn write(&self, out: &mut impl Write) {
        self.counts.values().write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.counts.values().check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.counts.values_mut().read(from)
    }
}

/// `"episodic-count-norm"`: messages.
impl<C: StorageMut<u8>, M: Math> Identify for EpisodicCountState<C, M> {
    fn identity(&self) -> Identity {
        Identity::new("episodic-count-norm", M::NUMERICS, [self.counts.values().len(), 0, 0])
    }
}

/// What the reward of the environment and the learned one weigh. ONI: 0.1 and 0.4 where the environment scores every step, 10
/// and 0.4 where it seldom does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RewardMix {
    /// `c_ext`.
    pub extrinsic: f32,
    /// `c_int`.
    pub intrinsic: f32,
}

impl RewardMix {
    /// `c_ext r_ext + c_int r_int`.
    #[inline]
    pub fn total(self, extrinsic: f32, intrinsic: f32) -> f32 {
        self.extrinsic * extrinsic + self.intrinsic * intrinsic
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worked_example_comes_out() {
        let mut norm = EpisodicCountNorm::<4>::EMPTY;
        norm.start(3.0).unwrap();
        let dense = RewardMix { extrinsic: 0.1, intrinsic: 0.4 };
        assert_eq!(dense.total(0.0, norm.factor(2).unwrap()), 0.4);
        assert_eq!(dense.total(0.0, norm.factor(2).unwrap()), 0.05);
        let sparse = RewardMix { extrinsic: 10.0, intrinsic: 0.4 };
        assert!((sparse.total(1.0, norm.factor(2).unwrap()) - 10.014_815).abs() < 1e-6);
        norm.begin_episode();
        assert_eq!(norm.factor(2), Ok(1.0));
    }

    #[test]
    fn bad_input_changes_nothing() {
        let mut norm = EpisodicCountNorm::<4>::EMPTY;
        norm.start(1.0).unwrap();
        norm.factor(3).unwrap();
        let digest = norm.digest();
        assert_eq!(norm.factor(4), Err(Error::MessageOutOfRange));
        for beta in [-1.0, f32::NAN, f32::INFINITY] {
            assert_eq!(norm.start(beta), Err(Error::ParameterOutOfRange));
        }
        assert_eq!(norm.digest(), digest);
        (0..300).for_each(|_| _ = norm.factor(3));
        assert_eq!(norm.factor(3), Ok(1.0 / 255.0));
    }
}
