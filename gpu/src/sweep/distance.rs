//! Whether two samples have one distribution.

/// The two-sample statistic of Kolmogorov and Smirnov: the greatest distance of the distribution functions, and what it
/// exceeds once in 1000 times where both samples have the same distribution (Smirnov 1948). Numbers within the house's
/// tolerance of each other count as equal: a value that many seeds share would else be far from itself when rounded otherwise.
///
/// ```
/// use habit_gpu::sweep::kolmogorov_smirnov;
/// let (near, bound) = kolmogorov_smirnov(&[1.0; 1000], &[1.0 + 1e-6; 1000]);
/// assert!(near <= bound);
/// let (far, bound) = kolmogorov_smirnov(&[1.0; 1000], &[1.1; 1000]);
/// assert!(far > bound);
/// ```
pub fn kolmogorov_smirnov(a: &[f32], b: &[f32]) -> (f64, f64) {
    let sorted = |sample: &[f32]| {
        let mut sample = sample.to_vec();
        sample.sort_by(f32::total_cmp);
        sample
    };
    let (a, b) = (sorted(a), sorted(b));
    let below = |sample: &[f32], x: f32| sample.partition_point(|&y| y <= x) as f64 / sample.len() as f64;
    let ahead = |a: &[f32], b: &[f32], x: f32| below(a, x) - below(b, x + 1e-5 * x.abs() + 1e-6);
    let distance = a.iter().chain(&b).map(|&x| ahead(&a, &b, x).max(ahead(&b, &a, x))).fold(0.0, f64::max);
    let (n, m) = (a.len() as f64, b.len() as f64);
    (distance, 1.9495 * ((n + m) / (n * m)).sqrt())
}
