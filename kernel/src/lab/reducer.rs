//! From the steps of a run to one number.

use super::Reduction;

/// Applies a [`Reduction`] to one metric of one contender while a run goes by. Feed it every step, from the first.
#[derive(Clone, Copy, Debug)]
pub struct Reducer {
    reduction: Reduction,
    sum: f64,
    steps: u32,
}

impl Reducer {
    /// Before the first step.
    pub const fn new(reduction: Reduction) -> Self {
        Self { reduction, sum: 0.0, steps: 0 }
    }

    /// Takes in the metric after `step`, counted from 1.
    pub fn add(&mut self, step: u32, value: f32) {
        match self.reduction {
            Reduction::Mean { from, to } if step > from && step <= to => {
                self.sum += f64::from(value);
                self.steps += 1;
            }
            Reduction::Growth { from, .. } if step == from => self.sum -= f64::from(value),
            Reduction::Growth { to, .. } if step == to => {
                self.sum += f64::from(value);
                self.steps += 1;
            }
            _ => {}
        }
    }

    /// The number; `None` until the window is complete.
    pub fn value(&self) -> Option<f64> {
        match self.reduction {
            Reduction::Mean { from, to } => {
                (self.steps > 0 && self.steps == to - from).then(|| self.sum / f64::from(self.steps))
            }
            Reduction::Growth { .. } => (self.steps > 0).then_some(self.sum),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reduced(reduction: Reduction, steps: u32) -> Option<f64> {
        let mut reducer = Reducer::new(reduction);
        (1..=steps).for_each(|step| reducer.add(step, (step * step) as f32));
        reducer.value()
    }

    #[test]
    fn windows_run_from_after_the_first_to_the_last() {
        assert_eq!(reduced(Reduction::Mean { from: 2, to: 4 }, 10), Some(12.5));
        assert_eq!(reduced(Reduction::Mean { from: 2, to: 4 }, 3), None);
        assert_eq!(reduced(Reduction::Growth { from: 0, to: 4 }, 10), Some(16.0));
        assert_eq!(reduced(Reduction::Growth { from: 2, to: 4 }, 10), Some(12.0));
        assert_eq!(reduced(Reduction::Growth { from: 2, to: 4 }, 3), None);
    }
}
