//! What a sweep leaves.

use super::Summary;

/// Percentiles and means over the seeds, of every metric at the end of every bucket.
#[derive(Clone, Debug, PartialEq)]
pub struct Curves {
    pub(super) ends: Vec<u32>,
    pub(super) metrics: usize,
    pub(super) summary: Summary,
}

impl Curves {
    /// The steps that the buckets end with, counted from 1.
    pub fn steps(&self) -> &[u32] {
        &self.ends
    }

    /// Number of metrics.
    pub const fn metrics(&self) -> usize {
        self.metrics
    }

    /// The `index`-th of the percentiles that were asked for.
    pub fn quantile(&self, bucket: usize, metric: usize, index: usize) -> Option<f32> {
        self.summary.quantile(self.row(bucket, metric)?, index)
    }

    /// The mean over the seeds.
    pub fn mean(&self, bucket: usize, metric: usize) -> Option<f32> {
        self.summary.mean(self.row(bucket, metric)?)
    }

    fn row(&self, bucket: usize, metric: usize) -> Option<usize> {
        (metric < self.metrics).then_some(bucket * self.metrics + metric)
    }
}
