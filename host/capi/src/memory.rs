//! The caller's pointers as checked views. All of the crate's `unsafe` stands here.
//!
//! The types of pointers are made by C, or in Rust by an `unsafe` call: whoever makes one promises what the header asks of
//! every pointer. So the functions that take them need no `unsafe`.

use core::ffi::c_void;
use core::marker::PhantomData;

use habit::interact::Outcome;

use crate::persist::Learner;
use crate::status::Status;

/// The alignment of the memory of every learner.
pub const ALIGN: usize = 8;

mod sealed {
    /// Numbers of which every pattern of bits is one.
    pub trait Plain: Copy + 'static {}
    impl Plain for f32 {}
    impl Plain for u8 {}
    impl Plain for u32 {}
    impl Plain for crate::random::Rng {}
    impl Plain for crate::bandit::Confidence {}
    impl Plain for crate::td::TdSettings {}
}
use sealed::Plain;

fn check<T>(pointer: *const T) -> Result<(), Status> {
    if pointer.is_null() {
        Err(Status::NullPointer)
    } else if !pointer.is_aligned() {
        Err(Status::Misaligned)
    } else {
        Ok(())
    }
}

fn check_many<T>(pointer: *const T, length: usize) -> Result<(), Status> {
    check(pointer)?;
    match length.checked_mul(size_of::<T>()) {
        Some(bytes) if isize::try_from(bytes).is_ok() => Ok(()),
        _ => Err(Status::SizeOutOfRange),
    }
}

/// Where an array lies.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    start: usize,
    end: usize,
}

impl Span {
    fn of<T>(pointer: *const T, length: usize) -> Self {
        let start = pointer.addr();
        Self { start, end: start.saturating_add(length.saturating_mul(size_of::<T>())) }
    }

    /// Whether the two share a byte.
    pub fn meets(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// What a function reads: one value, or an array.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct In<T>(*const T);

impl<T> In<T> {
    /// Of a pointer, which may be null.
    ///
    /// # Safety
    /// Unless it is null or misaligned, it points to as many values as the function that it is given to says, which nobody
    /// writes to meanwhile.
    pub const unsafe fn new(pointer: *const T) -> Self {
        Self(pointer)
    }

    /// Where its array lies.
    pub fn span(self, length: usize) -> Span {
        Span::of(self.0, length)
    }
}

impl<T: Plain> In<T> {
    /// The value.
    pub(crate) fn value(self) -> Result<T, Status> {
        check(self.0)?;
        // SAFETY: not null, aligned; the caller promises that a value is there.
        Ok(unsafe { self.0.read() })
    }

    /// The array.
    pub(crate) fn slice(&self, length: usize) -> Result<&[T], Status> {
        self.lasting(length)
    }

    /// An array that the header asks to be kept for as long as the learner that is given it.
    pub(crate) fn lasting(&self, length: usize) -> Result<&'static [T], Status> {
        if length == 0 {
            return Ok(&[]);
        }
        check_many(self.0, length)?;
        // SAFETY: not null, aligned, of a possible length; the caller promises that so many values are there.
        Ok(unsafe { core::slice::from_raw_parts(self.0, length) })
    }
}

impl In<u8> {
    /// An array of outcomes.
    pub(crate) fn outcomes(&self, length: usize) -> Result<&[Outcome], Status> {
        let bytes = self.slice(length)?;
        if bytes.iter().any(|&byte| byte > Outcome::Truncated as u8) {
            return Err(Status::OutcomeOutOfRange);
        }
        // SAFETY: `Outcome` is one byte of the values 0, 1 and 2, and there are no others.
        Ok(unsafe { core::slice::from_raw_parts(bytes.as_ptr().cast(), bytes.len()) })
    }
}

#[cfg(feature = "lab")]
impl In<core::ffi::c_char> {
    /// A text that ends with a zero.
    pub(crate) fn text(&self) -> Result<&str, Status> {
        check(self.0)?;
        // SAFETY: not null; the caller promises that it ends.
        let text = unsafe { core::ffi::CStr::from_ptr(self.0) };
        text.to_str().map_err(|_| Status::NotText)
    }
}

/// What a function writes to: one value, or an array.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct Out<T>(*mut T);

/// Where a value will be written, once all else has gone well.
pub(crate) struct Place<'a, T>(*mut T, PhantomData<&'a mut T>);

