//! Factored Q-learning over joint actions, with an enumerated set.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use habit::bandit::restless::{
    ActionList, CapacitySet, Credit, FactoredQ, FactoredQParameters, FeasibleSet, JointTransition,
};
use habit_link_proof::{any, forever};

habit_link_proof::image!((FactoredQ<5, 4, 2>, ActionList<5, 32>) = (FactoredQ::EMPTY, ActionList::EMPTY), |both| {
    let (learner, actions) = both;
    actions.start(&CapacitySet { costs: black_box(&[0; 5]), capacities: black_box(&[0; 2]) })?;
    let credit = if any() { Credit::PerArm } else { Credit::Joint };
    let parameters =
        FactoredQParameters { discount: any(), step_floor: any(), step_exponent: any(), hold: any(), credit };
    learner.start(parameters, |_, _, _| any())?;
    forever(|rng| {
        let (states, next_states, rewards) = (black_box(&[0; 5]), black_box(&[0; 5]), black_box(&[0.0; 5]));
        let mut action = [0; 5];
        if let Ok(chosen) = learner.select(actions, states, any(), rng) {
            action.iter_mut().zip(chosen).for_each(|(level, chosen)| *level = *chosen);
        }
        let _ = black_box(actions.draw(rng, black_box(&mut [0; 5])));
        let _ = black_box(learner.update(actions, &JointTransition { states, action: &action, rewards, next_states }));
        learner.release();
    })
});
