//! Online allocation under a budget: `dual-mirror-descent`.

use super::{Claim, Descriptor, Experiment, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View};
use crate::allocate::{
    Allocator, CriticalPrice, CriticalPriceSearch, DualMirrorDescent, Entropy, Euclidean, Greedy, Item, Request,
    StaticPrice, step_size,
};
use crate::env::{AllocationRequests, Arrivals, Env};
use crate::error::Error;
use crate::math::CompensatedSum;
use crate::rng::{Generator, stream};
use crate::state::persist_fields;

/// What there is for a request.
const RHO: [f32; 1] = [0.3];

/// The longest run: a tenth of it is the static price's sample, and most of the state.
const HORIZON: u32 = 8000;
const SAMPLE: usize = HORIZON as usize / 10;

/// How many requests a tick looks at while the optimum is sought.
const LOOK: u32 = 32;

/// In the order of the parameter's options.
const ARRIVALS: [Arrivals; 4] = [Arrivals::Independent, Arrivals::Seasonal, Arrivals::Markov, Arrivals::Adversarial];

const fn item([reward, consumption]: [f32; 2]) -> Item {
    Item { reward, consumption }
}

/// One contender's own copy of the requests and of their generator.
#[derive(Debug)]
struct Stream {
    env: AllocationRequests,
    rng: Option<Generator>,
    request: Item,
    reward: CompensatedSum,
}

impl Stream {
    const EMPTY: Self = Self {
        env: AllocationRequests::new(Arrivals::Independent, 0),
        rng: None,
        request: Item::NOTHING,
        reward: CompensatedSum::EMPTY,
    };

    /// From the first request on.
    fn start(&mut self, seed: u32, env: AllocationRequests) {
        let mut rng = stream(seed, 0);
        self.env = env;
        self.request = item(self.env.reset(&mut rng));
        (self.rng, self.reward) = (Some(rng), CompensatedSum::EMPTY);
    }

    /// Accepts the request or rejects it, and returns what that pays.
    fn step(&mut self, accept: bool) -> Result<f32, Error> {
        let rng = self.rng.as_mut().ok_or(Error::NotStarted)?;
        let step = self.env.step(usize::from(accept), rng)?;
        self.request = item(step.observation);
        Ok(step.reward)
    }
}

/// One contender: its allocator and its requests.
#[derive(Debug)]
struct Lane<A> {
    allocator: A,
    stream: Stream,
}

impl<A> Lane<A> {
    const fn new(allocator: A) -> Self {
        Self { allocator, stream: Stream::EMPTY }
    }
}

impl<A: Allocator> Lane<A> {
    /// One request.
    fn round(&mut self) -> Result<(), Error> {
        let Item { reward, consumption } = self.stream.request;
        let decision = self.allocator.decide(Request::new(&[reward], &[consumption]))?;
        let paid = self.stream.step(decision.played.is_some())?;
        self.stream.reward.add(paid);
        Ok(())
    }
}

/// The optimum in hindsight: looks at all requests first, as often as it must, then takes what pays. Nothing is kept of
/// them: they are drawn again.
#[derive(Debug)]
struct Hindsight {
    search: CriticalPriceSearch,
    critical: Option<CriticalPrice>,
    stream: Stream,
    seen: u32,
}

impl Hindsight {
    const EMPTY: Self = Self { search: CriticalPriceSearch::EMPTY, critical: None, stream: Stream::EMPTY, seen: 0 };

    fn start(&mut self, seed: u32, env: AllocationRequests, horizon: u32) -> Result<(), Error> {
        self.search.start(RHO[0] * horizon as f32)?;
        (self.critical, self.seen) = (None, 0);
        self.stream.start(seed, env);
        Ok(())
    }

    /// Looks at some more of the requests; at the end of a pass they come from the first on again.
    fn look(&mut self, seed: u32, horizon: u32) -> Result<(), Error> {
        if self.seen == 0 {
            self.stream.start(seed, self.stream.env);
        }
        for _ in 0..LOOK.min(horizon.saturating_sub(self.seen)) {
            self.search.add(self.stream.request);
            self.stream.step(false)?;
            self.seen += 1;
        }
        if self.seen >= horizon {
            self.critical = self.search.end_pass();
            self.seen = 0;
            self.stream.start(seed, self.stream.env);
        }
        Ok(())
    }

    /// One request, with the price known.
    fn round(&mut self, seed: u32) -> Result<(), Error> {
        // A price was read back while it was sought.
        if self.seen > 0 {
            self.seen = 0;
            self.stream.start(seed, self.stream.env);
        }
        let critical = self.critical.as_mut().ok_or(Error::NotStarted)?;
        let share = critical.take(self.stream.request);
        let paid = self.stream.step(true)?;
        self.stream.reward.add(share * paid);
        Ok(())
    }
}

// Where no price is read back, it is sought from the beginning.
persist_fields!([] Hindsight { critical } then |this| {
    if this.critical.is_none() {
        this.search.restart();
        this.seen = 0;
    }
});

