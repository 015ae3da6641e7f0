//! Why a command stops before its end, and the exit codes.

use std::io;
use std::process::ExitCode;

/// What `habit --help` says of exit codes.
pub const EXIT_CODES: &str = "\
Exit codes:
  0  fine (also when the reader of a pipe has had enough)
  1  a claim does not hold, or a check failed
  2  wrong input or usage
  3  something could not be read or written, a board does not answer, or no GPU
     can be used";

/// Why a command stopped before its end.
#[derive(Debug)]
pub enum Failure {
    /// What was asked for cannot be done; one sentence that says what to do.
    Input(String),
    /// Something could not be read or written; one sentence.
    File(String),
    /// The reader of standard output has had enough.
    ClosedPipe,
}

impl Failure {
    /// With more to say.
    pub fn and(self, more: &str) -> Self {
        match self {
            Self::Input(sentence) => Self::Input(format!("{sentence}; {more}")),
            Self::File(sentence) => Self::File(format!("{sentence}; {more}")),
            Self::ClosedPipe => Self::ClosedPipe,
        }
    }

    /// Says it on standard error in one line, and gives the exit code.
    pub fn report(&self) -> ExitCode {
        match self {
            Self::Input(sentence) => {
                complain(sentence);
                ExitCode::from(2)
            }
            Self::File(sentence) => {
                complain(sentence);
                ExitCode::from(3)
            }
            Self::ClosedPipe => ExitCode::SUCCESS,
        }
    }
}

/// From writing to standard output.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::File(format!("cannot write to standard output: {error}")),
        }
    }
}

/// One line on standard error. That it may be closed is no reason to stop.
pub fn complain(sentence: &str) {
    let _ = io::Write::write_all(&mut io::stderr(), format!("habit: {}\n", sentence.replace('\n', " ")).as_bytes());
}
