//! A bonus for what was seldom seen.

use super::potential::finite;
use crate::error::Error;
use crate::interact::{Outcome, Transition};
use crate::linalg::StorageMut;
use crate::math::{Libm, Math};
use crate::reward::RewardShaping;
use crate::state::{Identify, Identity, Persist, Reader, Write};
use core::marker::PhantomData;

/// Which visits of a state are counted, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visits {
    /// Arrivals, the present one included: the count is at least 1.
    Arrivals,
    /// Departures: a state never left counts 0, and a terminal one, which has nothing to explore beyond it, brings no bonus.
    Departures,
}

/// How a bonus falls with the count.
pub trait CountRule {
    /// The name in a checkpoint.
    const NAME: &'static str;

    /// What it counts.
    const VISITS: Visits;

    /// The bonus after so many visits.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] for 0 visits where the present one is counted.
    fn bonus(&self, visits: u32) -> Result<f32, Error>;
}

/// Whether a number can be a factor of a bonus.
const fn is_scale(number: f32) -> bool {
    number > 0.0 && number.is_finite()
}

/// `beta / sqrt(n)`, `n` the arrivals (Bellemare et al. 2016). 4 bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InverseRoot(f32);

impl InverseRoot {
    /// With `beta = 1`.
    pub const UNIT: Self = Self(1.0);

    /// With `beta`.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless it is positive and finite.
    pub const fn new(beta: f32) -> Result<Self, Error> {
        if is_scale(beta) { Ok(Self(beta)) } else { Err(Error::ParameterOutOfRange) }
    }
}

impl CountRule for InverseRoot {
    const NAME: &'static str = "inverse-root";
    const VISITS: Visits = Visits::Arrivals;

    #[inline]
    fn bonus(&self, visits: u32) -> Result<f32, Error> {
        if visits == 0 { Err(Error::ParameterOutOfRange) } else { Ok(self.0 / libm::sqrtf(visits as f32)) }
    }
}

/// `beta / n^p`, `n` the arrivals. 8 bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InversePower<M = Libm> {
    beta: f32,
    power: f32,
    math: PhantomData<M>,
}

impl<M: Math> InversePower<M> {
    /// With `beta` and `p`.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless both are positive and finite.
    pub const fn new(beta: f32, power: f32) -> Result<Self, Error> {
        if !(is_scale(beta) && is_scale(power)) {
            return Err(Error::ParameterOutOfRange);
        }
        Ok(Self { beta, power, math: PhantomData })
    }
}

impl<M: Math> CountRule for InversePower<M> {
    const NAME: &'static str = "inverse-power";
    const VISITS: Visits = Visits::Arrivals;

    #[inline]
    fn bonus(&self, visits: u32) -> Result<f32, Error> {
        if visits == 0 { Err(Error::ParameterOutOfRange) } else { Ok(self.beta / M::powf(visits as f32, self.power)) }
    }
}

/// `lambda / sqrt((lambda / most)^2 + n)`, `n` the departures: `most` at a state that was never left (Devidze, Kamalaruban,
/// Singla 2022, ExploRS). 8 bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoundedRoot {
    lambda: f32,
    /// `(lambda / most)^2`
    start: f32,
}

impl BoundedRoot {
    /// With `lambda = 1`, which is also the greatest bonus: as published.
    pub const UNIT: Self = Self { lambda: 1.0, start: 1.0 };

    /// With `lambda` and the greatest bonus.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless both are positive and finite, and `(lambda / most)^2` too.
    pub const fn new(lambda: f32, most: f32) -> Result<Self, Error> {
        let start = (lambda / most) * (lambda / most);
        if !(is_scale(lambda) && is_scale(most) && is_scale(start)) {
            return Err(Error::ParameterOutOfRange);
        }
        Ok(Self { lambda, start })
    }
}

impl CountRule for BoundedRoot {
    const NAME: &'static str = "bounded-root";
    const VISITS: Visits = Visits::Departures;

    #[inline]
    fn bonus(&self, visits: u32) -> Result<f32, Error> {
        Ok(self.lambda / libm::sqrtf(self.start + visits as f32))
    }
}

/// Adds a bonus for the next state that falls with the number of its visits, by the rule. The counts stay from episode to
/// episode and stop at 65 535. A bonus falls but never ends, and delays the goal for as long as it is worth a detour.
///
/// Memory: 2 bytes a state, an array or the caller's slice, and the rule's.
///
/// ```
/// use habit::interact::{Outcome, Transition};
/// use habit::reward::RewardShaping;
/// use habit::reward::shaping::{CountBonus, InverseRoot};
/// let mut bonus = CountBonus::new(InverseRoot::new(0.5)?, [0u16; 3]);
/// let step = Transition { state: 0, action: 0, reward: 1.0, next_state: 2, outcome: Outcome::Continue };
/// let rewards = [1, 2, 3, 4].map(|_| bonus.apply(&step, 0.9));
/// assert_eq!((rewards[0], rewards[3]), (Ok(1.5), Ok(1.25)));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CountBonus<R, N> {
    rule: R,
    counts: N,
}

impl<R: CountRule, N: StorageMut<u16>> CountBonus<R, N> {
    /// With counts as they are.
    pub const fn new(rule: R, counts: N) -> Self {
        Self { rule, counts }
    }

    /// Changes the rule and forgets all visits.
    pub fn start(&mut self, rule: R) {
        self.rule = rule;
        self.counts.values_mut().fill(0);
    }

    /// The visits of every state.
    pub fn counts(&self) -> &[u16] {
        self.counts.values()
    }

    /// The state whose visit a transition is.
    fn visited<A>(transition: &Transition<usize, A>) -> usize {
        match R::VISITS {
            Visits::Arrivals => transition.next_state,
            Visits::Departures => transition.state,
        }
    }
}

impl<A, R: CountRule, N: StorageMut<u16>> RewardShaping<usize, A> for CountBonus<R, N> {
    const PRESERVES_OPTIMUM: bool = false;

    /// # Errors
    /// [`Error::StateOutOfRange`].
    #[inline]
    fn shape(&self, transition: &Transition<usize, A>, reward: f32, _discount: f32) -> Result<f32, Error> {
        let counts = self.counts.values();
        counts.get(transition.state).ok_or(Error::StateOutOfRange)?;
        let count = u32::from(*counts.get(transition.next_state).ok_or(Error::StateOutOfRange)?);
        let bonus = match R::VISITS {
            Visits::Arrivals => self.rule.bonus((count + 1).min(u32::from(u16::MAX)))?,
            Visits::Departures if transition.outcome == Outcome::Terminated => 0.0,
            Visits::Departures => self.rule.bonus(count)?,
        };
        finite(reward + bonus)
    }

    #[inline]
    fn note(&mut self, transition: &Transition<usize, A>, _reward: f32, _discount: f32) {
        if let Some(count) = self.counts.values_mut().get_mut(Self::visited(transition)) {
            *count = count.saturating_add(1);
        }
    }
}

/// The counts, `u16` each.
impl<R: CountRule, N: StorageMut<u16>> Persist for CountBonus<R, N> {
    fn write(&self, out: &mut impl Write) {
        self.counts.values().write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.counts.values().check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.counts.values_mut().read(from)
    }
}

/// `"count-bonus"` around the rule's name: states.
impl<R: CountRule, N: StorageMut<u16>> Identify for CountBonus<R, N> {
    fn identity(&self) -> Identity {
        let rule = Identity::new(R::NAME, Identity::PLAIN, [self.counts.values().len(), 0, 0]);
        Identity::around("count-bonus", rule)
    }
}
