//! A curve that grows without end in bounded memory.

/// How many points are kept at most.
const MOST: usize = 4096;

/// The points of one metric of one contender: every one while they are few, then every second, every fourth and so on, and
/// always the last.
#[derive(Clone, Debug)]
pub struct Curve {
    points: Vec<(f64, f64)>,
    /// One of so many points is kept.
    stride: usize,
    /// Points since one was kept.
    since: usize,
}

impl Default for Curve {
    fn default() -> Self {
        Self { points: Vec::new(), stride: 1, since: 0 }
    }
}

impl Curve {
    /// Adds a point behind the others.
    pub fn add(&mut self, point: (f64, f64)) {
        // The last point is there in any case, and is replaced where it is not to be kept.
        if self.since > 0 {
            self.points.pop();
        }
        self.points.push(point);
        self.since = (self.since + 1) % self.stride;
        if self.points.len() > MOST && self.since == 0 {
            let mut index = 0;
            self.points.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.stride *= 2;
        }
    }

    /// The points, in the order in which they came.
    pub fn points(&self) -> &[(f64, f64)] {
        &self.points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_and_the_ends_are_kept() {
        let mut curve = Curve::default();
        for step in 1..=100_000 {
            curve.add((f64::from(step), 0.5));
            let points = curve.points();
            assert!(points.len() <= MOST + 1);
            assert_eq!((points[0].0, points[points.len() - 1].0), (1.0, f64::from(step)));
        }
        let points = curve.points();
        assert!(points.is_sorted_by(|a, b| a.0 < b.0) && points.len() > MOST / 2);
        // Evenly spread, but for the last.
        let gaps: Vec<_> = points.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
        assert!(gaps[..gaps.len() - 1].iter().all(|gap| *gap == gaps[0]), "{gaps:?}");
    }
}
