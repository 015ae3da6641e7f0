//! Optimism on what an arm earns when it is held.

use super::optimism::Optimism;
use super::{Bandit, Choice, Confidence, Radius, Selected};
use crate::error::Error;
use crate::linalg::{Memory, Mergeable, Owned, Ridge, Storage};
use crate::rng::Rng;
use crate::state::{Identify, Identity, Merge, Persist, Reader, Write, persist_fields};

/// Counts epochs and how long each holds its arm: epoch `m` lasts `1 + H` rounds with `H` the largest `k` such that
/// `(1/rho_bar)^k <= m (1 + 1e-6)`; 0 when `rho_bar` is 0.
///
/// Kept as a running power, so that no logarithm can round it off by one. 16 bytes; amortised O(1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epochs {
    inverse_radius: f32,
    power: f32,
    epoch: u32,
    hold: u32,
}

impl Epochs {
    /// Before the first epoch of a system without memory.
    pub const MEMORYLESS: Self = Self { inverse_radius: f32::INFINITY, power: 1.0, epoch: 0, hold: 0 };

    /// Before the first epoch of a system whose spectral radius is at most `spectral_radius`.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless it is in `[0, 1)`.
    pub fn new(spectral_radius: f32) -> Result<Self, Error> {
        if !(0.0..1.0).contains(&spectral_radius) {
            return Err(Error::ParameterOutOfRange);
        }
        Ok(Self { inverse_radius: 1.0 / spectral_radius, ..Self::MEMORYLESS })
    }

    /// How many epochs have begun.
    pub const fn begun(&self) -> u32 {
        self.epoch
    }

    /// Begins the next epoch and returns how many rounds it lasts.
    pub fn begin(&mut self) -> u32 {
        self.skip(1);
        1 + self.hold
    }

    /// Counts so many epochs that somebody else has played.
    fn skip(&mut self, epochs: u32) {
        self.epoch = self.epoch.saturating_add(epochs);
        let limit = self.epoch as f32 * (1.0 + 1e-6);
        while self.power * self.inverse_radius <= limit {
            self.power *= self.inverse_radius;
            self.hold += 1;
        }
    }

    /// How many epochs begin within `rounds` rounds. Cost: a thousandth of as many steps.
    pub fn within(mut self, rounds: u32) -> u32 {
        let mut played = 0u32;
        while played < rounds {
            // As many epochs as surely hold no longer than the last one; the rest is counted one by one.
            let next = 0.999 * self.power * self.inverse_radius;
            let surely = if next < 4e9 { next as u32 } else { u32::MAX };
            let skipped = surely.saturating_sub(self.epoch + 1).min((rounds - played - 1) / (1 + self.hold));
            self.epoch += skipped;
            played += skipped * (1 + self.hold);
            played = played.saturating_add(self.begin());
        }
        self.epoch
    }
}

persist_fields!([] Epochs { power, epoch, hold });

/// DynLin-UCB (Mussi, Metelli, Restelli 2023, algorithm 1): plays each chosen arm long enough for the hidden state to
/// settle, and regresses only the last reward of such an epoch. All others are discarded: using them would bring the
/// transient's bias back.
///
/// Memory: `4 (d^2 + 2 d)` bytes, constants and counters of 60 bytes; the arms, `4 K d` bytes, stay where they are. Cost:
/// `O(K d^2)` once an epoch, O(1) in other rounds.
///
/// ```
/// use habit::bandit::{Bandit, Confidence, DynLinUcb};
/// use habit::rng::stream;
///
/// static SET_POINTS: [[f32; 2]; 2] = [[1.0, 0.0], [0.0, 1.0]];
/// let mut heater = DynLinUcb::<2, 2>::EMPTY;
/// let confidence = Confidence::new([0.05, 0.1, 1e-4], 1.0, 2, 1.0, 100)?;
/// heater.start(&SET_POINTS, confidence, 1.0, 0.5)?;
/// let arm = heater.select(&mut stream(0, 0))?.arm;
/// heater.update(arm, 0.3)?;
/// assert_eq!(heater.ridge().estimate(), [0.15, 0.0]);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Debug)]
pub struct DynLinUcbState<A, S: Memory, R = Confidence> {
    optimism: Optimism<A, S, R>,
    epochs: Epochs,
    remaining: u32,
    held: u32,
    selected: Selected,
}

