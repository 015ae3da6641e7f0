//! Why a call was refused or failed.

use std::fmt;

/// Why a call was refused or failed. A call that is refused has submitted nothing and changed nothing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// The machine has no adapter that fits.
    NoAdapter {
        /// The text that the adapter was to be named by, if any.
        wanted: Option<String>,
        /// The adapters that are there, as listed.
        found: Vec<String>,
    },
    /// The adapter is there, but gives no device.
    NoDevice(String),
    /// The device was lost while it worked.
    Lost(String),
    /// The device has not enough memory left.
    OutOfMemory,
    /// The driver refused a shader or a command: a fault of this crate or of the driver.
    Driver(String),
    /// WGSL of an environment or a policy does not compile: the compiler's words.
    Shader(String),
    /// An environment ended an episode sooner than it says that any ends.
    ShortEpisode,
    /// An episode of a sweep went on and on; a time limit would have cut it.
    LongEpisode,
    /// There are no steps or no lanes: nothing to do.
    Empty,
    /// More than the device takes at once.
    TooLarge {
        /// What there is too much of, with its unit.
        what: &'static str,
        /// How much was asked for.
        asked: u64,
        /// How much the device takes.
        limit: u64,
    },
    /// The kernel refuses this input, on a CPU too.
    Input(habit::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAdapter { wanted, found } if found.is_empty() => {
                f.write_str("no GPU adapter")?;
                if let Some(wanted) = wanted {
                    write!(f, " (wanted: {wanted})")?;
                }
                f.write_str(
                    ": install a Vulkan driver (in Debian, mesa-vulkan-drivers has one that needs no GPU), or use a browser \
                     with WebGPU enabled",
                )
            }
            Self::NoAdapter { wanted, found } => {
                let wanted = wanted.as_deref().unwrap_or("one that computes");
                write!(f, "no GPU adapter fits (wanted: {wanted}); there are: {}", found.join("; "))
            }
            Self::NoDevice(reason) => write!(f, "the GPU adapter gives no device: {reason}"),
            Self::Lost(reason) => write!(f, "the GPU device was lost: {reason}"),
            Self::OutOfMemory => f.write_str("the GPU device is out of memory: use fewer lanes or steps at once"),
            Self::Driver(reason) => write!(f, "the GPU driver refused: {reason}"),
            Self::Shader(reason) => write!(f, "the WGSL of an environment or a policy does not compile: {reason}"),
            Self::ShortEpisode => {
                f.write_str("the environment ended an episode in fewer steps than it says that any episode has")
            }
            Self::LongEpisode => {
                f.write_str("an episode went on for more than 16 777 216 steps: give the episodes a time limit")
            }
            Self::Empty => f.write_str("there is nothing to do: no steps or no lanes"),
            Self::TooLarge { what, asked, limit } => {
                write!(f, "too large for this GPU device: {asked} {what}, it takes {limit} at once")
            }
            Self::Input(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

impl From<habit::Error> for Error {
    fn from(error: habit::Error) -> Self {
        Self::Input(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_without_an_adapter_says_what_to_install() {
        let text = Error::NoAdapter { wanted: None, found: Vec::new() }.to_string();
        assert!(text.starts_with("no GPU adapter: install a Vulkan driver"), "{text}");
        let text = Error::NoAdapter { wanted: Some("Radeon".into()), found: vec!["llvmpipe".into()] }.to_string();
        assert_eq!(text, "no GPU adapter fits (wanted: Radeon); there are: llvmpipe");
    }
}
