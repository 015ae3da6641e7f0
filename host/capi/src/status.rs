//! What a function answers.

use core::ffi::{CStr, c_char};

use habit::Error;

/// What a function answers. Whatever is refused has changed nothing. Numbers keep their meaning for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Status {
    /// It is done.
    Ok = 0,
    /// A pointer is null.
    NullPointer = 1,
    /// A pointer is not aligned to what it points to.
    Misaligned = 2,
    /// The memory is smaller than the size that the learner asks for.
    MemoryTooSmall = 3,
    /// A size is 0, or too great for the memory of this machine.
    SizeOutOfRange = 4,
    /// There is no learner of this kind in this memory.
    WrongHandle = 5,
    /// The learner's memory was copied elsewhere: save and load it instead.
    Moved = 6,
    /// An array that is written overlaps another one.
    Overlap = 7,
    /// An outcome is one of 0, 1 and 2.
    OutcomeOutOfRange = 8,
    /// The text is not UTF-8.
    NotText = 9,
    /// The generator has not been started.
    Unseeded = 10,
    /// The kernel says something that this interface has no number for.
    Other = 99,
    /// The state is not below the number of states.
    StateOutOfRange = 100,
    /// The action is not below the number of actions.
    ActionOutOfRange = 101,
    /// A number is infinite or not a number.
    NonFinite = 102,
    /// The step size must be above 0 and at most 1.
    StepSizeOutOfRange = 103,
    /// The discount must be between 0 and 1.
    DiscountOutOfRange = 104,
    /// Epsilon must be between 0 and 1.
    EpsilonOutOfRange = 105,
    /// A probability must be between 0 and 1, and one must be above 0.
    ProbabilityOutOfRange = 106,
    /// A parameter is outside its range.
    ParameterOutOfRange = 107,
    /// The reward is outside the range that was stated.
    RewardOutOfRange = 108,
    /// There is nothing to choose from.
    EmptyRange = 109,
    /// There must be at least one arm.
    NoArms = 110,
    /// The lengths of two arrays do not fit.
    LengthMismatch = 111,
    /// The matrix is no longer positive definite.
    NotPositiveDefinite = 112,
    /// This arm was not the one selected last.
    NotSelected = 113,
    /// Nothing has been started.
    NotStarted = 114,
    /// The bytes end too early.
    Truncated = 115,
    /// The bytes do not hold a valid state.
    Malformed = 116,
    /// The bytes are not a checkpoint.
    NotACheckpoint = 117,
    /// The checkpoint was written by a newer version.
    NewerVersion = 118,
    /// The checkpoint is damaged: its checksum does not fit.
    Corrupt = 119,
    /// The checkpoint is of another kind of learner.
    OtherKind = 120,
    /// The checkpoint was computed with other functions.
    OtherNumerics = 121,
    /// The checkpoint is of another size.
    OtherDimensions = 122,
    /// The buffer is too small.
    BufferTooSmall = 123,
    /// No experiment has this id.
    UnknownExperiment = 124,
    /// The experiment has no such parameter.
    UnknownParameter = 125,
    /// The parameter has no such option.
    UnknownChoice = 126,
    /// The value is not a number.
    NotANumber = 127,
    /// The number of steps is outside the experiment's limits.
    StepsOutOfRange = 128,
}

/// What the kernel says, and its number here.
const OF_THE_KERNEL: &[(Error, Status)] = &[
    (Error::StateOutOfRange, Status::StateOutOfRange),
    (Error::ActionOutOfRange, Status::ActionOutOfRange),
    (Error::NonFinite, Status::NonFinite),
    (Error::StepSizeOutOfRange, Status::StepSizeOutOfRange),
    (Error::DiscountOutOfRange, Status::DiscountOutOfRange),
    (Error::EpsilonOutOfRange, Status::EpsilonOutOfRange),
    (Error::ProbabilityOutOfRange, Status::ProbabilityOutOfRange),
    (Error::ParameterOutOfRange, Status::ParameterOutOfRange),
    (Error::RewardOutOfRange, Status::RewardOutOfRange),
    (Error::EmptyRange, Status::EmptyRange),
    (Error::NoArms, Status::NoArms),
    (Error::LengthMismatch, Status::LengthMismatch),
    (Error::NotPositiveDefinite, Status::NotPositiveDefinite),
    (Error::NotSelected, Status::NotSelected),
    (Error::NotStarted, Status::NotStarted),
    (Error::Truncated, Status::Truncated),
    (Error::Malformed, Status::Malformed),
    (Error::NotACheckpoint, Status::NotACheckpoint),
    (Error::NewerVersion, Status::NewerVersion),
    (Error::Corrupt, Status::Corrupt),
    (Error::OtherKind, Status::OtherKind),
    (Error::OtherNumerics, Status::OtherNumerics),
    (Error::OtherDimensions, Status::OtherDimensions),
    (Error::BufferTooSmall, Status::BufferTooSmall),
    (Error::UnknownExperiment, Status::UnknownExperiment),
    (Error::UnknownParameter, Status::UnknownParameter),
    (Error::UnknownChoice, Status::UnknownChoice),
    (Error::NotANumber, Status::NotANumber),
    (Error::StepsOutOfRange, Status::StepsOutOfRange),
];

/// What only this interface says.
const OF_ITS_OWN: &[(Status, &CStr)] = &[
    (Status::Ok, c"it is done"),
    (Status::NullPointer, c"a pointer is null"),
    (Status::Misaligned, c"a pointer is not aligned to what it points to"),
    (Status::MemoryTooSmall, c"the memory is smaller than the size that the learner asks for"),
    (Status::SizeOutOfRange, c"a size is 0, or too great for the memory of this machine"),
    (Status::WrongHandle, c"there is no learner of this kind in this memory"),
    (Status::Moved, c"the learner's memory was copied elsewhere: save and load it instead"),
    (Status::Overlap, c"an array that is written overlaps another one"),
    (Status::OutcomeOutOfRange, c"an outcome is one of 0, 1 and 2"),
    (Status::NotText, c"the text is not UTF-8"),
    (Status::Unseeded, c"the generator has not been started"),
    (Status::Other, c"the kernel says something that this interface has no number for"),
];

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        OF_THE_KERNEL.iter().find(|(known, _)| *known == error).map_or(Self::Other, |(_, status)| *status)
    }
}

impl Status {
    /// Does the work and says how it went.
    pub(crate) fn of(work: impl FnOnce() -> Result<(), Self>) -> Self {
        work().err().unwrap_or(Self::Ok)
    }
}

/// What a number means, in one clause, for people; of a number that means nothing, too. The text lasts for ever.
#[unsafe(no_mangle)]
pub extern "C" fn habit_error_message(status: i32) -> *const c_char {
    let of_its_own = OF_ITS_OWN.iter().find(|(own, _)| *own as i32 == status).map(|(_, message)| *message);
    let of_the_kernel =
        || OF_THE_KERNEL.iter().find(|(_, known)| *known as i32 == status).map(|(error, _)| error.c_message());
    of_its_own.or_else(of_the_kernel).unwrap_or(c"there is no such status").as_ptr()
}

/// The version of the library, as `0.1.0`. The text lasts for ever.
#[unsafe(no_mangle)]
pub extern "C" fn habit_version() -> *const c_char {
    const VERSION: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => c"",
    };
    VERSION.as_ptr()
}
