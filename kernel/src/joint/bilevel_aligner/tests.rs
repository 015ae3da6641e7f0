use super::*;
use crate::interact::{EpisodeSteps, Outcome};
use crate::joint::policy_ascent::add_gradient;
use crate::policy::StochasticPolicy;
use crate::rng::stream;

type Aligner = BilevelAligner<(), 3, 2, 4, 16>;

const PARAMETERS: BilevelAlignerParameters = BilevelAlignerParameters {
    horizon: 4,
    logit: 2.197_224_6,
    task_discount: 0.9,
    neumann_step: 0.05,
    neumann_terms: 0,
    ..BilevelAlignerParameters::GRIDWORLD
};

const STEPS: [HeuristicStep; 4] = [
    HeuristicStep::new(0, 1, -0.1, 1.0),
    HeuristicStep::new(1, 0, -0.1, 0.0),
    HeuristicStep::new(0, 0, -0.1, 2.0),
    HeuristicStep::new(2, 1, 5.0, 0.0),
];

/// The worked example: one row of the policy an action.
fn example(parameters: BilevelAlignerParameters) -> Aligner {
    let mut aligner = Aligner::new(());
    aligner.start(parameters).unwrap();
    aligner.ascent.policy_mut().set(&[0.2, 0.0, 0.5, -0.1, 0.3, 0.5]).unwrap();
    aligner.reward.set(&[0.1, 0.0, -0.2], &[1.0, 0.5, 0.0]).unwrap();
    STEPS.into_iter().for_each(|step| aligner.episodes.push(step).unwrap());
    aligner.episodes.close().unwrap();
    aligner
}

fn close(found: &[f32], expected: &[f32], error: f32) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < error, "{found} {expected}");
    }
}

#[test]
fn the_worked_example_comes_out() {
    let mut aligner = example(PARAMETERS);
    let rewards = STEPS.map(|step| aligned(&aligner.reward, &step).unwrap().reward);
    close(&rewards, &[1.0, -0.1, 2.0, 4.8], 1e-6);
    aligner.aim().unwrap();
    aligner.curve(&[0]).unwrap();
    // G over H, summed over the visits.
    close(&aligner.sums[0], &[(6.0292 + 6.32) / 4.0, 5.588 / 4.0, 1.2], 1e-6);
    close(&aligner.sums[1], &[0.5, 0.25, 0.25], 1e-6);
    aligner.solve().unwrap();
    let u = |state: usize| [aligner.direction[0][state], aligner.direction[1][state]];
    close(&u(1), &[0.027_716_9, -0.027_716_9], 1e-7);
    close(&u(2), &[-0.031_25, 0.031_25], 1e-7);
    close(&[aligner.trace(&[0]).unwrap()], &[0.087_442_4], 1e-6);
    close(&aligner.sums[0], &[0.007_417_04, 0.008_173_21, 0.014_275_5], 1e-7);
    close(&aligner.sums[1], &[0.014_598_1, 0.0, 0.0], 1e-7);
}

#[test]
fn the_hessian_is_that_of_finite_differences() {
    // One Neumann term with a step of 1: u = v + (v + Hess v).
    let mut aligner = example(BilevelAlignerParameters { neumann_step: 1.0, neumann_terms: 1, ..PARAMETERS });
    aligner.aim().unwrap();
    aligner.curve(&[0]).unwrap();
    let aim = *aligner.ascent.parts().1;
    aligner.solve().unwrap();
    let gradient = |along: f32| {
        let mut policy = aligner.policy().clone();
        policy.add(along, aim.as_flattened()).unwrap();
        let mut gradient = [0.0; 6];
        let steps = EpisodeSteps::new(&STEPS);
        add_gradient(&mut policy, steps, |step| aligned(&aligner.reward, step), 0.9, 4, 0.25, &mut gradient).unwrap();
        gradient
    };
    let (up, down) = (gradient(0.01), gradient(-0.01));
    for (index, u) in aligner.direction.as_flattened().iter().enumerate() {
        let bent = u - 2.0 * aim.as_flattened()[index];
        assert!((bent - (up[index] - down[index]) / 0.02).abs() < 2e-4, "{index}: {bent}");
    }
}

#[test]
fn an_outer_step_follows_the_mean_of_what_it_replays() {
    let (mut aligner, mut rng) = (example(PARAMETERS), stream(0, 1));
    // The only episode is all there is to draw, fifteen times.
    let followed = aligner.outer_step(&mut rng).unwrap().unwrap();
    close(&[followed.discount, followed.weights], &[0.087_442_4, 0.014_598_1], 1e-6);
    // First steps are ten step sizes long, whatever the derivative.
    close(aligner.reward().levels(), &[0.3, 0.2, 0.0], 1e-4);
    close(aligner.reward().weights(), &[1.2, 0.5, 0.0], 1e-4);
    close(&[aligner.discount().gamma()], &[1.0 / (1.0 + libm::expf(-2.197_224_6 - 0.05))], 1e-5);
}

