use habit::interact::{Outcome, RolloutView};
use habit::rng::{Generator, below, gaussian_by_sum};

/// Nothing is a multiple of anything: steps and lanes below, at and above what an invocation, a workgroup and a dispatch take.
pub const SHAPES: [[usize; 2]; 14] = [
    [1, 1],
    [1, 70],
    [2, 3],
    [5, 65],
    [127, 129],
    [33, 1031],
    [1023, 1],
    [1024, 2],
    [1025, 3],
    [515, 5],
    [4097, 17],
    [4095, 33],
    [9001, 7],
    [66_001, 1],
];

/// Random inputs; about one step in `50 / ends` ends each way.
pub struct Sample {
    pub steps: usize,
    pub lanes: usize,
    /// Rewards, values and next values.
    pub numbers: [Vec<f32>; 3],
    pub outcomes: Vec<Outcome>,
    /// Logarithms of the probabilities of the actions, for the policy that learns and for the one that acted.
    pub learner: Vec<f32>,
    pub actor: Vec<f32>,
    /// About two of three tokens.
    pub actions: Vec<bool>,
}

/// A result in `f64`, and the sum of the magnitudes of all that was added up for it.
pub type Expected = Vec<(f64, f64)>;

impl Sample {
    pub fn new(steps: usize, lanes: usize, ends: u32, rng: &mut Generator) -> Self {
        let count = steps * lanes;
        let numbers = std::array::from_fn(|_| (0..count).map(|_| gaussian_by_sum(rng)).collect());
        let outcomes = (0..count)
            .map(|_| match below(50, rng).unwrap() {
                word if word < ends => Outcome::Terminated,
                word if word < 2 * ends => Outcome::Truncated,
                _ => Outcome::Continue,
            })
            .collect();
        let actor: Vec<_> = (0..count).map(|_| -gaussian_by_sum(rng).abs()).collect();
        let learner = actor.iter().map(|actor| actor + 0.5 * gaussian_by_sum(rng)).collect();
        let actions = (0..count).map(|_| below(3, rng).unwrap() > 0).collect();
        Self { steps, lanes, numbers, outcomes, learner, actor, actions }
    }

