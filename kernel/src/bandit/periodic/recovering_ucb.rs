//! Plans for what the arms may pay at best, as far as is known.

use super::{
    PeriodicPlan, PeriodicPlanState, PlanScratch, PlanScratchState, PlanSettings, PlanWork, RecoveryTable, Slot,
};
use crate::env::IdleTimes;
use crate::error::Error;
use crate::linalg::{Storage, StorageMut};
use crate::math::{Libm, Math};
use crate::state::{Identify, Identity, Persist, Reader, Write};
use core::fmt::Debug;
use core::marker::PhantomData;

/// `a_max` of the plans.
const FINEST: u8 = 3;

/// Where [`RecoveringUcbState`] keeps its numbers: [`RecoveringArrays`] or [`RecoveringSlices`].
pub trait RecoveringMemory {
    /// `N D` elements, arm by arm.
    type Pairs<T: Debug + 'static>: StorageMut<T> + Debug;
    /// `N` elements.
    type Arms<T: Debug + 'static>: StorageMut<T> + Debug;
    /// `D` elements.
    type Times<T: Debug + 'static>: StorageMut<T> + Debug;
}

/// Arrays inside the learner; the sizes are known to the compiler.
#[derive(Clone, Copy, Debug)]
pub struct RecoveringArrays<const N: usize, const D: usize>;

impl<const N: usize, const D: usize> RecoveringMemory for RecoveringArrays<N, D> {
    type Pairs<T: Debug + 'static> = [[T; D]; N];
    type Arms<T: Debug + 'static> = [T; N];
    type Times<T: Debug + 'static> = [T; D];
}

/// The caller's slices; the sizes are known at run time.
#[derive(Clone, Copy, Debug)]
pub struct RecoveringSlices<'a>(PhantomData<&'a mut [f32]>);

impl<'a> RecoveringMemory for RecoveringSlices<'a> {
    type Pairs<T: Debug + 'static> = &'a mut [T];
    type Arms<T: Debug + 'static> = &'a mut [T];
    type Times<T: Debug + 'static> = &'a mut [T];
}

/// Learns arms that recover while it pulls up to `K` of them a period, any of `N`, for `T` periods; rewards are in `[0, 1]`.
///
/// After the abstract of Simchi-Levi, Zheng, Zhu (2021), an offline policy and upper confidence bounds: each arm's reward
/// after each actual idle time, clipped to `D`, has a count and a mean. At the start of a phase `U_i(d) = min(1, mean +
/// sqrt(ln T / (2 n)))`, 1 where `n` is 0, is lowered to the least `U_i` of any longer time, and the periodic plan for `U` is
/// run. A new phase starts when at least `D` periods have passed and a pair of an arm in the plan and its period, clipped to
/// `D`, has been seen twice as often as when the phase started, and at least once.
///
/// Memory: `12 N D + 32 N + 2 D` bytes and 40 or less, `8 N D` of them learned. Cost: O(N) a period, and at the start of a
/// phase that of a plan.
///
/// ```
/// use habit::bandit::RecoveringUcb;
///
/// let mut learner = RecoveringUcb::<3, 4>::EMPTY;
/// learner.start(1, 100)?;
/// let mut pulls = [false; 3];
/// learner.select(&mut pulls)?;
/// assert_eq!(pulls, [true, false, false]);
/// learner.update(&[0.5, 0.0, 0.0])?;
/// assert_eq!(learner.mean(0, 4), Some(0.5));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Debug)]
pub struct RecoveringUcbState<S: RecoveringMemory, M = Libm> {
    held: RecoveringBuffers<S>,
    pulls: usize,
    /// `ln T / 2`
    confidence: f32,
    /// Periods since the phase started.
    clock: u32,
    waits: bool,
    math: PhantomData<M>,
}

/// [`RecoveringUcbState`] of constant size.
pub type RecoveringUcb<const N: usize, const D: usize> = RecoveringUcbState<RecoveringArrays<N, D>>;

impl<const N: usize, const D: usize> RecoveringUcb<N, D> {
    /// Not started.
    pub const EMPTY: Self = Self::over(RecoveringBuffers {
        counts: [[0; D]; N],
        sums: [[0.0; D]; N],
        bounds: [[0.0; D]; N],
        goals: [0; N],
        idle: IdleTimes::EMPTY,
        plan: PeriodicPlan::EMPTY,
        scratch: PlanScratch::EMPTY,
    });

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();
}

/// The memory of a [`RecoveringUcbState`].
#[derive(Debug)]
pub struct RecoveringBuffers<S: RecoveringMemory> {
    /// How often each pair of an arm and an idle time was seen.
    pub counts: S::Pairs<u32>,
    /// What it paid altogether.
    pub sums: S::Pairs<f32>,
    /// `U` of the present phase.
    pub bounds: S::Pairs<f32>,
    /// For each arm in the plan: the count that ends the phase.
    pub goals: S::Arms<u32>,
    /// How long each arm has been idle.
    pub idle: IdleTimes<S::Arms<u16>>,
    /// The plan of the present phase.
    pub plan: PeriodicPlanState<S::Arms<Slot>>,
    /// Room to plan in.
    pub scratch: PlanScratchState<S::Arms<PlanWork>, S::Times<u16>>,
}

