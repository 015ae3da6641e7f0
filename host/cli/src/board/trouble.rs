//! Why a board cannot be spoken with.

use std::io;

use crate::failure::Failure;

/// Why a board cannot be spoken with, or does not do what it is asked for.
#[derive(Debug)]
pub enum Trouble {
    /// The port fails.
    Port(io::Error),
    /// No answer in time.
    Silent,
    /// What came was not what was sent.
    Damaged,
    /// The board says no.
    Refused {
        /// As `kernel/PROTOCOL.md` lists it.
        code: String,
        /// For people.
        message: String,
    },
    /// The board has started anew meanwhile.
    Restarted {
        /// As the board says.
        reason: String,
        /// As the board says.
        place: String,
    },
    /// The board serves something else.
    NoExperiments,
    /// The board speaks another version of the protocol.
    Protocol(String),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Port(error)
    }
}

/// What is not cured by sending a line again.
const LASTING: &[&str] = &[
    "no_storage",
    "storage_empty",
    "storage_full",
    "storage_failed",
    "not_started",
    "not_continued",
    "not_loadable",
    "run_over",
    "not_paused",
    "unknown_experiment",
    "unknown_parameter",
    "unknown_choice",
    "not_a_number",
    "parameter_out_of_range",
    "steps_out_of_range",
    "not_a_checkpoint",
    "newer_version",
    "truncated",
    "other_kind",
    "other_dimensions",
    "other_numerics",
    "non_finite",
];

impl Trouble {
    /// Whether another attempt may cure it: what the line has swallowed or changed.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Silent | Self::Damaged => true,
            Self::Refused { code, .. } => !LASTING.contains(&code.as_str()),
            _ => false,
        }
    }

    /// One sentence about the board at `port`.
    pub fn at(self, port: &str) -> Failure {
        match self {
            Self::Port(error) => Failure::File(format!("{port}: {error}")),
            Self::Silent => Failure::File(format!("the board at {port} does not answer")),
            Self::Damaged => Failure::File(format!("the line to {port} damages what it carries")),
            Self::Restarted { reason, place } => {
                Failure::File(format!("the board at {port} has started anew ({reason} {place}); try again"))
            }
            Self::NoExperiments => Failure::Input(format!("the board at {port} serves no experiments")),
            Self::Protocol(version) => {
                Failure::Input(format!("the board at {port} speaks version {version} of the protocol"))
            }
            Self::Refused { code, message } => {
                let sentence = format!("the board at {port} refuses: {message} ({code})");
                match code.as_str() {
                    "other_kind" => {
                        Failure::Input(format!("the board at {port} runs another experiment; --restart gives that up"))
                    }
                    "not_started" => Failure::Input(format!("nothing runs on the board at {port}")),
                    "storage_failed" => Failure::File(sentence),
                    _ => Failure::Input(sentence),
                }
            }
        }
    }
}