/// [`DynLinUcbState`] of constant size, over arms that live as long as `'a`.
pub type DynLinUcb<'a, const K: usize, const D: usize, R = Confidence> = DynLinUcbState<&'a [[f32; D]; K], Owned<D>, R>;

impl<const K: usize, const D: usize> DynLinUcb<'_, K, D> {
    /// Not started: all arms 0, radius 0.
    pub const EMPTY: Self = Self::new(&[[0.0; D]; K], Ridge::EMPTY, Confidence::ZERO);

    /// Bytes of state, the reference to the arms included.
    pub const SIZE: usize = size_of::<Self>();
}

const _: () = {
    let references = size_of::<&[f32]>();
    assert!(DynLinUcb::<4, 8>::SIZE <= 4 * (8 * 8 + 2 * 8) + 60 + references);
};

impl<A, S: Memory, R> DynLinUcbState<A, S, R> {
    /// Over memory that has not been started.
    pub const fn new(arms: A, ridge: Ridge<S>, radius: R) -> Self {
        Self {
            optimism: Optimism::new(arms, ridge, radius),
            epochs: Epochs::MEMORYLESS,
            remaining: 0,
            held: 0,
            selected: Selected::NONE,
        }
    }

    /// The ridge regression inside; its estimate is that of the cumulative Markov parameter `h`.
    pub const fn ridge(&self) -> &Ridge<S> {
        &self.optimism.ridge
    }

    /// How many epochs have begun.
    pub const fn epochs(&self) -> u32 {
        self.epochs.begun()
    }
}

impl<A: Storage, S: Memory, R: Radius> DynLinUcbState<A, S, R> {
    /// Starts over these arms with regularisation `lambda`, for a system whose spectral radius is at most
    /// `spectral_radius`.
    ///
    /// # Errors
    /// [`Error::NoArms`], [`Error::LengthMismatch`], [`Error::NonFinite`] for the arms; [`Error::ParameterOutOfRange`]
    /// unless `lambda` is positive and `spectral_radius` in `[0, 1)`.
    pub fn start(&mut self, arms: A, radius: R, lambda: f32, spectral_radius: f32) -> Result<(), Error> {
        let epochs = Epochs::new(spectral_radius)?;
        self.optimism.start(arms, radius, lambda)?;
        self.epochs = epochs;
        self.remaining = 0;
        self.held = 0;
        self.selected = Selected::NONE;
        Ok(())
    }

    /// The present half-width of an arm's confidence bound.
    pub fn half_width(&self, arm: usize) -> f32 {
        self.optimism.half_width(arm)
    }
}

impl<A: Storage, S: Memory, R: Radius> Bandit for DynLinUcbState<A, S, R> {
    fn arms(&self) -> usize {
        self.optimism.arms()
    }

    fn select(&mut self, _rng: &mut (impl Rng + ?Sized)) -> Result<Choice, Error> {
        if self.remaining == 0 {
            self.held = self.optimism.best_arm()? as u32;
            self.remaining = self.epochs.begin();
        }
        self.selected = Selected(Some(self.held));
        Ok(Choice::certain(self.held as usize))
    }

    fn update(&mut self, arm: usize, reward: f32) -> Result<(), Error> {
        self.selected.accept(arm, reward)?;
        if self.remaining == 1 {
            self.optimism.learn(arm, reward)?;
        }
        self.remaining = self.remaining.saturating_sub(1);
        self.optimism.rounds = self.optimism.rounds.saturating_add(1);
        self.selected = Selected::NONE;
        Ok(())
    }
}

