//! Rewards for messages that a slow annotator labels: `online-annotated-intrinsic-reward`.

use super::episode_lane::{EpisodeLane, tick_episodes};
use super::pick::pick;
use super::{Claim, Descriptor, Experiment, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View};
use crate::env::{Env, MessageRooms};
use crate::error::Error;
use crate::interact::{Outcome, Step};
use crate::learn::{QLearning, TdParameters};
use crate::policy::EpsilonGreedy;
use crate::reward::learned::{
    AnnotationQueue, ClassifierReward, EpisodicCountNorm, Label, LogisticAscent, MessageReward, RankingOutput,
    RankingReward, RetrievalReward, RewardMix,
};
use crate::rng::{Bernoulli, Generator, Rng, below, stream};
use crate::state::persist_fields;
use heapless::Vec;

const MESSAGES: usize = MessageRooms::MESSAGES;
const FEATURES: usize = MessageRooms::FEATURES;
/// The longest episode.
const LIMIT: u32 = 60;
/// How many requests may wait, and how many a call may take.
const QUEUE: usize = 256;
const BATCH: usize = 16;
/// With how many earlier messages a new one is compared.
const PARTNERS: usize = 3;
/// All pairs there can be.
const PAIRS: usize = PARTNERS * MESSAGES;

const _: () = assert!(MESSAGES <= u64::BITS as usize, "a set of messages is a word");

/// What the annotator says: the truth, except of the messages that it is wrong about, once and for all.
#[derive(Clone, Copy, Debug)]
struct Labeller {
    wrong: u64,
}

impl Labeller {
    fn draw(flip: f32, rng: &mut Generator) -> Result<Self, Error> {
        let flips = Bernoulli::new(flip)?;
        let wrong = (0..MESSAGES).fold(0, |set, message| set | u64::from(flips.sample(rng)) << message);
        Ok(Self { wrong })
    }

    fn value(self, message: usize) -> f32 {
        let is_wrong = self.wrong >> message & 1 == 1;
        f32::from(u8::from(MessageRooms::is_helpful(message) != is_wrong))
    }
}

/// What a contender makes of the messages.
trait Listener {
    /// What a message is worth that was just said, at step `now` of the run.
    fn hear(
        &mut self,
        message: usize,
        labeller: Labeller,
        now: u32,
        rng: &mut (impl Rng + ?Sized),
    ) -> Result<f32, Error>;

    /// How many labels it has been given.
    fn labels(&self) -> u32;
}

/// Nothing.
impl Listener for () {
    fn hear(&mut self, _: usize, _: Labeller, _: u32, _: &mut (impl Rng + ?Sized)) -> Result<f32, Error> {
        Ok(0.0)
    }

    fn labels(&self) -> u32 {
        0
    }
}

/// Has messages labelled, one by one.
#[derive(Debug)]
struct Single<R> {
    reward: R,
    queue: AnnotationQueue<u8, QUEUE, BATCH>,
    labelled: u64,
}

impl<R> Single<R> {
    const fn new(reward: R) -> Self {
        Self { reward, queue: AnnotationQueue::EMPTY, labelled: 0 }
    }

    fn start(&mut self, latency: u32, batch: u32) -> Result<(), Error> {
        self.labelled = 0;
        self.queue.start(latency, batch)
    }
}

impl<R: MessageReward> Listener for Single<R> {
    fn hear(
        &mut self,
        message: usize,
        labeller: Labeller,
        now: u32,
        _rng: &mut (impl Rng + ?Sized),
    ) -> Result<f32, Error> {
        let Self { reward, queue, labelled } = self;
        if *labelled >> message & 1 == 0 {
            queue.submit(message as u8);
        }
        queue.tick(now, |requests| {
            let of = |request: &u8| {
                let message = usize::from(*request);
                (*request, MessageRooms::features(message), labeller.value(message))
            };
            learn(reward, requests.iter().map(of))?;
            *labelled = requests.iter().fold(*labelled, |set, message| set | 1 << message);
            Ok(())
        })?;
        reward.reward(message as u32, &MessageRooms::features(message))
    }

    fn labels(&self) -> u32 {
        self.labelled.count_ones()
    }
}

