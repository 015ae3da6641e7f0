//! Learned state as bytes: what a checkpoint holds and what a digest runs over.
//!
//! Bytes are little-endian and in the order that each type documents; hyperparameters are not part of them.

use crate::error::Error;

/// Where bytes go.
pub trait Write {
    /// Takes all of `bytes`.
    fn bytes(&mut self, bytes: &[u8]);
}

/// State that can be written, read back and digested.
///
/// Reading is done in two passes: [`check`](Self::check) refuses what is wrong before [`read`](Self::read) changes
/// anything. [`restore`](Self::restore) does both.
pub trait Persist {
    /// Writes the state.
    fn write(&self, out: &mut impl Write);

    /// Reads over the bytes that [`read`](Self::read) would take and says whether they are a state of this type and size.
    ///
    /// # Errors
    /// [`Error::Truncated`], [`Error::NonFinite`] or [`Error::Malformed`].
    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error>;

    /// Takes over the state from bytes that [`check`](Self::check) has accepted.
    ///
    /// # Errors
    /// [`Error::Truncated`].
    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error>;

    /// Takes over the state from exactly these bytes, or refuses them and changes nothing.
    ///
    /// # Errors
    /// As [`check`](Self::check); [`Error::Malformed`] when bytes are left over.
    fn restore(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let mut reader = Reader::new(bytes);
        self.check(&mut reader)?;
        if !reader.is_empty() {
            return Err(Error::Malformed);
        }
        self.read(&mut Reader::new(bytes))
    }

    /// FNV-1a 64 over the written bytes.
    fn digest(&self) -> u64 {
        let mut digest = Digest::new();
        self.write(&mut digest);
        digest.value()
    }
}

/// Learners that pool what they have learned apart from each other: a fleet of devices, the shards of a log.
///
/// Both must have started alike, and what is pooled must not have been pooled before: a device that receives the merged
/// state starts its own share anew. Merging commutes to the bit; counts are exact in every order; sums of floats depend on
/// the order of merging in their last bits, so merge shards in their order to get the same bits again.
pub trait Merge {
    /// Says whether the two can be merged; what it needs to find out leaves no trace.
    ///
    /// # Errors
    /// [`Error::OtherDimensions`]; [`Error::OtherPrior`]; [`Error::NotStarted`]; [`Error::NonFinite`]; what the learner says
    /// of its own.
    fn check_merge(&mut self, other: &Self) -> Result<(), Error>;

    /// Takes in what the other has learned, after [`check_merge`](Self::check_merge) has accepted it.
    fn take_in(&mut self, other: &Self);

    /// Takes in what the other has learned, or refuses it and changes nothing.
    ///
    /// # Errors
    /// As [`check_merge`](Self::check_merge).
    fn merge(&mut self, other: &Self) -> Result<(), Error> {
        self.check_merge(other)?;
        self.take_in(other);
        Ok(())
    }
}

/// Counts: exact in every order, up to the greatest `u32`, where they stay.
impl Merge for u32 {
    fn check_merge(&mut self, _other: &Self) -> Result<(), Error> {
        Ok(())
    }

    fn take_in(&mut self, other: &Self) {
        *self = self.saturating_add(*other);
    }
}

/// Sums.
impl Merge for f32 {
    fn check_merge(&mut self, other: &Self) -> Result<(), Error> {
        if (*self + other).is_finite() { Ok(()) } else { Err(Error::NonFinite) }
    }

    fn take_in(&mut self, other: &Self) {
        *self += other;
    }
}

/// Element by element.
impl<T: Merge> Merge for [T] {
    fn check_merge(&mut self, other: &Self) -> Result<(), Error> {
        if self.len() != other.len() {
            return Err(Error::OtherDimensions);
        }
        self.iter_mut().zip(other).try_for_each(|(own, other)| own.check_merge(other))
    }

    fn take_in(&mut self, other: &Self) {
        self.iter_mut().zip(other).for_each(|(own, other)| own.take_in(other));
    }
}

/// What a state is, so that it is never taken for another: names as FNV-1a 32, and up to three sizes, 0 where there are
/// fewer. 20 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Of the type's documented name.
    pub kind: u32,
    /// Of the name of the functions that computed it ([`Math::NUMERICS`](crate::math::Math::NUMERICS)), or of
    /// [`PLAIN`](Self::PLAIN).
    pub numerics: u32,
    /// The numbers of states and actions, of arms and features, and so on, as the type documents.
    pub dimensions: [u32; 3],
}

impl Identity {
    /// The numerics of what is computed by plain arithmetic and square roots alone, which every target does alike.
    pub const PLAIN: &'static str = "plain";

    /// From names and sizes.
    pub const fn new(kind: &str, numerics: &str, dimensions: [usize; 3]) -> Self {
        let [a, b, c] = dimensions;
        Self {
            kind: name(kind, NAME_OF_NOTHING),
            numerics: name(numerics, NAME_OF_NOTHING),
            dimensions: [a as u32, b as u32, c as u32],
        }
    }