/// The ridge state and the rounds played; the epochs' power, number and hold; then the rounds that remain of the epoch and
/// its arm; the arm that waits. Counters and arms are `u32`.
impl<A: Storage, S: Memory, R> Persist for DynLinUcbState<A, S, R> {
    fn write(&self, out: &mut impl Write) {
        self.optimism.write(out);
        self.epochs.write(out);
        self.remaining.write(out);
        self.held.write(out);
        self.selected.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.optimism.check(from)?;
        self.epochs.check(from)?;
        self.remaining.check(from)?;
        let mut held = 0u32;
        held.read(from)?;
        if (held as usize) >= self.optimism.arms() {
            return Err(Error::Malformed);
        }
        self.selected.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.optimism.read(from)?;
        self.epochs.read(from)?;
        self.remaining.read(from)?;
        self.held.read(from)?;
        self.selected.read(from)
    }
}

/// The regressions and the rounds. Epochs count together and the next one begins: each has given one reward to the
/// regression, and what an epoch under way has seen is the transient's.
impl<A: Storage, S: Memory, R> Merge for DynLinUcbState<A, Mergeable<S>, R> {
    fn check_merge(&mut self, other: &Self) -> Result<(), Error> {
        if self.epochs.inverse_radius.to_bits() != other.epochs.inverse_radius.to_bits() {
            return Err(Error::OtherPrior);
        }
        self.optimism.check_merge(&other.optimism)
    }

    fn take_in(&mut self, other: &Self) {
        self.optimism.take_in(&other.optimism);
        self.epochs.skip(other.epochs.begun());
        (self.remaining, self.held, self.selected) = (0, 0, Selected::NONE);
    }
}

/// `"dyn-lin-ucb"`: arms, features, 1 where it can be merged.
impl<A: Storage, S: Memory, R: Radius> Identify for DynLinUcbState<A, S, R> {
    fn identity(&self) -> Identity {
        Identity::new("dyn-lin-ucb", R::NUMERICS, self.optimism.sizes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::Libm;
    use crate::rng::stream;

    static ARMS: [[f32; 2]; 2] = [[1.0, 0.0], [0.0, 1.0]];

    fn started() -> DynLinUcb<'static, 2, 2> {
        let mut bandit = DynLinUcb::EMPTY;
        let confidence = Confidence::new([0.05, 0.1, 1e-4], 1.0, 2, 1.0, 100).unwrap();
        bandit.start(&ARMS, confidence, 1.0, 0.5).unwrap();
        bandit
    }

    fn bounds(bandit: &DynLinUcb<'_, 2, 2>) -> [f32; 2] {
        core::array::from_fn(|arm| bandit.ridge().estimate()[arm] + bandit.half_width(arm))
    }

    fn close(a: [f32; 2], b: [f32; 2]) -> bool {
        a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6)
    }

