use super::device;
use habit_gpu::learn::{PolicyGradient, Settings};
use habit_gpu::rollout::Environment;
use habit_gpu::{Error, block_on};

const SCALES: [f32; 4] = [2.4, 2.0, 0.2095, 2.0];

/// Those of the CPU's `linear-policies.cart-pole`.
const PPO: Settings =
    Settings { steps: 256, passes: 20, step_size: 0.2, clip: Some(0.2), discount: 0.995, lambda: 0.98, ridge: 1e-6 };

/// The mean length of the episodes that end in the thirtieth iteration: what `linear-policies.cart-pole` claims of.
fn length_at_30(seed: u32, lanes: usize) -> f32 {
    let pole = Environment::cart_pole().unwrap();
    let mut training = block_on(PolicyGradient::new(&device(), pole, &SCALES, PPO)).unwrap();
    block_on(training.start(seed, lanes)).unwrap();
    block_on(training.run(30)).unwrap()[29].mean_length().unwrap_or(500.0)
}

#[test]
fn a_pole_is_balanced_by_what_the_device_alone_has_learnt() {
    let lengths = [1, 2].map(|seed| length_at_30(seed, 64));
    println!("{lengths:?}");
    assert!(lengths.iter().sum::<f32>() / 2.0 >= 250.0, "{lengths:?}");
}

#[test]
fn a_training_goes_on_where_it_stopped_and_starts_anew() {
    let short = Settings { steps: 40, passes: 3, ..PPO };
    let pole = Environment::cart_pole().unwrap();
    let mut training = block_on(PolicyGradient::new(&device(), pole, &SCALES, short)).unwrap();
    block_on(training.start(7, 13)).unwrap();
    let whole = block_on(training.run(5)).unwrap();
    let learnt = (block_on(training.policy()).unwrap(), block_on(training.critic()).unwrap());
    block_on(training.start(7, 13)).unwrap();
    let parts = [2, 3].map(|iterations| block_on(training.run(iterations)).unwrap()).concat();
    assert_eq!(parts, whole);
    assert_eq!((block_on(training.policy()).unwrap(), block_on(training.critic()).unwrap()), learnt);
    assert!(learnt.0.iter().chain(&learnt.1).all(|weight| weight.is_finite() && *weight != 0.0));
}

#[test]
fn bad_input_is_refused_before_anything_is_submitted() {
    let context = device();
    let refused = |settings, scales: &[f32]| {
        block_on(PolicyGradient::new(&context, Environment::cart_pole().unwrap(), scales, settings)).err()
    };
    let wrong = Some(Error::Input(habit::Error::ParameterOutOfRange));
    for settings in [
        Settings { steps: 0, ..PPO },
        Settings { steps: 4097, ..PPO },
        Settings { passes: 0, ..PPO },
        Settings { ridge: 0.0, ..PPO },
        Settings { ridge: f32::NAN, ..PPO },
        Settings { clip: Some(1.5), ..PPO },
        Settings { clip: Some(f32::NAN), ..PPO },
    ] {
        assert_eq!(refused(settings, &SCALES), wrong, "{settings:?}");
    }
    assert_eq!(
        refused(Settings { step_size: f32::NAN, ..PPO }, &SCALES),
        Some(Error::Input(habit::Error::StepSizeOutOfRange))
    );
    assert!(matches!(refused(Settings { discount: 1.5, ..PPO }, &SCALES), Some(Error::Input(_))));
    assert!(matches!(refused(Settings { lambda: f32::NAN, ..PPO }, &SCALES), Some(Error::Input(_))));
    assert_eq!(refused(PPO, &SCALES[..3]), Some(Error::Input(habit::Error::LengthMismatch)));
    assert_eq!(refused(PPO, &[1.0, 1.0, 0.0, 1.0]), wrong);
    let mut training =
        block_on(PolicyGradient::new(&context, Environment::cart_pole().unwrap(), &SCALES, PPO)).unwrap();
    assert_eq!(block_on(training.run(1)), Err(Error::Input(habit::Error::NotStarted)));
    assert_eq!(block_on(training.policy()), Err(Error::Input(habit::Error::NotStarted)));
    assert_eq!(block_on(training.start(0, 0)), Err(Error::Empty));
    assert!(matches!(block_on(training.start(0, 1 << 40)), Err(Error::TooLarge { .. })));
    block_on(training.start(0, 3)).unwrap();
    assert_eq!(block_on(training.run(0)), Err(Error::Empty));
    assert_eq!(block_on(training.policy()), Ok(vec![0.0; 10]));
    assert_eq!(block_on(training.critic()), Ok(vec![0.0; 9]));
}

#[test]
fn episodes_shorter_than_announced_are_refused() {
    let pole = Environment::cart_pole().unwrap().with_shortest_episode(100).unwrap();
    let mut training = block_on(PolicyGradient::new(&device(), pole, &SCALES, PPO)).unwrap();
    block_on(training.start(0, 4)).unwrap();
    assert_eq!(block_on(training.run(2)), Err(Error::ShortEpisode));
}
