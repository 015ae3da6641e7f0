//! How far two vectors are from each other.

use super::dot;

/// `|a - b|`, over the shorter length.
///
/// ```
/// assert_eq!(habit::linalg::euclidean_distance(&[1.0, 5.0], &[4.0, 1.0]), 5.0);
/// ```
#[inline]
pub fn euclidean_distance(a: &[f32], b: &[f32]) -> f32 {
    libm::sqrtf(a.iter().zip(b).fold(0.0, |sum, (a, b)| sum + (a - b) * (a - b)))
}

/// `1 - <a, b> / (|a| |b|)`, from 0 for the same direction to 2 for the opposite one; 1 where a vector has no direction.
///
/// ```
/// use habit::linalg::cosine_distance;
/// assert_eq!(cosine_distance(&[1.0, 0.0], &[0.0, 2.0]), 1.0);
/// assert_eq!(cosine_distance(&[1.0, 0.0], &[3.0, 0.0]), 0.0);
/// assert_eq!(cosine_distance(&[1.0, 0.0], &[0.0, 0.0]), 1.0);
/// ```
#[inline]
pub fn cosine_distance(a: &[f32], b: &[f32]) -> f32 {
    let (a_norm, b_norm) = (libm::sqrtf(dot(a, a)), libm::sqrtf(dot(b, b)));
    if a_norm == 0.0 || b_norm == 0.0 {
        return 1.0;
    }
    let cosine = dot(a, b) / a_norm / b_norm;
    // Rounding must not make what is the same less than the same; what is not a number stays so.
    if cosine > 1.0 { 0.0 } else { 1.0 - cosine }
}
