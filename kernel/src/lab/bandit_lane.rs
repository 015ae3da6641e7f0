//! A bandit in its own copy of an environment, round by round.

use crate::bandit::Bandit;
use crate::env::{Action, BernoulliBandit, Env, GaussianBandit, Space};
use crate::error::Error;
use crate::math::CompensatedSum;
use crate::rng::{Generator, stream};
use crate::state::{Persist, persist_fields};

/// Arms whose averages are known to those who measure.
pub(super) trait Means {
    /// What each arm pays on average.
    fn arm_means(&self) -> &[f32];
}

impl<const K: usize> Means for BernoulliBandit<K> {
    fn arm_means(&self) -> &[f32] {
        self.means()
    }
}

impl<const K: usize> Means for GaussianBandit<K> {
    fn arm_means(&self) -> &[f32] {
        self.means()
    }
}

/// One contender: its bandit, its own arms, its own copies of the generators.
#[derive(Debug)]
pub(super) struct BanditLane<V, B> {
    pub(super) env: V,
    pub(super) bandit: B,
    generators: Option<[Generator; 2]>,
    /// What the best arm would have paid more on average, so far.
    pub(super) regret: CompensatedSum,
    /// The arm of the last round, and its reward.
    pub(super) last: (usize, f32),
}

impl<V, B> BanditLane<V, B> {
    pub(super) const fn new(env: V, bandit: B) -> Self {
        Self { env, bandit, generators: None, regret: CompensatedSum::EMPTY, last: (0, 0.0) }
    }

    /// Starts with the bandit as it is, in an environment that may draw itself from the world's generator.
    pub(super) fn start(
        &mut self,
        seed: u32,
        env: impl FnOnce(&mut Generator) -> Result<V, Error>,
    ) -> Result<(), Error> {
        let mut world = stream(seed, 0);
        self.env = env(&mut world)?;
        self.generators = Some([world, stream(seed, 1)]);
        (self.regret, self.last) = (CompensatedSum::EMPTY, (0, 0.0));
        Ok(())
    }
}

impl<V: Env + Means, B: Bandit> BanditLane<V, B>
where
    V::ActionSpace: Space<Element = usize>,
{
    /// One round.
    pub(super) fn round(&mut self) -> Result<(), Error> {
        let [world, choices] = self.generators.as_mut().ok_or(Error::NotStarted)?;
        let arm: Action<V> = self.bandit.select(choices)?.arm;
        let reward = self.env.step(arm, world)?.reward;
        self.bandit.update(arm, reward)?;
        let means = self.env.arm_means();
        let best = means.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        self.regret.add(best - means.get(arm).copied().unwrap_or(best));
        self.last = (arm, reward);
        Ok(())
    }
}

persist_fields!([V, B: Persist] BanditLane<V, B> { bandit });
