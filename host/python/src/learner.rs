//! What every learner can do, whatever it learns: be saved, loaded and digested.

use habit::Error;
use habit::checkpoint;
use habit::rng::Generator;
use habit::state::{Identify, Write};
use pyo3::prelude::*;

use crate::error::OrRefuse;

/// A learner behind a pointer.
pub trait Learner: Send + Sync {
    /// A checkpoint; with the generator in it, it goes on to the same bits.
    fn save(&mut self, generator: Option<&mut Generator>) -> Vec<u8>;

    /// Takes over a checkpoint with or without a generator, or refuses it and changes nothing.
    fn load(&mut self, generator: &mut Generator, bytes: &[u8]) -> Result<(), Error>;

    /// FNV-1a 64 over what was learned.
    fn digest(&self) -> u64;

    /// Bytes of learned state.
    fn payload(&self) -> Vec<u8>;

    /// Takes over what [`payload`](Self::payload) has written.
    fn restore(&mut self, payload: &[u8]) -> Result<(), Error>;
}

impl<T: Identify + Send + Sync> Learner for T {
    fn save(&mut self, generator: Option<&mut Generator>) -> Vec<u8> {
        let mut bytes = Sink(Vec::new());
        match generator {
            Some(generator) => checkpoint::write(&(self, generator), &mut bytes),
            None => checkpoint::write(self, &mut bytes),
        }
        bytes.0
    }

    fn load(&mut self, generator: &mut Generator, bytes: &[u8]) -> Result<(), Error> {
        match checkpoint::load(self, bytes) {
            Err(Error::OtherKind) => checkpoint::load(&mut (self, generator), bytes),
            other => other,
        }
    }

    fn digest(&self) -> u64 {
        habit::state::Persist::digest(self)
    }

    fn payload(&self) -> Vec<u8> {
        let mut bytes = Sink(Vec::new());
        self.write(&mut bytes);
        bytes.0
    }

    fn restore(&mut self, payload: &[u8]) -> Result<(), Error> {
        habit::state::Persist::restore(self, payload)
    }
}

/// Bytes that grow.
pub struct Sink(pub Vec<u8>);

impl Write for Sink {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

/// The methods by which Python saves and loads, for a class with a `learner` and a `generator`.
macro_rules! saved_by_python {
    ($class:ident) => {
        #[pymethods]
        impl $class {
            /// A checkpoint as bytes; with `generator`, the generator of random choices is in it.
            #[pyo3(name = "to_bytes", signature = (*, generator = false))]
            fn save<'py>(&mut self, py: Python<'py>, generator: bool) -> PyResult<Bound<'py, PyBytes>> {
                let Self { learner, generator: own, .. } = self;
                let bytes = started_mut(py, learner)?.save(generator.then_some(own));
                Ok(PyBytes::new(py, &bytes))
            }

            fn _load(&mut self, py: Python<'_>, bytes: &[u8]) -> PyResult<()> {
                let Self { learner, generator, .. } = self;
                let loaded = started_mut(py, learner)?.load(generator, bytes);
                loaded.map_err(|error| bad_checkpoint(py, error))
            }

            /// FNV-1a 64 over what was learned, as 16 hexadecimal digits: equal digests on two targets mean equal bits.
            #[getter]
            fn digest(&self, py: Python<'_>) -> PyResult<String> {
                Ok(format!("{:016x}", started(py, &self.learner)?.digest()))
            }
        }
    };
}
pub(crate) use saved_by_python;

/// The learner of an object that was initialised.
pub fn started<'a, L: ?Sized>(py: Python<'_>, learner: &'a Option<Box<L>>) -> PyResult<&'a L> {
    learner.as_deref().ok_or(Error::NotStarted).or_refuse(py)
}

/// As [`started`], to change it.
pub fn started_mut<'a, L: ?Sized>(py: Python<'_>, learner: &'a mut Option<Box<L>>) -> PyResult<&'a mut L> {
    learner.as_deref_mut().ok_or(Error::NotStarted).or_refuse(py)
}
