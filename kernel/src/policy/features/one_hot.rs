//! A table, as a linear function.

use super::{Active, Features};
use crate::error::Error;
use crate::linalg::Const;

/// Feature `s` is 1 in state `s`, else 0: what is linear in these is a table of `S` states, and every linear learner is a
/// tabular one.
///
/// ```
/// use habit::policy::features::{Features, OneHot};
/// use habit::policy::Code;
/// let code = OneHot::<4>.encode(2)?;
/// assert_eq!(code.dot(&[0.0, 0.1, 0.2, 0.3]), 0.2);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OneHot<const S: usize>;

impl<const S: usize> Features for OneHot<S> {
    type Observation = usize;
    type Code = Active<1>;
    type Size = Const<S>;

    fn size(&self) -> Self::Size {
        const { assert!(S <= 65_536, "a state is kept in 16 bits") };
        Const
    }

    #[inline]
    fn encode(&self, state: usize) -> Result<Active<1>, Error> {
        if state < S { Ok(Active([state as u16])) } else { Err(Error::StateOutOfRange) }
    }
}