#[test]
fn it_learns_after_every_third_episode() {
    let (mut aligner, mut rng) = (Aligner::new(()), stream(0, 1));
    aligner.start(BilevelAlignerParameters { warm_episodes: 3, ..PARAMETERS }).unwrap();
    let step = |reward| Transition { state: 0, action: 1, reward, next_state: 1, outcome: Outcome::Terminated };
    for episode in 1..=6 {
        let (policy, discount) = (aligner.policy().digest(), aligner.discount().digest());
        aligner.learn(&step(1.0), &mut rng).unwrap();
        assert_eq!(aligner.policy().digest() != policy, episode % 3 == 0, "{episode}");
        assert_eq!(aligner.discount().digest() != discount, episode == 6, "{episode}");
    }
    assert_eq!(aligner.episodes().len(), 4);
}

#[test]
fn bad_input_changes_nothing() {
    let (mut aligner, mut rng) = (Aligner::new(()), stream(0, 1));
    let step = |state, action, reward, outcome| Transition { state, action, reward, next_state: 1, outcome };
    let good = step(0, 1, 1.0, Outcome::Continue);
    assert_eq!(aligner.act(0, &mut rng), Err(Error::NotStarted));
    assert_eq!(aligner.learn(&good, &mut rng), Err(Error::NotStarted));
    aligner.start(PARAMETERS).unwrap();
    assert_eq!(aligner.outer_step(&mut rng), Ok(None));
    assert_eq!(aligner.inner_step(&mut rng), Ok(()));
    (0..3).for_each(|_| _ = aligner.learn(&good, &mut rng).unwrap());
    let digest = aligner.digest();
    for (bad, error) in [
        (step(3, 0, 0.0, Outcome::Continue), Error::StateOutOfRange),
        (step(0, 2, 0.0, Outcome::Terminated), Error::ActionOutOfRange),
        (step(0, 0, f32::NAN, Outcome::Terminated), Error::NonFinite),
    ] {
        assert_eq!(aligner.learn(&bad, &mut rng), Err(error));
    }
    for (bad, error) in [
        (BilevelAlignerParameters { horizon: 6, ..PARAMETERS }, Error::BufferTooSmall),
        (BilevelAlignerParameters { horizon: 0, ..PARAMETERS }, Error::ParameterOutOfRange),
        (BilevelAlignerParameters { step_size: 0.0, ..PARAMETERS }, Error::StepSizeOutOfRange),
        (BilevelAlignerParameters { reward_step_size: 2.0, ..PARAMETERS }, Error::StepSizeOutOfRange),
        (BilevelAlignerParameters { discount_step_size: -1.0, ..PARAMETERS }, Error::StepSizeOutOfRange),
        (BilevelAlignerParameters { task_discount: 1.5, ..PARAMETERS }, Error::DiscountOutOfRange),
        (BilevelAlignerParameters { neumann_step: 0.0, ..PARAMETERS }, Error::ParameterOutOfRange),
        (BilevelAlignerParameters { weight: f32::NAN, ..PARAMETERS }, Error::NonFinite),
    ] {
        assert_eq!(aligner.start(bad), Err(error));
    }
    assert_eq!(aligner.digest(), digest);
    aligner.learn(&good, &mut rng).unwrap();
    let digest = aligner.digest();
    assert_eq!(aligner.learn(&good, &mut rng), Err(Error::EpisodeTooLong));
    assert_eq!(aligner.digest(), digest);
}

#[test]
fn what_is_not_finite_moves_neither_reward_nor_discount() {
    let (mut aligner, mut rng) = (example(PARAMETERS), stream(0, 1));
    aligner.episodes.push(HeuristicStep::new(0, 1, f32::MAX, 0.0)).unwrap();
    aligner.episodes.push(HeuristicStep::new(0, 1, f32::MAX, 0.0)).unwrap();
    aligner.episodes.close().unwrap();
    let digest = aligner.digest();
    assert_eq!(aligner.outer_step(&mut rng), Err(Error::NonFinite));
    assert_eq!(aligner.digest(), digest);
}

#[test]
fn bytes_bring_it_back_to_go_on_alike() {
    let parameters = BilevelAlignerParameters { warm_episodes: 3, neumann_terms: 2, ..PARAMETERS };
    let (mut aligner, mut other) = (Aligner::new(()), Aligner::new(()));
    aligner.start(parameters).unwrap();
    other.start(parameters).unwrap();
    let live = |aligner: &mut Aligner, steps: core::ops::Range<usize>, rng: &mut _| {
        for step in steps {
            let action = aligner.act(step % 3, rng).unwrap();
            let outcome = if step % 4 == 3 { Outcome::Truncated } else { Outcome::Continue };
            let reward = (step % 5) as f32;
            aligner.learn(&Transition { state: step % 3, action, reward, next_state: 0, outcome }, rng).unwrap();
        }
    };
    let mut rng = stream(0, 1);
    live(&mut aligner, 0..50, &mut rng);
    let mut bytes = Bytes(std::vec::Vec::new());
    aligner.write(&mut bytes);
    other.restore(&bytes.0).unwrap();
    live(&mut aligner, 50..100, &mut rng.clone());
    live(&mut other, 50..100, &mut rng);
    assert_eq!(aligner.digest(), other.digest());
    // A state that there is not, in the last step.
    let last = bytes.0.len() - 10;
    bytes.0[last] = 3;
    let digest = other.digest();
    assert_eq!(other.restore(&bytes.0), Err(Error::Malformed));
    assert_eq!(other.restore(&bytes.0[..last]), Err(Error::Truncated));
    assert_eq!(other.digest(), digest);
}

struct Bytes(std::vec::Vec<u8>);

impl Write for Bytes {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}
