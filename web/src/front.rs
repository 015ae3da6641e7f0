//! Points in the plane of two objectives: fronts, and the policies that move along them.

use crate::path::Path;
use crate::scale::Axis;

/// Side of a drawing, in units of its view box.
pub const SIDE: f64 = 400.0;
/// Length of a pointer.
const POINTER: f64 = 30.0;

/// One point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// How much of the objective across.
    pub x: f64,
    /// How much of the objective upwards.
    pub y: f64,
    /// Of a present policy: the weights of both.
    pub weights: Option<[f64; 2]>,
}

/// The paths of one contender.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// Points that stay.
    pub front: String,
    /// The present policies.
    pub policies: String,
    /// From each policy, where its weights pull it.
    pub pointers: String,
}

/// Reads one contender's points.
pub fn read(numbers: &[f32]) -> Vec<Point> {
    let point = |n: &[f32]| {
        let [x, y, a, b] = [n[0], n[1], n[2], n[3]].map(f64::from);
        let weights = (a.is_finite() && b.is_finite()).then_some([a, b]);
        (x.is_finite() && y.is_finite()).then_some(Point { x, y, weights })
    };
    numbers.chunks_exact(4).filter_map(point).collect()
}

/// One scale for all contenders, of the numbers that `of` reads off each point.
pub fn axis<'a>(points: impl Iterator<Item = &'a Point>, of: fn(&Point) -> f64) -> Axis {
    let ends = points.map(of).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    Axis::nice(ends.0, ends.1, 4)
}

/// The drawing of one contender.
pub fn picture(points: &[Point], x: &Axis, y: &Axis) -> Picture {
    let (mut front, mut policies, mut pointers) = (Path::new(), Path::new(), Path::new());
    for point in points {
        let (across, up) = (x.place(point.x) * SIDE, (1.0 - y.place(point.y)) * SIDE);
        let Some([a, b]) = point.weights else {
            front.dot(across, up);
            continue;
        };
        policies.dot(across, up);
        let length = a.hypot(b);
        if length > 0.0 {
            pointers.to(across, up).line(across + a / length * POINTER, up - b / length * POINTER);
        }
    }
    Picture { front: front.finish(), policies: policies.finish(), pointers: pointers.finish() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAN: f32 = f32::NAN;

    #[test]
    fn policies_point_where_their_weights_pull() {
        let points = read(&[0.5, 0.5, 0.0, 2.0, 1.0, 0.0, NAN, NAN, NAN, NAN, NAN, NAN]);
        assert_eq!(points.len(), 2);
        let (x, y) = (Axis::exact(0.0, 1.0, 4, false), Axis::exact(0.0, 1.0, 4, false));
        let picture = picture(&points, &x, &y);
        assert_eq!(picture.policies, "M200 200h0");
        assert_eq!(picture.front, "M400 400h0");
        assert_eq!(picture.pointers, "M200 200L200 170");
    }

    #[test]
    fn weights_of_nothing_point_nowhere() {
        let points = read(&[0.5, 0.5, 0.0, 0.0]);
        let axis = Axis::exact(0.0, 1.0, 4, false);
        assert_eq!(picture(&points, &axis, &axis).pointers, "");
    }

    #[test]
    fn one_scale_holds_every_point() {
        let points = read(&[0.1, -3.0, NAN, NAN, 0.9, 7.0, 1.0, 0.0]);
        let (x, y) = (axis(points.iter(), |p| p.x), axis(points.iter(), |p| p.y));
        assert!(x.low <= 0.1 && x.high >= 0.9 && y.low <= -3.0 && y.high >= 7.0);
        assert_eq!(axis([].iter(), |p| p.x).low, 0.0);
    }
}
