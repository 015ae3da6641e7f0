//! Eligibility traces: one number a weight.

use crate::error::Error;
use crate::linalg::StorageMut;
use crate::state::{Persist, Reader, Write};

/// How a visit changes the traces, after all of them have decayed by `gamma lambda`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceKind {
    /// `z += phi` (Sutton & Barto, equation 12.5).
    Accumulating,
    /// The traces of active binary features are set to 1, and to 0 for every other action (section 12.7).
    Replacing,
    /// `z += (1 - alpha <z, phi>) phi` (equation 12.11).
    Dutch,
}

/// Where traces are kept.
pub trait Traces {
    /// Sets all to 0.
    fn clear(&mut self);

    /// How many there can be.
    fn len(&self) -> usize;

    /// Whether there can be none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The trace of a weight.
    fn get(&self, weight: usize) -> f32;

    /// Sets the trace of a weight.
    fn set(&mut self, weight: usize, value: f32);

    /// Multiplies all by a factor.
    fn decay(&mut self, factor: f32);

    /// Calls back with the weight and the value of every trace that may differ from 0.
    fn for_each(&self, visit: impl FnMut(usize, f32));
}

/// A trace for every weight: an array or the caller's slice. As many bytes as the weights; every step goes through all.
#[derive(Clone, Debug)]
pub struct DenseTraces<B>(B);

impl<const N: usize, const M: usize> DenseTraces<[[f32; N]; M]> {
    /// All 0.
    pub const EMPTY: Self = Self([[0.0; N]; M]);
}

impl<B: StorageMut> DenseTraces<B> {
    /// Over memory of as many numbers as there are weights.
    pub const fn over(values: B) -> Self {
        Self(values)
    }
}

impl<B: StorageMut> Traces for DenseTraces<B> {
    fn clear(&mut self) {
        self.0.values_mut().fill(0.0);
    }

    fn len(&self) -> usize {
        self.0.values().len()
    }

    #[inline]
    fn get(&self, weight: usize) -> f32 {
        self.0.values().get(weight).copied().unwrap_or(0.0)
    }

    #[inline]
    fn set(&mut self, weight: usize, value: f32) {
        if let Some(trace) = self.0.values_mut().get_mut(weight) {
            *trace = value;
        }
    }

    #[inline]
    fn decay(&mut self, factor: f32) {
        self.0.values_mut().iter_mut().for_each(|trace| *trace *= factor);
    }

    #[inline]
    fn for_each(&self, mut visit: impl FnMut(usize, f32)) {
        self.0.values().iter().enumerate().for_each(|(weight, trace)| visit(weight, *trace));
    }
}

/// All values: 4 bytes each.
impl<B: StorageMut> Persist for DenseTraces<B> {
    fn write(&self, out: &mut impl Write) {
        self.0.values().write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.0.values().check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.0.values_mut().read(from)
    }
}

/// The `N` greatest traces only, for weights that would not fit twice: `6 N` bytes. A trace that falls below a thousandth is
/// forgotten; when there are more than `N`, the least one is. Every step goes through those that there are.
///
/// Mountain Car over 1944 weights with 64 traces: 8.2 kB instead of 15.6.
///
/// ```
/// use habit::learn::{Control, LambdaControl, SarsaTarget, SparseTraces, TdParameters, TraceKind};
/// use habit::linalg::Const;
/// use habit::policy::features::TileCoding;
/// use habit::policy::{EpsilonGreedy, Table};
/// use habit::rng::stream;
///
/// type Tiles = TileCoding<2, 8, 8, 648>;
/// type Agent = LambdaControl<SarsaTarget, Tiles, Const<3>, [[f32; 648]; 3], [f32; 3], SparseTraces<64>>;
///
/// let mut agent = Agent::over(Table::EMPTY, SparseTraces::EMPTY, [0.0; 3])?;
/// let (tiles, parameters) = (Tiles::new([-1.2, -0.07], [0.6, 0.07])?, TdParameters { step_size: 0.5, discount: 1.0 });
/// agent.start(tiles, parameters, TraceKind::Replacing, 0.9, EpsilonGreedy::GREEDY)?;
/// assert!(agent.act([-0.5, 0.0], &mut stream(1, 0))? < 3);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SparseTraces<const N: usize> {
    weights: [u16; N],
    values: [f32; N],
    count: u16,
}

/// A trace below this is forgotten.
const FORGOTTEN: f32 = 1e-3;

impl<const N: usize> SparseTraces<N> {
    /// All 0.
    pub const EMPTY: Self = {
        assert!(N < 65_536, "a count is kept in 16 bits");
        Self { weights: [0; N], values: [0.0; N], count: 0 }
    };

    fn place(&self, weight: usize) -> Option<usize> {
        self.weights.iter().take(usize::from(self.count)).position(|of| usize::from(*of) == weight)
    }

    fn remove(&mut self, place: usize) {
        let last = usize::from(self.count).saturating_sub(1);
        self.weights.swap(place, last);
        self.values.swap(place, last);
        self.count = last as u16;
    }