impl<T> Place<'_, T> {
    pub(crate) fn put(self, value: T) {
        // SAFETY: `Out::place` has checked it; the caller promises that a value may be written there.
        unsafe { self.0.write(value) }
    }
}

impl<T> Out<T> {
    /// Of a pointer, which may be null.
    ///
    /// # Safety
    /// Unless it is null or misaligned, as many values as the function that it is given to says may be written there, and
    /// nobody else looks meanwhile.
    pub const unsafe fn new(pointer: *mut T) -> Self {
        Self(pointer)
    }

    /// Where its array lies.
    pub fn span(self, length: usize) -> Span {
        Span::of(self.0, length)
    }

    pub(crate) fn place(&mut self) -> Result<Place<'_, T>, Status> {
        check(self.0)?;
        Ok(Place(self.0, PhantomData))
    }

    /// Nothing where the caller does not want to know.
    pub(crate) fn wanted(&mut self) -> Result<Option<Place<'_, T>>, Status> {
        if self.0.is_null() { Ok(None) } else { self.place().map(Some) }
    }

    pub(crate) const fn is_null(&self) -> bool {
        self.0.is_null()
    }
}

impl<T: Plain> Out<T> {
    /// The value that is there.
    pub(crate) fn value(&mut self) -> Result<&mut T, Status> {
        check(self.0)?;
        // SAFETY: not null, aligned; the caller promises that a value is there and that nobody else looks.
        Ok(unsafe { &mut *self.0 })
    }

    /// The array.
    pub(crate) fn slice(&mut self, length: usize) -> Result<&mut [T], Status> {
        if length == 0 {
            return Ok(&mut []);
        }
        check_many(self.0, length)?;
        // SAFETY: not null, aligned, of a possible length; the caller promises room for so many values, and that nobody
        // else looks.
        Ok(unsafe { core::slice::from_raw_parts_mut(self.0, length) })
    }
}

/// A kind of learner, as C sees it: an incomplete type.
pub trait Class {
    /// What all learners of the kind can do.
    type Object: ?Sized + 'static;

    /// Tells their memory from that of others.
    const MAGIC: u32;
}

/// A kind that a type of learner is of.
pub trait Holds<T>: Class {
    /// Forgets which.
    fn object(learner: &'static mut T) -> &'static mut Self::Object;
}

/// What the memory of a learner begins with.
#[repr(C)]
struct Header<D: ?Sized> {
    prefix: Prefix,
    object: *mut D,
}

/// What it begins with, whatever the learner.
#[derive(Clone, Copy)]
#[repr(C)]
struct Prefix {
    magic: u32,
    /// Where the learner was made: what it points to would be lost elsewhere.
    home: usize,
}

/// Reads the header of a learner of this kind.
fn object<C: Class>(pointer: *const c_void) -> Result<*mut C::Object, Status> {
    check(pointer.cast::<Header<C::Object>>())?;
    // SAFETY: not null, aligned; the caller promises that it is memory that a learner was made in.
    let magic = unsafe { pointer.cast::<u32>().read() };
    if magic != C::MAGIC {
        return Err(Status::WrongHandle);
    }
    // SAFETY: as above; the word read says that there is a header, of this kind.
    let header = unsafe { pointer.cast::<Header<C::Object>>().read() };
    if header.prefix.home == pointer.addr() { Ok(header.object) } else { Err(Status::Moved) }
}

/// A learner.
#[derive(Debug)]
#[repr(transparent)]
pub struct Handle<C>(*mut C);

impl<C> Clone for Handle<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for Handle<C> {}

impl<C: Class> Handle<C> {
    /// Of a pointer, which may be null.
    ///
    /// # Safety
    /// Unless it is null or misaligned, it points to memory of a learner, whose arrays are still there, and which nobody
    /// else uses meanwhile.
    pub const unsafe fn new(pointer: *mut C) -> Self {
        Self(pointer)
    }

