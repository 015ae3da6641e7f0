//! One step of a backward recursion as a map.

/// The map `x -> factor x + offset`.
///
/// Returns, GAE and V-trace are recursions `x_t = a_t x_{t+1} + b_t`. With step `t` as the pair `(a_t, b_t)`, `x_t` is the
/// offset of the pairs from `t` on, composed in time order. Composition is associative (not commutative), so that a
/// parallel machine may group the steps as it likes; a boundary between episodes is a factor of 0. In memory two `f32`,
/// factor first: 8 bytes, the element of the GPU's suffix scan.
///
/// ```
/// use habit::advantage::AffinePair;
/// let steps = [(0.5, 1.0), (0.5, 2.0), (0.0, 4.0)].map(|(factor, offset)| AffinePair { factor, offset });
/// let x_0 = steps[0].compose(steps[1]).compose(steps[2]).offset;
/// assert_eq!(x_0, 1.0 + 0.5 * (2.0 + 0.5 * 4.0));
/// assert_eq!(x_0, steps[0].compose(steps[1].compose(steps[2])).offset);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct AffinePair {
    /// How much of what follows counts: `a`.
    pub factor: f32,
    /// What is added: `b`.
    pub offset: f32,
}

impl AffinePair {
    /// Leaves everything as it is: no step at all.
    pub const IDENTITY: Self = Self { factor: 1.0, offset: 0.0 };

    /// This step followed in time by `later`: `x -> a (a' x + b') + b`.
    #[inline]
    pub fn compose(self, later: Self) -> Self {
        Self { factor: self.factor * later.factor, offset: self.offset + self.factor * later.offset }
    }
}