    #[test]
    fn the_worked_example_comes_out() {
        let (mut bandit, mut rng) = (started(), stream(0, 0));
        let mut play = |bandit: &mut DynLinUcb<'_, 2, 2>, rewards: &[f32]| {
            for &reward in rewards {
                assert_eq!(bandit.select(&mut rng), Ok(Choice::certain(0)));
                bandit.update(0, reward).unwrap();
            }
        };
        assert!(close(bounds(&bandit), [0.180_349; 2]));
        play(&mut bandit, &[0.3]);
        assert!(close(bounds(&bandit), [0.302_957, 0.216_314]));
        play(&mut bandit, &[0.6, 0.5]);
        assert!(close(bounds(&bandit), [0.412_474, 0.252_546]));
        play(&mut bandit, &[0.9, 0.8]);
        assert_eq!(bandit.epochs(), 3);
        let inverse = bandit.ridge().inverse();
        assert!((inverse[0] - 0.25).abs() < 1e-6 && inverse[1..] == [0.0, 0.0, 1.0]);
        assert!(close([bandit.ridge().estimate()[0], bandit.ridge().estimate()[1]], [0.4, 0.0]));
    }

    #[test]
    fn an_epoch_holds_exactly_as_long_as_the_power_allows() {
        let holds = |rho| {
            let mut epochs = Epochs::new(rho).unwrap();
            move |m: u32| {
                while epochs.begun() < m - 1 {
                    epochs.begin();
                }
                epochs.begin() - 1
            }
        };
        let mut fifth = holds(0.2);
        assert_eq!([1, 4, 5, 24, 25, 124, 125, 624, 625].map(&mut fifth), [0, 0, 1, 1, 2, 2, 3, 3, 4]);
        let mut half = holds(0.5);
        assert_eq!([1, 2, 3, 4, 1023, 1024].map(&mut half), [0, 1, 1, 2, 9, 10]);
        let mut none = holds(0.0);
        assert_eq!([1, 1000].map(&mut none), [0, 0]);
        assert_eq!(Epochs::new(0.5).unwrap().within(5), 3);
        for rho in [-0.1, 1.0, f32::NAN] {
            assert_eq!(Epochs::new(rho), Err(Error::ParameterOutOfRange));
        }
    }

    #[test]
    fn a_rejected_call_changes_nothing() {
        let (mut bandit, mut rng) = (started(), stream(0, 0));
        assert_eq!(bandit.update(0, 1.0), Err(Error::NotSelected));
        bandit.select(&mut rng).unwrap();
        let digest = bandit.digest();
        assert_eq!(bandit.update(1, 1.0), Err(Error::NotSelected));
        assert_eq!(bandit.update(0, f32::NAN), Err(Error::NonFinite));
        assert_eq!(bandit.select(&mut rng), Ok(Choice::certain(0)));
        assert_eq!(bandit.digest(), digest);
        static BAD: [[f32; 2]; 2] = [[1.0, f32::NAN], [0.0, 1.0]];
        assert_eq!(bandit.start(&BAD, Confidence::ZERO, 1.0, 0.5), Err(Error::NonFinite));
        assert_eq!(bandit.start(&ARMS, Confidence::ZERO, 0.0, 0.5), Err(Error::ParameterOutOfRange));
        assert_eq!(bandit.start(&ARMS, Confidence::ZERO, 1.0, 1.0), Err(Error::ParameterOutOfRange));
        assert_eq!(bandit.digest(), digest);
        assert_eq!(bandit.update(0, 0.5), Ok(()));
        static NONE: [[f32; 2]; 0] = [];
        let mut empty = DynLinUcb::EMPTY;
        assert_eq!(empty.start(&NONE, Confidence::ZERO, 1.0, 0.5), Err(Error::NoArms));
    }

    #[test]
    fn sizes_known_at_run_time_give_the_same_bits() {
        let (mut inverse, mut vector, mut estimate) = ([0.0; 4], [0.0; 2], [0.0; 2]);
        let ridge = Ridge::over(&mut inverse, &mut vector, &mut estimate).unwrap();
        let mut view = DynLinUcbState::new(ARMS.as_flattened(), ridge, Confidence::<Libm>::ZERO);
        let confidence = Confidence::new([0.05, 0.1, 1e-4], 1.0, 2, 1.0, 100).unwrap();
        view.start(ARMS.as_flattened(), confidence, 1.0, 0.5).unwrap();
        let (mut owner, mut rng) = (started(), stream(0, 0));
        for round in 0..200u8 {
            let arm = owner.select(&mut rng).unwrap().arm;
            assert_eq!(view.select(&mut rng), Ok(Choice::certain(arm)));
            let reward = f32::from(round % 7) * 0.1;
            owner.update(arm, reward).unwrap();
            view.update(arm, reward).unwrap();
        }
        assert_eq!(owner.digest(), view.digest());
    }
}
