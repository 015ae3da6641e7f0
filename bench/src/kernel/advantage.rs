//! GAE on batches of trajectories.

use std::hint::black_box;

use habit::advantage::Gae;
use habit::interact::RolloutView;

use super::kernel_line;
use crate::clock::ProcessTime;
use crate::worlds::{Aligned, rollout};
use crate::{Contender, Report};

/// The kernel where every pass checks its inputs first.
macro_rules! checked_line {
    ($workload:literal) => {
        kernel_line!($workload, "-check", "RolloutView::new and Gae::advantages in every pass")
    };
}

pub const CONTENDERS: [Contender; 10] = [
    (kernel_line!("gae-128x8", "Gae::advantages on a view checked before"), |elements| gae(elements, 128, 8, false)),
    (checked_line!("gae-128x8"), |elements| gae(elements, 128, 8, true)),
    (kernel_line!("gae-2048x1", "Gae::advantages on a view checked before"), |elements| gae(elements, 2048, 1, false)),
    (checked_line!("gae-2048x1"), |elements| gae(elements, 2048, 1, true)),
    (kernel_line!("gae-128x1024", "Gae::advantages on a view checked before"), |elements| {
        gae(elements, 128, 1024, false)
    }),
    (checked_line!("gae-128x1024"), |elements| gae(elements, 128, 1024, true)),
    (kernel_line!("gae-128x4096", "Gae::advantages on a view checked before"), |elements| {
        gae(elements, 128, 4096, false)
    }),
    (checked_line!("gae-128x4096"), |elements| gae(elements, 128, 4096, true)),
    (kernel_line!("gae-2048x64", "Gae::advantages on a view checked before"), |elements| {
        gae(elements, 2048, 64, false)
    }),
    (checked_line!("gae-2048x64"), |elements| gae(elements, 2048, 64, true)),
];

fn gae(elements: u64, steps: usize, lanes: usize, check: bool) -> Report {
    let (numbers, outcomes) = rollout(steps * lanes);
    let view = || {
        let [rewards, values, next_values] = numbers.each_ref().map(|numbers| black_box(numbers.get()));
        RolloutView::new(steps, lanes, rewards, values, next_values, black_box(&outcomes)).expect("good numbers")
    };
    let gae = Gae::new(0.99, 0.95).expect("good parameters");
    let mut advantages = Aligned::new(vec![f32::NAN; steps * lanes]);
    let once = view();
    let (start, mut taken) = (ProcessTime::now(), 0);
    while taken < elements {
        let view = if check { view() } else { once };
        gae.advantages(&view, black_box(advantages.get_mut())).expect("lengths that fit");
        black_box(advantages.get());
        taken += advantages.get().len() as u64;
    }
    let seconds = start.elapsed().as_secs_f64();
    let sum: f64 = advantages.get().iter().map(|advantage| f64::from(advantage.abs())).sum();
    Report { steps: taken, seconds, figures: vec![sum / (steps * lanes) as f64, advantages.get()[0].into()] }
}
