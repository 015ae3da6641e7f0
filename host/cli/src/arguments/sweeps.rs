//! The commands for sweeps.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

use super::from_one;
use crate::failure::EXIT_CODES;

const SWEPT: &str = "\
For example, 3 x 2 settings with 100 seeds each:
  habit sweep cliff-walking --seeds 100 --out cliff \\
      --set epsilon=0.05,0.1,0.2 --set step_size=0.25,0.5

FOLDER/results.csv has a row a setting, seed and contender: the parameters that
vary, t, seed, contender, the metrics and, at the last step, the digest. It is
written when every part is there. What interrupts the sweep costs the parts that
were being made: the same command goes on from there, to the same bytes.

--shard I/N makes every N-th part from the I-th on, in a folder of its own or in
one that all shards share; `habit merge` puts folders together.";

const MERGED: &str = "\
For example:
  habit merge all shard-1 shard-2 shard-3
The folder has the very bytes of a sweep that was not split. The others stay as
they are.";

/// `habit sweep`.
#[derive(Debug, Args)]
#[command(after_help = format!("{SWEPT}\n\n{EXIT_CODES}"))]
pub struct Sweep {
    /// An experiment
    #[arg(value_name = "ID")]
    pub name: String,
    /// Vary a parameter; repeat it for the product
    #[arg(long, value_name = "NAME=VALUE,..")]
    pub set: Vec<String>,
    /// First seed
    #[arg(long, value_name = "S", default_value_t = 1, allow_negative_numbers = true)]
    pub seed: u32,
    /// Number of seeds of each setting
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = from_one(), allow_negative_numbers = true)]
    pub seeds: u32,
    /// Length of each run [default: the experiment's]
    #[arg(long, value_name = "T", allow_negative_numbers = true)]
    pub steps: Option<u32>,
    /// Rows every K steps too, not only after the last
    #[arg(long, value_name = "K", value_parser = from_one(), allow_negative_numbers = true)]
    pub every: Option<u32>,
    /// A new folder for the results, or one to go on in
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
    /// Make the I-th of N shards only
    #[arg(long, value_name = "I/N")]
    pub shard: Option<Shard>,
    /// Parts at once [default: the cores]
    #[arg(long, value_name = "N", value_parser = from_one(), allow_negative_numbers = true)]
    pub threads: Option<u32>,
}

/// `habit merge`.
#[derive(Debug, Args)]
#[command(after_help = format!("{MERGED}\n\n{EXIT_CODES}"))]
pub struct Merge {
    /// Where the whole goes: a new folder, or one to go on in
    #[arg(value_name = "OUT")]
    pub out: PathBuf,
    /// Folders with parts of the same sweep
    #[arg(value_name = "FOLDER", required = true)]
    pub from: Vec<PathBuf>,
}

/// One of several equal shares of a sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// From 1.
    pub index: u32,
    /// At least `index`.
    pub of: u32,
}

impl Shard {
    /// All of it.
    pub const WHOLE: Self = Self { index: 1, of: 1 };

    /// Whether a part belongs to it.
    pub const fn has(self, part: usize) -> bool {
        part % self.of as usize == self.index as usize - 1
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
        match numbers {
            Some((index, of)) if 1 <= index && index <= of => Ok(Self { index, of }),
            _ => Err("write I/N with I from 1 to N, such as 2/3".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_in_one_shard() {
        for of in 1..=5 {
            for part in 0..20 {
                let shards = (1..=of).filter(|index| Shard { index: *index, of }.has(part));
                assert_eq!(shards.count(), 1);
            }
        }
        assert_eq!("2/3".parse(), Ok(Shard { index: 2, of: 3 }));
        for text in ["", "1", "0/2", "3/2", "a/b", "1/", "-1/2", "1/0"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}
