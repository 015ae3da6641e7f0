//! What holds for every environment: the same bits from the same seed, and from where a run was saved.

use super::{
    Acrobot, Action, AllocationRequests, Arrivals, Blackjack, Bounded, CarrySize, CartPole, CartPoleBatch,
    CliffWalking, CorridorDrive, Discrete, DistractorChain, Env, FrozenLake, GridRules, GridWorld, GripCarry, LineKey,
    LinearDynamicalBandit, LinearSystem, MaximisationBias, MessageRooms, MilestoneChain, MountainCar, Nothing,
    Observation, PatchTask, Pendulum, RandomWalk, ShortCorridor, Space, StallChain, Taxi, TimeLimit, WindyGrid,
};
use crate::error::Error;
use crate::interact::Outcome;
use crate::linalg::Const;
use crate::math::{Libm, Math};
use crate::rng::{Generator, Rng, stream, unit_f32};
use crate::state::{Digest, Identify, Write};
use std::vec::Vec;

/// A space that a test can draw from and digest.
trait Sampled: Space {
    fn sample(&self, rng: &mut Generator) -> Self::Element;
    fn write(element: Self::Element, digest: &mut Digest);
}

impl<const N: usize> Sampled for Discrete<Const<N>> {
    fn sample(&self, rng: &mut Generator) -> usize {
        rng.next_u32() as usize % N
    }

    fn write(element: usize, digest: &mut Digest) {
        digest.bytes(&(element as u32).to_le_bytes());
    }
}

impl<const N: usize> Sampled for Bounded<N> {
    fn sample(&self, rng: &mut Generator) -> [f32; N] {
        core::array::from_fn(|i| self.low[i] + (self.high[i] - self.low[i]) * unit_f32(rng))
    }

    fn write(element: [f32; N], digest: &mut Digest) {
        element.iter().for_each(|number| digest.bytes(&number.to_le_bytes()));
    }
}

impl Sampled for Nothing {
    fn sample(&self, _rng: &mut Generator) {}

    fn write(_element: (), _digest: &mut Digest) {}
}

/// An environment, its generator, and that of the actions.
#[derive(Clone)]
struct Life<E> {
    env: E,
    rng: Generator,
    actions: Generator,
}

impl<E: Env + Clone + Identify> Life<E>
where
    E::ObservationSpace: Sampled,
    E::ActionSpace: Sampled,
{
    fn new(env: &E) -> Self {
        Self { env: env.clone(), rng: stream(6, 0), actions: stream(6, 1) }
    }

    fn see(&self, observation: Observation<E>, digest: &mut Digest) {
        assert!(self.env.observation_space().contains(observation));
        E::ObservationSpace::write(observation, digest);
    }

    /// Lives on for some steps; episodes follow each other. Nothing but what is seen goes into the digest.
    fn go_on(&mut self, steps: usize, digest: &mut Digest) {
        for _ in 0..steps {
            let action: Action<E> = self.env.action_space().sample(&mut self.actions);
            match self.env.step(action, &mut self.rng) {
                Ok(step) => {
                    self.see(step.observation, digest);
                    digest.bytes(&step.reward.to_le_bytes());
                    digest.bytes(&[step.outcome as u8]);
                }
                Err(Error::EpisodeOver) => {
                    let observation = self.env.reset(&mut self.rng);
                    self.see(observation, digest);
                }
                // Not every state has every action.
                Err(error) => assert_eq!(error, Error::ActionOutOfRange),
            }
        }
    }
}

struct Bytes(Vec<u8>);

