//! Q-learning and LinUCB with a fixed radius in one image: the sizes that PERFORMANCE.md asks for (W8).
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::bandit::{FixedRadius, LinUcb, LinUcbState};
use habit::learn::QLearning;
use habit::linalg::Ridge;
use habit_link_proof::{any, arms, bandit, control, explores, forever, td_parameters};

type Learners = (QLearning<48, 4>, LinUcb<'static, 4, 8, FixedRadius>);

const EMPTY: Learners = (QLearning::EMPTY, LinUcbState::new(&[[0.0; 8]; 4], Ridge::EMPTY, FixedRadius(0.0)));

habit_link_proof::image!(Learners = EMPTY, |(agent, chooser)| {
    agent.start(td_parameters(), explores()?, any())?;
    chooser.start(arms(), FixedRadius(any()), any())?;
    forever(|rng| {
        control(agent, rng);
        bandit(chooser, rng);
    })
});
