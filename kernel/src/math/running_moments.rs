//! Mean and variance of a stream.

/// Welford's running mean and variance, in `f64`: for summaries on a host or a page, not for a learner's state.
///
/// ```
/// use habit::math::RunningMoments;
/// let mut moments = RunningMoments::EMPTY;
/// for x in [1.0, 2.0, 3.0, 4.0] {
///     moments.add(x);
/// }
/// assert_eq!(moments.mean(), Some(2.5));
/// assert_eq!(moments.variance(), Some(5.0 / 3.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RunningMoments {
    count: u32,
    mean: f64,
    squares: f64,
}

impl RunningMoments {
    /// Of nothing.
    pub const EMPTY: Self = Self { count: 0, mean: 0.0, squares: 0.0 };

    /// Takes in one number.
    pub fn add(&mut self, x: f64) {
        self.count += 1;
        let deviation = x - self.mean;
        self.mean += deviation / f64::from(self.count);
        self.squares += deviation * (x - self.mean);
    }

    /// How many numbers were taken in.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// The mean; `None` of nothing.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then_some(self.mean)
    }

    /// The sample variance (divided by `n - 1`); `None` of fewer than two numbers.
    pub fn variance(&self) -> Option<f64> {
        (self.count > 1).then(|| self.squares / f64::from(self.count - 1))
    }

    /// The standard error of the mean; `None` of fewer than two numbers.
    pub fn standard_error(&self) -> Option<f64> {
        self.variance().map(|variance| libm::sqrt(variance / f64::from(self.count)))
    }
}
