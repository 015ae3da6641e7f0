//! Many poles on many carts, in step.

use super::CartPole;
use crate::error::Error;
use crate::interact::Outcome;
use crate::math::{Math, Polynomial, sin_cos_of_small};
use crate::rng::Rng;
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// `N` lanes of [`CartPole`] under its time limit, to the bit the same as `N` of them one by one, several times as fast:
/// the state lies number by number, so that the compiler steps as many lanes at once as fit its vectors.
///
/// A lane whose episode is over is reset within the same step, from its own generator; what it saw last is kept apart
/// (Gymnasium's same-step autoreset and its final observation). Every reward is 1. A reset takes four words of the lane's
/// generator, all else none. `37 N` and 4 bytes or less.
///
/// ```
/// use habit::env::CartPoleBatch;
/// use habit::rng::stream;
/// let mut rngs: [_; 8] = std::array::from_fn(|lane| stream(1, lane as u32));
/// let mut batch = CartPoleBatch::<8>::EMPTY;
/// batch.reset(&mut rngs);
/// for _ in 0..20 {
///     batch.step(&[1; 8], &mut rngs)?;
/// }
/// // Pushed to the right all the time, the poles have fallen at least once.
/// assert!(batch.elapsed().iter().all(|&steps| steps < 20));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CartPoleBatch<const N: usize> {
    observations: [[f32; N]; 4],
    final_observations: [[f32; N]; 4],
    outcomes: [Outcome; N],
    elapsed: [u32; N],
    started: bool,
}

/// How many outcomes are looked at together: one word of them.
const TOGETHER: usize = 8;

impl<const N: usize> CartPoleBatch<N> {
    /// Before the first reset.
    pub const EMPTY: Self = Self {
        observations: [[0.0; N]; 4],
        final_observations: [[0.0; N]; 4],
        outcomes: [Outcome::Continue; N],
        elapsed: [0; N],
        started: false,
    };

    /// Bytes: `37 N` and 4 or less.
    pub const SIZE: usize = size_of::<Self>();

    /// Starts an episode in every lane, each from its own generator.
    pub fn reset(&mut self, rngs: &mut [impl Rng; N]) {
        for (lane, rng) in rngs.iter_mut().enumerate() {
            self.start_lane(lane, rng);
        }
        self.outcomes = [Outcome::Continue; N];
        self.started = true;
    }

    #[inline]
    fn start_lane(&mut self, lane: usize, rng: &mut impl Rng) {
        for (numbers, number) in self.observations.iter_mut().zip(<CartPole>::start(rng)) {
            numbers[lane] = number;
        }
        self.elapsed[lane] = 0;
    }

    /// Takes one action a lane: 0 left, 1 right.
    ///
    /// # Errors
    /// [`Error::ActionOutOfRange`] when any of them is neither; [`Error::NotStarted`] before the first reset. Nothing has
    /// changed then.
    #[inline]
    pub fn step(&mut self, actions: &[u8; N], rngs: &mut [impl Rng; N]) -> Result<(), Error> {
        if actions.iter().fold(0, |all, action| all | action) > 1 {
            return Err(Error::ActionOutOfRange);
        }
        if !self.started {
            return Err(Error::NotStarted);
        }
        self.advance(actions);
        for first in (0..N).step_by(TOGETHER) {
            let outcomes = self.outcomes[first..].iter().take(TOGETHER);
            let mut over = outcomes.rev().fold(0u64, |bytes, &outcome| bytes << 8 | outcome as u64);
            while over != 0 {
                let place = over.trailing_zeros() / 8;
                over &= !(0xff << (8 * place));
                let lane = first + place as usize;
                let Some(rng) = rngs.get_mut(lane) else { break };
                for (last, numbers) in self.final_observations.iter_mut().zip(&self.observations) {
                    last[lane] = numbers[lane];
                }
                self.start_lane(lane, rng);
            }
        }
        Ok(())
    }

    /// One step of every lane, without a branch.
    #[inline]
    fn advance(&mut self, actions: &[u8; N]) {
        let [x, v, angle, w] = &mut self.observations;
        for lane in 0..N {
            // Within an episode the pole leans by less than pi / 4, where the shorter function is the same.
            let sin_cos = sin_cos_of_small(angle[lane]);
            let state = [x[lane], v[lane], angle[lane], w[lane]];
            let next = <CartPole>::advance_with(state, actions[lane] == 1, sin_cos);
            [x[lane], v[lane], angle[lane], w[lane]] = next;
            self.elapsed[lane] += 1;
            let truncated = self.elapsed[lane] >= CartPole::TIME_LIMIT;
            self.outcomes[lane] = Outcome::from_flags(<CartPole>::is_terminal(next), truncated);
        }
    }

    /// What each lane sees: positions, velocities, angles, angular velocities.
    pub const fn observations(&self) -> &[[f32; N]; 4] {
        &self.observations
    }

    /// What each lane saw at the end of its last episode; of the lanes whose [outcome](Self::outcomes) is over, the true
    /// observation after the last step.
    pub const fn final_observations(&self) -> &[[f32; N]; 4] {
        &self.final_observations
    }

