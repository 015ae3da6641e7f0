//! A bandit whose choices are held for several rounds.

use super::{Bandit, Choice, Selected};
use crate::error::Error;
use crate::math::CompensatedSum;
use crate::rng::Rng;
use crate::state::{Identify, Identity, Persist, persist_fields};

/// Plays each choice of the bandit inside for a fixed number of rounds and feeds back the mean reward. With Exp3 inside
/// this is Exp3-k (Mussi, Metelli, Restelli 2023, baselines).
///
/// Memory: the bandit inside and 28 bytes.
#[derive(Clone, Debug)]
pub struct Hold<B> {
    bandit: B,
    rounds: u32,
    played: u32,
    held: u32,
    sum: CompensatedSum,
    selected: Selected,
}

impl<B> Hold<B> {
    /// Around a bandit that has not been started; holds for one round.
    pub const fn new(bandit: B) -> Self {
        Self { bandit, rounds: 1, played: 0, held: 0, sum: CompensatedSum::EMPTY, selected: Selected::NONE }
    }

    /// Holds every choice for `rounds` rounds and lets `start` start the bandit inside.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] when `rounds` is 0; what `start` says.
    pub fn start(&mut self, rounds: u32, start: impl FnOnce(&mut B) -> Result<(), Error>) -> Result<(), Error> {
        if rounds == 0 {
            return Err(Error::ParameterOutOfRange);
        }
        start(&mut self.bandit)?;
        (self.rounds, self.played, self.held) = (rounds, 0, 0);
        (self.sum, self.selected) = (CompensatedSum::EMPTY, Selected::NONE);
        Ok(())
    }

    /// The bandit inside.
    pub const fn inner(&self) -> &B {
        &self.bandit
    }
}

const _: () = assert!(size_of::<Hold<u32>>() == size_of::<u32>() + 28);

impl<B: Bandit> Bandit for Hold<B> {
    fn arms(&self) -> usize {
        self.bandit.arms()
    }

    fn select(&mut self, rng: &mut (impl Rng + ?Sized)) -> Result<Choice, Error> {
        let choice = match self.played {
            0 => self.bandit.select(rng)?,
            _ => Choice::certain(self.held as usize),
        };
        self.held = choice.arm as u32;
        self.selected = Selected(Some(self.held));
        Ok(choice)
    }

    fn update(&mut self, arm: usize, reward: f32) -> Result<(), Error> {
        self.selected.accept(arm, reward)?;
        let mut sum = self.sum;
        sum.add(reward);
        if self.played + 1 < self.rounds {
            (self.sum, self.played) = (sum, self.played + 1);
        } else {
            self.bandit.update(arm, sum.value() / self.rounds as f32)?;
            (self.sum, self.played) = (CompensatedSum::EMPTY, 0);
        }
        self.selected = Selected::NONE;
        Ok(())
    }
}

// The bandit inside; the rounds played of the present choice and its arm as `u32`, the sum of its rewards, the arm that
// waits.
persist_fields!([B: Persist] Hold<B> { bandit, played, held, sum, selected });

/// `"hold"` around the bandit inside.
impl<B: Identify> Identify for Hold<B> {
    fn identity(&self) -> Identity {
        Identity::around("hold", self.bandit.identity())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bandit::Exp3;
    use crate::rng::stream;

    #[test]
    fn a_choice_is_held_and_its_mean_is_fed_back() {
        let mut held = Hold::new(Exp3::<3>::EMPTY);
        held.start(4, |bandit| bandit.start(0.1, 0.0, 1.0)).unwrap();
        let mut plain = Exp3::<3>::EMPTY;
        plain.start(0.1, 0.0, 1.0).unwrap();
        let (mut rng, mut same) = (stream(1, 0), stream(1, 0));
        for _ in 0..20 {
            let arm = plain.select(&mut same).unwrap().arm;
            for reward in [0.0, 0.25, 0.75, 1.0] {
                assert_eq!(held.select(&mut rng).unwrap().arm, arm);
                held.update(arm, reward).unwrap();
            }
            plain.update(arm, 0.5).unwrap();
        }
        assert_eq!(held.inner().digest(), plain.digest());
        assert_eq!(rng, same);
    }

    #[test]
    fn a_rejected_call_changes_nothing() {
        let mut held = Hold::new(Exp3::<2>::EMPTY);
        assert_eq!(held.start(0, |_| Ok(())), Err(Error::ParameterOutOfRange));
        held.start(2, |bandit| bandit.start(0.1, 0.0, 1.0)).unwrap();
        assert_eq!(held.update(0, 0.5), Err(Error::NotSelected));
        let arm = held.select(&mut stream(0, 0)).unwrap().arm;
        held.update(arm, 0.5).unwrap();
        assert_eq!(held.select(&mut stream(0, 0)), Ok(Choice::certain(arm)));
        let digest = held.digest();
        assert_eq!(held.update(arm, 5.0), Err(Error::RewardOutOfRange));
        assert_eq!(held.update(arm, f32::NAN), Err(Error::NonFinite));
        assert_eq!(held.digest(), digest);
        assert_eq!(held.update(arm, 0.5), Ok(()));
    }
}