/// Has pairs of messages compared.
#[derive(Debug)]
struct Pairs {
    reward: RankingReward<FEATURES, PAIRS>,
    queue: AnnotationQueue<[u8; 2], QUEUE, BATCH>,
    seen: Vec<u8, MESSAGES>,
    labels: u32,
}

impl Pairs {
    const EMPTY: Self =
        Self { reward: RankingReward::EMPTY, queue: AnnotationQueue::EMPTY, seen: Vec::new(), labels: 0 };

    fn start(&mut self, latency: u32, batch: u32) -> Result<(), Error> {
        self.seen.clear();
        self.labels = 0;
        self.reward.start(LogisticAscent::USUAL, RankingOutput::Excess(1.0))?;
        self.queue.start(latency, batch)
    }

    /// At its first occurrence a message is paired with earlier ones, drawn without replacement.
    fn meet(&mut self, message: u8, rng: &mut (impl Rng + ?Sized)) -> Result<(), Error> {
        if self.seen.contains(&message) {
            return Ok(());
        }
        let count = self.seen.len();
        for drawn in 0..count.min(PARTNERS) {
            let other = drawn + below((count - drawn) as u32, rng)? as usize;
            self.seen.swap(drawn, other);
            self.queue.submit([message, self.seen[drawn]]);
        }
        self.seen.push(message).map_err(|_| Error::BufferTooSmall)
    }
}

impl Listener for Pairs {
    /// Whoever compares makes no mistake.
    fn hear(
        &mut self,
        message: usize,
        _labeller: Labeller,
        now: u32,
        rng: &mut (impl Rng + ?Sized),
    ) -> Result<f32, Error> {
        self.meet(message as u8, rng)?;
        let Self { reward, queue, labels, .. } = self;
        queue.tick(now, |pairs| {
            let of = |pair: &[u8; 2]| {
                let [b, a] = pair.map(usize::from);
                let (x_b, x_a) = (MessageRooms::features(b), MessageRooms::features(a));
                let helpful = |message| f32::from(u8::from(MessageRooms::is_helpful(message)));
                let preference = 0.5 + 0.5 * (helpful(b) - helpful(a));
                (pair[0], core::array::from_fn(|k| x_b[k] - x_a[k]), preference)
            };
            learn(reward, pairs.iter().map(of))?;
            *labels += pairs.len() as u32;
            Ok(())
        })?;
        reward.reward(message as u32, &MessageRooms::features(message))
    }

    fn labels(&self) -> u32 {
        self.labels
    }
}

/// Learns from what came back, all of it together.
fn learn(
    reward: &mut impl MessageReward,
    answers: impl Iterator<Item = (u8, [f32; FEATURES], f32)>,
) -> Result<(), Error> {
    let answers: Vec<_, BATCH> = answers.collect();
    let labels: Vec<_, BATCH> = answers
        .iter()
        .map(|(message, features, value)| Label { message: u32::from(*message), features, value: *value })
        .collect();
    reward.learn(&labels)
}

/// The rooms with a listener: what the learner is paid.
#[derive(Debug)]
struct Annotated<L> {
    rooms: MessageRooms,
    listener: L,
    labeller: Labeller,
    norm: EpisodicCountNorm<MESSAGES>,
    mix: RewardMix,
    now: u32,
    /// What the messages of the episode were worth, weighed.
    intrinsic: f32,
}

impl<L> Annotated<L> {
    const fn new(listener: L) -> Self {
        Self {
            rooms: MessageRooms::new(),
            listener,
            labeller: Labeller { wrong: 0 },
            norm: EpisodicCountNorm::EMPTY,
            mix: RewardMix { extrinsic: 1.0, intrinsic: 0.0 },
            now: 0,
            intrinsic: 0.0,
        }
    }

    fn start(&mut self, labeller: Labeller, intrinsic: f32, beta: f32) -> Result<(), Error> {
        self.norm.start(beta)?;
        (self.rooms, self.labeller) = (MessageRooms::new(), labeller);
        self.mix.intrinsic = intrinsic;
        (self.now, self.intrinsic) = (0, 0.0);
        Ok(())
    }
}

