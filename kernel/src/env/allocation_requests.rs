//! Requests that pay and take of one resource.

use super::{Bounded, Discrete, Env};
use crate::error::Error;
use crate::interact::{Outcome, Step};
use crate::linalg::Const;
use crate::math::{Math, Polynomial};
use crate::rng::{Bernoulli, Rng, below, unit_f32};
use crate::state::{Identify, Identity, persist_fields};
use core::f32::consts::TAU;
use core::marker::PhantomData;

/// How requests come: `u` is uniform on `[0, 1)`, and what a request takes one of 0.5, 1 and 1.5, equally likely. The
/// request `t` counts from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arrivals {
    /// `f = u`.
    #[default]
    Independent,
    /// `f = u (0.6 + 0.4 sin(2 pi t / 100))`.
    Seasonal,
    /// `f = u (0.4 + 0.6 z)`; `z` is 0 at first, and before each request changes between 0 and 1 with probability 0.05.
    Markov,
    /// `f = 0.3 u` in the first half, `0.3 + 0.7 u` from `t = T / 2` on; each takes 1.
    Adversarial,
}

/// A stream of requests to accept or to reject: the inputs on which Balseiro, Lu and Mirrokni's guarantees differ.
///
/// Observation: what the request pays, `f`, and what it takes, `b`. Actions reject it, 0, or accept it, 1, which pays `f`;
/// the next request does not depend on it. Never ends, and knows of no budget: that is the agent's affair. A request takes
/// one word for `u`, one (rarely more) for `b` except where it is 1, and one for `z` where there is one. 20 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AllocationRequests<M = Polynomial> {
    arrivals: Arrivals,
    horizon: u32,
    /// The request that is offered, counted from 1; 0 before the first.
    t: u32,
    busy: bool,
    request: [f32; 2],
    math: PhantomData<M>,
}

const CONSUMPTION: [f32; 3] = [0.5, 1.0, 1.5];
const PERIOD: u32 = 100;
const CHANGE: Bernoulli = match Bernoulli::new(0.05) {
    Ok(change) => change,
    Err(_) => Bernoulli::NEVER,
};

impl AllocationRequests {
    /// Before the first request; adversarial arrivals know the horizon `T`.
    pub const fn new(arrivals: Arrivals, horizon: u32) -> Self {
        Self { arrivals, horizon, t: 0, busy: false, request: [0.0; 2], math: PhantomData }
    }
}

impl<M: Math> AllocationRequests<M> {
    fn offer(&mut self, rng: &mut (impl Rng + ?Sized)) -> [f32; 2] {
        self.t = self.t.saturating_add(1);
        if self.arrivals == Arrivals::Markov {
            self.busy ^= CHANGE.sample(rng);
        }
        let consumption = match self.arrivals {
            Arrivals::Adversarial => 1.0,
            // There are three to choose from.
            _ => below(3, rng).ok().and_then(|index| CONSUMPTION.get(index as usize)).copied().unwrap_or(1.0),
        };
        let u = unit_f32(rng);
        let reward = match self.arrivals {
            Arrivals::Independent => u,
            Arrivals::Seasonal => u * (0.6 + 0.4 * M::sin(TAU * ((self.t % PERIOD) as f32 / PERIOD as f32))),
            Arrivals::Markov => u * if self.busy { 1.0 } else { 0.4 },
            Arrivals::Adversarial if u64::from(self.t) * 2 < u64::from(self.horizon) => 0.3 * u,
            Arrivals::Adversarial => 0.3 + 0.7 * u,
        };
        self.request = [reward, consumption];
        self.request
    }
}

impl<M: Math> Env for AllocationRequests<M> {
    type ObservationSpace = Bounded<2>;
    type ActionSpace = Discrete<Const<2>>;

    fn observation_space(&self) -> Bounded<2> {
        Bounded { low: [0.0, 0.5], high: [1.0, 1.5] }
    }

    fn action_space(&self) -> Self::ActionSpace {
        Discrete(Const)
    }