/// The state of `dual-mirror-descent`.
#[derive(Debug)]
pub struct DualMirrorDescentExperiment {
    euclidean: Lane<DualMirrorDescent<'static, 1, Euclidean>>,
    entropy: Lane<DualMirrorDescent<'static, 1, Entropy>>,
    greedy: Lane<Greedy<1>>,
    static_price: Lane<StaticPrice<SAMPLE>>,
    hindsight: Hindsight,
    seed: u32,
    horizon: u32,
}

impl DualMirrorDescentExperiment {
    /// What a contender has earned so far.
    fn reward(&self, contender: usize) -> f32 {
        let streams = [
            &self.euclidean.stream,
            &self.entropy.stream,
            &self.greedy.stream,
            &self.static_price.stream,
            &self.hindsight.stream,
        ];
        streams.get(contender).map_or(f32::NAN, |stream| stream.reward.value())
    }

    /// What a contender asks for a unit of the budget.
    fn price(&self, contender: usize) -> Option<f32> {
        match contender {
            0 => self.euclidean.allocator.prices().first().copied(),
            1 => self.entropy.allocator.prices().first().copied(),
            3 => self.static_price.allocator.price(),
            4 => self.hindsight.critical.map(|critical| critical.price()),
            _ => None,
        }
    }
}

impl Experiment for DualMirrorDescentExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "dual-mirror-descent",
        title: "A budget that must last",
        room: "allocate",
        summary: "Requests pay and take of a budget of 0.3 a request; each is accepted or rejected at once. Mirror descent \
                  moves one price, up while the budget goes too fast and down while it goes too slowly, and so comes \
                  close to what could have been earned with all requests known, however they come.",
        citation: "Balseiro, Lu, Mirrokni, The Best of Many Worlds: Dual Mirror Descent for Online Allocation Problems, \
                   Operations Research 2023, arXiv 2011.10124",
        step: "request",
        steps: Steps { minimum: 1, maximum: HORIZON, default: 2000, conformance: 500 },
        contenders: &["Euclidean", "Entropy", "greedy", "static price", "hindsight"],
        parameters: &[
            Parameter::choice(
                "input",
                "How requests come: independent and alike, by season, in two states, or best last.",
                &["iid", "season", "markov", "adv"],
            ),
            Parameter::real("c", "Step size times the square root of the number of requests.", [0.01, 10.0], 1.0),
        ],
        metrics: &[
            Metric { name: "reward", unit: "reward", description: "What has been earned so far." },
            Metric {
                name: "regret",
                unit: "reward",
                description: "What the optimum in hindsight for all requests of the run has earned more so far.",
            },
            Metric { name: "price", unit: "reward", description: "What a unit of the budget must pay." },
        ],
        views: &[
            View::Curve { title: "Regret", metric: "regret" },
            View::Curve { title: "Reward", metric: "reward" },
            View::Curve { title: "Price", metric: "price" },
        ],
        claims: CLAIMS,
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        euclidean: Lane::new(DualMirrorDescent::EMPTY),
        entropy: Lane::new(DualMirrorDescent::EMPTY),
        greedy: Lane::new(Greedy::EMPTY),
        static_price: Lane::new(StaticPrice::EMPTY),
        hindsight: Hindsight::EMPTY,
        seed: 0,
        horizon: 0,
    };

    fn start(&mut self, seed: u32, steps: u32, values: &Values) -> Result<(), Error> {
        let arrivals = *ARRIVALS.get(values.choice(&Self::DESCRIPTOR, 0)).ok_or(Error::UnknownChoice)?;
        let eta = step_size(values.real(&Self::DESCRIPTOR, 1).ok_or(Error::ParameterOutOfRange)?, steps);
        let env = AllocationRequests::new(arrivals, steps);
        (self.seed, self.horizon) = (seed, steps);
        self.euclidean.allocator.start(&RHO, steps, eta)?;
        self.entropy.allocator.start(&RHO, steps, eta)?;
        self.greedy.allocator.start(&RHO, steps)?;
        self.static_price.allocator.start(RHO[0], steps)?;
        self.euclidean.stream.start(seed, env);
        self.entropy.stream.start(seed, env);
        self.greedy.stream.start(seed, env);
        self.static_price.stream.start(seed, env);
        self.hindsight.start(seed, env, steps)
    }

    /// Before the first step is complete the optimum is sought, some requests a tick.
    fn tick(&mut self) -> Result<bool, Error> {
        if self.hindsight.critical.is_none() {
            self.hindsight.look(self.seed, self.horizon)?;
            return Ok(false);
        }
        self.euclidean.round()?;
        self.entropy.round()?;
        self.greedy.round()?;
        self.static_price.round()?;
        self.hindsight.round(self.seed)?;
        Ok(true)
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        match metric {
            0 => self.reward(contender),
            1 => self.hindsight.stream.reward.value() - self.reward(contender),
            2 => self.price(contender).unwrap_or(f32::NAN),
            _ => f32::NAN,
        }
    }
}