impl<L: Listener> Env for Annotated<L> {
    type ObservationSpace = <MessageRooms as Env>::ObservationSpace;
    type ActionSpace = <MessageRooms as Env>::ActionSpace;

    fn observation_space(&self) -> Self::ObservationSpace {
        self.rooms.observation_space()
    }

    fn action_space(&self) -> Self::ActionSpace {
        self.rooms.action_space()
    }

    fn reset(&mut self, rng: &mut (impl Rng + ?Sized)) -> usize {
        self.norm.begin_episode();
        self.intrinsic = 0.0;
        self.rooms.reset(rng)
    }

    fn step(&mut self, action: usize, rng: &mut (impl Rng + ?Sized)) -> Result<Step<usize>, Error> {
        let step = self.rooms.step(action, rng)?;
        let message = self.rooms.message();
        let worth = self.listener.hear(message, self.labeller, self.now, rng)? * self.norm.factor(message)?;
        self.now = self.now.wrapping_add(1);
        self.intrinsic += self.mix.total(0.0, worth);
        Ok(Step { reward: self.mix.total(step.reward, worth), ..step })
    }
}

type Lane<L> = EpisodeLane<Annotated<L>, QLearning<{ MessageRooms::STATES }, { MessageRooms::ACTIONS }>>;

const fn lane<L: Listener>(listener: L) -> Lane<L> {
    EpisodeLane::new(Annotated::new(listener), QLearning::EMPTY)
}

fn measure<L: Listener>(lane: &Lane<L>, metric: usize) -> f32 {
    match metric {
        0 => f32::from(u8::from(lane.episode.outcome == Outcome::Terminated)),
        1 => lane.env.intrinsic,
        2 => lane.env.listener.labels() as f32,
        3 => lane.episode.length as f32,
        _ => f32::NAN,
    }
}

/// The state of `online-annotated-intrinsic-reward`.
#[derive(Debug)]
pub struct OnlineAnnotatedIntrinsicRewardExperiment {
    extrinsic: Lane<()>,
    retrieval: Lane<Single<RetrievalReward<MESSAGES>>>,
    classification: Lane<Single<ClassifierReward<FEATURES, MESSAGES>>>,
    ranking: Lane<Pairs>,
}

impl Experiment for OnlineAnnotatedIntrinsicRewardExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "online-annotated-intrinsic-reward",
        title: "Asking what matters",
        room: "reward",
        summary: "A key, a lever and a door must be used in their order before the end of a corridor pays, and nothing is ever \
                  found by chance. Every step says a message; a slow annotator, asked about new messages only, labels some of \
                  them, one in twenty wrongly. A classifier and a ranking judge the others by their words, a table does not.",
        citation: "Zheng, Henaff, Zhang, Grover, Amos, Online Intrinsic Rewards for Decision Making Agents from Large Language \
                   Model Feedback, 2024, arXiv 2410.23022",
        step: "episode",
        steps: Steps { minimum: 1, maximum: 100_000, default: 300, conformance: 12 },
        contenders: &["extrinsic", "retrieval", "classification", "ranking"],
        parameters: &[
            Parameter::real("latency", "How long the annotator takes for a call.", [0.0, 100_000.0], 200.0)
                .in_unit("transitions"),
            Parameter::real("batch", "How many messages or pairs a call asks about.", [1.0, BATCH as f32], 4.0),
            Parameter::real("intrinsic", "What the learned reward weighs beside that of the rooms.", [0.0, 10.0], 0.1),
            Parameter::real("beta", "How fast a message loses its worth within an episode.", [0.0, 10.0], 3.0),
            Parameter::real("flip", "The share of messages that the annotator is wrong about.", [0.0, 1.0], 0.05),
        ],
        metrics: &[
            Metric { name: "success", unit: "", description: "1 when the episode reached the end that pays, else 0." },
            Metric {
                name: "intrinsic",
                unit: "reward",
                description: "What the messages of the episode were paid, weighed; the rooms pay 1 for a success.",
            },
            Metric { name: "labels", unit: "", description: "Labels that have come back so far." },
            Metric {
                name: "length",
                unit: "transitions",
                description: "Transitions in the episode; it is cut after 60.",
            },
        ],
        views: &[
            View::Curve { title: "Success", metric: "success" },
            View::Curve { title: "Paid for messages", metric: "intrinsic" },
            View::Curve { title: "Labels", metric: "labels" },
            View::Curve { title: "Length of each episode", metric: "length" },
        ],
        claims: CLAIMS,
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        extrinsic: lane(()),
        retrieval: lane(Single::new(RetrievalReward::EMPTY)),
        classification: lane(Single::new(ClassifierReward::EMPTY)),
        ranking: lane(Pairs::EMPTY),
    };

    fn start(&mut self, seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let real = |index| values.real(&Self::DESCRIPTOR, index).ok_or(Error::ParameterOutOfRange);
        let (latency, batch, intrinsic, beta) = (real(0)? as u32, real(1)? as u32, real(2)?, real(3)?);
        let labeller = Labeller::draw(real(4)?, &mut stream(seed, 2))?;
        self.retrieval.env.listener.start(latency, batch)?;
        self.retrieval.env.listener.reward.clear();
        self.classification.env.listener.start(latency, batch)?;
        self.classification.env.listener.reward.start(LogisticAscent::USUAL, 0.5)?;
        self.ranking.env.listener.start(latency, batch)?;
        let (parameters, exploration) = (TdParameters { step_size: 0.2, discount: 0.98 }, EpsilonGreedy::new(0.1)?);
        macro_rules! start {
            ($($lane:ident),+) => {$(
                self.$lane.env.start(labeller, intrinsic, beta)?;
                self.$lane.agent.start(parameters, exploration, 0.0)?;
                self.$lane.start(seed);
            )+};
        }
        start!(extrinsic, retrieval, classification, ranking);
        Ok(())
    }

    fn tick(&mut self) -> Result<bool, Error> {
        tick_episodes!(LIMIT, [self.extrinsic, self.retrieval, self.classification, self.ranking])
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        pick!(
            contender,
            [&self.extrinsic, &self.retrieval, &self.classification, &self.ranking],
            |lane| measure(lane, metric),
            f32::NAN
        )
    }
}