impl<S: RecoveringMemory, M> RecoveringUcbState<S, M> {
    /// Over memory that has not been started.
    pub const fn over(buffers: RecoveringBuffers<S>) -> Self {
        Self { held: buffers, pulls: 0, confidence: 0.0, clock: 0, waits: false, math: PhantomData }
    }
}

impl<S: RecoveringMemory, M> RecoveringUcbState<S, M> {
    /// `N`.
    pub fn arms(&self) -> usize {
        self.held.idle.arms()
    }

    /// `D`.
    fn longest(&self) -> usize {
        self.held.scratch.longest()
    }

    /// The plan of the present phase.
    pub const fn plan(&self) -> &PeriodicPlanState<S::Arms<Slot>> {
        &self.held.plan
    }

    /// The mean of what an arm paid after so many idle periods; `None` where that was never seen.
    pub fn mean(&self, arm: usize, idle: usize) -> Option<f32> {
        let pair = self.pair(arm, idle)?;
        let (count, sum) = (self.held.counts.values().get(pair)?, self.held.sums.values().get(pair)?);
        (*count > 0).then(|| sum / *count as f32)
    }

    /// The bound `U_i(d)` that the last plan was made for. No part of a saved state, which holds the plan itself.
    pub fn bound(&self, arm: usize, idle: usize) -> Option<f32> {
        self.held.bounds.values().get(self.pair(arm, idle)?).copied()
    }

    /// Where a pair stands.
    fn pair(&self, arm: usize, idle: usize) -> Option<usize> {
        let longest = self.longest();
        (arm < self.arms() && idle > 0).then(|| arm * longest + idle.min(longest) - 1)
    }

    /// How often an arm was seen after so many idle periods.
    fn count(&self, arm: usize, idle: usize) -> u32 {
        self.pair(arm, idle).and_then(|pair| self.held.counts.values().get(pair)).copied().unwrap_or(0)
    }

    /// Whether the next period starts a phase.
    fn is_over(&self) -> bool {
        let reached = |(arm, (slot, goal)): (usize, (&Slot, &u32))| {
            slot.period > 0 && self.count(arm, usize::from(slot.period)) >= *goal
        };
        self.clock as usize >= self.longest()
            && self.held.plan.slots().iter().zip(self.held.goals.values()).enumerate().any(reached)
    }
}

impl<S: RecoveringMemory, M: Math> RecoveringUcbState<S, M> {
    /// Starts knowing nothing, with at most `pulls` pulls a period, for `periods` periods; every arm has recovered.
    ///
    /// # Errors
    /// [`Error::NoArms`]; [`Error::LengthMismatch`] for memory that does not fit together; [`Error::ParameterOutOfRange`]
    /// when `pulls` or `periods` is 0, and for sizes that [`RecoveryTable::new`] refuses.
    pub fn start(&mut self, pulls: usize, periods: u32) -> Result<(), Error> {
        let (arms, longest) = (self.arms(), self.longest());
        if arms == 0 {
            return Err(Error::NoArms);
        }
        if longest == 0 || longest > RecoveryTable::LONGEST || arms > usize::from(u16::MAX) {
            return Err(Error::ParameterOutOfRange);
        }
        let pairs = [self.held.counts.values().len(), self.held.sums.values().len(), self.held.bounds.values().len()];
        let fits = pairs.iter().all(|pairs| *pairs == arms * longest)
            && self.held.scratch.fits(arms, longest)
            && self.held.plan.slots().len() == arms
            && self.held.goals.values().len() == arms;
        if !fits {
            return Err(Error::LengthMismatch);
        }
        if pulls == 0 || periods == 0 {
            return Err(Error::ParameterOutOfRange);
        }
        self.held.idle.start(longest as u16)?;
        self.held.counts.values_mut().fill(0);
        self.held.sums.values_mut().fill(0.0);
        (self.pulls, self.confidence, self.waits) = (pulls, 0.5 * M::ln(periods as f32), false);
        self.begin()
    }

    /// Starts a phase.
    fn begin(&mut self) -> Result<(), Error> {
        let longest = self.longest();
        for (row, bounds) in self.held.bounds.values_mut().chunks_exact_mut(longest.max(1)).enumerate() {
            let mut least = 1.0f32;
            for (idle, bound) in bounds.iter_mut().enumerate().rev() {
                let pair = row * longest + idle;
                let count = self.held.counts.values().get(pair).copied().unwrap_or(0) as f32;
                if count > 0.0 {
                    let mean = self.held.sums.values().get(pair).copied().unwrap_or(0.0) / count;
                    least = least.min(mean + libm::sqrtf(self.confidence / count));
                }
                *bound = least;
            }
        }
        let settings = PlanSettings { pulls: self.pulls, finest: FINEST, fills: true };
        let table = RecoveryTable::new(self.held.bounds.values(), longest)?;
        self.held.plan.plan(&table, settings, &mut self.held.scratch)?;
        for arm in 0..self.arms() {
            let period = self.held.plan.slots().get(arm).map_or(0, |slot| usize::from(slot.period));
            let count = self.count(arm, period);
            if let Some(goal) = self.held.goals.values_mut().get_mut(arm) {
                *goal = count.saturating_mul(2).max(1);
            }
        }
        self.clock = 0;
        Ok(())
    }

