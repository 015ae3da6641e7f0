//! Blackjack against a dealer with a fixed rule.

use super::{Discrete, Env};
use crate::error::Error;
use crate::interact::{Outcome, Step};
use crate::linalg::Const;
use crate::rng::{self, Rng};
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// Gymnasium's `Blackjack-v1` with the rules of Sutton & Barto's example 5.1 (`sab`).
///
/// Cards come from an infinite deck: 1 (ace) to 9 once, 10 four times. An ace counts 11 when that does not bust; it is then
/// usable. Actions: stick 0, hit 1. Hitting draws a card; above 21 the player has lost. Sticking lets the dealer draw while
/// below 17, and pays the sign of the player's lead; the player's ace and ten beat everything but the dealer's ace and ten.
/// All other rewards are 0. No time limit.
///
/// The observation is `(22 sum + 2 card + usable ace)`: the player's sum (below 32), the dealer's first card (1 to 10), and
/// 0 or 1. A card is one bounded draw of 13 ([`rng::below`](crate::rng::below)): aces to nines in order, then the tens.
/// `reset` draws two cards for the dealer, then two for the player.
///
/// ```
/// use habit::env::{Blackjack, Env};
/// use habit::rng::stream;
/// let (mut game, mut rng) = (Blackjack::new(), stream(1, 0));
/// let [sum, card, usable_ace] = Blackjack::decode(game.reset(&mut rng));
/// assert!((4..=21).contains(&sum) && (1..=10).contains(&card) && usable_ace < 2);
/// assert!(game.step(Blackjack::STICK, &mut rng)?.outcome.is_over());
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blackjack {
    player: Hand,
    dealer: Hand,
    first_card: u8,
    running: bool,
}

/// What matters of a hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Hand {
    /// With aces as 1.
    hard_sum: u8,
    cards: u8,
    has_ace: bool,
}

impl Hand {
    const EMPTY: Self = Self { hard_sum: 0, cards: 0, has_ace: false };

    const fn with(self, card: u8) -> Self {
        Self {
            hard_sum: self.hard_sum.saturating_add(card),
            cards: self.cards.saturating_add(1),
            has_ace: self.has_ace || card == 1,
        }
    }

    const fn has_usable_ace(self) -> bool {
        self.has_ace && self.hard_sum <= 11
    }

    const fn sum(self) -> u8 {
        if self.has_usable_ace() { self.hard_sum + 10 } else { self.hard_sum }
    }

    /// 0 when bust.
    const fn score(self) -> u8 {
        if self.sum() > 21 { 0 } else { self.sum() }
    }

    /// An ace and a ten.
    const fn is_natural(self) -> bool {
        self.cards == 2 && self.sum() == 21
    }
}

impl Blackjack {
    /// Number of observations: 32 x 11 x 2.
    pub const STATES: usize = 704;
    /// Number of actions.
    pub const ACTIONS: usize = 2;
    /// Draws no more cards.
    pub const STICK: usize = 0;
    /// Draws a card.
    pub const HIT: usize = 1;

    /// Before the first episode.
    pub const fn new() -> Self {
        Self { player: Hand::EMPTY, dealer: Hand::EMPTY, first_card: 0, running: false }
    }

    /// The observation from the player's sum, the dealer's first card and whether an ace is usable, 0 or 1.
    pub const fn encode(sum: usize, card: usize, usable_ace: usize) -> usize {
        (sum * 11 + card) * 2 + usable_ace
    }

    /// The player's sum, the dealer's first card, and 1 if an ace is usable.
    pub const fn decode(observation: usize) -> [usize; 3] {
        [observation / 22, observation / 2 % 11, observation % 2]
    }

    const fn observe(&self) -> usize {
        Self::encode(self.player.sum() as usize, self.first_card as usize, self.player.has_usable_ace() as usize)
    }

    fn settle(&self) -> f32 {
        if self.player.is_natural() && !self.dealer.is_natural() {
            return 1.0;
        }
        match self.player.score().cmp(&self.dealer.score()) {
            core::cmp::Ordering::Less => -1.0,
            core::cmp::Ordering::Equal => 0.0,
            core::cmp::Ordering::Greater => 1.0,
        }
    }
}

/// A card.
fn draw(rng: &mut (impl Rng + ?Sized)) -> u8 {
    // There are cards to choose from, so nothing fails.
    rng::below(13, rng).map_or(1, |index| if index < 9 { index as u8 + 1 } else { 10 })
}

impl Default for Blackjack {
    fn default() -> Self {
        Self::new()
    }
}

impl Env for Blackjack {
    type ObservationSpace = Discrete<Const<{ Self::STATES }>>;
    type ActionSpace = Discrete<Const<{ Self::ACTIONS }>>;

    fn observation_space(&self) -> Self::ObservationSpace {
        Discrete(Const)
    }

    fn action_space(&self) -> Self::ActionSpace {
        Discrete(Const)
    }

    fn reset(&mut self, rng: &mut (impl Rng + ?Sized)) -> usize {
        self.first_card = draw(rng);
        self.dealer = Hand::EMPTY.with(self.first_card).with(draw(rng));
        self.player = Hand::EMPTY.with(draw(rng)).with(draw(rng));
        self.running = true;
        self.observe()
    }