persist_fields!([] OnlineAnnotatedIntrinsicRewardExperiment { extrinsic.agent, retrieval.agent, retrieval.env.listener.reward, classification.agent, classification.env.listener.reward, ranking.agent, ranking.env.listener.reward });

const SEEDS: u32 = 16;
const EPISODES: u32 = 300;

/// The share of the last 100 episodes that succeeded.
const fn late(contender: &'static str) -> Quantity {
    Quantity::mean(contender, "success", EPISODES - 100, EPISODES)
}

const CLAIMS: &[Claim] = &[
    Claim::new(
        "Without a reward for messages at most 5 % of the last 100 episodes succeed",
        Measure::Value(late("extrinsic")),
        Requirement::AtMost(0.05),
        SEEDS,
        EPISODES,
    ),
    Claim::new(
        "With classified messages half of the seeds succeed in at least 85 % of the last 100 episodes",
        Measure::Value(late("classification").percentile(50)),
        Requirement::AtLeast(0.85),
        SEEDS,
        EPISODES,
    ),
    Claim::new(
        "With ranked messages half of the seeds succeed in at least 85 % of the last 100 episodes",
        Measure::Value(late("ranking").percentile(50)),
        Requirement::AtLeast(0.85),
        SEEDS,
        EPISODES,
    ),
    Claim::new(
        "Over all seeds classification succeeds at least 20 points more often than retrieval",
        Measure::Difference(late("classification"), late("retrieval")),
        Requirement::AtLeast(0.2),
        SEEDS,
        EPISODES,
    ),
    Claim::new(
        "An annotator ten times as slow, with half the batch, leaves classification less than half of its success",
        Measure::Ratio(late("classification").with("latency=2000,batch=2"), late("classification")),
        Requirement::Below(0.5),
        SEEDS,
        EPISODES,
    ),
    // The cause is not known, so labels that come at once are no upper bound. Seeds end near 0 or near 1: it takes many.
    Claim::new(
        "A table whose labels come at once succeeds no more often than one that waits for them",
        Measure::Difference(late("retrieval").with("latency=0,batch=16"), late("retrieval")),
        Requirement::AtMost(0.0),
        8 * SEEDS,
        EPISODES,
    ),
];
