//! What a sweep consists of: settings times seeds, in parts.

use habit::lab::EXPERIMENTS;
use habit::protocol::KERNEL;
use serde::{Deserialize, Serialize};

use crate::arguments::Sweep;
use crate::failure::Failure;
use crate::figures::counted;
use crate::names::one;
use crate::seeds::Plan;

/// Seeds of one part: enough that a file is worth its name, few enough that an interruption costs little.
const SEEDS: u32 = 16;
/// The most settings that are taken for meant.
const MOST: usize = 100_000;

/// What a sweep is, as its folder keeps it. Two sweeps with the same text have the same results.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// Of this form.
    version: u32,
    /// Of the kernel.
    kernel: String,
    id: String,
    seed: u32,
    seeds: u32,
    steps: u32,
    /// A row every so many steps; `None` for the last step alone.
    every: Option<u32>,
    /// Names, and the values of each, in the order in which they vary: the last one fastest.
    set: Vec<(String, Vec<String>)>,
}

/// A sweep whose settings were all checked.
#[derive(Debug)]
pub struct Grid {
    pub description: Description,
    /// One a setting, in order.
    plans: Vec<Plan>,
}

/// A stretch of seeds of one setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The setting's place.
    pub setting: usize,
    pub first_seed: u32,
    pub seeds: u32,
}

impl Grid {
    /// Of a command line; every setting is tried before anything runs.
    ///
    /// # Errors
    /// One sentence that says what is possible.
    pub fn new(arguments: &Sweep) -> Result<Self, Failure> {
        let entry = one(&arguments.name, EXPERIMENTS).map_err(Failure::Input)?;
        let mut set: Vec<(String, Vec<String>)> = Vec::new();
        for text in &arguments.set {
            let Some((name, values)) = text.split_once('=') else {
                return Err(Failure::Input(format!("--set takes name=value,value,.. and not '{text}'")));
            };
            if set.iter().any(|(other, _)| other == name.trim()) {
                return Err(Failure::Input(format!(
                    "--set names {} twice; put its values behind one name",
                    name.trim()
                )));
            }
            let values: Vec<_> = values.split(',').map(|value| value.trim().to_owned()).collect();
            if let Some((_, value)) = values.iter().enumerate().find(|(place, value)| values[..*place].contains(value))
            {
                return Err(Failure::Input(format!("--set gives {} the value {value} twice", name.trim())));
            }
            set.push((name.trim().to_owned(), values));
        }
        Self::of(Description {
            version: 1,
            kernel: KERNEL.into(),
            id: EXPERIMENTS[entry].id.into(),
            seed: arguments.seed,
            seeds: arguments.seeds,
            steps: arguments.steps.unwrap_or(EXPERIMENTS[entry].steps.default),
            every: arguments.every,
            set,
        })
    }

    /// Of a description.
    ///
    /// # Errors
    /// As [`Grid::new`]; a description by another version.
    pub fn of(description: Description) -> Result<Self, Failure> {
        if description.version != 1 || description.kernel != KERNEL {
            let sentence = format!(
                "the sweep is of version {} of the kernel, and this is {}; results would be mixed",
                description.kernel, KERNEL
            );
            return Err(Failure::Input(sentence));
        }
        let entry = one(&description.id, EXPERIMENTS).map_err(Failure::Input)?;
        let count = description.set.iter().try_fold(1_usize, |count, (_, values)| count.checked_mul(values.len()));
        if count.is_none_or(|count| count > MOST) {
            return Err(Failure::Input(format!("more than {MOST} settings: give --set fewer values")));
        }
        let plan = |setting: usize| {
            let set: Vec<_> = description.values(setting).map(|(name, value)| format!("{name}={value}")).collect();
            let plan = Plan::new(entry, description.seed, description.seeds, Some(description.steps), &set)?;
            plan.check().map(|_| plan)
        };
        let plans = (0..count.unwrap_or(0)).map(plan).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { description, plans })
    }

    pub fn id(&self) -> &str {
        &self.description.id
    }

    pub const fn steps(&self) -> u32 {
        self.description.steps
    }

    pub const fn every(&self) -> Option<u32> {
        self.description.every
    }

    /// Parts of one setting.
    const fn parts_each(&self) -> usize {
        self.description.seeds.div_ceil(SEEDS) as usize
    }

    pub fn parts(&self) -> usize {
        self.plans.len() * self.parts_each()
    }

    pub fn part(&self, number: usize) -> Part {
        let (setting, stretch) = (number / self.parts_each(), (number % self.parts_each()) as u32);
        let before = stretch * SEEDS;
        let seeds = SEEDS.min(self.description.seeds - before);
        Part { setting, first_seed: self.description.seed + before, seeds }
    }

    pub fn plan(&self, setting: usize) -> &Plan {
        &self.plans[setting]
    }

    /// The values of the parameters that vary.
    pub fn values(&self, setting: usize) -> impl Iterator<Item = &str> {
        self.description.values(setting).map(|(_, value)| value)
    }

    /// The parameters that vary.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.description.set.iter().map(|(name, _)| name.as_str())
    }

    /// In words.
    pub fn summary(&self) -> String {
        let Description { seeds, steps, .. } = self.description;
        let step = self.plans.first().map_or("step", |plan| plan.descriptor().step);
        let settings = counted(self.plans.len() as u64, "setting");
        format!("{settings}, {} each, {}", counted(seeds, "seed"), counted(steps, step))
    }
}

impl Description {
    fn values(&self, setting: usize) -> impl Iterator<Item = (&str, &str)> {
        let mut after: usize = self.set.iter().map(|(_, values)| values.len()).product();
        self.set.iter().map(move |(name, values)| {
            after /= values.len();
            (name.as_str(), values[setting / after % values.len()].as_str())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(seeds: u32, set: &[(&str, &[&str])]) -> Grid {
        let set = set
            .iter()
            .map(|(name, values)| ((*name).to_owned(), values.iter().map(|value| (*value).to_owned()).collect()));
        let description = Description {
            version: 1,
            kernel: KERNEL.into(),
            id: "tabular-td.cliff-walking".into(),
            seed: 5,
            seeds,
            steps: 3,
            every: None,
            set: set.collect(),
        };
        Grid::of(description).unwrap()
    }

    #[test]
    fn settings_are_the_product_and_parts_cover_every_seed_once() {
        let grid = grid(40, &[("epsilon", &["0.1", "0.2"]), ("step_size", &["0.25", "0.5", "1"])]);
        let settings: Vec<_> = (0..6).map(|setting| grid.values(setting).collect::<Vec<_>>().join(" ")).collect();
        assert_eq!(settings, ["0.1 0.25", "0.1 0.5", "0.1 1", "0.2 0.25", "0.2 0.5", "0.2 1"]);
        let parts: Vec<_> = (0..grid.parts()).map(|number| grid.part(number)).collect();
        assert_eq!(parts.len(), 18);
        assert_eq!(parts[2], Part { setting: 0, first_seed: 37, seeds: 8 });
        assert_eq!(parts[3], Part { setting: 1, first_seed: 5, seeds: 16 });
        assert_eq!(parts.iter().map(|part| part.seeds).sum::<u32>(), 6 * 40);
    }

    #[test]
    fn without_settings_there_is_one() {
        let grid = grid(1, &[]);
        assert_eq!((grid.parts(), grid.values(0).count()), (1, 0));
    }
}
