//! The table of experiments, and one of them at work.

#[allow(unused_imports)] // without a room nothing is an experiment
use super::Experiment;
use super::{Descriptor, Values};
use crate::error::Error;
use crate::state::{Persist, Reader, Write};

/// Writes the table and the runner from one line an experiment.
macro_rules! experiments {
    ($($feature:literal $variant:ident $experiment:path;)*) => {
        /// Every experiment whose room is compiled in.
        pub static EXPERIMENTS: &[Descriptor] =
            &[$(#[cfg(feature = $feature)] <$experiment as Experiment>::DESCRIPTOR),*];

        /// The place of each experiment in [`EXPERIMENTS`].
        #[derive(Clone, Copy)]
        #[allow(dead_code)] // without a room nothing is looked up
        enum Entry {
            $(#[cfg(feature = $feature)] $variant,)*
        }

        /// One experiment at work, in place: as large as the largest one compiled in.
        #[derive(Debug)]
        #[allow(clippy::large_enum_variant)] // without a heap there is nothing smaller to hold it in
        pub enum Runner {
            /// Nothing.
            Idle,
            $(
                #[cfg(feature = $feature)]
                #[doc = concat!("[`EXPERIMENTS`] entry `", stringify!($variant), "`.")]
                $variant($experiment),
            )*
        }

        impl Runner {
            /// As [`Experiment::check`], for the experiment at `entry`.
            ///
            /// # Errors
            /// [`Error::UnknownExperiment`]; what the experiment says.
            pub fn check(entry: usize, steps: u32, values: &Values) -> Result<(), Error> {
                $(
                    #[cfg(feature = $feature)]
                    if entry == Entry::$variant as usize {
                        return <$experiment as Experiment>::check(steps, values);
                    }
                )*
                let _ = (entry, steps, values);
                Err(Error::UnknownExperiment)
            }

            /// Makes this the experiment at `entry` and starts it, without building it elsewhere first.
            ///
            /// # Errors
            /// [`Error::UnknownExperiment`]; what the experiment says, and then nothing runs.
            pub fn start(&mut self, entry: usize, seed: u32, steps: u32, values: &Values) -> Result<(), Error> {
                $(
                    #[cfg(feature = $feature)]
                    if entry == Entry::$variant as usize {
                        // A function of its own, so that no two experiments ever stand on the stack together where the
                        // compiler does not copy straight into place.
                        #[inline(never)]
                        fn place(runner: &mut Runner) -> Option<&mut $experiment> {
                            *runner = Runner::$variant(const { <$experiment as Experiment>::EMPTY });
                            match runner {
                                Runner::$variant(experiment) => Some(experiment),
                                #[allow(unreachable_patterns)]
                                _ => None,
                            }
                        }
                        let started = match place(self) {
                            Some(experiment) => experiment.start(seed, steps, values),
                            None => Err(Error::NotStarted),
                        };
                        if started.is_err() {
                            self.stop();
                        }
                        return started;
                    }
                )*
                let _ = (entry, seed, steps, values);
                Err(Error::UnknownExperiment)
            }

            /// Nothing runs any more.
            #[inline(never)] // as above
            pub fn stop(&mut self) {
                *self = Self::Idle;
            }

            /// As [`Experiment::tick`].
            ///
            /// # Errors
            /// [`Error::NotStarted`]; what the experiment says.
            pub fn tick(&mut self) -> Result<bool, Error> {
                match self {
                    Self::Idle => Err(Error::NotStarted),
                    $(#[cfg(feature = $feature)] Self::$variant(experiment) => experiment.tick(),)*
                }
            }

            /// As [`Experiment::metric`].
            pub fn metric(&self, contender: usize, metric: usize) -> f32 {
                let _ = (contender, metric);
                match self {
                    Self::Idle => f32::NAN,
                    $(#[cfg(feature = $feature)] Self::$variant(experiment) => experiment.metric(contender, metric),)*
                }
            }

            /// As [`Experiment::view`].
            ///
            /// # Errors
            /// [`Error::NotStarted`]; what the experiment says.
            pub fn view(&self, view: usize, contender: usize, out: &mut [f32]) -> Result<(), Error> {
                let _ = (view, contender, &out);
                match self {
                    Self::Idle => Err(Error::NotStarted),
                    $(#[cfg(feature = $feature)] Self::$variant(experiment) => experiment.view(view, contender, out),)*
                }
            }
        }

        /// That of the experiment; [`Error::NotStarted`] where there is none.
        impl Persist for Runner {
            fn write(&self, out: &mut impl Write) {
                let _ = &out;
                match self {
                    Self::Idle => {}
                    $(#[cfg(feature = $feature)] Self::$variant(experiment) => experiment.write(out),)*
                }
            }

            fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
                let _ = &from;
                match self {
                    Self::Idle => Err(Error::NotStarted),
                    $(#[cfg(feature = $feature)] Self::$variant(experiment) => experiment.check(from),)*
                }
            }

            fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
                let _ = &from;
                match self {
                    Self::Idle => Err(Error::NotStarted),
                    $(#[cfg(feature = $feature)] Self::$variant(experiment) => experiment.read(from),)*
                }
            }
        }
    };
}

experiments! {
    "tabular-td-cliff-walking" CliffWalking super::tabular_td::CliffWalkingExperiment;
    "tabular-td-windy-grid" WindyGrid super::tabular_td::WindyGridExperiment;
    "tabular-td-random-walk" RandomWalk super::tabular_td::RandomWalkExperiment;
    "tabular-td-n-step" NStep super::tabular_td::NStepExperiment;
    "tabular-td-lambda" Lambda super::tabular_td::LambdaExperiment;
    "tabular-td-dyna-maze" DynaMaze super::tabular_td::DynaMazeExperiment;
    "tabular-td-maximisation-bias" MaximisationBias super::tabular_td::MaximisationBiasExperiment;
    "linear-policies-mountain-car" MountainCar super::linear_policies::MountainCarExperiment;
    "linear-policies-corridor" Corridor super::linear_policies::CorridorExperiment;
    "linear-policies-cart-pole" CartPole super::linear_policies::CartPoleExperiment;
    "classic-bandits-testbed" Testbed super::classic_bandits::TestbedExperiment;
    "classic-bandits-bernoulli" Bernoulli super::classic_bandits::BernoulliExperiment;
    "classic-bandits-abrupt-change" AbruptChange super::classic_bandits::AbruptChangeExperiment;
    "classic-bandits-linear" Linear super::classic_bandits::LinearExperiment;
    "dynlin-ucb" DynLinUcb super::dynlin_ucb::DynLinUcbExperiment;
    "dual-mirror-descent" DualMirrorDescent super::dual_mirror_descent::DualMirrorDescentExperiment;
    "purely-periodic-policy-offline" PeriodicOffline super::purely_periodic_policy::OfflineExperiment;
    "purely-periodic-policy-online" PeriodicOnline super::purely_periodic_policy::OnlineExperiment;
    "combinatorial-restless-q" CombinatorialRestlessQ super::combinatorial_restless_q::CombinatorialRestlessQExperiment;
    "simple-driving-reward" SimpleDrivingReward super::simple_driving_reward::SimpleDrivingRewardExperiment;
    "online-annotated-intrinsic-reward" OnlineAnnotatedIntrinsicReward
        super::online_annotated_intrinsic_reward::OnlineAnnotatedIntrinsicRewardExperiment;
    "behavior-alignment-reward" BehaviorAlignmentReward super::behavior_alignment_reward::BehaviorAlignmentRewardExperiment;
    "exploration-guided-reward-shaping" ExplorationGuidedRewardShaping super::exploration_guided_reward_shaping::ExplorationGuidedRewardShapingExperiment;
    "gated-reward-accumulation" GatedRewardAccumulation super::gated_reward_accumulation::GatedRewardAccumulationExperiment;
    "clip-delta-reward-refinement" ClipDeltaRewardRefinement super::clip_delta_reward_refinement::ClipDeltaRewardRefinementExperiment;
    "milestone-potential-critic" MilestonePotentialCritic super::milestone_potential_critic::MilestonePotentialCriticExperiment;
    "dynamic-reward-weighting-alignment" Alignment super::dynamic_reward_weighting::AlignmentExperiment;
    "dynamic-reward-weighting-inward-front" InwardFront super::dynamic_reward_weighting::InwardFrontExperiment;
    "direct-behavior-specification-constraints" Constraints super::direct_behavior_specification::ConstraintsExperiment;
    "direct-behavior-specification-hand-weights" HandWeights super::direct_behavior_specification::HandWeightsExperiment;
    "direct-behavior-specification-imitation" Imitation super::direct_behavior_specification::ImitationExperiment;
    "explicable-reward-design-q-learning" DesignedQLearning super::explicable_reward_design::QLearningExperiment;
    "explicable-reward-design-adaptive" AdaptiveDesign super::explicable_reward_design::AdaptiveExperiment;
    "automatic-discount-scheduling" AutomaticDiscountScheduling super::automatic_discount_scheduling::AutomaticDiscountSchedulingExperiment;
    "reward-shaping-toolbox" RewardShapingToolbox super::reward_shaping_toolbox::RewardShapingToolboxExperiment;
    "uba-step-size-schedule-quadratic" UbaQuadratic super::uba_step_size_schedule::QuadraticExperiment;
    "uba-step-size-schedule-settings" UbaSettings super::uba_step_size_schedule::SettingsExperiment;
    "uba-step-size-schedule-random-walk" UbaRandomWalk super::uba_step_size_schedule::RandomWalkExperiment;
    "advantage-estimators-scan" AdvantageScan super::advantage_estimators::ScanExperiment;
    "advantage-estimators-time-limit" AdvantageTimeLimit super::advantage_estimators::TimeLimitExperiment;
    "advantage-estimators-two-questions" AdvantageTwoQuestions super::advantage_estimators::TwoQuestionsExperiment;
    "advantage-estimators-variance" AdvantageVariance super::advantage_estimators::VarianceExperiment;
    "turn-budget-control" TurnBudgetControl super::turn_budget_control::TurnBudgetControlExperiment;
    "declarative-dp-solver-textbook" Textbook super::declarative_dp_solver::TextbookExperiment;
    "declarative-dp-solver-random-models" RandomModels super::declarative_dp_solver::RandomModelsExperiment;
    "stock-augmented-distributional-dp-market" StockMarket super::stock_augmented_distributional_dp::MarketExperiment;
    "stock-augmented-distributional-dp-grid" StockGrid super::stock_augmented_distributional_dp::GridExperiment;
}

/// The place of an id in [`EXPERIMENTS`].
pub fn find(id: &str) -> Option<usize> {
    EXPERIMENTS.iter().position(|descriptor| descriptor.id == id)
}
