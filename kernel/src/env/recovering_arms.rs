//! Arms that recover while they are left alone.

use crate::error::Error;
use crate::linalg::{Storage, StorageMut};
use crate::math::{Libm, Math};
use crate::rng::{Bernoulli, Rng};
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// How long each arm has been idle, in periods: 1 for an arm that was pulled in the last period, and at most `limit`, after
/// which waiting changes nothing. `2 N` bytes and 2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IdleTimes<I> {
    times: I,
    limit: u16,
}

impl<const N: usize> IdleTimes<[u16; N]> {
    /// Every arm was just pulled, and waiting changes nothing.
    pub const EMPTY: Self = Self::new([1; N]);
}

impl<I> IdleTimes<I> {
    /// Over memory that has not been started.
    pub const fn new(times: I) -> Self {
        Self { times, limit: 1 }
    }
}

impl<I: Storage<u16>> IdleTimes<I> {
    /// The number of arms.
    pub fn arms(&self) -> usize {
        self.times.values().len()
    }

    /// How long an arm has been idle; 1 past the last.
    #[inline]
    pub fn of(&self, arm: usize) -> usize {
        self.times.values().get(arm).map_or(1, |time| usize::from(*time))
    }
}

impl<I: StorageMut<u16>> IdleTimes<I> {
    /// Every arm has been idle for as long as it matters: `limit` periods.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] when `limit` is 0.
    pub fn start(&mut self, limit: u16) -> Result<(), Error> {
        if limit == 0 {
            return Err(Error::ParameterOutOfRange);
        }
        self.times.values_mut().fill(limit);
        self.limit = limit;
        Ok(())
    }

    /// A period passes in which these arms are pulled; arms past the end of `pulls` are not.
    pub fn pass(&mut self, pulls: &[bool]) {
        self.pass_where(|arm| pulls.get(arm) == Some(&true));
    }

    /// As [`pass`](Self::pass), asking arm by arm.
    pub fn pass_where(&mut self, is_pulled: impl Fn(usize) -> bool) {
        let limit = self.limit;
        for (arm, time) in self.times.values_mut().iter_mut().enumerate() {
            *time = if is_pulled(arm) { 1 } else { time.saturating_add(1).min(limit) };
        }
    }
}

/// The idle times as `u16`, each from 1 to the limit: `2 N` bytes.
impl<I: StorageMut<u16>> Persist for IdleTimes<I> {
    fn write(&self, out: &mut impl Write) {
        self.times.values().write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        for _ in self.times.values() {
            let mut time = 0u16;
            time.read(from)?;
            if !(1..=self.limit).contains(&time) {
                return Err(Error::Malformed);
            }
        }
        Ok(())
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.times.values_mut().read(from)
    }
}

/// What arm `i` of the published kind pays on average after `d` idle periods: with `r = 0.2 + 0.8 frac((i + 1)
/// 0.6180339887)` and `tau = 2 + (7 i mod 11)`, for `i mod 3 = 0`: `r (1 - exp(-d / tau))`; 1: `r min(1, d / (2 tau))`; 2:
/// `r` from `d = tau` on, else 0.
pub fn recovering_mean<M: Math>(arm: usize, idle: usize) -> f32 {
    // 0.6180339887 * 2^32: the integer product keeps the fraction exact, however many arms there are.
    let fraction = (arm as u32).wrapping_add(1).wrapping_mul(2_654_435_769) >> 8;
    let greatest = 0.2 + 0.8 * (fraction as f32 * (1.0 / 16_777_216.0));
    let (tau, idle) = ((2 + arm % 11 * 7 % 11) as f32, idle as f32);
    match arm % 3 {
        0 => greatest * (1.0 - M::exp(-idle / tau)),
        1 => greatest * (idle / (2.0 * tau)).min(1.0),
        _ if idle >= tau => greatest,
        _ => 0.0,
    }
}

