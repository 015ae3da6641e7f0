//! The kernel's errors as exceptions.

use habit::Error;
use pyo3::create_exception;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

create_exception!(
    habit,
    HabitError,
    PyValueError,
    "A call that was rejected; it has changed nothing. `code` is a stable name in snake case."
);
create_exception!(habit, CheckpointError, HabitError, "A checkpoint that was refused; nothing has changed.");

/// What the kernel says, as an exception.
pub fn refusal(py: Python<'_>, error: Error) -> PyErr {
    coded(py, error, HabitError::new_err(error.message()))
}

/// What the kernel says of a checkpoint.
pub fn bad_checkpoint(py: Python<'_>, error: Error) -> PyErr {
    coded(py, error, CheckpointError::new_err(error.message()))
}

fn coded(py: Python<'_>, error: Error, exception: PyErr) -> PyErr {
    match exception.value(py).setattr("code", error.code()) {
        Ok(()) => exception,
        Err(other) => other,
    }
}

/// [`refusal`] at the end of an expression.
pub trait OrRefuse<T> {
    /// The value, or the exception.
    fn or_refuse(self, py: Python<'_>) -> PyResult<T>;
}

impl<T> OrRefuse<T> for Result<T, Error> {
    fn or_refuse(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| refusal(py, error))
    }
}
