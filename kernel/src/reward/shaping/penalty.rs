//! Soft factors of a progress reward: what is taken off while something is not as it should be.

use crate::error::Error;
use crate::linalg::all_finite;
use crate::state::{Identify, Identity, persist_fields};

/// A penalty that stays on for `TICKS` steps after its last trigger (CaRL): every step first takes one off a counter above
/// 0, then sets it to `TICKS` on a trigger; it is on while the counter is above 0. 2 bytes.
///
/// ```
/// use habit::reward::shaping::StickyPenalty;
/// let mut penalty = StickyPenalty::<3>::EMPTY;
/// let on = [false, true, false, false, false, false].map(|triggered| penalty.step(triggered));
/// assert_eq!(on, [false, true, true, true, false, false]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StickyPenalty<const TICKS: u16> {
    left: u16,
}

impl<const TICKS: u16> StickyPenalty<TICKS> {
    /// Off.
    pub const EMPTY: Self = Self { left: 0 };

    /// One step; whether the penalty is on.
    pub const fn step(&mut self, triggered: bool) -> bool {
        self.left = if triggered { TICKS } else { self.left.saturating_sub(1) };
        self.is_on()
    }

    /// Whether it is on.
    pub const fn is_on(&self) -> bool {
        self.left > 0
    }
}

const _: () = assert!(size_of::<StickyPenalty<500>>() == 2);

persist_fields!([const TICKS: u16] StickyPenalty<TICKS> { left });

/// `"sticky-penalty"`: ticks.
impl<const TICKS: u16> Identify for StickyPenalty<TICKS> {
    fn identity(&self) -> Identity {
        Identity::new("sticky-penalty", Identity::PLAIN, [usize::from(TICKS), 0, 0])
    }
}

/// A penalty for what lasts too long (CaRL, lane centre): a counter rises by 1 in a step with a violation and falls by 1 in
/// one without, not below 0; it is on while the counter is above `TICKS`. 2 bytes.
///
/// ```
/// use habit::reward::shaping::LastingPenalty;
/// let mut penalty = LastingPenalty::<2>::EMPTY;
/// let on = [true, true, true, false, true, true].map(|violated| penalty.step(violated));
/// assert_eq!(on, [false, false, true, false, true, true]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LastingPenalty<const TICKS: u16> {
    lasted: u16,
}

impl<const TICKS: u16> LastingPenalty<TICKS> {
    /// Off.
    pub const EMPTY: Self = Self { lasted: 0 };

    /// One step; whether the penalty is on.
    pub const fn step(&mut self, violated: bool) -> bool {
        self.lasted = if violated { self.lasted.saturating_add(1) } else { self.lasted.saturating_sub(1) };
        self.is_on()
    }

    /// Whether it is on.
    pub const fn is_on(&self) -> bool {
        self.lasted > TICKS
    }
}

const _: () = assert!(size_of::<LastingPenalty<60>>() == 2);

persist_fields!([const TICKS: u16] LastingPenalty<TICKS> { lasted });

/// `"lasting-penalty"`: ticks.
impl<const TICKS: u16> Identify for LastingPenalty<TICKS> {
    fn identity(&self) -> Identity {
        Identity::new("lasting-penalty", Identity::PLAIN, [usize::from(TICKS), 0, 0])
    }
}

/// A factor that falls in a straight line above a limit: 1 up to it, `max(0, 1 - (x - limit) / span)` beyond (CaRL, speeding:
/// a span of 2.23 m/s). 8 bytes.
///
/// ```
/// use habit::reward::shaping::LinearExcess;
/// let speeding = LinearExcess::new(13.9, 2.23)?;
/// assert!((speeding.factor(14.9)? - 0.551570).abs() < 1e-6);
/// assert_eq!([13.9, 20.0].map(|speed| speeding.factor(speed)), [Ok(1.0), Ok(0.0)]);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinearExcess {
    limit: f32,
    span: f32,
}

impl LinearExcess {
    /// With the limit and how far beyond it the factor is 0.
    ///
    /// # Errors
    /// [`Error::NonFinite`]; [`Error::ParameterOutOfRange`] unless the span is above 0.
    pub const fn new(limit: f32, span: f32) -> Result<Self, Error> {
        if !(limit.is_finite() && span.is_finite()) {
            return Err(Error::NonFinite);
        }
        if span > 0.0 { Ok(Self { limit, span }) } else { Err(Error::ParameterOutOfRange) }
    }

    /// The factor at `x`, in `[0, 1]`.
    ///
    /// # Errors
    /// [`Error::NonFinite`].
    pub fn factor(self, x: f32) -> Result<f32, Error> {
        if !x.is_finite() {
            return Err(Error::NonFinite);
        }
        Ok(if x > self.limit { (1.0 - (x - self.limit) / self.span).max(0.0) } else { 1.0 })
    }
}