    /// Of a state that wraps another one: the kind tells both, the rest is that of what is inside.
    pub const fn around(kind: &str, inner: Self) -> Self {
        Self { kind: name(kind, inner.kind), ..inner }
    }

    /// Of two states, one after the other: that of the first, with a kind that tells all of the second.
    pub const fn and(self, second: Self) -> Self {
        let [a, b, c] = second.dimensions;
        let words = [second.kind, second.numerics, a, b, c];
        let (mut kind, mut index) = (self.kind, 0);
        while index < words.len() {
            kind = (kind ^ words[index]).wrapping_mul(0x0100_0193);
            index += 1;
        }
        Self { kind, ..self }
    }
}

const NAME_OF_NOTHING: u32 = 0x811c_9dc5;

/// FNV-1a 32, going on from `hash`.
const fn name(text: &str, mut hash: u32) -> u32 {
    let (bytes, mut index) = (text.as_bytes(), 0);
    while index < bytes.len() {
        hash = (hash ^ bytes[index] as u32).wrapping_mul(0x0100_0193);
        index += 1;
    }
    hash
}

/// State that can stand by itself, in a checkpoint.
pub trait Identify: Persist {
    /// What it is.
    fn identity(&self) -> Identity;
}

/// Where bytes come from: a slice that shrinks from the front.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads from the start of `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// Whether all bytes have been taken.
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Takes the next `count` bytes.
    ///
    /// # Errors
    /// [`Error::Truncated`] when fewer are left.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self.bytes.split_at_checked(count).ok_or(Error::Truncated)?;
        self.bytes = rest;
        Ok(taken)
    }
}

/// FNV-1a 64, bytewise.
///
/// ```
/// use habit::state::{Digest, Write};
/// let mut digest = Digest::new();
/// digest.bytes(b"foobar");
/// assert_eq!(digest.value(), 0x8594_4171_f739_67e8);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest(u64);

impl Digest {
    /// The digest of no bytes.
    pub const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// The digest of the bytes so far.
    pub const fn value(self) -> u64 {
        self.0
    }
}

impl Default for Digest {
    fn default() -> Self {
        Self::new()
    }
}

impl Write for Digest {
    fn bytes(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

/// 4 bytes; must be finite.
impl Persist for f32 {
    fn write(&self, out: &mut impl Write) {
        out.bytes(&self.to_le_bytes());
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        let mut value = 0.0f32;
        value.read(from)?;
        if value.is_finite() { Ok(()) } else { Err(Error::NonFinite) }
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        let mut bytes = [0; 4];
        bytes.copy_from_slice(from.take(4)?);
        *self = Self::from_le_bytes(bytes);
        Ok(())
    }
}

macro_rules! persist_integers {
    ($($type:ty, $bytes:literal;)*) => {$(
        #[doc = $bytes]
        impl Persist for $type {
            fn write(&self, out: &mut impl Write) {
                out.bytes(&self.to_le_bytes());
            }

            fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
                from.take(size_of::<Self>()).map(|_| ())
            }

            fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
                let mut bytes = [0; size_of::<Self>()];
                bytes.copy_from_slice(from.take(size_of::<Self>())?);
                *self = Self::from_le_bytes(bytes);
                Ok(())
            }
        }
    )*};
}

persist_integers! {
    u8, "1 byte.";
    u16, "2 bytes.";
    u32, "4 bytes.";
    i16, "2 bytes.";
    i32, "4 bytes.";
}

/// 1 byte: 0 or 1.
impl Persist for bool {
    fn write(&self, out: &mut impl Write) {
        u8::from(*self).write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        if from.take(1)? > &[1] { Err(Error::Malformed) } else { Ok(()) }
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        *self = from.take(1)? == [1];
        Ok(())
    }
}

/// 1 byte, 1 where there is a value, and then the value.
impl<T: Persist + Default> Persist for Option<T> {
    fn write(&self, out: &mut impl Write) {
        self.is_some().write(out);
        if let Some(value) = self {
            value.write(out);
        }
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        let mut is_some = false;
        is_some.check(&mut from.clone())?;
        is_some.read(from)?;
        if is_some { T::default().check(from) } else { Ok(()) }
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        let mut is_some = false;
        is_some.read(from)?;
        *self = None;
        if is_some {
            self.insert(T::default()).read(from)?;
        }
        Ok(())
    }
}

/// What it borrows.
impl<T: Persist + ?Sized> Persist for &mut T {
    fn write(&self, out: &mut impl Write) {
        (**self).write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        (**self).check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        (**self).read(from)
    }
}

impl<T: Identify + ?Sized> Identify for &mut T {
    fn identity(&self) -> Identity {
        (**self).identity()
    }
}

macro_rules! tuples {
    ($($($part:ident $index:tt),+;)*) => {$(
        /// One after the other, from the first: a learner and its generator, say.
        impl<$($part: Persist),+> Persist for ($($part,)+) {
            fn write(&self, out: &mut impl Write) {
                $(self.$index.write(out);)+
            }

            fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
                $(self.$index.check(from)?;)+
                Ok(())
            }

            fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
                $(self.$index.read(from)?;)+
                Ok(())
            }
        }
    )*};
}