    fn insert(&mut self, weight: usize, value: f32) {
        let place = if usize::from(self.count) < N {
            self.count += 1;
            usize::from(self.count) - 1
        } else {
            let least = self.values.iter().enumerate().min_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
            match least {
                Some((place, least)) if least.abs() < value.abs() => place,
                _ => return,
            }
        };
        if let (Some(of), Some(own)) = (self.weights.get_mut(place), self.values.get_mut(place)) {
            (*of, *own) = (weight as u16, value);
        }
    }
}

impl<const N: usize> Traces for SparseTraces<N> {
    fn clear(&mut self) {
        self.count = 0;
    }

    /// As many weights as 16 bits can number.
    fn len(&self) -> usize {
        65_536
    }

    fn get(&self, weight: usize) -> f32 {
        self.place(weight).and_then(|place| self.values.get(place)).copied().unwrap_or(0.0)
    }

    fn set(&mut self, weight: usize, value: f32) {
        match self.place(weight) {
            Some(place) if value.abs() < FORGOTTEN => self.remove(place),
            Some(place) => self.values.iter_mut().skip(place).take(1).for_each(|own| *own = value),
            None if value.abs() >= FORGOTTEN => self.insert(weight, value),
            None => {}
        }
    }

    fn decay(&mut self, factor: f32) {
        for place in (0..usize::from(self.count)).rev() {
            let value = self.values.get(place).copied().unwrap_or(0.0) * factor;
            if value.abs() < FORGOTTEN {
                self.remove(place);
            } else if let Some(own) = self.values.get_mut(place) {
                *own = value;
            }
        }
    }

    fn for_each(&self, mut visit: impl FnMut(usize, f32)) {
        let traces = self.weights.iter().zip(&self.values).take(usize::from(self.count));
        traces.for_each(|(weight, value)| visit(usize::from(*weight), *value));
    }
}

/// The count as `u32`, then the weight as `u32` and the value of each trace.
impl<const N: usize> Persist for SparseTraces<N> {
    fn write(&self, out: &mut impl Write) {
        u32::from(self.count).write(out);
        self.for_each(|weight, value| {
            (weight as u32).write(out);
            value.write(out);
        });
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        let mut count = 0u32;
        count.read(from)?;
        if count as usize > N {
            return Err(Error::Malformed);
        }
        for _ in 0..count {
            let mut weight = 0u32;
            weight.read(from)?;
            if weight > 65_535 {
                return Err(Error::Malformed);
            }
            0f32.check(from)?;
        }
        Ok(())
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        let mut count = 0u32;
        count.read(from)?;
        self.count = 0;
        for _ in 0..count {
            let (mut weight, mut value) = (0u32, 0f32);
            weight.read(from)?;
            value.read(from)?;
            self.insert(weight as usize, value);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sparse_traces_keep_the_greatest() {
        let mut traces = SparseTraces::<2>::EMPTY;
        traces.set(5, 1.0);
        traces.set(9, 0.5);
        traces.set(7, 0.1);
        assert_eq!([5, 7, 9].map(|weight| traces.get(weight)), [1.0, 0.0, 0.5]);
        traces.set(7, 0.75);
        assert_eq!([5, 7, 9].map(|weight| traces.get(weight)), [1.0, 0.75, 0.0]);
        traces.decay(0.5);
        traces.set(5, 0.0);
        assert_eq!([5, 7].map(|weight| traces.get(weight)), [0.0, 0.375]);
        traces.decay(1e-3);
        traces.for_each(|_, _| panic!("all are forgotten"));
    }

    #[test]
    fn dense_and_sparse_agree_while_there_is_room() {
        let (mut dense, mut sparse) = (DenseTraces::<[[f32; 4]; 2]>::EMPTY, SparseTraces::<8>::EMPTY);
        for step in 0..20 {
            for traces in [0, 1] {
                let weight = (step * 3 + traces) % 8;
                dense.set(weight, 1.0);
                sparse.set(weight, 1.0);
            }
            dense.decay(0.9);
            sparse.decay(0.9);
        }
        assert!((0..8).all(|weight| dense.get(weight) == sparse.get(weight)));
        let mut bytes = std::vec![0; 4 + 8 * 8];
        struct Sink<'a>(&'a mut [u8], usize);
        impl Write for Sink<'_> {
            fn bytes(&mut self, bytes: &[u8]) {
                self.0[self.1..self.1 + bytes.len()].copy_from_slice(bytes);
                self.1 += bytes.len();
            }
        }
        sparse.write(&mut Sink(&mut bytes, 0));
        let mut copy = SparseTraces::<8>::EMPTY;
        copy.restore(&bytes).unwrap();
        assert_eq!(copy.digest(), sparse.digest());
        let mut small = SparseTraces::<4>::EMPTY;
        assert_eq!(small.restore(&bytes), Err(Error::Malformed));
    }
}