impl Write for Bytes {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

/// Lives through the same steps twice, once without a pause, once saved and restored after each of several; the digest of
/// what was seen must be this one.
#[track_caller]
fn lives<E: Env + Clone + Identify>(env: &E, expected: u64)
where
    E::ObservationSpace: Sampled,
    E::ActionSpace: Sampled,
{
    let (mut life, mut digest) = (Life::new(env), Digest::new());
    life.go_on(1010, &mut digest);
    let (mut paused, mut again) = (Life::new(env), Digest::new());
    for _ in 0..10 {
        paused.go_on(101, &mut again);
        let mut bytes = Bytes(Vec::new());
        paused.env.write(&mut bytes);
        let mut restored = env.clone();
        assert_eq!(restored.restore(&bytes.0), Ok(()));
        assert_eq!(restored.identity(), paused.env.identity());
        let whole = restored.digest();
        assert_eq!(restored.restore(&bytes.0[..bytes.0.len() - 1]), Err(Error::Truncated));
        assert_eq!(restored.digest(), whole);
        paused.env = restored;
    }
    assert_eq!(again, digest);
    assert_eq!(digest.value(), expected, "{:#018x}", digest.value());
}

#[test]
fn the_same_seed_gives_the_same_bits_whatever_the_pauses() {
    static SYSTEM: LinearSystem<3, 3> = LinearSystem::SYNTHETIC;
    static ARMS: [[f32; 3]; 2] = [[1.0, 0.5, 0.0], [0.5, 1.0, 0.0]];
    lives(&CliffWalking::new(false), 0xc8e8_ce30_4333_40e2);
    lives(&CliffWalking::new(true), 0x992c_8983_a41c_8d55);
    lives(&FrozenLake::<16>::new(true), 0xb443_6e55_c2c3_c522);
    lives(&FrozenLake::<64>::new(true), 0x8773_7de1_7dd4_6cd7);
    lives(&TimeLimit::new(Taxi::new(), Taxi::TIME_LIMIT), 0x3752_ae96_717a_13bd);
    lives(&Blackjack::new(), 0x8016_e08b_4706_3b46);
    lives(&TimeLimit::new(CartPole::new(), 30), 0x39e8_d3db_7604_6bb1);
    lives(&TimeLimit::new(MountainCar::new(), MountainCar::TIME_LIMIT), 0x7c80_e4ec_d7aa_bbe8);
    lives(&TimeLimit::new(Acrobot::new(), Acrobot::TIME_LIMIT), 0x1300_154c_23d3_56e8);
    lives(&TimeLimit::new(Pendulum::new(), Pendulum::TIME_LIMIT), 0x4127_dc47_ed58_0b4f);
    lives(&TimeLimit::new(DistractorChain::<21>::new(12, 0.01, 0.05).unwrap(), 16), 0xa3bf_4599_071c_6fc8);
    lives(
        &GridWorld::<9>::parse("S.. ... ..G", GridRules { stray: 0.1, ..GridRules::MAZE }).unwrap(),
        0xf069_446e_6e26_2f02,
    );
    lives(&RandomWalk::EXAMPLE_6_2, 0x7306_31d9_0c9d_7734);
    lives(&RandomWalk::EXAMPLE_7_1, 0xf877_49fd_91e6_e659);
    lives(&WindyGrid::new(), 0x7911_6398_43e8_aa12);
    lives(&GridWorld::DYNA_MAZE, 0xe6cc_55db_813e_3c3b);
    lives(
        &GridWorld::<9>::parse("S.X ..# X.G", GridRules { slippery: true, ..GridRules::CLIFF }).unwrap(),
        0x392f_2638_d255_385d,
    );
    lives(&LineKey::<13>::new(), 0x74bd_7c29_1f12_2042);
    lives(&GripCarry::new(CarrySize::Full), 0xb0e9_e374_582e_f340);
    lives(&GripCarry::new(CarrySize::Small), 0xdf7f_4df1_bdbc_c7fb);
    lives(&MaximisationBias::new(), 0xe282_e2d0_512f_448a);
    lives(&ShortCorridor::new(), 0x6a5a_a1c5_3f8f_91dc);
    lives(&TimeLimit::new(CorridorDrive::new(), CorridorDrive::HORIZON), 0x026d_a39a_247e_5bb9);
    lives(&TimeLimit::new(MessageRooms::new(), 60), 0xbac2_2fdc_ec8c_29fb);
    lives(&TimeLimit::new(PatchTask::new(), PatchTask::TURNS), 0x54c5_c573_7dc3_29cf);
    lives(&TimeLimit::new(StallChain::new(), StallChain::STEPS), 0x963f_c717_aa5a_6dd2);
    lives(&TimeLimit::new(MilestoneChain::new(), MilestoneChain::STEPS), 0x0592_aea8_5b1e_9cdf);
    lives(&LinearDynamicalBandit::new(&SYSTEM, &ARMS, 0.1), 0xd2a2_7c87_c2e5_7172);
    lives(&AllocationRequests::new(Arrivals::Independent, 1000), 0xba64_2cb5_ac76_d1f1);
    lives(&AllocationRequests::new(Arrivals::Seasonal, 1000), 0xd651_f007_c0df_979b);
    lives(&AllocationRequests::new(Arrivals::Markov, 1000), 0x19f1_c211_52fb_433f);
    lives(&AllocationRequests::new(Arrivals::Adversarial, 1000), 0x7eb5_b37b_845d_6d3c);
}

#[test]
fn libm_gives_the_same_bits_everywhere_too() {
    lives(&CartPole::<f32, Libm>::EMPTY, 0xa973_7139_4cc2_e995);
    lives(&MountainCar::<f32, Libm>::EMPTY, 0xee4d_ac94_12c2_27af);
    lives(&Acrobot::<f32, Libm>::EMPTY, 0xb1c8_dd9d_e6cf_af4d);
    lives(&Pendulum::<f32, Libm>::EMPTY, 0x1e4d_1363_9b02_690f);
    assert_ne!(CartPole::new().identity(), CartPole::<f32, Libm>::EMPTY.identity());
    assert_ne!(Libm::NUMERICS, crate::math::Polynomial::NUMERICS);
}

#[test]
fn a_batch_goes_on_where_it_was_saved() {
    const LANES: usize = 8;
    let (mut batch, mut rngs) = (CartPoleBatch::<LANES>::EMPTY, [0; LANES].map(|_| stream(1, 0)));
    rngs.iter_mut().enumerate().for_each(|(lane, rng)| *rng = stream(1, lane as u32));
    batch.reset(&mut rngs);
    for step in 0..100u8 {
        batch.step(&[step % 3 / 2; LANES], &mut rngs).unwrap();
    }
    let mut bytes = Bytes(Vec::new());
    crate::state::Persist::write(&batch, &mut bytes);
    let (mut again, mut again_rngs) = (CartPoleBatch::<LANES>::EMPTY, rngs.clone());
    crate::state::Persist::restore(&mut again, &bytes.0).unwrap();
    for step in 0..100u8 {
        batch.step(&[step % 2; LANES], &mut rngs).unwrap();
        again.step(&[step % 2; LANES], &mut again_rngs).unwrap();
        assert_eq!((again.observations(), again.outcomes()), (batch.observations(), batch.outcomes()));
    }
    assert!(batch.outcomes().iter().all(|&outcome| outcome != Outcome::Truncated));
    assert_eq!(again_rngs, rngs);
}
