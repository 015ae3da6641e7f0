//! Worlds of the bandits and rollouts, the same numbers in every language: made by a function of integers before the clock starts.

use habit::interact::Outcome;
use habit::linalg::dot;

/// How many arms every bandit has.
pub const ARMS: usize = 10;
/// How many contexts come in turn, and how many numbers of noise.
pub const CYCLE: usize = 256;
/// The width of LinUCB's bounds in standard deviations, and its regularisation.
pub const ALPHA: f32 = 1.0;
pub const LAMBDA: f32 = 1.0;

const THETAS: u32 = 1 << 16;
const NOISE: u32 = 2 << 16;
const VECTORS: u32 = 3 << 16;
const EFFECTS: u32 = 4 << 16;
const VALUES: u32 = 1 << 20;
const NEXT_VALUES: u32 = 2 << 20;
const OUTCOMES: u32 = 3 << 20;

/// In `[-1, 1)`, a multiple of 2^-23: the finaliser of MurmurHash3.
fn number(index: u32) -> f32 {
    let x = (index ^ (index >> 16)).wrapping_mul(0x85eb_ca6b);
    let x = (x ^ (x >> 13)).wrapping_mul(0xc2b2_ae35);
    ((x ^ (x >> 16)) >> 8) as f32 / 8_388_608.0 - 1.0
}

/// `D` numbers from `start` on.
fn vector<const D: usize>(start: u32) -> [f32; D] {
    core::array::from_fn(|i| number(start + i as u32))
}

/// Contexts in turn, and what each arm pays in each of them: along a direction of its own, and noise.
pub struct LinearWorld<const D: usize> {
    pub contexts: Vec<[f32; D]>,
    pub rewards: Vec<[f32; ARMS]>,
}

impl<const D: usize> LinearWorld<D> {
    pub fn new() -> Self {
        let contexts: Vec<[f32; D]> = (0..CYCLE).map(|c| vector((c * D) as u32)).collect();
        let reward = |c: usize, arm: usize| {
            let paid = dot(&vector::<D>(THETAS + (arm * D) as u32), &contexts[c]) / (D as f32).sqrt();
            paid + 0.1 * number(NOISE + (c * ARMS + arm) as u32)
        };
        let rewards = (0..CYCLE).map(|c| core::array::from_fn(|arm| reward(c, arm))).collect();
        Self { contexts, rewards }
    }
}

/// A system with one hidden number, that arms of 8 numbers push and pay directly too.
pub struct DynamicalWorld {
    pub arms: [[f32; 8]; ARMS],
    rho: f32,
    push: [f32; ARMS],
    pay: [f32; ARMS],
    noise: [f32; CYCLE],
    state: f32,
}

impl DynamicalWorld {
    /// With spectral radius `rho`.
    pub fn new(rho: f32) -> Self {
        // Of norm 1 at most.
        let arms = core::array::from_fn(|arm| vector::<8>(VECTORS + 8 * arm as u32).map(|entry| entry / 8f32.sqrt()));
        let [push, pay] = [0, 8].map(|start| arms.map(|arm| dot(&arm, &vector::<8>(EFFECTS + start))));
        let noise = core::array::from_fn(|i| 0.1 * number(NOISE + i as u32));
        Self { arms, rho, push: push.map(|push| (1.0 - rho) * push), pay, noise, state: 0.0 }
    }

    /// What an arm pays in round `step`.
    #[inline]
    pub fn play(&mut self, arm: usize, step: u64) -> f32 {
        let reward = self.state + self.pay[arm] + self.noise[step as usize % CYCLE];
        self.state = self.rho * self.state + self.push[arm];
        reward
    }
}

/// Numbers from a cache line on, as C has them.
pub struct Aligned {
    numbers: Vec<f32>,
    start: usize,
}

impl Aligned {
    /// The same numbers.
    pub fn new(mut numbers: Vec<f32>) -> Self {
        let length = numbers.len();
        numbers.resize(length + 16, 0.0);
        let start = numbers.as_ptr().align_offset(64).min(16);
        numbers.copy_within(..length, start);
        numbers.truncate(start + length);
        Self { numbers, start }
    }

    /// Them.
    pub fn get(&self) -> &[f32] {
        &self.numbers[self.start..]
    }

    /// The same to be written.
    pub fn get_mut(&mut self) -> &mut [f32] {
        &mut self.numbers[self.start..]
    }
}

/// Rewards, values and next values of a rollout, and how its steps left their episodes: one in 50 terminated, and one in 50
/// truncated.
pub fn rollout(length: usize) -> ([Aligned; 3], Vec<Outcome>) {
    let numbers = |start| Aligned::new((0..length as u32).map(|i| number(start + i)).collect());
    let outcome = |i| match number(OUTCOMES + i) {
        drawn if drawn < -0.96 => Outcome::Terminated,
        drawn if drawn < -0.92 => Outcome::Truncated,
        _ => Outcome::Continue,
    };
    ([0, VALUES, NEXT_VALUES].map(numbers), (0..length as u32).map(outcome).collect())
}
