//! Optimism on a ridge estimate, an update every round.

use super::optimism::Optimism;
use super::{Bandit, Choice, Confidence, Radius, Selected};
use crate::error::Error;
use crate::linalg::{Memory, Mergeable, Owned, Ridge, Storage};
use crate::rng::Rng;
use crate::state::{Identify, Identity, Merge, persist_fields};

/// LinUCB over fixed arms with parameters shared by all: plays `argmax <h, u> + beta(t) sqrt(u^T V^-1 u)` and regresses
/// every reward on its arm (Abbasi-Yadkori, Pál, Szepesvári 2011).
///
/// Memory: `4 (d^2 + 2 d)` bytes, the radius and 12 bytes; the arms, `4 K d` bytes, stay where they are. Cost: `O(K d^2)`
/// to select, `O(d^2)` to update.
#[derive(Debug)]
pub struct LinUcbState<A, S: Memory, R = Confidence> {
    optimism: Optimism<A, S, R>,
    selected: Selected,
}

/// [`LinUcbState`] of constant size, over arms that live as long as `'a`.
pub type LinUcb<'a, const K: usize, const D: usize, R = Confidence> = LinUcbState<&'a [[f32; D]; K], Owned<D>, R>;

impl<const K: usize, const D: usize> LinUcb<'_, K, D> {
    /// Not started: all arms 0, radius 0.
    pub const EMPTY: Self = Self::new(&[[0.0; D]; K], Ridge::EMPTY, Confidence::ZERO);

    /// Bytes of state, the reference to the arms included.
    pub const SIZE: usize = size_of::<Self>();
}

const _: () = {
    let references = size_of::<&[f32]>();
    assert!(LinUcb::<4, 8>::SIZE <= 4 * (8 * 8 + 2 * 8) + size_of::<Confidence>() + 12 + references);
};

impl<A, S: Memory, R> LinUcbState<A, S, R> {
    /// Over memory that has not been started.
    pub const fn new(arms: A, ridge: Ridge<S>, radius: R) -> Self {
        Self { optimism: Optimism::new(arms, ridge, radius), selected: Selected::NONE }
    }

    /// The ridge regression inside.
    pub const fn ridge(&self) -> &Ridge<S> {
        &self.optimism.ridge
    }
}

impl<A: Storage, S: Memory, R: Radius> LinUcbState<A, S, R> {
    /// Starts over these arms with regularisation `lambda`.
    ///
    /// # Errors
    /// [`Error::NoArms`], [`Error::LengthMismatch`], [`Error::NonFinite`] for the arms; [`Error::ParameterOutOfRange`] for
    /// `lambda`.
    pub fn start(&mut self, arms: A, radius: R, lambda: f32) -> Result<(), Error> {
        self.optimism.start(arms, radius, lambda)?;
        self.selected = Selected::NONE;
        Ok(())
    }

    /// The present half-width of an arm's confidence bound.
    pub fn half_width(&self, arm: usize) -> f32 {
        self.optimism.half_width(arm)
    }
}

impl<A: Storage, S: Memory, R: Radius> Bandit for LinUcbState<A, S, R> {
    fn arms(&self) -> usize {
        self.optimism.arms()
    }

    fn select(&mut self, _rng: &mut (impl Rng + ?Sized)) -> Result<Choice, Error> {
        let arm = self.optimism.best_arm()?;
        self.selected = Selected(Some(arm as u32));
        Ok(Choice::certain(arm))
    }

    fn update(&mut self, arm: usize, reward: f32) -> Result<(), Error> {
        self.selected.accept(arm, reward)?;
        self.optimism.learn(arm, reward)?;
        self.optimism.rounds = self.optimism.rounds.saturating_add(1);
        self.selected = Selected::NONE;
        Ok(())
    }
}

// The ridge state, the rounds played, then the arm that waits, as `u32`.
persist_fields!([A, S: Memory, R] LinUcbState<A, S, R> { optimism, selected });

/// The regressions and the rounds; the arm that waits is forgotten.
impl<A: Storage, S: Memory, R> Merge for LinUcbState<A, Mergeable<S>, R> {
    fn check_merge(&mut self, other: &Self) -> Result<(), Error> {
        self.optimism.check_merge(&other.optimism)
    }

    fn take_in(&mut self, other: &Self) {
        self.optimism.take_in(&other.optimism);
        self.selected = Selected::NONE;
    }
}

/// `"lin-ucb"`: arms, features, 1 where it can be merged.
impl<A: Storage, S: Memory, R: Radius> Identify for LinUcbState<A, S, R> {
    fn identity(&self) -> Identity {
        Identity::new("lin-ucb", R::NUMERICS, self.optimism.sizes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bandit::FixedRadius;
    use crate::rng::stream;
    use crate::state::Persist;

    static ARMS: [[f32; 2]; 3] = [[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]];

    #[test]
    fn it_tries_what_it_does_not_know_and_settles_on_the_best() {
        let mut bandit = LinUcbState::new(&ARMS, Ridge::<Owned<2>>::EMPTY, FixedRadius(1.0));
        bandit.start(&ARMS, FixedRadius(0.5), 1.0).unwrap();
        let mut rng = stream(0, 0);
        let mut plays = [0; 3];
        for _ in 0..500 {
            let arm = bandit.select(&mut rng).unwrap().arm;
            plays[arm] += 1;
            bandit.update(arm, [0.2, 0.7, 0.6][arm]).unwrap();
        }
        assert!(plays.iter().all(|&count| count > 0) && plays[1] > 400, "{plays:?}");
        assert!(bandit.half_width(1) < bandit.half_width(0));
    }

    #[test]
    fn a_rejected_call_changes_nothing() {
        let (mut bandit, mut rng) = (LinUcb::<3, 2>::EMPTY, stream(0, 0));
        bandit.start(&ARMS, Confidence::ZERO, 1.0).unwrap();
        assert_eq!(bandit.update(0, 1.0), Err(Error::NotSelected));
        assert_eq!(bandit.select(&mut rng), Ok(Choice::certain(0)));
        let digest = bandit.digest();
        assert_eq!(bandit.update(2, 1.0), Err(Error::NotSelected));
        assert_eq!(bandit.update(0, f32::INFINITY), Err(Error::NonFinite));
        assert_eq!(bandit.start(&ARMS, Confidence::ZERO, -1.0), Err(Error::ParameterOutOfRange));
        assert_eq!(bandit.digest(), digest);
        assert_eq!(bandit.update(0, 1.0), Ok(()));
    }
}
