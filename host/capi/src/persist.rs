//! Digests and checkpoints of every learner.

use core::ffi::{CStr, c_char};

use habit::checkpoint;
use habit::error::Error;
use habit::state::{Identify, Identity, Persist, Reader, Write};

use crate::memory::{AnyHandle, AnyView, In, Out};
use crate::status::Status;

/// What every learner can do: [`Identify`], for one whose type is not known.
pub trait Learner {
    /// As [`Identify::identity`].
    fn identity(&self) -> Identity;

    /// As [`Persist::write`].
    fn write(&self, out: &mut dyn Write);

    /// As [`Persist::check`].
    ///
    /// # Errors
    /// As [`Persist::check`].
    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error>;

    /// As [`Persist::read`].
    ///
    /// # Errors
    /// As [`Persist::read`].
    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error>;
}

/// Passes bytes on to a writer whose type is not known.
struct Forward<'a>(&'a mut dyn Write);

impl Write for Forward<'_> {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.bytes(bytes);
    }
}

impl<L: Identify> Learner for L {
    fn identity(&self) -> Identity {
        Identify::identity(self)
    }

    fn write(&self, out: &mut dyn Write) {
        Persist::write(self, &mut Forward(out));
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        Persist::check(self, from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        Persist::read(self, from)
    }
}

/// A learner of unknown type, for the kernel: one copy of the container's code serves all.
struct Stored<L>(L);

macro_rules! stored {
    ($($learner:ty, |$this:ident, $from:ident| $read:expr;)*) => {$(
        impl Persist for Stored<$learner> {
            fn write(&self, out: &mut impl Write) {
                self.0.write(out);
            }

            fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
                self.0.check(from)
            }

            fn read(&mut self, $from: &mut Reader<'_>) -> Result<(), Error> {
                let $this = self;
                $read
            }
        }

        impl Identify for Stored<$learner> {
            fn identity(&self) -> Identity {
                self.0.identity()
            }
        }
    )*};
}

stored! {
    // Only looked at: nothing is ever read into it.
    &dyn Learner, |_this, _from| Ok(());
    &mut dyn Learner, |this, from| this.0.read(from);
}

/// Writes the digest of what a learner has learned: equal calls give equal digests, on every target and in every language.
///
/// `learner` is a handle of any kind.
#[unsafe(no_mangle)]
pub extern "C" fn habit_digest(learner: AnyView, mut digest: Out<u64>) -> Status {
    Status::of(|| {
        digest.place()?.put(Stored(learner.learner()?).digest());
        Ok(())
    })
}

/// Writes how many bytes the checkpoint of a learner takes.
///
/// `learner` is a handle of any kind.
#[unsafe(no_mangle)]
pub extern "C" fn habit_checkpoint_size(learner: AnyView, mut size: Out<usize>) -> Status {
    Status::of(|| {
        size.place()?.put(checkpoint::size(&Stored(learner.learner()?)));
        Ok(())
    })
}

/// Saves what a learner has learned to the first bytes of a buffer, and writes how many that are.
///
/// `learner` is a handle of any kind; `length` is that of the buffer.
#[unsafe(no_mangle)]
pub extern "C" fn habit_save(learner: AnyView, mut buffer: Out<u8>, length: usize, mut written: Out<usize>) -> Status {
    Status::of(|| {
        let written = written.place()?;
        written.put(checkpoint::save(&Stored(learner.learner()?), buffer.slice(length)?)?);
        Ok(())
    })
}

/// Takes over what a checkpoint of exactly `length` bytes holds; parameters stay as they are. A checkpoint of another
/// learner or of other sizes, of a newer version, damaged or cut, is refused, and the learner is as it was.
///
/// `learner` is a handle of any kind.
#[unsafe(no_mangle)]
pub extern "C" fn habit_load(mut learner: AnyHandle, bytes: In<u8>, length: usize) -> Status {
    Status::of(|| {
        checkpoint::load(&mut Stored(learner.learner()?), bytes.slice(length)?)?;
        Ok(())
    })
}

/// What a checkpoint is of.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Checkpoint {
    /// The learner's name in `kernel/CHECKPOINT.md`, "" for one that cannot be made from C.
    pub name: *const c_char,
    /// FNV-1a 32 of the learner's name.
    pub kind: u32,
    /// FNV-1a 32 of the name of the functions that it was computed with.
    pub numerics: u32,
    /// States and actions, or arms and features, and so on; 0 where there are fewer.
    pub dimensions: [u32; 3],
}

const SIZES: [usize; 3] = [0; 3];

/// Those that can be made from C.
const NAMES: [(Identity, &CStr); 11] = [
    (Identity::new("q-learning", "", SIZES), c"q-learning"),
    (Identity::new("sarsa", "", SIZES), c"sarsa"),
    (Identity::new("expected-sarsa", "", SIZES), c"expected-sarsa"),
    (Identity::around("ucb", Identity::new("cumulative", "", SIZES)), c"ucb around cumulative"),
    (Identity::around("ucb", Identity::new("discounted", "", SIZES)), c"ucb around discounted"),
    (Identity::new("thompson-beta", "", SIZES), c"thompson-beta"),
    (Identity::new("exp3", "", SIZES), c"exp3"),
    (Identity::new("lin-ucb", "", SIZES), c"lin-ucb"),
    (Identity::new("dyn-lin-ucb", "", SIZES), c"dyn-lin-ucb"),
    (Identity::around("contextual", Identity::new("shared", "", SIZES)), c"contextual around shared"),
    (Identity::around("contextual", Identity::new("disjoint", "", SIZES)), c"contextual around disjoint"),
];

/// Writes what a checkpoint of exactly `length` bytes holds, once it has been found whole and undamaged.
#[unsafe(no_mangle)]
pub extern "C" fn habit_checkpoint_info(bytes: In<u8>, length: usize, mut info: Out<Checkpoint>) -> Status {
    Status::of(|| {
        let info = info.place()?;
        let Identity { kind, numerics, dimensions } = checkpoint::identity(bytes.slice(length)?)?;
        let name = NAMES.iter().find(|(known, _)| known.kind == kind).map_or(c"", |(_, name)| *name).as_ptr();
        info.put(Checkpoint { name, kind, numerics, dimensions });
        Ok(())
    })
}
