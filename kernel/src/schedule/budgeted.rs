//! Step sizes for a number of updates that is fixed beforehand.

use super::Schedule;
use super::shape::Shape;
use crate::error::Error;
use crate::state::{Identify, Identity, persist_fields};

/// The step size at update `t` of a budget of `T` updates: `least + (greatest - least) share(t, T)`, the share by the
/// [`Shape`]; from update `T` on as at `T`. With a warm-up of `w` updates the first of them get `least + (greatest - least)
/// (t + 1) / w`, and the shape has the rest, `share(t - w, T - w)`.
///
/// Memory: the shape and 16 bytes.
///
/// ```
/// use habit::schedule::shape::Uba;
/// use habit::schedule::{Budgeted, Schedule};
/// let schedule = Budgeted::new(Uba::new(3.0)?, 60, 0.4, 0.01)?.with_warm_up(10)?;
/// assert!((schedule.at(0) - 0.049).abs() < 1e-6);
/// assert_eq!((schedule.at(9), schedule.at(60)), (0.4, 0.01));
/// assert!((schedule.at(35) - 0.166).abs() < 1e-6);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budgeted<R> {
    shape: R,
    budget: u32,
    warm_up: u32,
    greatest: f32,
    least: f32,
}

impl<R: Shape> Budgeted<R> {
    /// For `budget` updates, from `greatest` on, never below `least`, without a warm-up.
    ///
    /// # Errors
    /// [`Error::StepsOutOfRange`] for a budget of 0; [`Error::ParameterOutOfRange`] unless `0 <= least <= greatest`, both
    /// finite.
    pub const fn new(shape: R, budget: u32, greatest: f32, least: f32) -> Result<Self, Error>
    where
        R: Copy,
    {
        if budget == 0 {
            return Err(Error::StepsOutOfRange);
        }
        if !(least >= 0.0 && least <= greatest && greatest.is_finite()) {
            return Err(Error::ParameterOutOfRange);
        }
        Ok(Self { shape, budget, warm_up: 0, greatest, least })
    }

    /// The same with a warm-up of so many updates out of the budget.
    ///
    /// # Errors
    /// [`Error::StepsOutOfRange`] unless it is shorter than the budget.
    pub const fn with_warm_up(self, updates: u32) -> Result<Self, Error>
    where
        R: Copy,
    {
        if updates >= self.budget {
            return Err(Error::StepsOutOfRange);
        }
        Ok(Self { warm_up: updates, ..self })
    }

    /// The shape.
    pub const fn shape(&self) -> &R {
        &self.shape
    }

    /// The number of updates.
    pub const fn budget(&self) -> u32 {
        self.budget
    }

    /// More updates. At the same time of the longer budget the step size is greater, so it may rise, once.
    ///
    /// # Errors
    /// [`Error::StepsOutOfRange`] for fewer than there were; the budget is unchanged then.
    pub const fn extend(&mut self, budget: u32) -> Result<(), Error> {
        if budget < self.budget {
            return Err(Error::StepsOutOfRange);
        }
        self.budget = budget;
        Ok(())
    }
}

impl<R: Shape> Schedule for Budgeted<R> {
    #[inline]
    fn at(&self, t: u32) -> f32 {
        let range = self.greatest - self.least;
        let share = if t < self.warm_up {
            (t + 1) as f32 / self.warm_up as f32
        } else {
            self.shape.share(t.min(self.budget) - self.warm_up, self.budget - self.warm_up)
        };
        self.least + range * share
    }
}

/// The step sizes of a budget, one after the other; none when it is spent. More budget brings more of them.
///
/// Memory: the schedule and 4 bytes.
///
/// ```
/// use habit::schedule::shape::Falling;
/// use habit::schedule::{Budgeted, StepSizes};
/// let mut steps = StepSizes::new(Budgeted::new(Falling, 2, 1.0, 0.0)?);
/// assert_eq!([steps.next(), steps.next(), steps.next()], [Some(1.0), Some(0.5), None]);
/// steps.extend(4)?;
/// assert_eq!([steps.next(), steps.next(), steps.next()], [Some(0.5), Some(0.25), None]);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepSizes<R> {
    schedule: Budgeted<R>,
    spent: u32,
}