/// Fills rows of `longest` numbers with [`recovering_mean`] of every arm after 1 to `longest` idle periods.
pub fn fill_recovering_means<M: Math>(means: &mut [f32], longest: usize) {
    for (arm, row) in means.chunks_exact_mut(longest.max(1)).enumerate() {
        for (index, mean) in row.iter_mut().enumerate() {
            *mean = recovering_mean::<M>(arm, index + 1);
        }
    }
}

/// What a pull pays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Payment {
    /// 1 with the mean as probability, else 0.
    #[default]
    Bernoulli,
    /// The mean itself.
    Mean,
}

/// `N` arms that recover (Simchi-Levi, Zheng, Zhu 2021, section 1): any of them may be pulled in a period, and one that has
/// been idle for `d` periods pays on average what its row says for `d`, after `D` periods and later what it says for `D`. A
/// pull sets the arm's idle time to 1. Never ends; a period takes one word an arm, whichever are pulled. `4 N D + 2 N`
/// bytes and 4.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecoveringArms<const N: usize, const D: usize> {
    means: [[f32; D]; N],
    idle: IdleTimes<[u16; N]>,
    payment: Payment,
}

impl<const N: usize, const D: usize> RecoveringArms<N, D> {
    /// No arm ever pays.
    pub const EMPTY: Self = {
        assert!(D > 0 && D <= 65_535, "an idle time is kept in 16 bits");
        Self { means: [[0.0; D]; N], idle: IdleTimes::EMPTY, payment: Payment::Bernoulli }
    };

    /// Bytes.
    pub const SIZE: usize = size_of::<Self>();

    /// Starts with arms of the published kind ([`recovering_mean`]), all of them recovered.
    ///
    /// # Errors
    /// None.
    pub fn start_published<M: Math>(&mut self, payment: Payment) -> Result<(), Error> {
        fill_recovering_means::<M>(self.means.as_flattened_mut(), D);
        self.payment = payment;
        self.idle.start(D as u16)
    }

    /// Starts with means of your own, each from 0 to 1, all arms recovered.
    ///
    /// # Errors
    /// [`Error::ProbabilityOutOfRange`]: nothing is changed.
    pub fn start(&mut self, means: &[[f32; D]; N], payment: Payment) -> Result<(), Error> {
        if !means.as_flattened().iter().all(|mean| (0.0..=1.0).contains(mean)) {
            return Err(Error::ProbabilityOutOfRange);
        }
        self.means = *means;
        self.payment = payment;
        self.idle.start(D as u16)
    }

    /// What each arm pays on average after 1 to `D` idle periods. For metrics; a learner does not see it.
    pub const fn means(&self) -> &[[f32; D]; N] {
        &self.means
    }

    /// What a pull of an arm would pay on average now; 0 past the last.
    pub fn mean(&self, arm: usize) -> f32 {
        self.means.get(arm).and_then(|row| row.get(self.idle.of(arm) - 1)).copied().unwrap_or(0.0)
    }

    /// One period: pulls these arms, writes what each of them pays and 0 for the others, and returns what they pay together
    /// on average.
    ///
    /// # Errors
    /// [`Error::ProbabilityOutOfRange`] never after a start.
    pub fn pull(
        &mut self,
        pulls: &[bool; N],
        rewards: &mut [f32; N],
        rng: &mut (impl Rng + ?Sized),
    ) -> Result<f32, Error> {
        let mut sum = 0.0;
        for (arm, (pull, reward)) in pulls.iter().zip(rewards.iter_mut()).enumerate() {
            let mean = self.mean(arm);
            let paid = match self.payment {
                Payment::Bernoulli => f32::from(u8::from(Bernoulli::new(mean)?.sample(rng))),
                Payment::Mean => {
                    rng.next_u32();
                    mean
                }
            };
            *reward = if *pull { paid } else { 0.0 };
            sum += if *pull { mean } else { 0.0 };
        }
        self.idle.pass(pulls);
        Ok(sum)
    }
}

