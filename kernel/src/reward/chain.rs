//! Rules one after the other.

use super::RewardShaping;
use crate::error::Error;
use crate::interact::Transition;

/// No rule: the reward stays as it is.
impl<O, A> RewardShaping<O, A> for () {
    const PRESERVES_OPTIMUM: bool = true;

    #[inline]
    fn shape(&self, _transition: &Transition<O, A>, reward: f32, _discount: f32) -> Result<f32, Error> {
        Ok(reward)
    }
}

macro_rules! chains {
    ($($($rule:ident $index:tt),+;)*) => {$(
        /// From the first rule on.
        impl<O, A, $($rule: RewardShaping<O, A>),+> RewardShaping<O, A> for ($($rule,)+) {
            const PRESERVES_OPTIMUM: bool = true $(&& $rule::PRESERVES_OPTIMUM)+;

            #[inline]
            fn shape(&self, transition: &Transition<O, A>, reward: f32, discount: f32) -> Result<f32, Error> {
                $(let reward = self.$index.shape(transition, reward, discount)?;)+
                Ok(reward)
            }

            #[inline]
            fn note(&mut self, transition: &Transition<O, A>, reward: f32, discount: f32) {
                // What each rule was given is what those before it, as they were then, have made of the reward.
                let given = reward;
                $(
                    let next = self.$index.shape(transition, given, discount).unwrap_or(given);
                    self.$index.note(transition, given, discount);
                    let given = next;
                )+
                let _ = given;
            }
        }
    )*};
}

chains! {
    First 0;
    First 0, Second 1;
    First 0, Second 1, Third 2;
    First 0, Second 1, Third 2, Fourth 3;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interact::Outcome;

    /// Adds the number of transitions it has noted.
    struct Noted(u8);

    impl RewardShaping for Noted {
        const PRESERVES_OPTIMUM: bool = false;

        fn shape(&self, _transition: &Transition, reward: f32, _discount: f32) -> Result<f32, Error> {
            Ok(reward + f32::from(self.0))
        }

        fn note(&mut self, _transition: &Transition, _reward: f32, _discount: f32) {
            self.0 += 1;
        }
    }

    /// Doubles what it gets, refuses what is above 5, and keeps what it was given last.
    struct Doubled(f32);

    impl RewardShaping for Doubled {
        const PRESERVES_OPTIMUM: bool = true;

        fn shape(&self, _transition: &Transition, reward: f32, _discount: f32) -> Result<f32, Error> {
            if reward > 5.0 { Err(Error::RewardOutOfRange) } else { Ok(2.0 * reward) }
        }

        fn note(&mut self, _transition: &Transition, reward: f32, _discount: f32) {
            self.0 = reward;
        }
    }

    fn transition(reward: f32) -> Transition {
        Transition { state: 0, action: 0, reward, next_state: 0, outcome: Outcome::Continue }
    }

    #[test]
    fn a_chain_applies_its_parts_in_order_and_refuses_as_a_whole() {
        let mut chain = (Noted(0), Doubled(0.0), Noted(1));
        assert_eq!(chain.apply(&transition(3.0), 0.9), Ok(7.0));
        assert_eq!(chain.apply(&transition(3.0), 0.9), Ok(10.0));
        assert_eq!((chain.0.0, chain.1.0, chain.2.0), (2, 4.0, 3));
        assert_eq!(chain.apply(&transition(4.0), 0.9), Err(Error::RewardOutOfRange));
        assert_eq!((chain.0.0, chain.1.0, chain.2.0), (2, 4.0, 3));
        assert_eq!(size_of_val(&chain), size_of::<(Noted, Doubled, Noted)>());
        const {
            assert!(!<(Noted, Doubled) as RewardShaping>::PRESERVES_OPTIMUM);
            assert!(<(Doubled, ()) as RewardShaping>::PRESERVES_OPTIMUM);
        }
    }
}