persist_fields!([] DualMirrorDescentExperiment { euclidean.allocator, entropy.allocator, greedy.allocator, static_price.allocator, hindsight });

const SEEDS: u32 = 20;
const REQUESTS: u32 = HORIZON;

/// What one contender has earned after 8000 requests as a fraction of what another one has.
const fn earned(contender: &'static str, of: &'static str, set: &'static str) -> Measure {
    let own = Quantity::growth(contender, "reward", 0, REQUESTS).with(set);
    Measure::Ratio(own, Quantity { contender: of, ..own })
}

/// The claim that on an input some contender earns at least a fraction of the optimum.
macro_rules! near_optimum {
    ($contender:literal, $input:literal, $fraction:literal) => {
        Claim::new(
            concat!($contender, " steps earn at least ", $fraction, " of the optimum on ", $input, " requests"),
            earned($contender, "hindsight", concat!("input=", $input)),
            Requirement::AtLeast($fraction),
            SEEDS,
            REQUESTS,
        )
    };
}

/// The claim that on an input some contender earns more than another one.
macro_rules! above {
    ($contender:literal, $other:literal, $input:literal) => {
        Claim::new(
            concat!($contender, " steps earn more than ", $other, " on ", $input, " requests"),
            earned($contender, $other, concat!("input=", $input)),
            Requirement::Above(1.0),
            SEEDS,
            REQUESTS,
        )
    };
}

/// The claim that a contender's regret grows less than 6 times while the horizon grows 16 times.
const fn square_root(sentence: &'static str, contender: &'static str) -> Claim {
    let long = Quantity::growth(contender, "regret", 0, REQUESTS);
    let short = Quantity::growth(contender, "regret", 0, 500).in_runs_of(500);
    Claim::new(sentence, Measure::Ratio(long, short), Requirement::Below(6.0), SEEDS, REQUESTS)
}

const CLAIMS: &[Claim] = &[
    near_optimum!("Euclidean", "iid", 0.97),
    near_optimum!("Euclidean", "season", 0.97),
    near_optimum!("Euclidean", "markov", 0.97),
    near_optimum!("Euclidean", "adv", 0.3),
    near_optimum!("Entropy", "iid", 0.98),
    near_optimum!("Entropy", "season", 0.98),
    near_optimum!("Entropy", "markov", 0.98),
    near_optimum!("Entropy", "adv", 0.3),
    square_root("From 500 to 8000 iid requests the regret of Euclidean steps grows less than 6 times", "Euclidean"),
    square_root("From 500 to 8000 iid requests the regret of entropy steps grows less than 6 times", "Entropy"),
    above!("Euclidean", "greedy", "iid"),
    above!("Euclidean", "greedy", "season"),
    above!("Euclidean", "greedy", "markov"),
    above!("Euclidean", "greedy", "adv"),
    above!("Euclidean", "static price", "iid"),
    above!("Euclidean", "static price", "season"),
    above!("Euclidean", "static price", "markov"),
    above!("Euclidean", "static price", "adv"),
    above!("Entropy", "greedy", "iid"),
    above!("Entropy", "greedy", "season"),
    above!("Entropy", "greedy", "markov"),
    above!("Entropy", "greedy", "adv"),
    above!("Entropy", "static price", "iid"),
    above!("Entropy", "static price", "season"),
    above!("Entropy", "static price", "markov"),
    above!("Entropy", "static price", "adv"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocate::fractional_optimum;
    use std::boxed::Box;
    use std::vec::Vec;

    #[test]
    fn what_is_measured_against_is_the_optimum_of_the_same_requests() {
        let mut experiment = Box::new(DualMirrorDescentExperiment::EMPTY);
        for (input, arrivals) in ["iid", "season", "markov", "adv"].into_iter().zip(ARRIVALS) {
            for steps in [1, 31, 32, 33, 800] {
                let values = std::format!("input={input}");
                let values = Values::parse(&DualMirrorDescentExperiment::DESCRIPTOR, &values).unwrap();
                experiment.start(3, steps, &values).unwrap();
                let mut ticks = 1;
                while !experiment.tick().unwrap() {
                    ticks += 1;
                }
                assert!(ticks <= 1 + CriticalPriceSearch::PASSES * steps.div_ceil(LOOK), "{ticks} ticks");
                (1..steps).for_each(|_| assert_eq!(experiment.tick(), Ok(true)));

                let (mut env, mut rng) = (AllocationRequests::new(arrivals, steps), stream(3, 0));
                let first = env.reset(&mut rng);
                let rest = (1..steps).map(|_| env.step(0, &mut rng).unwrap().observation);
                let items: Vec<_> = core::iter::once(first).chain(rest).map(item).collect();
                let optimum = fractional_optimum(&items, RHO[0] * steps as f32).unwrap();
                assert_eq!(experiment.metric(4, 0), optimum);
                for contender in 0..4 {
                    let regret = experiment.metric(contender, 1);
                    assert!(regret >= 0.0 && regret == optimum - experiment.metric(contender, 0));
                }
            }
        }
    }
}
