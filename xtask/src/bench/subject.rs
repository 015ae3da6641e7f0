//! What can be measured, and how contenders are compared before they are timed.

use clap::ValueEnum;

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Subject {
    /// Q-learning on CliffWalking, and CartPole under random actions
    Policy,
    /// LinUCB, DynLin-UCB and UCB1
    Bandit,
    /// GAE(lambda) on batches of trajectories
    Advantage,
    /// This machine's GPU beside its own copying and beside the kernel on the CPU
    Gpu,
    /// Flash, RAM and instructions of learners on an emulated Cortex-M0
    Firmware,
}

/// What all contenders of it do.
pub struct Workload {
    /// In the contenders' lines.
    pub name: &'static str,
    pub title: &'static str,
    /// How many steps show whether contenders compute the same.
    pub check_steps: u64,
    /// What they report of a run.
    pub figures: &'static [Figure],
}

/// A number that all contenders must agree on.
pub struct Figure {
    pub name: &'static str,
    /// How far it may lie from the reference's.
    pub absolute: f64,
    /// The same in parts of the reference's.
    pub relative: f64,
    /// It tells what was learned rather than how a contender behaves.
    pub learned: bool,
}

impl Subject {
    /// Its sources in `bench/` are named so.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Bandit => "bandit",
            Self::Advantage => "advantage",
            Self::Gpu => "gpu",
            Self::Firmware => "firmware",
        }
    }

    /// All that is timed, in the order in which it runs; what is counted has no contenders.
    pub const fn workloads(self) -> &'static [Workload] {
        match self {
            Self::Policy => &POLICY,
            Self::Bandit => &BANDIT,
            Self::Advantage => &ADVANTAGE,
            // Measured by programs of their own.
            Self::Gpu | Self::Firmware => &[],
        }
    }
}

/// 200 000 steps leave an error of 1 % on CartPole, and ties that are broken otherwise learn otherwise.
const EPISODES: Figure = Figure { name: "steps an episode", absolute: 0.0, relative: 0.05, learned: false };
const CLIFF: &[Figure] = &[
    EPISODES,
    Figure { name: "steps to the goal", absolute: 0.0, relative: 0.0, learned: true },
    Figure { name: "the start's value", absolute: 1e-3, relative: 0.0, learned: true },
];
const CART: &[Figure] = &[EPISODES];
/// Sums in another order tip a close decision now and then.
const LIN_UCB: &[Figure] = &[
    Figure { name: "reward a round", absolute: 0.01, relative: 0.0, learned: false },
    Figure { name: "predicted", absolute: 0.02, relative: 0.0, learned: false },
];
const DYN_LIN_UCB: &[Figure] = &[
    Figure { name: "reward a round", absolute: 0.01, relative: 0.0, learned: false },
    Figure { name: "epochs", absolute: 0.0, relative: 0.0, learned: false },
];
/// Everyone draws rewards of his own: two runs differ by a deviation of 0.0021 in the mean and of 0.0146 in the share (40 runs);
/// four and a half, and four, of those.
const UCB1: &[Figure] = &[
    Figure { name: "reward a pull", absolute: 0.01, relative: 0.0, learned: false },
    Figure { name: "share of the best arm", absolute: 0.06, relative: 0.0, learned: false },
];

/// C adds in an order of its own.
const GAE: &[Figure] = &[
    Figure { name: "mean size", absolute: 0.0, relative: 1e-4, learned: false },
    Figure { name: "the first", absolute: 1e-4, relative: 0.0, learned: false },
];

const POLICY: [Workload; 5] = [
    Workload {
        name: "cliff",
        title: "W1: Q-learning on CliffWalking 4 x 12, alpha 0.5, gamma 1, epsilon 0.1; act, step and learn",
        check_steps: 200_000,
        figures: CLIFF,
    },
    cart("cart-1", "W6: CartPole, random actions, auto-reset, N = 1"),
    cart("cart-64", "W6: CartPole, random actions, auto-reset, N = 64"),
    cart("cart-1024", "W6: CartPole, random actions, auto-reset, N = 1024"),
    cart("cart-4096", "W6: CartPole, random actions, auto-reset, N = 4096"),
];

const BANDIT: [Workload; 7] = [
    lin_ucb("linucb-8", "W2: disjoint LinUCB, 10 arms, d = 8; select and Sherman-Morrison update"),
    lin_ucb("linucb-16", "W2: disjoint LinUCB, 10 arms, d = 16; select and Sherman-Morrison update"),
    lin_ucb("linucb-32", "W2: disjoint LinUCB, 10 arms, d = 32; select and Sherman-Morrison update"),
    lin_ucb("linucb-64", "W2: disjoint LinUCB, 10 arms, d = 64; select and Sherman-Morrison update"),
    dyn_lin_ucb("dynlin-0.2", "W3: DynLin-UCB, 10 arms, d = 8, spectral radius 0.2; rounds"),
    dyn_lin_ucb("dynlin-0.8", "W3: DynLin-UCB, 10 arms, d = 8, spectral radius 0.8; rounds"),
    Workload { name: "ucb1", title: "W4: UCB1, 10 Bernoulli arms; pulls", check_steps: 20_000, figures: UCB1 },
];

const ADVANTAGE: [Workload; 5] = [
    gae("gae-128x8", "W5: GAE(0.95) with discount 0.99, 128 steps of 8 lanes, time-major; elements"),
    gae("gae-2048x1", "W5: GAE(0.95) with discount 0.99, 2048 steps of one lane; elements"),
    gae("gae-128x1024", "W5: GAE(0.95) with discount 0.99, 128 steps of 1024 lanes, time-major; elements"),
    gae("gae-128x4096", "W5: GAE(0.95) with discount 0.99, 128 steps of 4096 lanes, time-major; elements"),
    gae("gae-2048x64", "W5: GAE(0.95) with discount 0.99, 2048 steps of 64 lanes, time-major; elements"),
];

const fn cart(name: &'static str, title: &'static str) -> Workload {
    Workload { name, title, check_steps: 200_000, figures: CART }
}

const fn lin_ucb(name: &'static str, title: &'static str) -> Workload {
    Workload { name, title, check_steps: 2000, figures: LIN_UCB }
}

const fn dyn_lin_ucb(name: &'static str, title: &'static str) -> Workload {
    Workload { name, title, check_steps: 20_000, figures: DYN_LIN_UCB }
}

const fn gae(name: &'static str, title: &'static str) -> Workload {
    Workload { name, title, check_steps: 1, figures: GAE }
}
