//! Experiments: an environment, the learners that are compared in it on the same random numbers, and the claims they
//! must meet. A board runs what a page shows.
//!
//! Every experiment has a feature, its id with dashes for dots; every room has one that names all of its experiments, and
//! `lab` names all rooms: an image or a page holds only what it runs.
//!
//! | experiment | room | feature of the room |
//! |---|---|---|
//! | `tabular-td.cliff-walking`, `.windy-grid`, `.random-walk`, `.n-step`, `.lambda`, `.dyna-maze`, `.maximisation-bias` | learn | `lab-learn` |
//! | `linear-policies.mountain-car`, `.corridor`, `.cart-pole` | learn | `lab-learn` |
//! | `classic-bandits.testbed`, `.bernoulli`, `.abrupt-change`, `.linear` | bandit | `lab-bandit` |
//! | `dynlin-ucb` | bandit | `lab-bandit` |
//! | `purely-periodic-policy.offline`, `.online` | bandit | `lab-bandit` |
//! | `dual-mirror-descent`, `turn-budget-control` | allocate | `lab-allocate` |
//! | `combinatorial-restless-q` | bandit | `lab-bandit` |
//! | `simple-driving-reward`, `online-annotated-intrinsic-reward` | reward | `lab-reward` |
//! | `behavior-alignment-reward` | reward | `lab-reward` |
//! | `exploration-guided-reward-shaping` | reward | `lab-reward` |
//! | `gated-reward-accumulation`, `clip-delta-reward-refinement`, `milestone-potential-critic` | reward | `lab-reward` |
//! | `dynamic-reward-weighting.alignment`, `.inward-front` | reward | `lab-reward` |
//! | `direct-behavior-specification.constraints`, `.hand-weights`, `.imitation` | reward | `lab-reward` |
//! | `explicable-reward-design.q-learning`, `.adaptive` | reward | `lab-reward` |
//! | `automatic-discount-scheduling` | reward | `lab-reward` |
//! | `reward-shaping-toolbox` | reward | `lab-reward` |
//! | `uba-step-size-schedule.quadratic`, `.settings`, `.random-walk` | reward | `lab-reward` |
//! | `advantage-estimators.scan`, `.time-limit`, `.two-questions`, `.variance` | advantage | `lab-advantage` |
//! | `declarative-dp-solver.textbook`, `.random-models` | plan | `lab-plan` |
//! | `stock-augmented-distributional-dp.market`, `.grid` | plan | `lab-plan` |
//!
//! A new experiment is one file, one line in `table.rs`, its feature, and nothing in any front end.
//!
//! | piece | what it is |
//! |---|---|
//! | [`Descriptor`] and its parts | an experiment as data |
//! | [`Claim`] and its parts | what it must show, as data |
//! | [`Values`] | the parameters of a run |
//! | [`Experiment`] | what an experiment's state can do |
//! | [`EXPERIMENTS`], [`Runner`] | the table, and one of its experiments at work |
//! | [`Run`] | a runner with its seed, its length and its digest |
//! | [`Reducer`] | from the steps of a run to the number a claim speaks of |

mod advantage_estimators;
#[cfg(feature = "automatic-discount-scheduling")]
mod automatic_discount_scheduling;
#[allow(dead_code)] // which experiments are compiled in decides
mod bandit_lane;
#[allow(dead_code, unused_macros, unused_imports)] // as above
mod batch_lane;
#[cfg(feature = "behavior-alignment-reward")]
mod behavior_alignment_reward;
mod claim;
mod classic_bandits;
#[cfg(feature = "clip-delta-reward-refinement")]
mod clip_delta_reward_refinement;
#[cfg(feature = "combinatorial-restless-q")]
mod combinatorial_restless_q;
mod declarative_dp_solver;
mod descriptor;
mod direct_behavior_specification;
#[cfg(feature = "dual-mirror-descent")]
mod dual_mirror_descent;
mod dynamic_reward_weighting;
#[cfg(feature = "dynlin-ucb")]
mod dynlin_ucb;
#[allow(dead_code, unused_macros, unused_imports)] // which experiments are compiled in decides
mod episode_lane;
mod experiment;
#[cfg(any(feature = "explicable-reward-design-q-learning", feature = "explicable-reward-design-adaptive"))]
mod explicable_reward_design;
#[cfg(feature = "exploration-guided-reward-shaping")]
mod exploration_guided_reward_shaping;
#[cfg(feature = "gated-reward-accumulation")]
mod gated_reward_accumulation;
#[allow(dead_code)] // as above
mod grid_view;
#[allow(unused_macros, unused_imports)] // as above
mod linear_policies;
#[cfg(feature = "milestone-potential-critic")]
mod milestone_potential_critic;
#[cfg(feature = "online-annotated-intrinsic-reward")]
mod online_annotated_intrinsic_reward;
#[allow(unused_macros, unused_imports)] // as above
mod pick;
mod purely_periodic_policy;
mod reducer;
#[cfg(feature = "reward-shaping-toolbox")]
mod reward_shaping_toolbox;
mod run;
#[cfg(feature = "simple-driving-reward")]
mod simple_driving_reward;
mod stock_augmented_distributional_dp;
mod table;
mod tabular_td;
#[cfg(feature = "turn-budget-control")]
mod turn_budget_control;
mod uba_step_size_schedule;
mod values;

pub use claim::{Claim, Measure, Quantity, Reduction, Requirement};
pub use descriptor::{Descriptor, Kind, Metric, Parameter, Steps, View};
pub use experiment::Experiment;
pub use reducer::Reducer;
pub use run::{Run, Tick, fold_digests};
pub use table::{EXPERIMENTS, Runner, find};
pub use values::{MAX_PARAMETERS, Values};