/// CaRL's comfort limits, least and greatest: longitudinal jerk and the magnitude of the jerk, m/s^3; longitudinal and
/// lateral acceleration, m/s^2; yaw rate, rad/s; yaw acceleration, rad/s^2.
pub const COMFORT_LIMITS: [[f32; 2]; 6] =
    [[-4.13, 4.13], [-8.37, 8.37], [-4.05, 2.40], [-4.89, 4.89], [-0.95, 0.95], [-1.93, 1.93]];

/// `N` limits that share one factor, `1 - weight k / N` while `k` of them are violated or were so within the last `TICKS`
/// steps (CaRL, comfort: six limits, weight 0.5, 500 ticks).
///
/// Memory: `10 N` bytes and 4, of which `2 N` change, rounded up to a multiple of 4.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ComfortPenalty<const N: usize, const TICKS: u16> {
    limits: [[f32; 2]; N],
    weight: f32,
    violated: [StickyPenalty<TICKS>; N],
}

const _: () = assert!(size_of::<ComfortPenalty<6, 500>>() == 10 * 6 + 4);

impl<const N: usize, const TICKS: u16> ComfortPenalty<N, TICKS> {
    /// Within the limits so far.
    ///
    /// # Errors
    /// [`Error::EmptyRange`] without a limit; [`Error::ParameterOutOfRange`] unless each least is at most its greatest and
    /// the weight is in `[0, 1]`.
    pub fn new(limits: [[f32; 2]; N], weight: f32) -> Result<Self, Error> {
        if N == 0 {
            return Err(Error::EmptyRange);
        }
        let fits = limits.iter().all(|[least, greatest]| least <= greatest) && (0.0..=1.0).contains(&weight);
        if !fits {
            return Err(Error::ParameterOutOfRange);
        }
        Ok(Self { limits, weight, violated: [StickyPenalty::EMPTY; N] })
    }

    /// Starts a new episode within the limits.
    pub fn start(&mut self) {
        self.violated = [StickyPenalty::EMPTY; N];
    }

    /// The factor after a step with these measurements, one a limit.
    ///
    /// # Errors
    /// [`Error::NonFinite`]; nothing has changed then.
    pub fn step(&mut self, measured: &[f32; N]) -> Result<f32, Error> {
        if !all_finite(measured) {
            return Err(Error::NonFinite);
        }
        let mut count = 0u16;
        for ((penalty, [least, greatest]), x) in self.violated.iter_mut().zip(&self.limits).zip(measured) {
            count += u16::from(penalty.step(x < least || x > greatest));
        }
        Ok(1.0 - self.weight * (f32::from(count) / N as f32))
    }
}

// For each limit for how many more steps it counts as violated, `u16`.
persist_fields!([const N: usize, const TICKS: u16] ComfortPenalty<N, TICKS> { violated });

/// `"comfort-penalty"`: limits, ticks.
impl<const N: usize, const TICKS: u16> Identify for ComfortPenalty<N, TICKS> {
    fn identity(&self) -> Identity {
        Identity::new("comfort-penalty", Identity::PLAIN, [N, usize::from(TICKS), 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Persist;

    #[test]
    fn comfort_counts_what_is_violated_or_was_so_lately() {
        let mut comfort = ComfortPenalty::<6, 2>::new(COMFORT_LIMITS, 0.5).unwrap();
        assert_eq!(comfort.step(&[0.0; 6]), Ok(1.0));
        assert_eq!(comfort.step(&[5.0, -9.0, 2.5, 0.0, 0.0, 0.0]), Ok(0.75));
        assert_eq!(comfort.step(&[0.0, 0.0, -4.0, 0.0, 0.0, 2.0]), Ok(1.0 - 0.5 * (4.0 / 6.0)));
        assert_eq!(comfort.step(&[0.0; 6]), Ok(1.0 - 0.5 * (1.0 / 6.0)));
        let digest = comfort.digest();
        assert_eq!(comfort.step(&[0.0, 9.0, f32::NAN, 0.0, 0.0, 0.0]), Err(Error::NonFinite));
        assert_eq!(comfort.digest(), digest);
        comfort.start();
        assert_eq!(comfort.step(&[0.0; 6]), Ok(1.0));
    }

    #[test]
    fn bad_numbers_are_refused() {
        assert_eq!(LinearExcess::new(f32::NAN, 1.0), Err(Error::NonFinite));
        assert_eq!(LinearExcess::new(1.0, 0.0), Err(Error::ParameterOutOfRange));
        assert_eq!(LinearExcess::new(1.0, 1.0).unwrap().factor(f32::INFINITY), Err(Error::NonFinite));
        assert_eq!(ComfortPenalty::<0, 1>::new([], 0.5).err(), Some(Error::EmptyRange));
        for (limits, weight) in [([[1.0, 0.0]], 0.5), ([[0.0, f32::NAN]], 0.5), ([[0.0, 1.0]], 1.5)] {
            assert_eq!(ComfortPenalty::<1, 1>::new(limits, weight).err(), Some(Error::ParameterOutOfRange));
        }
    }
}
