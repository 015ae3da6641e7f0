//! A timetable of pairs: how often each arm is pulled, and when first.

use super::RecoveryTable;
use super::fluid::{Cursor, fluid};
use super::packing::{Candidate, Channel, pack};
use crate::error::Error;
use crate::linalg::{Storage, StorageMut};
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// When one arm is pulled. 6 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slot {
    /// Every so many periods; 0 for never.
    pub period: u16,
    /// The first period, from 0; below `period`.
    pub offset: u16,
    /// Which of the pulls of a period it is; no two arms of one channel ever meet.
    pub channel: u16,
}

impl Slot {
    /// Never.
    pub const EMPTY: Self = Self { period: 0, offset: 0, channel: 0 };

    /// Whether the arm is pulled in period `t`, counted from 0.
    #[inline]
    pub const fn is_due(self, t: u32) -> bool {
        self.period > 0 && t % self.period as u32 == self.offset as u32
    }

    /// Whether two arms of one channel are ever pulled in the same period: their offsets are equal modulo the greatest common
    /// divisor of their periods.
    fn clashes(self, other: Self) -> bool {
        let (mut a, mut b) = (self.period, other.period);
        while a > 0 && b > 0 {
            (a, b) = (b % a, a);
        }
        let divisor = a.max(b);
        self.period > 0
            && other.period > 0
            && self.channel == other.channel
            && self.offset.abs_diff(other.offset).checked_rem(divisor) == Some(0)
    }

    fn is_well_formed(self) -> bool {
        if self.period == 0 {
            self == Self::EMPTY
        } else {
            self.offset < self.period && usize::from(self.period) <= RecoveryTable::LONGEST
        }
    }
}

/// The period, the offset and the channel as `u16`: 6 bytes.
impl Persist for Slot {
    fn write(&self, out: &mut impl Write) {
        [self.period, self.offset, self.channel].write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        let mut slot = Self::EMPTY;
        slot.read(from)?;
        if slot.is_well_formed() { Ok(()) } else { Err(Error::Malformed) }
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.period.read(from)?;
        self.offset.read(from)?;
        self.channel.read(from)
    }
}

/// How a plan is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanSettings {
    /// `K`: how many arms may be pulled in a period, at least 1.
    pub pulls: usize,
    /// `a_max`, at least 1: periods are rounded up to at most `a` odd numbers times powers of two, for each `a` up to this
    /// one, and the best plan is taken.
    pub finest: u8,
    /// Whether arms without a period are given what is left of the channels.
    pub fills: bool,
}

impl PlanSettings {
    /// `max a/(a+1) K/(K+a)` over `a` up to `finest`: a plan earns at least this share of the bound.
    pub fn guarantee(&self) -> f32 {
        let pulls = self.pulls as f32;
        let shares = (1..=self.finest).map(f32::from).map(|a| a / (a + 1.0) * (pulls / (pulls + a)));
        shares.fold(0.0, f32::max)
    }
}

/// What planning keeps of one arm, and of one channel. 20 bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlanWork {
    pub(super) cursor: Cursor,
    pub(super) channel: Channel,
}

impl PlanWork {
    /// Nothing.
    pub const EMPTY: Self = Self { cursor: Cursor::EMPTY, channel: Channel::EMPTY };
}

/// Memory that planning works in; what it holds means nothing before or after. `20 N + 2 D` bytes.
#[derive(Clone, Debug)]
pub struct PlanScratchState<W, H> {
    work: W,
    hull: H,
}

/// [`PlanScratchState`] of constant size.
pub type PlanScratch<const N: usize, const D: usize> = PlanScratchState<[PlanWork; N], [u16; D]>;

impl<const N: usize, const D: usize> PlanScratch<N, D> {
    /// Nothing.
    pub const EMPTY: Self = Self::new([PlanWork::EMPTY; N], [0; D]);

    /// Bytes.
    pub const SIZE: usize = size_of::<Self>();
}

impl<W, H> PlanScratchState<W, H> {
    /// Over `N` and `D` elements.
    pub const fn new(work: W, hull: H) -> Self {
        Self { work, hull }
    }
}

impl<W: Storage<PlanWork>, H: Storage<u16>> PlanScratchState<W, H> {
    /// Whether it has room for so many arms and idle periods, exactly.
    pub(super) fn fits(&self, arms: usize, longest: usize) -> bool {
        self.work.values().len() == arms && self.longest() == longest
    }

    /// For how many idle periods it has room.
    pub(super) fn longest(&self) -> usize {
        self.hull.values().len()
    }
}

impl<W: StorageMut<PlanWork>, H: StorageMut<u16>> PlanScratchState<W, H> {
    /// A view with room for the first `arms` arms, or for as many as there is.
    pub fn first(&mut self, arms: usize) -> PlanScratchState<&mut [PlanWork], &mut [u16]> {
        let room = arms.min(self.work.values().len());
        let (work, _) = self.work.values_mut().split_at_mut(room);
        PlanScratchState { work, hull: self.hull.values_mut() }
    }
}