    fn step(&mut self, action: usize, rng: &mut (impl Rng + ?Sized)) -> Result<Step<usize>, Error> {
        if action >= Self::ACTIONS {
            return Err(Error::ActionOutOfRange);
        }
        if !self.running {
            return Err(Error::EpisodeOver);
        }
        let reward = if action == Self::HIT {
            self.player = self.player.with(draw(rng));
            self.running = self.player.sum() <= 21;
            if self.running { 0.0 } else { -1.0 }
        } else {
            while self.dealer.sum() < 17 {
                self.dealer = self.dealer.with(draw(rng));
            }
            self.running = false;
            self.settle()
        };
        Ok(Step { observation: self.observe(), reward, outcome: Outcome::from_flags(!self.running, false) })
    }
}

/// Of the player and then of the dealer the sum with aces as 1, the number of cards, and whether there is an ace; the
/// dealer's first card; whether the game runs. 8 bytes.
impl Persist for Blackjack {
    fn write(&self, out: &mut impl Write) {
        for hand in [self.player, self.dealer] {
            out.bytes(&[hand.hard_sum, hand.cards, u8::from(hand.has_ace)]);
        }
        out.bytes(&[self.first_card, u8::from(self.running)]);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        let possible = match *from.take(8)? {
            [player, _, 0..=1, dealer, _, 0..=1, 0..=10, running @ 0..=1] => {
                player <= if running == 1 { 21 } else { 31 } && dealer <= 26
            }
            _ => false,
        };
        if possible { Ok(()) } else { Err(Error::Malformed) }
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        for hand in [&mut self.player, &mut self.dealer] {
            hand.hard_sum.read(from)?;
            hand.cards.read(from)?;
            hand.has_ace.read(from)?;
        }
        self.first_card.read(from)?;
        self.running.read(from)
    }
}

/// `"blackjack"`: observations, actions.
impl Identify for Blackjack {
    fn identity(&self) -> Identity {
        Identity::new("blackjack", Identity::PLAIN, [Self::STATES, Self::ACTIONS, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;
    use std::vec::Vec;

    /// A generator whose words draw these cards.
    struct Deck(Vec<u8>);

    impl rand_core::TryRng for Deck {
        type Error = core::convert::Infallible;
        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            // The middle of the card's thirteenth of all words.
            let index = u64::from(self.0.remove(0) - 1);
            Ok((((2 * index + 1) << 32) / 26) as u32)
        }
        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            self.try_next_u32().map(u64::from)
        }
        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
            bytes.fill(0);
            Ok(())
        }
    }

    /// Deals this deck and plays these actions: the decoded observations and the last reward.
    fn play(deck: &[u8], actions: &[usize]) -> (Vec<[usize; 3]>, f32) {
        let (mut game, mut deck) = (Blackjack::new(), Deck(deck.to_vec()));
        let mut seen = std::vec![Blackjack::decode(game.reset(&mut deck))];
        let mut reward = 0.0;
        for &action in actions {
            let step = game.step(action, &mut deck).unwrap();
            seen.push(Blackjack::decode(step.observation));
            reward = step.reward;
        }
        assert!(deck.0.is_empty() && !game.running);
        (seen, reward)
    }

    #[test]
    fn the_worked_example_comes_out() {
        assert_eq!(play(&[6, 10, 10, 6, 5, 10], &[1, 0]), (std::vec![[16, 6, 0], [21, 6, 0], [21, 6, 0]], 1.0));
    }

    #[test]
    fn aces_and_naturals_count_as_they_should() {
        // A natural beats any other 21, and is level with a natural.
        assert_eq!(play(&[7, 7, 1, 10, 7], &[0]), (std::vec![[21, 7, 1]; 2], 1.0));
        assert_eq!(play(&[1, 10, 10, 1], &[0]), (std::vec![[21, 1, 1]; 2], 0.0));
        // Another 21 loses nothing to a natural: the scores are level.
        assert_eq!(play(&[1, 10, 10, 5, 6], &[1, 0]).1, 0.0);
        // A usable ace stops being one.
        assert_eq!(play(&[10, 10, 1, 5, 10, 10], &[1, 1]).0, [[16, 10, 1], [16, 10, 0], [26, 10, 0]]);
        // The dealer's ace counts 11 too, and 17 is enough.
        assert_eq!(play(&[1, 6, 10, 8], &[0]).1, 1.0);
        assert_eq!(play(&[2, 10, 10, 10, 10], &[0]).1, 1.0);
    }

    #[test]
    fn cards_come_as_often_as_they_should() {
        let (mut rng, mut counts) = (stream(3, 0), [0u32; 11]);
        (0..130_000).for_each(|_| counts[usize::from(draw(&mut rng))] += 1);
        assert!(counts[1..10].iter().all(|count| count.abs_diff(10_000) < 500), "{counts:?}");
        assert!(counts[10].abs_diff(40_000) < 900, "{counts:?}");
    }

    #[test]
    fn bad_input_changes_nothing() {
        let (mut game, mut rng) = (Blackjack::default(), stream(0, 0));
        assert_eq!(game.step(0, &mut rng), Err(Error::EpisodeOver));
        game.reset(&mut rng);
        let before = (game, rng.clone());
        assert_eq!(game.step(2, &mut rng), Err(Error::ActionOutOfRange));
        for bad in [[22, 4, 0, 9, 2, 0, 5, 1], [9, 2, 2, 9, 2, 0, 5, 1], [9, 2, 0, 9, 2, 0, 11, 1]] {
            assert_eq!(game.restore(&bad), Err(Error::Malformed));
        }
        assert_eq!((game, rng), before);
    }
}