    pub(crate) fn learner(&mut self) -> Result<&mut C::Object, Status> {
        // SAFETY: the header says that the object is there; the caller promises that nobody else uses it.
        Ok(unsafe { &mut *object::<C>(self.0.cast())? })
    }
}

/// A learner that is only looked at.
#[derive(Debug)]
#[repr(transparent)]
pub struct View<C>(*const C);

impl<C: Class> View<C> {
    /// Of a pointer, which may be null.
    ///
    /// # Safety
    /// As [`Handle::new`], but others may look, too.
    pub const unsafe fn new(pointer: *const C) -> Self {
        Self(pointer)
    }

    pub(crate) fn learner(&self) -> Result<&C::Object, Status> {
        // SAFETY: the header says that the object is there; the caller promises that nobody changes it.
        Ok(unsafe { &*object::<C>(self.0.cast())? })
    }
}

macro_rules! any {
    ($($class:path),*) => {
        /// The learner in this memory, of whatever kind.
        fn any(pointer: *const c_void) -> Result<*mut dyn Learner, Status> {
            $(match object::<$class>(pointer) {
                Err(Status::WrongHandle) => {}
                found => return found.map(|object| object as *mut dyn Learner),
            })*
            Err(Status::WrongHandle)
        }
    };
}

any!(crate::td::Td, crate::bandit::Bandit, crate::contextual::Contextual);

/// A learner of whatever kind.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct AnyHandle(*mut c_void);

impl AnyHandle {
    /// Of a pointer, which may be null.
    ///
    /// # Safety
    /// As [`Handle::new`].
    pub const unsafe fn new(pointer: *mut c_void) -> Self {
        Self(pointer)
    }

    pub(crate) fn learner(&mut self) -> Result<&mut dyn Learner, Status> {
        // SAFETY: as for `Handle`.
        Ok(unsafe { &mut *any(self.0)? })
    }
}

/// A learner of whatever kind, only looked at.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct AnyView(*const c_void);

impl AnyView {
    /// Of a pointer, which may be null.
    ///
    /// # Safety
    /// As [`View::new`].
    pub const unsafe fn new(pointer: *const c_void) -> Self {
        Self(pointer)
    }

    pub(crate) fn learner(&self) -> Result<&dyn Learner, Status> {
        // SAFETY: as for `View`.
        Ok(unsafe { &*any(self.0)? })
    }
}

/// Memory for a learner.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct Memory(*mut c_void);

impl Memory {
    /// Of a pointer, which may be null.
    ///
    /// # Safety
    /// Unless it is null or misaligned, as many bytes as are said beside it belong to the learner that is made there, for
    /// as long as it is used.
    pub const unsafe fn new(pointer: *mut c_void) -> Self {
        Self(pointer)
    }

    /// Checks that it holds so many bytes, and writes nothing yet. 0 bytes stand for a size that cannot be.
    pub(crate) fn of(self, length: usize, bytes: usize) -> Result<Arena, Status> {
        if bytes == 0 {
            return Err(Status::SizeOutOfRange);
        }
        if self.0.is_null() {
            return Err(Status::NullPointer);
        }
        if !self.0.addr().is_multiple_of(ALIGN) {
            return Err(Status::Misaligned);
        }
        if length < bytes {
            return Err(Status::MemoryTooSmall);
        }
        Ok(Arena { start: self.0.cast(), taken: 0, length: bytes })
    }
}

/// Memory that is being given out, from the front.
pub(crate) struct Arena {
    start: *mut u8,
    taken: usize,
    length: usize,
}

impl Arena {
    /// Where it lies.
    pub(crate) fn span(&self) -> Span {
        Span::of(self.start.cast_const(), self.length)
    }