    pub fn view(&self) -> RolloutView<'_> {
        let [rewards, values, next_values] = &self.numbers;
        RolloutView::new(self.steps, self.lanes, rewards, values, next_values, &self.outcomes).unwrap()
    }

    pub fn poisoned(&self) -> Vec<f32> {
        vec![f32::NAN; self.steps * self.lanes]
    }

    /// Walks every lane backwards: `step` makes a result of where a step lies, whether it is its lane's last, and the result
    /// of the step after it.
    fn backwards(&self, mut step: impl FnMut(usize, bool, (f64, f64)) -> (f64, f64)) -> Expected {
        let mut all = vec![(0.0, 0.0); self.steps * self.lanes];
        for lane in 0..self.lanes {
            let mut later = (0.0, 0.0);
            for t in (0..self.steps).rev() {
                let at = t * self.lanes + lane;
                later = step(at, t + 1 == self.steps, later);
                all[at] = later;
            }
        }
        all
    }

    fn at(&self, at: usize) -> [f64; 3] {
        [0, 1, 2].map(|i| f64::from(self.numbers[i][at]))
    }

    /// What follows a step: the value of its true next state where the episode, or what was seen of it, ends.
    fn left(&self, at: usize, last: bool) -> Option<f64> {
        match self.outcomes[at] {
            Outcome::Terminated => Some(0.0),
            Outcome::Truncated => Some(self.at(at)[2]),
            Outcome::Continue => last.then(|| self.at(at)[2]),
        }
    }

    pub fn returns(&self, discount: f32) -> Expected {
        let discount = f64::from(discount);
        self.backwards(|at, last, later| {
            let reward = self.at(at)[0];
            let (next, terms) = self.left(at, last).map_or(later, |left| (left, left.abs()));
            (reward + discount * next, reward.abs() + discount * terms)
        })
    }

    pub fn n_step_returns(&self, discount: f32, window: usize) -> Expected {
        let discount = f64::from(discount);
        let of = |first: usize| {
            let (mut sum, mut terms, mut weight, mut at) = (0.0, 0.0, 1.0, first);
            for taken in 1.. {
                let [reward, _, next_value] = self.at(at);
                (sum, terms) = (sum + weight * reward, terms + weight * reward.abs());
                weight *= discount;
                let last = at + self.lanes >= self.outcomes.len();
                let left = self.left(at, last).or((taken == window).then_some(next_value));
                if let Some(left) = left {
                    return (sum + weight * left, terms + weight * left.abs());
                }
                at += self.lanes;
            }
            unreachable!()
        };
        (0..self.outcomes.len()).map(of).collect()
    }

    pub fn rewards_to_go(&self) -> Expected {
        self.backwards(|at, last, later| {
            let reward = self.at(at)[0];
            let (next, terms) = if self.left(at, last).is_some() { (0.0, 0.0) } else { later };
            (reward + next, reward.abs() + terms)
        })
    }

    /// Advantages; a value target is one and the step's value.
    pub fn gae(&self, discount: f32, lambda: f32) -> Expected {
        let (discount, decay) = (f64::from(discount), f64::from(discount * lambda));
        self.backwards(|at, last, later| {
            let [reward, value, next_value] = self.at(at);
            let beyond = self.left(at, last).unwrap_or(next_value);
            let (next, terms) = if self.left(at, last).is_some() { (0.0, 0.0) } else { later };
            let error = reward + discount * beyond - value;
            (error + decay * next, reward.abs() + discount * beyond.abs() + value.abs() + decay * terms)
        })
    }

    pub fn plus_values(&self, advantages: &Expected) -> Expected {
        let with = |(at, (x, terms)): (usize, &(f64, f64))| {
            let value = self.at(at)[1];
            (x + value, terms + value.abs())
        };
        advantages.iter().enumerate().map(with).collect()
    }

    /// Advantages and targets.
    pub fn v_trace(&self, [discount, lambda, rho_bar, c_bar]: [f32; 4]) -> [Expected; 2] {
        let [discount, lambda, rho_bar, c_bar] = [discount, lambda, rho_bar, c_bar].map(f64::from);
        let ratio = |at: usize| (f64::from(self.learner[at]) - f64::from(self.actor[at])).exp();
        let away = self.backwards(|at, last, later| {
            let [reward, value, next_value] = self.at(at);
            let beyond = self.left(at, last).unwrap_or(next_value);
            let (next, terms) = if self.left(at, last).is_some() { (0.0, 0.0) } else { later };
            let (weight, kept) = (ratio(at).min(rho_bar), discount * lambda * ratio(at).min(c_bar));
            let error = reward + discount * beyond - value;
            let error_terms = reward.abs() + discount * beyond.abs() + value.abs();
            (weight * error + kept * next, weight * error_terms + kept * terms)
        });
        let targets = self.plus_values(&away);
        let advantages = self.backwards(|at, last, _| {
            let [reward, value, _] = self.at(at);
            let left = self.left(at, last).map(|left| (left, left.abs()));
            let (beyond, terms) = left.unwrap_or_else(|| targets[at + self.lanes]);
            let weight = ratio(at).min(rho_bar);
            (weight * (reward + discount * beyond - value), weight * (reward.abs() + discount * terms + value.abs()))
        });
        [advantages, targets]
    }

    /// Turn by turn, each turn a run of actions within one episode; where `single`, each action is a turn.
    pub fn turn_gae(&self, discount: f32, lambda: f32, single: bool) -> Expected {
        let (discount, decay) = (f64::from(discount), f64::from(discount * lambda));
        let mut all = vec![(0.0, 0.0); self.outcomes.len()];
        for lane in 0..self.lanes {
            // Advantage and value of the turn after, or what an end leaves, with their terms.
            let mut next = ((0.0, 0.0), 0.0);
            let mut t = self.steps;
            while t > 0 {
                let place = |t: usize| t * self.lanes + lane;
                if let Some(left) = self.left(place(t - 1), t == self.steps) {
                    next = ((0.0, 0.0), left);
                }
                if !self.actions[place(t - 1)] {
                    t -= 1;
                    continue;
                }
                let mut first = t - 1;
                let joined = |t: usize| self.actions[place(t)] && self.outcomes[place(t)] == Outcome::Continue;
                while !single && first > 0 && joined(first - 1) {
                    first -= 1;
                }
                let rewards = || (first..t).map(|t| self.at(place(t))[0]);
                let (value, ((advantage, terms), next_value)) = (self.at(place(first))[1], next);
                let turn = (
                    rewards().sum::<f64>() + discount * next_value - value + decay * advantage,
                    rewards().map(f64::abs).sum::<f64>() + discount * next_value.abs() + value.abs() + decay * terms,
                );
                (first..t).for_each(|t| all[place(t)] = turn);
                next = (turn, value);
                t = first;
            }
        }
        all
    }

    pub fn process_group(&self, ddof: u8, epsilon: f32) -> Expected {
        let rewards = || self.numbers[0].iter().map(|&reward| f64::from(reward));
        let count = self.outcomes.len() as f64;
        let mean = rewards().sum::<f64>() / count;
        let magnitude = rewards().map(f64::abs).sum::<f64>() / count;
        let squares = rewards().map(|reward| (reward - mean) * (reward - mean)).sum::<f64>();
        let freedom = count - f64::from(ddof);
        let scale = if freedom > 0.0 { 1.0 / ((squares / freedom).sqrt() + f64::from(epsilon)) } else { 0.0 };
        self.backwards(|at, last, later| {
            let reward = self.at(at)[0];
            let (next, terms) = if self.left(at, last).is_some() { (0.0, 0.0) } else { later };
            (scale * (reward - mean) + next, scale * (reward.abs() + magnitude) + terms)
        })
    }
}
