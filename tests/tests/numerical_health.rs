//! A ridge regression in single precision after a million updates, against one in double precision.

use habit::linalg::{Cholesky, Owned, Ridge, dot};
use habit::rng::{Generator, gaussian_by_sum, stream, unit_f32};

const UPDATES: u32 = 1_000_000;

/// What a double-precision regression knows: `lambda I + sum x x^T`, on the diagonal and above it, and `sum y x`.
struct Reference<const D: usize> {
    gram: [[f64; D]; D],
    vector: [f64; D],
}

impl<const D: usize> Reference<D> {
    fn new(lambda: f64) -> Self {
        let gram = core::array::from_fn(|i| core::array::from_fn(|j| if i == j { lambda } else { 0.0 }));
        Self { gram, vector: [0.0; D] }
    }

    fn update(&mut self, x: &[f32; D], y: f32) {
        for (i, ((row, sum), x_i)) in self.gram.iter_mut().zip(&mut self.vector).zip(x).enumerate() {
            let above = row.iter_mut().zip(x).skip(i);
            above.for_each(|(entry, x_j)| *entry += f64::from(*x_i) * f64::from(*x_j));
            *sum += f64::from(y) * f64::from(*x_i);
        }
    }

    /// `V^-1 b`, by elimination: the matrix is positive definite, so no pivot is needed.
    fn estimate(mut self) -> [f64; D] {
        for i in 0..D {
            (0..i).for_each(|j| self.gram[i][j] = self.gram[j][i]);
        }
        for k in 0..D {
            let (above, below) = self.gram.split_at_mut(k + 1);
            for (row, i) in below.iter_mut().zip(k + 1..) {
                let factor = row[k] / above[k][k];
                row.iter_mut().zip(&above[k]).skip(k).for_each(|(entry, pivot)| *entry -= factor * pivot);
                self.vector[i] -= factor * self.vector[k];
            }
        }
        for k in (0..D).rev() {
            let known: f64 = (k + 1..D).map(|j| self.gram[k][j] * self.vector[j]).sum();
            self.vector[k] = (self.vector[k] - known) / self.gram[k][k];
        }
        self.vector
    }
}

/// Feeds both and returns `|estimate - reference| / |reference|`; the inverse must have a Cholesky factor.
fn error<const D: usize>(features: impl Fn(&mut Generator) -> [f32; D]) -> f64 {
    let mut rng = stream(1, 0);
    let theta: [f32; D] = core::array::from_fn(|_| gaussian_by_sum(&mut rng));
    let mut ridge = Ridge::<Owned<D>>::EMPTY;
    ridge.start(1.0).unwrap();
    let mut reference = Reference::new(1.0);
    for _ in 0..UPDATES {
        let x = features(&mut rng);
        let y = dot(&theta, &x) + 0.3 * gaussian_by_sum(&mut rng);
        ridge.update(&x, y).unwrap();
        reference.update(&x, y);
    }
    let mut factor = vec![0.0; D * D];
    assert!(Cholesky::of(ridge.inverse(), D, &mut factor).is_ok(), "no longer positive definite");
    let reference = reference.estimate();
    let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|value| value * value).sum::<f64>().sqrt();
    let off = norm(&mut ridge.estimate().iter().zip(&reference).map(|(own, other)| f64::from(*own) - other));
    let error = off / norm(&mut reference.iter().copied());
    println!("d = {D}: relative error {error:.2e}");
    error
}

/// Gaussian features, normalised: those of the linear experiment.
fn on_sphere<const D: usize>(rng: &mut Generator) -> [f32; D] {
    let x: [f32; D] = core::array::from_fn(|_| gaussian_by_sum(rng));
    let norm = dot(&x, &x).sqrt();
    x.map(|entry| entry / norm)
}

/// A constant 1 and numbers between 0 and 1, as features of requests often are: all correlated.
fn positive<const D: usize>(rng: &mut Generator) -> [f32; D] {
    core::array::from_fn(|i| if i == 0 { 1.0 } else { unit_f32(rng) })
}

#[test]
fn eight_features_on_the_sphere() {
    assert!(error::<8>(on_sphere) <= 1e-3);
}

#[test]
fn eight_correlated_features() {
    assert!(error::<8>(positive) <= 1e-3);
}

#[test]
fn sixty_four_features_on_the_sphere() {
    assert!(error::<64>(on_sphere) <= 1e-2);
}

#[test]
fn sixty_four_correlated_features() {
    assert!(error::<64>(positive) <= 1e-2);
}
