//! Optimism on a discounted ridge estimate.

use super::{Bandit, Choice, Confidence, Radius, Selected, arm_vector, count_arms};
use crate::error::Error;
use crate::linalg::{Cholesky, Const, Dim, Memory, Owned, Storage, StorageMut, all_finite, dot, quadratic_form};
use crate::math::argmax;
use crate::rng::Rng;
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// D-LinUCB (Russac, Vernade, Cappé 2019): old rewards fade by a factor `g = 1 - fade` a round.
///
/// `V = g V + u u^T + (1-g) lambda I`, `W = g^2 W + u u^T + (1-g^2) lambda I`, `b = g b + u y`; plays the greatest
/// `<V^-1 b, u> + beta sqrt(u^T V^-1 W V^-1 u)`, where the radius counts `(1 - g^{2t})/(1 - g^2)` rounds. The discounted
/// regulariser has full rank, so `V` is factored every round.
///
/// Memory: `4 (3 d^2 + 3 d)` bytes, the radius and 28 bytes. Cost: `O(d^3 + K d^2)` to select, `O(d^2)` to update.
#[derive(Debug)]
pub struct DLinUcbState<A, S: Memory, R = Confidence> {
    dim: S::Dim,
    arms: A,
    gram: S::Matrix,
    squared_gram: S::Matrix,
    factor: S::Matrix,
    vector: S::Vector,
    estimate: S::Vector,
    scratch: S::Vector,
    radius: R,
    lambda: f32,
    fade: f32,
    /// `(1 - g^{2t})/(1 - g^2)`, as the sum of `g^{2s}`.
    effective_rounds: f32,
    selected: Selected,
}

/// [`DLinUcbState`] of constant size, over arms that live as long as `'a`.
pub type DLinUcb<'a, const K: usize, const D: usize, R = Confidence> = DLinUcbState<&'a [[f32; D]; K], Owned<D>, R>;

impl<const K: usize, const D: usize> DLinUcb<'_, K, D> {
    /// Not started: all arms 0, radius 0.
    pub const EMPTY: Self = Self {
        dim: Const,
        arms: &[[0.0; D]; K],
        gram: [[0.0; D]; D],
        squared_gram: [[0.0; D]; D],
        factor: [[0.0; D]; D],
        vector: [0.0; D],
        estimate: [0.0; D],
        scratch: [0.0; D],
        radius: Confidence::ZERO,
        lambda: 0.0,
        fade: 0.0,
        effective_rounds: 0.0,
        selected: Selected::NONE,
    };

    /// Bytes of state, the reference to the arms included.
    pub const SIZE: usize = size_of::<Self>();
}

const _: () = {
    let references = size_of::<&[f32]>();
    assert!(DLinUcb::<4, 8>::SIZE <= 4 * (3 * 8 * 8 + 3 * 8) + size_of::<Confidence>() + 28 + references);
};

impl<A: Storage, S: Memory, R: Radius> DLinUcbState<A, S, R> {
    /// Starts over these arms with regularisation `lambda`; `fade` is `1 - g`, in `(0, 1)`.
    ///
    /// # Errors
    /// [`Error::NoArms`], [`Error::LengthMismatch`], [`Error::NonFinite`] for the arms; [`Error::ParameterOutOfRange`].
    pub fn start(&mut self, arms: A, radius: R, lambda: f32, fade: f32) -> Result<(), Error> {
        let d = self.dim.get();
        count_arms(&arms, d)?;
        if !(lambda > 0.0 && lambda.is_finite() && fade > 0.0 && fade < 1.0) {
            return Err(Error::ParameterOutOfRange);
        }
        for matrix in [&mut self.gram, &mut self.squared_gram] {
            let matrix = matrix.values_mut();
            matrix.fill(0.0);
            matrix.iter_mut().step_by(d + 1).for_each(|entry| *entry = lambda);
        }
        self.vector.values_mut().fill(0.0);
        self.estimate.values_mut().fill(0.0);
        self.arms = arms;
        self.radius = radius;
        self.lambda = lambda;
        self.fade = fade;
        self.effective_rounds = 0.0;
        self.selected = Selected::NONE;
        Ok(())
    }

    /// `V^-1 b` as of the last selection.
    pub fn estimate(&self) -> &[f32] {
        self.estimate.values()
    }
}

/// `M <- (1 - fade) M + u u^T + fade lambda I`.
fn fade_and_add(matrix: &mut [f32], u: &[f32], fade: f32, lambda: f32) {
    let d = u.len();
    for (i, (row, u_i)) in matrix.chunks_exact_mut(d.max(1)).zip(u).enumerate() {
        for (j, (entry, u_j)) in row.iter_mut().zip(u).enumerate() {
            let regulariser = if i == j { fade * lambda } else { 0.0 };
            *entry = *entry - fade * *entry + u_i * u_j + regulariser;
        }
    }
}

impl<A: Storage, S: Memory, R: Radius> Bandit for DLinUcbState<A, S, R> {
    fn arms(&self) -> usize {
        self.arms.values().len() / self.dim.get().max(1)
    }