/// A purely periodic policy: arm `i` is pulled in the periods `t` with `t mod P_i = r_i`, never more than `K` arms at a time.
/// It earns at least [`PlanSettings::guarantee`] of what any policy can.
///
/// After the structure of Simchi-Levi, Zheng, Zhu (2021): the fluid bound's periods are rounded up to odd numbers times
/// powers of two and packed into channels of one pull a period each; the `K` best channels are kept and filled up. Exact
/// planning is NP-hard.
///
/// Memory: `6 N` bytes and 8. Cost of a plan: O(V (N + D)) for `V` vertices of hulls that are reached, and O(a_max N^2); of
/// asking whether an arm is due: O(1).
///
/// ```
/// use habit::bandit::{PeriodicPlan, PlanScratch, PlanSettings, RecoveryTable};
///
/// // The first arm pays .5 whenever it is pulled, the second one 1 if it was left alone for a period.
/// let rewards = [[0.5, 0.5], [0.1, 1.0]];
/// let (mut plan, mut scratch) = (PeriodicPlan::<2>::EMPTY, PlanScratch::<2, 2>::EMPTY);
/// let table = RecoveryTable::new(rewards.as_flattened(), 2)?;
/// plan.plan(&table, PlanSettings { pulls: 1, finest: 1, fills: true }, &mut scratch)?;
/// assert_eq!([0, 1, 2, 3].map(|t| [plan.due(t, 0), plan.due(t, 1)]), [[false, true], [true, false]].repeat(2)[..]);
/// assert_eq!((plan.rate(), plan.bound()), (0.75, 0.75));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct PeriodicPlanState<S> {
    slots: S,
    rate: f32,
    bound: f32,
}

/// [`PeriodicPlanState`] of constant size.
pub type PeriodicPlan<const N: usize> = PeriodicPlanState<[Slot; N]>;

impl<const N: usize> PeriodicPlan<N> {
    /// Pulls nothing.
    pub const EMPTY: Self = Self::new([Slot::EMPTY; N]);

    /// Bytes.
    pub const SIZE: usize = size_of::<Self>();
}

impl<S> PeriodicPlanState<S> {
    /// Over slots as they are, with nothing known of what they earn.
    pub const fn new(slots: S) -> Self {
        Self { slots, rate: 0.0, bound: 0.0 }
    }

    /// What the plan earns a period in the long run: the sum of `R_i(min(P_i, D)) / P_i`.
    pub const fn rate(&self) -> f32 {
        self.rate
    }

    /// The fluid bound: what no policy can exceed.
    pub const fn bound(&self) -> f32 {
        self.bound
    }
}

impl<S: Storage<Slot>> PeriodicPlanState<S> {
    /// When each arm is pulled.
    pub fn slots(&self) -> &[Slot] {
        self.slots.values()
    }

    /// Whether an arm is pulled in period `t`, counted from 0.
    #[inline]
    pub fn due(&self, t: u32, arm: usize) -> bool {
        self.slots.values().get(arm).is_some_and(|slot| slot.is_due(t))
    }
}

impl<S: StorageMut<Slot>> PeriodicPlanState<S> {
    /// Plans for arms that pay as the table says.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] unless slots and scratch are as large as the table; [`Error::ParameterOutOfRange`] when
    /// `pulls` or `finest` is 0; [`Error::NonFinite`] when the arms together pay more than a number holds. The plan is
    /// unchanged then.
    pub fn plan<W: StorageMut<PlanWork>, H: StorageMut<u16>>(
        &mut self,
        table: &RecoveryTable<'_>,
        settings: PlanSettings,
        scratch: &mut PlanScratchState<W, H>,
    ) -> Result<(), Error> {
        let PlanSettings { pulls, finest, fills } = settings;
        let slots = self.slots.values_mut();
        if slots.len() != table.arms() || !scratch.fits(table.arms(), table.longest()) {
            return Err(Error::LengthMismatch);
        }
        if pulls == 0 || finest == 0 {
            return Err(Error::ParameterOutOfRange);
        }
        // An arm is pulled at most once a period.
        let pulls = pulls.min(slots.len()) as u16;
        let (work, hull) = (scratch.work.values_mut(), scratch.hull.values_mut());
        let fluid = fluid(table, pulls, work, hull);
        if !fluid.bound.is_finite() {
            return Err(Error::NonFinite);
        }
        let periods = fluid.fractional.map_or([None; 2], |f| [Some((f.arm, f.shorter)), Some((f.arm, f.longer))]);
        let lists = if fluid.fractional.is_some() { 2 } else { 1 };
        let mut best: Option<(f32, Candidate)> = None;
        for a in 1..=finest {
            for &fractional in periods.iter().take(lists) {
                let candidate = Candidate { a, fractional };
                let rate = pack(table, pulls, candidate, fills, work, slots);
                if best.is_none_or(|(best, _)| rate > best + table.tolerance()) {
                    best = Some((rate, candidate));
                }
            }
        }
        if let Some((_, best)) = best {
            self.rate = pack(table, pulls, best, fills, work, slots);
        }
        self.bound = fluid.bound;
        Ok(())
    }
}

/// The slots, then the rate and the bound: `6 N + 8` bytes. No two arms of one channel meet.
impl<S: StorageMut<Slot>> Persist for PeriodicPlanState<S> {
    fn write(&self, out: &mut impl Write) {
        self.slots.values().write(out);
        self.rate.write(out);
        self.bound.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        for index in 0..self.slots.values().len() {
            let mut later = from.clone();
            let mut slot = Slot::EMPTY;
            slot.check(&mut later)?;
            slot.read(from)?;
            let mut other = Slot::EMPTY;
            for _ in index + 1..self.slots.values().len() {
                other.read(&mut later)?;
                if slot.clashes(other) {
                    return Err(Error::Malformed);
                }
            }
        }
        self.rate.check(from)?;
        self.bound.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.slots.values_mut().read(from)?;
        self.rate.read(from)?;
        self.bound.read(from)
    }
}

/// `"periodic-plan"`: arms.
impl<S: StorageMut<Slot>> Identify for PeriodicPlanState<S> {
    fn identity(&self) -> Identity {
        Identity::new("periodic-plan", Identity::PLAIN, [self.slots.values().len(), 0, 0])
    }
}

const _: () = assert!(PeriodicPlan::<12>::SIZE == 6 * 12 + 8);
const _: () = assert!(PlanScratch::<12, 12>::SIZE == 20 * 12 + 2 * 12);
