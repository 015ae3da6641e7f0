//! What has been seen of a board so far.

use habit::lab::{Descriptor, EXPERIMENTS, find};

use super::curve::Curve;
use super::sample::{Said, Sample, printable};

/// A metric as it is drawn.
#[derive(Debug)]
pub struct Panel {
    /// Its key in a sample.
    pub metric: String,
    /// One a contender, in the order of [`Watch::contenders`].
    pub curves: Vec<Curve>,
}

/// What has been seen of a board so far.
#[derive(Debug, Default)]
pub struct Watch {
    /// Why the port is gone, if it is.
    pub gone: Option<String>,
    /// The experiment, where the board has named one that is known here.
    pub experiment: Option<&'static Descriptor>,
    /// Of the run that was last begun.
    pub seed: Option<u64>,
    /// The length of that run.
    pub steps: Option<u64>,
    /// The newest step.
    pub step: u64,
    /// In the order in which they appeared.
    pub contenders: Vec<String>,
    /// In the order of the experiment where it is known, else in that in which they appeared.
    pub panels: Vec<Panel>,
    /// The digest of the run, once it is over.
    pub digest: Option<String>,
    /// Lines that were none of the protocol.
    pub noise: u64,
    /// What the board said last besides samples.
    pub last: String,
}

impl Watch {
    /// Takes in a line.
    pub fn see(&mut self, said: &Said) {
        match said {
            Said::Sample(sample) => self.sample(sample),
            Said::Started { id, seed, steps } => {
                *self = Self { noise: self.noise, ..Self::default() };
                self.experiment = find(id).map(|entry| &EXPERIMENTS[entry]);
                (self.seed, self.steps) = (Some(*seed), Some(*steps));
                self.last = format!("started {}", printable(id));
            }
            Said::Done { id, digest } => {
                self.experiment = find(id).map(|entry| &EXPERIMENTS[entry]).or(self.experiment);
                self.digest = Some(printable(digest));
                self.last = format!("done; digest {}", printable(digest));
            }
            Said::Refused { code, message } => self.last = printable(&format!("refused: {message} ({code})")),
            Said::Other { words, .. } => self.last.clone_from(words),
            Said::Noise(text) => {
                self.noise += 1;
                self.last = format!("not a line of the protocol: {text}");
            }
        }
    }

    fn sample(&mut self, sample: &Sample) {
        // The steps of a run only rise: what begins anew unseen begins a new plot.
        if sample.step < self.step || self.seed.is_some_and(|seed| sample.seed.is_some_and(|other| other != seed)) {
            *self = Self { noise: self.noise, experiment: self.experiment, ..Self::default() };
        }
        (self.step, self.seed) = (sample.step, sample.seed.or(self.seed));
        let contender = printable(&sample.contender);
        let place = self.contenders.iter().position(|name| *name == contender).unwrap_or_else(|| {
            self.contenders.push(contender);
            self.contenders.len() - 1
        });
        for (metric, value) in &sample.metrics {
            let metric = printable(metric);
            let panel = match self.panels.iter().position(|panel| panel.metric == metric) {
                Some(panel) => &mut self.panels[panel],
                None => {
                    self.panels.push(Panel { metric, curves: Vec::new() });
                    let order = |metric: &str| {
                        let metrics = self.experiment?.metrics;
                        metrics.iter().position(|about| about.name == metric)
                    };
                    self.panels.sort_by_key(|panel| order(&panel.metric));
                    let Some(panel) = self.panels.iter_mut().find(|panel| panel.curves.is_empty()) else { continue };
                    panel
                }
            };
            while panel.curves.len() <= place {
                panel.curves.push(Curve::default());
            }
            if let Some(value) = value.filter(|value| value.is_finite()) {
                panel.curves[place].add((sample.step as f64, value));
            }
        }
    }

    /// What one step is.
    pub fn unit(&self) -> &'static str {
        self.experiment.map_or("step", |experiment| experiment.step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::sample::read;

    fn see(watch: &mut Watch, line: &str) {
        watch.see(&read(line.as_bytes()));
    }

    #[test]
    fn a_run_that_begins_anew_begins_a_new_plot() {
        let mut watch = Watch::default();
        for step in 1..=3 {
            for name in ["A", "B"] {
                let line = format!(r#"{{"t":{step},"seed":1,"contender":"{name}","loss":{step},"return":null}}"#);
                see(&mut watch, &line);
            }
        }
        let lengths = |watch: &Watch| -> Vec<Vec<usize>> {
            let panels = watch.panels.iter();
            panels.map(|panel| panel.curves.iter().map(|curve| curve.points().len()).collect()).collect()
        };
        assert_eq!((lengths(&watch), watch.step), (vec![vec![3, 3], vec![0, 0]], 3));
        see(&mut watch, r#"{"t":1,"seed":1,"contender":"A","loss":5,"return":1}"#);
        assert_eq!((lengths(&watch), watch.step), (vec![vec![1], vec![1]], 1));
        see(&mut watch, r#"{"event":"started","id":"tabular-td.cliff-walking","seed":4,"steps":9,"every":1,"set":""}"#);
        assert_eq!((lengths(&watch), watch.steps, watch.unit()), (Vec::new(), Some(9), "episode"));
        see(&mut watch, r#"{"t":1,"seed":4,"contender":"SARSA","greedy_path":5,"length":4,"return":1}"#);
        let names: Vec<_> = watch.panels.iter().map(|panel| panel.metric.as_str()).collect();
        assert_eq!(names, ["return", "length", "greedy_path"], "in the experiment's order");
        see(&mut watch, "}{");
        assert_eq!((watch.noise, watch.last.as_str()), (1, "not a line of the protocol: }{"));
        assert_eq!(lengths(&watch), [[1], [1], [1]], "noise changes no plot");
    }
}