/// The idle times.
impl<const N: usize, const D: usize> Persist for RecoveringArms<N, D> {
    fn write(&self, out: &mut impl Write) {
        self.idle.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.idle.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.idle.read(from)
    }
}

/// `"recovering-arms"`: arms, idle periods.
impl<const N: usize, const D: usize> Identify for RecoveringArms<N, D> {
    fn identity(&self) -> Identity {
        Identity::new("recovering-arms", Libm::NUMERICS, [N, D, 0])
    }
}

const _: () = assert!(RecoveringArms::<12, 12>::SIZE == 4 * 144 + 2 * 12 + 4);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;

    #[test]
    fn the_published_arms_recover_as_they_are_said_to() {
        for arm in 0..192usize {
            let i = arm as f64;
            let (r, tau) = (0.2 + 0.8 * ((i + 1.0) * 0.618_033_988_7).fract(), (2 + (7 * arm) % 11) as f64);
            for idle in 1..=32usize {
                let d = idle as f64;
                let expected = match arm % 3 {
                    0 => r * (1.0 - (-d / tau).exp()),
                    1 => r * (d / (2.0 * tau)).min(1.0),
                    _ => r * f64::from(u8::from(d >= tau)),
                };
                assert!((f64::from(recovering_mean::<Libm>(arm, idle)) - expected).abs() < 3e-7, "{arm} {idle}");
            }
        }
    }

    #[test]
    fn a_pull_resets_and_waiting_recovers() {
        let mut arms = RecoveringArms::<2, 3>::EMPTY;
        arms.start(&[[0.25, 0.5, 1.0], [0.0, 0.5, 0.75]], Payment::Mean).unwrap();
        let (mut rng, mut rewards) = (stream(0, 0), [0.0; 2]);
        for (pulls, expected) in [
            ([true, true], [1.0, 0.75]),
            ([true, false], [0.25, 0.0]),
            ([false, true], [0.0, 0.5]),
            ([false, false], [0.0, 0.0]),
            ([true, true], [1.0, 0.5]),
        ] {
            assert_eq!(arms.pull(&pulls, &mut rewards, &mut rng), Ok(expected[0] + expected[1]));
            assert_eq!(rewards, expected);
        }
    }

    #[test]
    fn coins_pay_their_means_and_every_period_takes_the_same_words() {
        let mut arms = RecoveringArms::<2, 1>::EMPTY;
        arms.start(&[[0.25], [0.75]], Payment::Bernoulli).unwrap();
        let (mut rng, mut rewards, mut sums) = (stream(4, 0), [0.0; 2], [0.0f32; 2]);
        for period in 0..8000 {
            let pulls = [period % 2 == 0, true];
            arms.pull(&pulls, &mut rewards, &mut rng).unwrap();
            sums.iter_mut().zip(rewards).for_each(|(sum, reward)| *sum += reward);
        }
        assert!((sums[0] / 4000.0 - 0.25).abs() < 0.02 && (sums[1] / 8000.0 - 0.75).abs() < 0.02, "{sums:?}");
        let mut same = stream(4, 0);
        (0..16_000).for_each(|_| _ = same.next_u32());
        assert_eq!(rng, same);
    }

    #[test]
    fn what_is_refused_changes_nothing() {
        let mut arms = RecoveringArms::<1, 2>::EMPTY;
        arms.start_published::<Libm>(Payment::Mean).unwrap();
        let before = arms;
        for bad in [-0.1, 1.1, f32::NAN] {
            assert_eq!(arms.start(&[[0.0, bad]], Payment::Bernoulli), Err(Error::ProbabilityOutOfRange));
        }
        for bad in [[0, 0], [3, 0]] {
            assert_eq!(arms.restore(&bad), Err(Error::Malformed));
        }
        assert_eq!(arms, before);
        assert_eq!(arms.idle.start(0), Err(Error::ParameterOutOfRange));
        assert_eq!(arms, before);
    }
}
