mod learning;
mod planning;

use crate::state::Write;
use std::vec::Vec;

/// Where a state is written.
struct Bytes(Vec<u8>);

impl Write for Bytes {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}