tuples! {
    A 0;
    A 0, B 1;
    A 0, B 1, C 2;
    A 0, B 1, C 2, D 3;
}

impl<A: Identify> Identify for (A,) {
    fn identity(&self) -> Identity {
        self.0.identity()
    }
}

impl<A: Identify, B: Identify> Identify for (A, B) {
    fn identity(&self) -> Identity {
        self.0.identity().and(self.1.identity())
    }
}

impl<A: Identify, B: Identify, C: Identify> Identify for (A, B, C) {
    fn identity(&self) -> Identity {
        self.0.identity().and(self.1.identity()).and(self.2.identity())
    }
}

impl<A: Identify, B: Identify, C: Identify, D: Identify> Identify for (A, B, C, D) {
    fn identity(&self) -> Identity {
        self.0.identity().and(self.1.identity()).and(self.2.identity()).and(self.3.identity())
    }
}

/// Element by element, from the first.
impl<T: Persist, const N: usize> Persist for [T; N] {
    fn write(&self, out: &mut impl Write) {
        self[..].write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self[..].check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self[..].read(from)
    }
}

/// Element by element, from the first.
impl<T: Persist> Persist for [T] {
    fn write(&self, out: &mut impl Write) {
        for value in self {
            value.write(out);
        }
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.iter().try_for_each(|value| value.check(from))
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.iter_mut().try_for_each(|value| value.read(from))
    }
}

/// Checks as many finite numbers as there are `values`, each for what else it must be.
pub(crate) fn check_each(values: &[f32], from: &mut Reader<'_>, is_good: impl Fn(f32) -> bool) -> Result<(), Error> {
    values.check(&mut from.clone())?;
    for _ in values {
        let mut value = 0.0f32;
        value.read(from)?;
        if !is_good(value) {
            return Err(Error::Malformed);
        }
    }
    Ok(())
}

/// Writes [`Persist`] for a struct from the list of its learned fields, in order, and of fields of fields; after `then` stands
/// what else changes when they have been read.
macro_rules! persist_fields {
    ([$($generics:tt)*] $type:ty { $($($field:tt).+),+ } $(then |$this:ident| $then:expr)?) => {
        impl<$($generics)*> $crate::state::Persist for $type {
            fn write(&self, out: &mut impl $crate::state::Write) {
                $($crate::state::Persist::write(&self.$($field).+, out);)+
            }

            fn check(&self, from: &mut $crate::state::Reader<'_>) -> Result<(), $crate::error::Error> {
                $($crate::state::Persist::check(&self.$($field).+, from)?;)+
                Ok(())
            }

            fn read(&mut self, from: &mut $crate::state::Reader<'_>) -> Result<(), $crate::error::Error> {
                $($crate::state::Persist::read(&mut self.$($field).+, from)?;)+
                $({
                    let $this = self;
                    $then;
                })?
                Ok(())
            }
        }
    };
}
pub(crate) use persist_fields;

/// Writes [`Persist`] for what learns nothing: no byte.
macro_rules! stateless {
    ([$($generics:tt)*] $type:ty) => {
        /// No byte.
        impl<$($generics)*> $crate::state::Persist for $type {
            fn write(&self, _out: &mut impl $crate::state::Write) {}

            fn check(&self, _from: &mut $crate::state::Reader<'_>) -> Result<(), $crate::error::Error> {
                Ok(())
            }

            fn read(&mut self, _from: &mut $crate::state::Reader<'_>) -> Result<(), $crate::error::Error> {
                Ok(())
            }
        }
    };
}
pub(crate) use stateless;

stateless!([]());

/// `"nothing"`.
impl Identify for () {
    fn identity(&self) -> Identity {
        Identity::new("nothing", Identity::PLAIN, [0, 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_fnv_1a() {
        assert_eq!(Digest::new().value(), 0xcbf2_9ce4_8422_2325);
        let mut digest = Digest::new();
        digest.bytes(b"a");
        assert_eq!(digest.value(), 0xaf63_dc4c_8601_ec8c);
    }

    #[test]
    fn what_is_refused_changes_nothing() {
        let mut values = [1.0f32, 2.0];
        let good = [0, 0, 64, 64, 0, 0, 128, 64];
        let mut bad = good;
        bad[4..].copy_from_slice(&f32::NAN.to_le_bytes());
        assert_eq!(values[..].restore(&good[..7]), Err(Error::Truncated));
        assert_eq!(values[..].restore(&bad), Err(Error::NonFinite));
        assert_eq!(values[..].restore(&[good, good].concat()), Err(Error::Malformed));
        assert_eq!(values, [1.0, 2.0]);
        assert_eq!(values[..].restore(&good), Ok(()));
        assert_eq!(values, [3.0, 4.0]);
    }
}
