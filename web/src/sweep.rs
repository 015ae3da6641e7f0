//! One run over many seeds: mean and band of every metric, and the digest of all.

use habit::lab::fold_digests;
use habit::math::percentile;

/// A band leaves out this share of the seeds, in percent, on either side.
pub const TAIL: u8 = 10;
/// At most so many samples a contender are kept of each seed.
const SAMPLES: u32 = 150;
/// At most so many seeds.
pub const MOST: u32 = 1000;

/// What the seeds of a sweep have come to so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sweep {
    first: u32,
    steps: Vec<u32>,
    contenders: usize,
    metrics: usize,
    seeds: Vec<Option<(u64, Vec<f32>)>>,
}

/// One metric of one contender after `t` steps, over the seeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// Finished steps.
    pub t: f64,
    /// The mean over the seeds that have a value.
    pub mean: f64,
    /// The lower percentile.
    pub low: f64,
    /// The upper percentile.
    pub high: f64,
}

/// How many steps lie between two samples of a run of so many.
pub fn every(steps: u32) -> u32 {
    steps.div_ceil(SAMPLES).max(1)
}

impl Sweep {
    /// Of `seeds` seeds from `first` on, none of them there yet.
    pub fn new(first: u32, seeds: u32, steps: u32, contenders: usize, metrics: usize) -> Self {
        let every = every(steps);
        let mut at: Vec<u32> = (1..=steps / every).map(|i| i * every).collect();
        if !steps.is_multiple_of(every) {
            at.push(steps);
        }
        Self { first, steps: at, contenders, metrics, seeds: vec![None; seeds as usize] }
    }

    /// Takes in what a seed came to; false where that does not fit.
    pub fn add(&mut self, seed: u32, digest: u64, numbers: Vec<f32>) -> bool {
        let fits = numbers.len() == self.steps.len() * self.contenders * self.metrics;
        match seed.checked_sub(self.first).and_then(|index| self.seeds.get_mut(index as usize)) {
            Some(place) if fits => *place = Some((digest, numbers)),
            _ => return false,
        }
        true
    }

    /// How many seeds are there.
    pub fn done(&self) -> usize {
        self.seeds.iter().flatten().count()
    }

    /// The first seed, and how many there are to be.
    pub fn seeds(&self) -> (u32, usize) {
        (self.first, self.seeds.len())
    }

    /// The digest of all seeds, once all are there: the one that `habit run --seeds` prints.
    pub fn digest(&self) -> Option<String> {
        let digests: Option<Vec<u64>> =
            self.seeds.iter().map(|seed| seed.as_ref().map(|(digest, _)| *digest)).collect();
        digests.filter(|digests| !digests.is_empty()).map(|all| format!("{:016x}", fold_digests(all)))
    }

    /// A metric of a contender, sample by sample. Cost: the numbers of all seeds sorted at each sample.
    pub fn band(&self, contender: usize, metric: usize) -> Vec<Band> {
        let place = |sample: usize| (sample * self.contenders + contender) * self.metrics + metric;
        let at = |(sample, t): (usize, &u32)| {
            let values = self.seeds.iter().flatten().filter_map(|(_, numbers)| numbers.get(place(sample)).copied());
            let mut values: Vec<f32> = values.filter(|value| value.is_finite()).collect();
            values.sort_unstable_by(f32::total_cmp);
            let mean = values.iter().copied().map(f64::from).sum::<f64>() / values.len() as f64;
            let end = |percent: u8| percentile(&values, f32::from(percent)).map_or(f64::NAN, f64::from);
            Band { t: f64::from(*t), mean, low: end(TAIL), high: end(100 - TAIL) }
        };
        self.steps.iter().enumerate().map(at).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_is_a_mean_between_two_percentiles() {
        let mut sweep = Sweep::new(5, 11, 301, 1, 1);
        assert_eq!(sweep.steps.len(), 101);
        for seed in 0..11u32 {
            assert_eq!(sweep.digest(), None);
            let numbers = (0..101).map(|t| if t == 0 { f32::NAN } else { (seed * t) as f32 }).collect();
            assert!(sweep.add(5 + seed, u64::from(seed), numbers));
        }
        let band = sweep.band(0, 0);
        assert!(band[0].mean.is_nan() && band[0].low.is_nan());
        assert_eq!(band[1], Band { t: 6.0, mean: 5.0, low: 1.0, high: 9.0 });
        assert_eq!(band[100].t, 301.0);
        assert_eq!(sweep.digest(), Some(format!("{:016x}", fold_digests(0..11))));
    }

    #[test]
    fn what_does_not_fit_is_left_out() {
        let mut sweep = Sweep::new(1, 2, 3, 1, 1);
        assert!(!sweep.add(0, 0, vec![0.0; 3]) && !sweep.add(3, 0, vec![0.0; 3]) && !sweep.add(1, 0, vec![0.0; 2]));
        assert_eq!((sweep.done(), sweep.seeds(), sweep.digest()), (0, (1, 2), None));
        assert_eq!(every(500), 4);
    }
}