    fn select(&mut self, _rng: &mut (impl Rng + ?Sized)) -> Result<Choice, Error> {
        let (d, count) = (self.dim.get(), self.arms());
        let factor = Cholesky::of(self.gram.values(), d, self.factor.values_mut())?;
        self.estimate.values_mut().copy_from_slice(self.vector.values());
        factor.solve(self.estimate.values_mut())?;
        let radius = self.radius.radius(self.effective_rounds);
        let (arms, estimate, squared) = (&self.arms, self.estimate.values(), self.squared_gram.values());
        let scratch = self.scratch.values_mut();
        let arm = argmax(count, |arm| {
            let u = arm_vector(arms, d, arm);
            scratch.copy_from_slice(u);
            match factor.solve(scratch) {
                Ok(()) => dot(estimate, u) + radius * libm::sqrtf(quadratic_form(squared, scratch).max(0.0)),
                Err(_) => f32::NAN,
            }
        })
        .ok_or(Error::NoArms)?;
        self.selected = Selected(Some(arm as u32));
        Ok(Choice::certain(arm))
    }

    fn update(&mut self, arm: usize, reward: f32) -> Result<(), Error> {
        self.selected.accept(arm, reward)?;
        let u = arm_vector(&self.arms, self.dim.get(), arm);
        let vector = self.vector.values_mut();
        let next = |b: f32, x: f32| b - self.fade * b + x * reward;
        if !vector.iter().zip(u).all(|(b, x)| next(*b, *x).is_finite()) || !all_finite(u) {
            return Err(Error::NonFinite);
        }
        for (b, x) in vector.iter_mut().zip(u) {
            *b = next(*b, *x);
        }
        let squared_fade = self.fade * (2.0 - self.fade);
        fade_and_add(self.gram.values_mut(), u, self.fade, self.lambda);
        fade_and_add(self.squared_gram.values_mut(), u, squared_fade, self.lambda);
        self.effective_rounds = self.effective_rounds - squared_fade * self.effective_rounds + 1.0;
        self.selected = Selected::NONE;
        Ok(())
    }
}

/// `V` and `W` row by row, `b`, the effective rounds, then the arm that waits: `4 (2 d^2 + d + 2)` bytes.
impl<A, S: Memory, R> Persist for DLinUcbState<A, S, R> {
    fn write(&self, out: &mut impl Write) {
        self.gram.values().write(out);
        self.squared_gram.values().write(out);
        self.vector.values().write(out);
        self.effective_rounds.write(out);
        self.selected.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.gram.values().check(from)?;
        self.squared_gram.values().check(from)?;
        self.vector.values().check(from)?;
        self.effective_rounds.check(from)?;
        self.selected.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.gram.values_mut().read(from)?;
        self.squared_gram.values_mut().read(from)?;
        self.vector.values_mut().read(from)?;
        self.effective_rounds.read(from)?;
        self.selected.read(from)
    }
}

/// `"d-lin-ucb"`: arms, features.
impl<A: Storage, S: Memory, R: Radius> Identify for DLinUcbState<A, S, R> {
    fn identity(&self) -> Identity {
        Identity::new("d-lin-ucb", R::NUMERICS, [self.arms(), self.dim.get(), 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;

    static ARMS: [[f32; 2]; 2] = [[1.0, 0.0], [0.0, 1.0]];

    fn started(fade: f32) -> DLinUcb<'static, 2, 2> {
        let mut bandit = DLinUcb::EMPTY;
        let confidence = Confidence::new([0.0, 0.1, 1e-2], 1.0, 2, 1.0, 1000).unwrap();
        bandit.start(&ARMS, confidence, 1.0, fade).unwrap();
        bandit
    }

    #[test]
    fn one_round_by_hand() {
        let (mut bandit, mut rng) = (started(0.5), stream(0, 0));
        assert_eq!(bandit.select(&mut rng), Ok(Choice::certain(0)));
        bandit.update(0, 0.6).unwrap();
        assert_eq!(bandit.gram, [[2.0, 0.0], [0.0, 1.0]]);
        assert_eq!(bandit.squared_gram, [[2.0, 0.0], [0.0, 1.0]]);
        bandit.select(&mut rng).unwrap();
        assert!((bandit.estimate()[0] - 0.3).abs() < 1e-6 && bandit.estimate()[1] == 0.0);
        bandit.update(bandit.selected.0.unwrap() as usize, 0.0).unwrap();
        assert_eq!(bandit.effective_rounds, 1.25);
    }

    #[test]
    fn it_forgets() {
        let (mut bandit, mut rng) = (started(0.05), stream(0, 0));
        let mut late = 0;
        for round in 0..1000 {
            let arm = bandit.select(&mut rng).unwrap().arm;
            let best = usize::from(round >= 500);
            late += u32::from(round >= 800 && arm == best);
            bandit.update(arm, if arm == best { 0.9 } else { 0.1 }).unwrap();
        }
        assert!(late > 170, "{late}");
    }

    #[test]
    fn a_rejected_call_changes_nothing() {
        let (mut bandit, mut rng) = (started(0.1), stream(0, 0));
        assert_eq!(bandit.update(0, 1.0), Err(Error::NotSelected));
        let arm = bandit.select(&mut rng).unwrap().arm;
        let digest = bandit.digest();
        assert_eq!(bandit.update(arm, f32::NAN), Err(Error::NonFinite));
        for (lambda, fade) in [(0.0, 0.1), (1.0, 0.0), (1.0, 1.0), (f32::NAN, 0.1)] {
            assert_eq!(bandit.start(&ARMS, Confidence::ZERO, lambda, fade), Err(Error::ParameterOutOfRange));
        }
        assert_eq!(bandit.digest(), digest);
    }
}
