//! Fewer points, same picture.

/// Keeps, of each of `columns` equal stretches of x, the first, lowest, highest and last point. What a line through the
/// points covers on a screen of that many columns stays the same.
pub fn decimate(points: &[(f64, f64)], columns: usize) -> Vec<(f64, f64)> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Vec::new() };
    if points.len() <= 4 * columns || last.0 <= first.0 {
        return points.to_vec();
    }
    let column = |x: f64| (((x - first.0) / (last.0 - first.0)) * columns as f64) as usize;
    let mut kept = Vec::with_capacity(4 * columns);
    let mut start = 0;
    while start < points.len() {
        let here = column(points[start].0);
        let length = points[start..].iter().take_while(|p| column(p.0) == here).count();
        let chunk = &points[start..start + length];
        let by_value = |a: &usize, b: &usize| chunk[*a].1.total_cmp(&chunk[*b].1);
        let mut indices =
            [0, (0..length).min_by(by_value).unwrap_or(0), (0..length).max_by(by_value).unwrap_or(0), length - 1];
        indices.sort_unstable();
        for (i, index) in indices.iter().enumerate() {
            if i == 0 || indices[i - 1] != *index {
                kept.push(chunk[*index]);
            }
        }
        start += length;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_extremes_and_ends() {
        let mut points: Vec<_> = (0..10_000).map(|i| (f64::from(i), 0.0)).collect();
        points[1234].1 = 9.0;
        points[4321].1 = -9.0;
        let kept = decimate(&points, 100);
        assert!(kept.len() <= 404);
        assert!(kept.contains(&(1234.0, 9.0)) && kept.contains(&(4321.0, -9.0)));
        assert_eq!((kept.first(), kept.last()), (points.first(), points.last()));
        assert!(kept.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn leaves_few_points_alone() {
        let points = [(0.0, 1.0), (1.0, f64::NAN)];
        assert_eq!(decimate(&points, 10).len(), 2);
        assert!(decimate(&[], 10).is_empty());
    }
}
