//! What a run has reported so far.

/// When a line holds so many points, every second one goes.
const CAPACITY: usize = 4096;

/// One line a contender and metric, each a list of (steps, value).
#[derive(Clone, Debug, Default)]
pub struct Series {
    metrics: usize,
    lines: Vec<Vec<(f64, f64)>>,
}

impl Series {
    /// Room for so many contenders and metrics, empty.
    pub fn new(contenders: usize, metrics: usize) -> Self {
        Self { metrics, lines: vec![Vec::new(); contenders * metrics] }
    }

    /// Takes a sample in; a second one of the same step replaces the first, and one of an earlier step is known already.
    pub fn push(&mut self, contender: usize, t: f64, values: &[f64]) {
        for (metric, value) in values.iter().enumerate().take(self.metrics) {
            let Some(line) = self.lines.get_mut(contender * self.metrics + metric) else { return };
            match line.last_mut() {
                Some(last) if last.0 > t => {}
                Some(last) if last.0 == t => *last = (t, *value),
                _ => line.push((t, *value)),
            }
            if line.len() >= CAPACITY {
                let mut keep = false;
                line.retain(|_| {
                    keep = !keep;
                    keep
                });
            }
        }
    }

    /// One line.
    pub fn line(&self, contender: usize, metric: usize) -> &[(f64, f64)] {
        self.lines.get(contender * self.metrics + metric).map_or(&[], Vec::as_slice)
    }

    /// The steps of which there are samples.
    pub fn steps(&self) -> Vec<f64> {
        self.lines.iter().find(|line| !line.is_empty()).into_iter().flatten().map(|point| point.0).collect()
    }

    /// The last step of which there are samples.
    pub fn last(&self) -> Option<f64> {
        self.lines.iter().find_map(|line| Some(line.last()?.0))
    }

    /// What a line is exactly after step `t`; NaN where it has no such sample.
    pub fn sample(&self, contender: usize, metric: usize, t: f64) -> f64 {
        let line = self.line(contender, metric);
        line.binary_search_by(|point| point.0.total_cmp(&t)).map_or(f64::NAN, |place| line[place].1)
    }

    /// The last point of a line that has a value, up to step `t`.
    pub fn at(&self, contender: usize, metric: usize, t: f64) -> Option<(f64, f64)> {
        let line = self.line(contender, metric);
        let count = line.partition_point(|p| p.0 <= t);
        line[..count].iter().rev().find(|p| !p.1.is_nan()).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(values: impl IntoIterator<Item = f64>) -> Series {
        let mut series = Series::new(1, 1);
        for (t, value) in values.into_iter().enumerate() {
            series.push(0, t as f64 + 1.0, &[value]);
        }
        series
    }

    #[test]
    fn samples_are_kept_and_thinned() {
        let series = series((0..10_000).map(f64::from));
        assert!(series.line(0, 0).len() < CAPACITY);
        assert_eq!(series.line(0, 0).last(), Some(&(10_000.0, 9999.0)));
    }

    #[test]
    fn a_reading_is_the_last_value_so_far() {
        let mut series = series([5.0, f64::NAN]);
        assert_eq!(series.at(0, 0, 2.0), Some((1.0, 5.0)));
        assert_eq!(series.at(0, 0, 0.5), None);
        series.push(0, 2.0, &[7.0]);
        series.push(0, 1.0, &[9.0]);
        assert_eq!(series.line(0, 0), [(1.0, 5.0), (2.0, 7.0)]);
        assert_eq!((series.steps(), series.sample(0, 0, 2.0)), (vec![1.0, 2.0], 7.0));
        assert!(series.sample(0, 0, 1.5).is_nan());
    }
}