    /// Says which arms are pulled in this period: one place an arm. Says so again until the rewards have come.
    ///
    /// # Errors
    /// [`Error::NotStarted`]; [`Error::LengthMismatch`].
    pub fn select(&mut self, pulls: &mut [bool]) -> Result<(), Error> {
        if self.pulls == 0 {
            return Err(Error::NotStarted);
        }
        if pulls.len() != self.arms() {
            return Err(Error::LengthMismatch);
        }
        if !self.waits && self.is_over() {
            self.begin()?;
        }
        for (arm, pull) in pulls.iter_mut().enumerate() {
            *pull = self.held.plan.due(self.clock, arm);
        }
        self.waits = true;
        Ok(())
    }

    /// Ends the period: takes what the arms paid that were selected, one place an arm; the other places do not matter.
    ///
    /// # Errors
    /// [`Error::NotSelected`] before a selection; [`Error::LengthMismatch`]; [`Error::NonFinite`];
    /// [`Error::RewardOutOfRange`] unless a reward is in `[0, 1]`. The state is unchanged then and the period does not count.
    pub fn update(&mut self, rewards: &[f32]) -> Result<(), Error> {
        if !self.waits {
            return Err(Error::NotSelected);
        }
        if rewards.len() != self.arms() {
            return Err(Error::LengthMismatch);
        }
        let is_pulled = |plan: &PeriodicPlanState<S::Arms<Slot>>, arm| plan.due(self.clock, arm);
        for (_, reward) in rewards.iter().enumerate().filter(|(arm, _)| is_pulled(&self.held.plan, *arm)) {
            if !reward.is_finite() {
                return Err(Error::NonFinite);
            }
            if !(0.0..=1.0).contains(reward) {
                return Err(Error::RewardOutOfRange);
            }
        }
        for (arm, reward) in rewards.iter().enumerate() {
            let Some(pair) = self.pair(arm, self.held.idle.of(arm)).filter(|_| self.held.plan.due(self.clock, arm))
            else {
                continue;
            };
            let (counts, sums) = (self.held.counts.values_mut(), self.held.sums.values_mut());
            if let (Some(count), Some(sum)) = (counts.get_mut(pair), sums.get_mut(pair)) {
                *count = count.saturating_add(1);
                *sum += reward;
            }
        }
        let (plan, clock) = (&self.held.plan, self.clock);
        self.held.idle.pass_where(|arm| plan.due(clock, arm));
        self.clock = self.clock.saturating_add(1);
        self.waits = false;
        Ok(())
    }
}

/// Counts as `u32`, sums; the idle times; the plan; for each arm the count that ends the phase, `u32`; the periods of the
/// phase, `u32`; 1 where a reward is waited for, else 0.
impl<S: RecoveringMemory, M> Persist for RecoveringUcbState<S, M> {
    fn write(&self, out: &mut impl Write) {
        self.held.counts.values().write(out);
        self.held.sums.values().write(out);
        self.held.idle.write(out);
        self.held.plan.write(out);
        self.held.goals.values().write(out);
        self.clock.write(out);
        self.waits.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        let mut counts = from.clone();
        self.held.counts.values().check(from)?;
        for _ in self.held.sums.values() {
            let (mut count, mut sum) = (0u32, 0.0f32);
            count.read(&mut counts)?;
            sum.check(&mut from.clone())?;
            sum.read(from)?;
            if !(0.0..=count as f32).contains(&sum) {
                return Err(Error::Malformed);
            }
        }
        self.held.idle.check(from)?;
        let mut slots = from.clone();
        self.held.plan.check(from)?;
        for _ in self.held.plan.slots() {
            let mut slot = Slot::EMPTY;
            slot.read(&mut slots)?;
            if usize::from(slot.channel) >= self.pulls {
                return Err(Error::Malformed);
            }
        }
        self.held.goals.values().check(from)?;
        self.clock.check(from)?;
        self.waits.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.held.counts.values_mut().read(from)?;
        self.held.sums.values_mut().read(from)?;
        self.held.idle.read(from)?;
        self.held.plan.read(from)?;
        self.held.goals.values_mut().read(from)?;
        self.clock.read(from)?;
        self.waits.read(from)
    }
}

/// `"recovering-ucb"`: arms, idle periods.
impl<S: RecoveringMemory, M: Math> Identify for RecoveringUcbState<S, M> {
    fn identity(&self) -> Identity {
        Identity::new("recovering-ucb", M::NUMERICS, [self.arms(), self.longest(), 0])
    }
}

const _: () = assert!(RecoveringUcb::<12, 12>::SIZE <= 12 * 144 + 32 * 12 + 2 * 12 + 40);