    fn reset(&mut self, rng: &mut (impl Rng + ?Sized)) -> [f32; 2] {
        (self.t, self.busy) = (0, false);
        self.offer(rng)
    }

    fn step(&mut self, action: usize, rng: &mut (impl Rng + ?Sized)) -> Result<Step<[f32; 2]>, Error> {
        if action > 1 {
            return Err(Error::ActionOutOfRange);
        }
        if self.t == 0 {
            return Err(Error::EpisodeOver);
        }
        let reward = if action == 1 { self.request[0] } else { 0.0 };
        Ok(Step { observation: self.offer(rng), reward, outcome: Outcome::Continue })
    }
}

// The request's number as `u32`, `z`, what it pays and takes.
persist_fields!([M: Math] AllocationRequests<M> { t, busy, request });

/// `"allocation-requests"`.
impl<M: Math> Identify for AllocationRequests<M> {
    fn identity(&self) -> Identity {
        Identity::new("allocation-requests", M::NUMERICS, [0; 3])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;
    use std::vec::Vec;

    const HORIZON: u32 = 20_000;

    fn drawn(arrivals: Arrivals) -> Vec<[f32; 2]> {
        let (mut env, mut rng) = (AllocationRequests::new(arrivals, HORIZON), stream(6, 0));
        let first = env.reset(&mut rng);
        let rest = (1..HORIZON).map(|_| env.step(0, &mut rng).unwrap().observation);
        core::iter::once(first).chain(rest).collect()
    }

    fn mean(requests: &[[f32; 2]], of: usize) -> f64 {
        requests.iter().map(|request| f64::from(request[of])).sum::<f64>() / requests.len() as f64
    }

    #[test]
    fn requests_have_the_means_that_they_should() {
        let near = |a: f64, b: f64| (a - b).abs() < 0.015;
        for arrivals in [Arrivals::Independent, Arrivals::Seasonal, Arrivals::Markov] {
            let requests = drawn(arrivals);
            assert!(near(mean(&requests, 1), 1.0));
            for amount in CONSUMPTION {
                let share = requests.iter().filter(|request| request[1] == amount).count() as f64 / 2e4;
                assert!(near(share, 1.0 / 3.0));
            }
        }
        assert!(near(mean(&drawn(Arrivals::Independent), 0), 0.5));
        assert!((mean(&drawn(Arrivals::Markov), 0) - 0.35).abs() < 0.03);
        let season = drawn(Arrivals::Seasonal);
        assert!(near(mean(&season, 0), 0.3));
        // The first quarter of a period, and the third, of the sine's mean there.
        let quarter =
            |start: usize| -> Vec<_> { season.chunks(100).flat_map(|p| &p[start..start + 25]).copied().collect() };
        assert!(near(mean(&quarter(12), 0), 0.3 + 0.2 * 0.9) && near(mean(&quarter(62), 0), 0.3 - 0.2 * 0.9));
        let adversarial = drawn(Arrivals::Adversarial);
        let (early, late) = adversarial.split_at(HORIZON as usize / 2 - 1);
        assert!(near(mean(early, 0), 0.15) && early.iter().all(|request| request[0] < 0.3 && request[1] == 1.0));
        assert!(near(mean(late, 0), 0.65) && late.iter().all(|request| request[0] >= 0.3 && request[1] == 1.0));
    }

    #[test]
    fn accepting_pays_and_changes_nothing_else() {
        let (mut env, mut rng) = (AllocationRequests::new(Arrivals::Markov, 10), stream(1, 0));
        assert_eq!(env.step(0, &mut rng), Err(Error::EpisodeOver));
        let first = env.reset(&mut rng);
        let (mut other, mut other_rng) = (env, rng.clone());
        assert_eq!(env.step(2, &mut rng), Err(Error::ActionOutOfRange));
        let (accepted, rejected) = (env.step(1, &mut rng).unwrap(), other.step(0, &mut other_rng).unwrap());
        assert_eq!((accepted.reward, rejected.reward), (first[0], 0.0));
        assert_eq!(accepted.observation, rejected.observation);
        assert_eq!((env, rng), (other, other_rng));
    }
}
