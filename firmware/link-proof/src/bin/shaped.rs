//! Q-learning behind a chain of three rules, with a discount and a step size by schedules.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::discount::ExponentialDiscount;
use habit::learn::{Adjusted, DiscountBy, Pace, QLearning, Shaped, StepSizeBy};
use habit::reward::shaping::{CountBonus, InverseRoot, Potential, RunningNorm};
use habit::schedule::Linear;
use habit_link_proof::{any, control, explores, forever, td_parameters};

type Rules = (CountBonus<InverseRoot, [u16; 48]>, Potential<[f32; 48]>, RunningNorm);
type Agent = Shaped<Adjusted<QLearning<48, 4>, (DiscountBy<ExponentialDiscount>, StepSizeBy<Linear>)>, Rules>;

habit_link_proof::image!(Option<Agent> = None, |learner| {
    let adjustments = (
        DiscountBy::new(ExponentialDiscount::new(any(), any(), any())?, Pace::Episode),
        StepSizeBy::new(Linear::new(any(), any(), any())?, Pace::Transition),
    );
    let rules =
        (CountBonus::new(InverseRoot::new(any())?, [0; 48]), Potential::new([any(); 48]), RunningNorm::EMPTY);
    let agent = learner.insert(Shaped::new(Adjusted::new(QLearning::EMPTY, adjustments), rules));
    agent.learner_mut().start(|learner| learner.start(td_parameters(), explores()?, any()))?;
    forever(|rng| control(agent, rng))
});