    /// How the last step left each lane's episode.
    pub const fn outcomes(&self) -> &[Outcome; N] {
        &self.outcomes
    }

    /// Steps of each lane's episode so far.
    pub const fn elapsed(&self) -> &[u32; N] {
        &self.elapsed
    }
}

/// The observations number by number, then the steps of each lane's episode, then whether there was a reset: `20 N + 1`
/// bytes. How the last step ended, and in what, is not part of it.
impl<const N: usize> Persist for CartPoleBatch<N> {
    fn write(&self, out: &mut impl Write) {
        self.observations.write(out);
        self.elapsed.write(out);
        self.started.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.observations.check(from)?;
        for _ in 0..N {
            let mut elapsed = 0u32;
            elapsed.read(from)?;
            if elapsed >= CartPole::TIME_LIMIT {
                return Err(Error::Malformed);
            }
        }
        self.started.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.observations.read(from)?;
        self.elapsed.read(from)?;
        self.started.read(from)?;
        self.outcomes = [Outcome::Continue; N];
        Ok(())
    }
}

/// `"cart-pole-batch"`: lanes, numbers of an observation, actions.
impl<const N: usize> Identify for CartPoleBatch<N> {
    fn identity(&self) -> Identity {
        Identity::new("cart-pole-batch", Polynomial::NUMERICS, [N, 4, CartPole::ACTIONS])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::{Env, TimeLimit};
    use crate::rng::{Generator, stream};

    const LANES: usize = 37;

    fn rngs() -> [Generator; LANES] {
        core::array::from_fn(|lane| stream(4, lane as u32))
    }

    fn column(rows: &[[f32; LANES]; 4], lane: usize) -> [f32; 4] {
        [0, 1, 2, 3].map(|number| rows[number][lane])
    }

    /// Every third lane pushes without looking and falls, the others balance until they are cut.
    fn action([x, v, angle, w]: [f32; 4], step: usize, lane: usize) -> u8 {
        let balances = x * 0.1 + v * 0.2 + angle * 4.0 + w > 0.0;
        u8::from(if lane.is_multiple_of(3) { (step + lane) % 7 < 4 } else { balances })
    }

    #[test]
    fn a_batch_is_as_many_environments_one_by_one() {
        let (mut batch, mut batch_rngs) = (CartPoleBatch::<LANES>::EMPTY, rngs());
        let mut lanes = rngs().map(|rng| (TimeLimit::new(CartPole::new(), CartPole::TIME_LIMIT), rng));
        batch.reset(&mut batch_rngs);
        let mut seen = lanes.each_mut().map(|(env, rng)| env.reset(rng));
        let (mut terminated, mut truncated) = (0, 0);
        for step in 0..3000 {
            let actions = core::array::from_fn(|lane| action(seen[lane], step, lane));
            batch.step(&actions, &mut batch_rngs).unwrap();
            for (lane, (env, rng)) in lanes.iter_mut().enumerate() {
                let step = env.step(actions[lane].into(), rng).unwrap();
                assert_eq!(batch.outcomes()[lane], step.outcome);
                seen[lane] = step.observation;
                if step.outcome.is_over() {
                    assert_eq!(column(batch.final_observations(), lane), step.observation);
                    terminated += u32::from(step.outcome == Outcome::Terminated);
                    truncated += u32::from(step.outcome == Outcome::Truncated);
                    seen[lane] = env.reset(rng);
                }
                assert_eq!((column(batch.observations(), lane), batch.elapsed()[lane]), (seen[lane], env.elapsed()));
            }
        }
        assert!(terminated > 100 && truncated > 10, "{terminated} {truncated}");
        assert!(batch_rngs.iter().zip(&lanes).all(|(rng, (_, lane_rng))| rng == lane_rng));
    }

    #[test]
    fn bad_input_changes_nothing() {
        let (mut batch, mut rngs) = (CartPoleBatch::<LANES>::EMPTY, rngs());
        assert_eq!(batch.step(&[0; LANES], &mut rngs), Err(Error::NotStarted));
        batch.reset(&mut rngs);
        let before = (batch.clone(), rngs.clone());
        let mut actions = [1; LANES];
        for action in [2, 255] {
            actions[LANES - 1] = action;
            assert_eq!(batch.step(&actions, &mut rngs), Err(Error::ActionOutOfRange));
        }
        let mut bytes = [0; 20 * LANES + 1];
        bytes[20 * LANES] = 1;
        bytes[16 * LANES..][..4].copy_from_slice(&500u32.to_le_bytes());
        assert_eq!(batch.restore(&bytes), Err(Error::Malformed));
        assert_eq!((batch, rngs), before);
    }

    #[test]
    fn it_is_as_large_as_it_says() {
        const { assert!(CartPoleBatch::<LANES>::SIZE <= 37 * LANES + 4) };
        const { assert!(CartPoleBatch::<64>::SIZE <= 37 * 64 + 4) };
    }
}