impl<R: Shape> StepSizes<R> {
    /// Nothing is spent.
    pub const fn new(schedule: Budgeted<R>) -> Self {
        Self { schedule, spent: 0 }
    }

    /// The schedule.
    pub const fn schedule(&self) -> &Budgeted<R> {
        &self.schedule
    }

    /// How many updates are left.
    pub const fn left(&self) -> u32 {
        self.schedule.budget.saturating_sub(self.spent)
    }

    /// As [`Budgeted::extend`].
    ///
    /// # Errors
    /// As there.
    pub const fn extend(&mut self, budget: u32) -> Result<(), Error> {
        self.schedule.extend(budget)
    }
}

impl<R: Shape> Iterator for StepSizes<R> {
    type Item = f32;

    #[inline]
    fn next(&mut self) -> Option<f32> {
        if self.left() == 0 {
            return None;
        }
        let step_size = self.schedule.at(self.spent);
        self.spent += 1;
        Some(step_size)
    }
}

// How many updates are spent.
persist_fields!([R] StepSizes<R> { spent });

/// `"step-sizes"`.
impl<R> Identify for StepSizes<R> {
    fn identity(&self) -> Identity {
        Identity::new("step-sizes", Identity::PLAIN, [0, 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::shape::{Cosine, Falling, Flat, InverseRoot, OneCycle, Rex, Steps, ToOnePercent, Uba};
    use std::vec::Vec;

    // The numbers of the documentation.
    const _: () = assert!(size_of::<Budgeted<Uba>>() == 20 && size_of::<StepSizes<Uba>>() == 24);

    fn close(found: f32, expected: f32) -> bool {
        (found - expected).abs() <= 2e-6 * expected.abs().max(1e-3)
    }

    fn uba(phi: f32) -> Uba {
        Uba::new(phi).unwrap()
    }

    #[test]
    fn the_worked_example_comes_out() {
        for (t, share) in
            [(0, 1.0), (25, 0.699_823), (50, 0.285_714), (75, 0.064_221_7), (99, 0.000_098_703), (100, 0.0)]
        {
            assert!(close(uba(5.0).share(t, 100), share), "{t}: {}", uba(5.0).share(t, 100));
        }
        assert_eq!(Uba::DEFAULT, uba(5.0));
        let schedule = Budgeted::new(uba(3.0), 60, 0.4, 0.01).unwrap().with_warm_up(10).unwrap();
        for (t, step_size) in [(0, 0.049), (9, 0.4), (10, 0.4), (35, 0.166), (60, 0.01), (u32::MAX, 0.01)] {
            assert!(close(schedule.at(t), step_size), "{t}: {}", schedule.at(t));
        }
    }

    #[test]
    fn uba_falls_from_one_to_nothing_and_the_faster_the_greater_phi() {
        for budget in [1, 2, 7, 100, 4001] {
            for (index, phi) in Uba::GRID.into_iter().enumerate() {
                let shares: Vec<_> = (0..=budget).map(|t| uba(phi).share(t, budget)).collect();
                assert!((shares[0] - 1.0).abs() < 1e-7 && shares[budget as usize] == 0.0, "{budget} {phi}");
                assert!(shares.windows(2).all(|pair| pair[1] <= pair[0]), "{budget} {phi}");
                if budget <= 100 {
                    assert!(shares.windows(2).all(|pair| pair[1] < pair[0]), "{budget} {phi}");
                }
                for t in 1..budget {
                    if let Some(&greater) = Uba::GRID.get(index + 1) {
                        assert!(uba(greater).share(t, budget) <= shares[t as usize]);
                    }
                    // 2 c / (2 phi + (2 - phi) c) in twice the precision.
                    let c = 1.0 + (core::f64::consts::PI * f64::from(t) / f64::from(budget)).cos();
                    let exact = 2.0 * c / (2.0 * f64::from(phi) + (2.0 - f64::from(phi)) * c);
                    assert!((f64::from(shares[t as usize]) - exact).abs() < 1e-6);
                }
                if budget % 2 == 0 {
                    assert!(close(shares[budget as usize / 2], 2.0 / (2.0 + phi)));
                }
            }
            assert!((0..=budget).all(|t| (uba(2.0).share(t, budget) - Cosine.share(t, budget)).abs() < 2e-7));
        }
        // Nearly nothing for phi: constant until the last update.
        assert!(uba(1e-6).share(99, 100) > 0.99);
    }

    #[test]
    fn the_siblings_by_hand() {
        let of = |shape: &dyn Shape| [0, 30, 50, 75, 100].map(|t| shape.share(t, 100));
        let one_percent = ToOnePercent::<crate::math::Libm>::new();
        let expected: [(&dyn Shape, [f32; 5]); 8] = [
            (&Flat, [1.0; 5]),
            (&Steps, [1.0, 1.0, 0.1, 0.01, 0.01]),
            (&Falling, [1.0, 0.7, 0.5, 0.25, 0.0]),
            (&one_percent, [1.0, 0.251_188_64, 0.1, 0.031_622_78, 0.01]),
            (&Cosine, [1.0, 0.793_892_6, 0.5, 0.146_446_61, 0.0]),
            (&Rex, [1.0, 0.823_529_4, 0.666_666_7, 0.4, 0.0]),
            (&InverseRoot, [1.0, 0.179_605_3, 0.140_028, 0.114_707_87, 0.099_503_72]),
            (&OneCycle, [0.04, 1.0, 0.811_744_9, 0.283_058_1, 0.0]),
        ];
        for (index, (shape, shares)) in expected.into_iter().enumerate() {
            for (found, expected) in of(shape).into_iter().zip(shares) {
                assert!((found - expected).abs() < 2e-6, "{index}: {found} {expected}");
            }
        }
        assert_eq!(OneCycle.share(15, 100), 0.04 + 0.96 * 0.15 / 0.3);
    }

    #[test]
    fn more_budget_on_the_way_brings_more_step_sizes() {
        let mut steps = StepSizes::new(Budgeted::new(uba(5.0), 10, 1.0, 0.1).unwrap().with_warm_up(2).unwrap());
        let first: Vec<_> = steps.by_ref().collect();
        assert_eq!((first.len(), first[..3].to_vec(), steps.left()), (10, std::vec![0.55, 1.0, 1.0], 0));
        assert_eq!(steps.extend(9), Err(Error::StepsOutOfRange));
        assert_eq!((steps.next(), steps.schedule().budget()), (None, 10));
        steps.extend(20).unwrap();
        let second: Vec<_> = steps.by_ref().collect();
        // It rises once and falls from there on.
        assert!(second.len() == 10 && second[0] > first[9] && second.windows(2).all(|pair| pair[1] < pair[0]));
        assert_eq!(second[0], steps.schedule().at(10));
    }

    #[test]
    fn bad_numbers_are_refused() {
        for phi in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            assert_eq!(Uba::new(phi), Err(Error::ParameterOutOfRange));
        }
        let new = |budget, greatest, least| Budgeted::new(Flat, budget, greatest, least).err();
        assert_eq!(new(0, 1.0, 0.0), Some(Error::StepsOutOfRange));
        for (greatest, least) in [(0.1, 0.2), (1.0, -0.1), (f32::INFINITY, 0.0), (1.0, f32::NAN), (f32::NAN, 0.0)] {
            assert_eq!(new(5, greatest, least), Some(Error::ParameterOutOfRange));
        }
        let schedule = Budgeted::new(Flat, 5, 1.0, 0.0).unwrap();
        assert_eq!(schedule.with_warm_up(5), Err(Error::StepsOutOfRange));
        assert!(schedule.with_warm_up(0).is_ok());
    }
}