    /// The next place for so many values.
    fn take<T>(&mut self, count: usize) -> Result<*mut T, Status> {
        const { assert!(align_of::<T>() <= ALIGN) };
        let start = self.taken.next_multiple_of(align_of::<T>());
        let bytes = count.checked_mul(size_of::<T>()).ok_or(Status::SizeOutOfRange)?;
        let end = start.checked_add(bytes).filter(|&end| end <= self.length).ok_or(Status::MemoryTooSmall)?;
        self.taken = end;
        // SAFETY: within the memory, which is aligned for all that is put there.
        Ok(unsafe { self.start.add(start) }.cast())
    }

    /// So many numbers, all 0.
    pub(crate) fn numbers<T: Plain>(&mut self, count: usize) -> Result<&'static mut [T], Status> {
        let pointer = self.take::<T>(count)?;
        // SAFETY: given out once; zeros are numbers; the caller promises that it belongs to the learner from now on.
        unsafe {
            pointer.write_bytes(0, count);
            Ok(core::slice::from_raw_parts_mut(pointer, count))
        }
    }

    /// So many values that are made one after the other.
    pub(crate) fn values<T: 'static>(
        &mut self,
        count: usize,
        mut make: impl FnMut(&mut Self) -> Result<T, Status>,
    ) -> Result<&'static mut [T], Status> {
        let pointer = self.take::<T>(count)?;
        for index in 0..count {
            let value = make(self)?;
            // SAFETY: within what was given out.
            unsafe { pointer.add(index).write(value) };
        }
        // SAFETY: given out once, and every value was written.
        Ok(unsafe { core::slice::from_raw_parts_mut(pointer, count) })
    }

    /// A run of no experiment, copied byte by byte: it is too large for the stack.
    #[cfg(feature = "lab")]
    pub(crate) fn run(&mut self) -> Result<&'static mut habit::lab::Run, Status> {
        static NOTHING: habit::lab::Run = habit::lab::Run::EMPTY;
        let pointer = self.take(1)?;
        // SAFETY: given out once; the kernel has no heap, so nothing is owned by both copies.
        unsafe {
            (&raw const NOTHING).copy_to_nonoverlapping(pointer, 1);
            Ok(&mut *pointer)
        }
    }

    /// Makes the learner from what `make` builds; the header is written last.
    pub(crate) fn learner<C: Holds<T>, T: 'static>(
        mut self,
        make: impl FnOnce(&mut Self) -> Result<T, Status>,
    ) -> Result<Handle<C>, Status> {
        let header = self.take::<Header<C::Object>>(1)?;
        let mut object = Some(make(&mut self)?);
        let placed = self.values(1, |_| object.take().ok_or(Status::SizeOutOfRange))?;
        let object: *mut C::Object = C::object(placed.first_mut().ok_or(Status::SizeOutOfRange)?);
        let prefix = Prefix { magic: C::MAGIC, home: header.addr() };
        // SAFETY: given out above.
        unsafe { header.write(Header { prefix, object }) };
        Ok(Handle(header.cast()))
    }
}

/// Bytes of memory: what a learner takes besides its numbers, and four for each number; 0 where a size is 0 or that is more
/// than there can be.
pub(crate) fn bytes(overhead: usize, sizes: &[usize], numbers: Option<usize>) -> usize {
    // Sizes are kept as `u32` in checkpoints.
    if sizes.iter().any(|&size| size == 0 || u32::try_from(size).is_err()) {
        return 0;
    }
    let bytes = numbers.and_then(|numbers| numbers.checked_mul(4)).and_then(|bytes| bytes.checked_add(overhead));
    bytes.filter(|&bytes| isize::try_from(bytes).is_ok()).unwrap_or(0)
}

/// What a learner's header and its own fields take at most.
pub(crate) const fn fits<C: Class, T>(overhead: usize) -> bool {
    size_of::<Header<C::Object>>() + size_of::<T>() + ALIGN <= overhead
}
