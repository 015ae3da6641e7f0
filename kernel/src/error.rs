//! The one error of the kernel.

use core::ffi::CStr;

/// A text that ends with a zero; nothing where it does not.
const fn c_text(text: &str) -> &CStr {
    match CStr::from_bytes_with_nul(text.as_bytes()) {
        Ok(text) => text,
        Err(_) => c"",
    }
}

/// Writes the enum, its stable codes and its messages from one table.
macro_rules! errors {
    ($($variant:ident $code:literal $message:literal;)*) => {
        /// Why a call was rejected. A rejected call has changed nothing.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum Error {
            $(#[doc = concat!("Code `", $code, "`: ", $message, ".")] $variant,)*
        }

        impl Error {
            /// A stable name in snake case, for programs.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// One clause without an end mark, for people.
            pub const fn message(self) -> &'static str {
                match self { $(Self::$variant => $message,)* }
            }

            /// [`message`](Self::message) as C reads it.
            pub const fn c_message(self) -> &'static CStr {
                match self { $(Self::$variant => const { c_text(concat!($message, "\0")) },)* }
            }
        }
    };
}

errors! {
    StateOutOfRange "state_out_of_range" "the state is not below the number of states";
    ActionOutOfRange "action_out_of_range" "the action is not below the number of actions";
    NonFinite "non_finite" "a number is infinite or not a number";
    StepSizeOutOfRange "step_size_out_of_range" "the step size must be above 0 and at most 1";
    DiscountOutOfRange "discount_out_of_range" "the discount must be between 0 and 1";
    EpsilonOutOfRange "epsilon_out_of_range" "epsilon must be between 0 and 1";
    ProbabilityOutOfRange "probability_out_of_range" "a probability must be between 0 and 1, and one must be above 0";
    ParameterOutOfRange "parameter_out_of_range" "a parameter is outside its range";
    RewardOutOfRange "reward_out_of_range" "the reward is outside the range that was stated";
    ValueOutOfRange "value_out_of_range" "the number is beyond what the fixed-point type holds";
    FactorOutOfRange "factor_out_of_range" "a factor must be between 0 and 1";
    CompletionOutOfRange "completion_out_of_range" "the completion must be between 0 and 100 percent";
    MessageOutOfRange "message_out_of_range" "the message is not below the number of messages";
    NegativeConsumption "negative_consumption" "what an action takes of a resource must not be below 0";
    EmptyRange "empty_range" "there is nothing to choose from";
    EmptyGroup "empty_group" "the group has no sample";
    GroupTooSmall "group_too_small" "a group of one has no others to compare with";
    NoArms "no_arms" "there must be at least one arm";
    NoNullAction "no_null_action" "doing nothing to any arm must be among the actions";
    LengthMismatch "length_mismatch" "the lengths of two arrays do not fit";
    NotPositiveDefinite "not_positive_definite" "the matrix is no longer positive definite";
    NotMergeable "not_mergeable" "what was learned depends on the order of rewards, so it cannot be merged";
    OtherPrior "other_prior" "the two did not start from the same numbers, so they cannot be merged";
    Infeasible "infeasible" "no reward within the limits keeps the best policy the best";
    EmptyBudget "empty_budget" "a budget is at least 1";
    ExtensionOutOfRange "extension_out_of_range" "an extended limit must not be below the one before";
    DeadEnd "dead_end" "a state has no action";
    RewardNotWhole "reward_not_whole" "a reward must be a whole number and not greater than the greatest";
    StockOutOfRange "stock_out_of_range" "the stock at the start must be a return that can be";
    NotConverged "not_converged" "the values do not settle within the allowed sweeps";
    UnknownHeader "unknown_header" "the first line must be: dp 1";
    UnknownKeyword "unknown_keyword" "a line begins with horizon, states, actions, sense, start, terminal, p or pt";
    UnknownHorizon "unknown_horizon" "a horizon is finite, discounted or average";
    UnknownSense "unknown_sense" "a sense is max or min";
    MissingLine "missing_line" "horizon, states, actions, sense and start must each have a line";
    StageWithoutHorizon "stage_without_horizon" "only a finite horizon has stages";
    StageOutOfRange "stage_out_of_range" "the stage is not below the number of stages";
    Singular "singular" "the equations have no single solution";
    NotSelected "not_selected" "this arm was not the one selected last";
    NotStarted "not_started" "nothing has been started";
    EpisodeTooLong "episode_too_long" "the episode is longer than its buffer";
    OutOfOrder "out_of_order" "what is noted later must not have happened earlier";
    UnknownCell "unknown_cell" "a cell of a grid is one of . # S G X";
    RaggedGrid "ragged_grid" "the rows of the grid are not equally long";
    OtherCellCount "other_cell_count" "the grid has more or fewer cells than its type";
    NotOneStart "not_one_start" "a grid has exactly one start";
    EpisodeOver "episode_over" "the episode is over: reset first";
    RunOver "run_over" "the run is over: start again";
    Truncated "truncated" "the bytes end too early";
    Malformed "malformed" "the bytes do not hold a valid state";
    NotACheckpoint "not_a_checkpoint" "the bytes are not a checkpoint";
    NewerVersion "newer_version" "the checkpoint was written by a newer version";
    Corrupt "corrupt" "the checkpoint is damaged: its checksum does not fit";
    OtherKind "other_kind" "the checkpoint is of another kind of learner";
    OtherNumerics "other_numerics" "the checkpoint was computed with other functions";
    OtherDimensions "other_dimensions" "the checkpoint is of another size";
    UnknownExperiment "unknown_experiment" "no experiment has this id";
    UnknownParameter "unknown_parameter" "the experiment has no such parameter";
    UnknownChoice "unknown_choice" "the parameter has no such option";
    UnknownView "unknown_view" "the experiment has no such view";
    UnknownContender "unknown_contender" "the experiment has no such contender";
    NotANumber "not_a_number" "the value is not a number";
    StepsOutOfRange "steps_out_of_range" "the number of steps is outside the experiment's limits";
    BufferTooSmall "buffer_too_small" "the buffer is too small";
    LineTooLong "line_too_long" "a line holds at most 256 bytes";
    NotAnObject "not_an_object" "the line is not one flat JSON object";
    NotText "not_text" "the field takes a string without escapes";
    NotAWholeNumber "not_a_whole_number" "the field takes a whole number from 0 to 4294967295";
    NotNumbers "not_numbers" "the field takes a list of numbers";
    CountOutOfRange "count_out_of_range" "the number must be at least 1, and n at most 1000000";
    UnknownCommand "unknown_command" "there is no such command";
    UnknownField "unknown_field" "no command has such a field";
    RepeatedField "repeated_field" "the field stands here twice";
    MissingField "missing_field" "the command needs a field that is missing";
    NotPaused "not_paused" "the run is on its way: pause it first";
    NoStorage "no_storage" "nothing can be kept here";
    StorageEmpty "storage_empty" "nothing has been saved";
    StorageFull "storage_full" "there is no room for what is to be saved";
    StorageFailed "storage_failed" "the storage does not take what is written: what was saved before is kept";
    NotContinued "not_continued" "the bytes do not go on where those before have ended";
}

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.message())
    }
}

impl core::error::Error for Error {}
