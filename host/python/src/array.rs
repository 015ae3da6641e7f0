//! numpy's arrays, borrowed where they lie; what does not fit is refused with what to do.

use numpy::{
    PyArrayDescrMethods, PyArrayDyn, PyArrayMethods, PyReadonlyArrayDyn, PyReadwriteArrayDyn, PyUntypedArray,
    PyUntypedArrayMethods, dtype,
};
use pyo3::exceptions::{PyMemoryError, PyTypeError, PyValueError};
use pyo3::prelude::*;

/// An element of an array.
pub trait Number: numpy::Element + Copy {
    /// numpy's name of it.
    const NAME: &'static str;
}

impl Number for f32 {
    const NAME: &'static str = "float32";
}

impl Number for bool {
    const NAME: &'static str = "bool";
}

impl Number for i64 {
    const NAME: &'static str = "int64";
}

/// An array to read, contiguous.
pub struct Numbers<'py, T: Number>(PyReadonlyArrayDyn<'py, T>);

impl<'py, T: Number> Numbers<'py, T> {
    /// Borrows an array.
    pub fn borrow(any: &Bound<'py, PyAny>, name: &str) -> PyResult<Self> {
        checked::<T>(any, name)?
            .try_readonly()
            .map(Self)
            .map_err(|_| PyValueError::new_err(format!("{name} is being written to: take another array, or a copy")))
    }

    /// Its shape.
    pub fn shape(&self) -> &[usize] {
        self.0.shape()
    }

    /// All numbers, row by row.
    pub fn values(&self) -> PyResult<&[T]> {
        Ok(self.0.as_slice()?)
    }

    /// Refuses another shape.
    pub fn of_shape(self, name: &str, shape: &[usize]) -> PyResult<Self> {
        if self.shape() == shape { Ok(self) } else { Err(other_shape(name, shape, self.shape())) }
    }
}

/// An array to write to, contiguous.
pub struct NumbersMut<'py, T: Number>(PyReadwriteArrayDyn<'py, T>);

impl<'py, T: Number> NumbersMut<'py, T> {
    /// Borrows an array of a shape, or makes one.
    pub fn borrow_or_make(
        py: Python<'py>,
        any: Option<&Bound<'py, PyAny>>,
        name: &str,
        shape: &[usize],
    ) -> PyResult<Self> {
        let array = match any {
            None => PyArrayDyn::<T>::zeros(py, shape, false),
            Some(any) => checked::<T>(any, name)?.clone(),
        };
        if array.shape() != shape {
            return Err(other_shape(name, shape, array.shape()));
        }
        let refused = format!("{name} must be writable and share no memory with another argument");
        array.try_readwrite().map(Self).map_err(|_| PyValueError::new_err(refused))
    }

    /// All numbers, row by row.
    pub fn values_mut(&mut self) -> PyResult<&mut [T]> {
        Ok(self.0.as_slice_mut()?)
    }

    /// The array itself.
    pub fn into_array(self) -> Bound<'py, PyArrayDyn<T>> {
        (**self.0).clone()
    }
}

fn checked<'a, 'py, T: Number>(any: &'a Bound<'py, PyAny>, name: &str) -> PyResult<&'a Bound<'py, PyArrayDyn<T>>> {
    let Ok(array) = any.cast::<PyArrayDyn<T>>() else { return Err(other_type::<T>(any, name)) };
    if !array.is_c_contiguous() {
        let hint = format!("{name} must be contiguous; use numpy.ascontiguousarray({name})");
        return Err(PyValueError::new_err(hint));
    }
    Ok(array)
}

#[cold]
fn other_type<T: Number>(any: &Bound<'_, PyAny>, name: &str) -> PyErr {
    let py = any.py();
    let found = match any.cast::<PyUntypedArray>() {
        Ok(array) if array.dtype().is_equiv_to(&dtype::<T>(py)) => "an array that is not aligned".into(),
        Ok(array) => format!("an array of {}", array.dtype()),
        Err(_) => any.get_type().name().map_or_else(|_| "another object".into(), |name| name.to_string()),
    };
    let (wanted, name) = (T::NAME, name.to_owned());
    PyTypeError::new_err(format!(
        "{name} must be a numpy array of {wanted}, not {found}; use numpy.asarray({name}, dtype=numpy.{wanted})"
    ))
}

/// Says which shape was expected.
#[cold]
pub fn other_shape(name: &str, wanted: &[usize], found: &[usize]) -> PyErr {
    PyValueError::new_err(format!("{name} must have the shape {}, not {}", tuple(wanted), tuple(found)))
}

/// As Python writes it.
fn tuple(shape: &[usize]) -> String {
    match shape {
        [only] => format!("({only},)"),
        all => format!("({})", all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// Memory for a learner, or Python's exception where there is none.
pub fn memory<T: Clone + Default>(counts: &[usize]) -> PyResult<Box<[T]>> {
    let total = counts.iter().try_fold(1usize, |product, count| product.checked_mul(*count));
    let mut numbers = Vec::new();
    let reserved = total.filter(|total| numbers.try_reserve_exact(*total).is_ok());
    let Some(total) = reserved else {
        return Err(PyMemoryError::new_err(format!("there is no memory for {} numbers", tuple(counts))));
    };
    numbers.resize(total, T::default());
    Ok(numbers.into_boxed_slice())
}
