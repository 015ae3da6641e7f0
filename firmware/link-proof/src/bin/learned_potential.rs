//! Progress by milestones, a tabular and a linear critic of it, their difference as a reward, and the blended advantage.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;

use habit::advantage::{BlendedAdvantage, LinearCritic, TabularCritic};
use habit::interact::{Outcome, RolloutView, Transition};
use habit::policy::features::Polynomial;
use habit::reward::RewardShaping;
use habit::reward::credit::{LearnedPotential, MilestoneProgress};
use habit_link_proof::{any, element, forever};

struct Parts {
    milestones: MilestoneProgress<4>,
    table: LearnedPotential<TabularCritic<17>>,
    line: LearnedPotential<LinearCritic<Polynomial<1, 2, 3>, 3>>,
}

const EMPTY: Parts = Parts {
    milestones: MilestoneProgress::EMPTY,
    table: LearnedPotential::new(TabularCritic::EMPTY),
    line: LearnedPotential::new(LinearCritic::EMPTY),
};

habit_link_proof::image!(Parts = EMPTY, |parts| {
    let Parts { milestones, table, line } = parts;
    table.set_weight(any())?;
    table.critic_mut().start(any())?;
    line.critic_mut().start(Polynomial::new(element(), element())?, any())?;
    let blend = BlendedAdvantage::new(any())?;
    forever(|_| {
        milestones.clear();
        let _ = black_box(milestones.confirm(any()));
        let mut numbers = [0.0; 16];
        let numbers = black_box(&mut numbers[..]);
        let _ = black_box(milestones.labels(numbers));
        let _ = black_box(table.critic_mut().add(any(), any()));
        let _ = black_box(table.critic_mut().fit());
        let _ = black_box(line.critic_mut().add(element(), any()));
        let outcome = black_box(Outcome::Continue);
        let step = Transition { state: any(), action: 0usize, reward: any(), next_state: any(), outcome };
        let _ = black_box(table.apply(&step, any()));
        let step = Transition { state: [any()], action: 0usize, reward: any(), next_state: [any()], outcome };
        let _ = black_box(line.apply(&step, any()));
        let (of, outcomes) = (black_box(&[0.0; 16][..]), black_box(&[Outcome::Continue; 16][..]));
        if let Ok(rollout) = RolloutView::new(any(), any(), of, of, of, outcomes) {
            let _ = black_box(blend.advantages(&rollout, black_box(of), numbers));
        }
    })
});
