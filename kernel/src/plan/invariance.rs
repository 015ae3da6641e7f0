//! Whether a rule keeps what is optimal.

use super::value_iteration::{best_action, value_iteration};
use super::{Sweeps, action_value};
use crate::error::Error;
use crate::interact::{Outcome, Transition};
use crate::model::{FiniteModel, ModelOutcome, is_available};
use crate::reward::RewardShaping;

/// A model whose rewards pass through a rule, as the rule stands: what a learner behind it learns. For rules without a
/// memory; of others it is what they would do now.
#[derive(Clone, Copy, Debug)]
pub struct ShapedModel<'a, M: ?Sized, F> {
    model: &'a M,
    rule: &'a F,
    discount: f32,
}

impl<'a, M: FiniteModel + ?Sized, F: RewardShaping> ShapedModel<'a, M, F> {
    /// With the discount that the rule is told.
    pub const fn new(model: &'a M, rule: &'a F, discount: f32) -> Self {
        Self { model, rule, discount }
    }
}

impl<M: FiniteModel + ?Sized, F: RewardShaping> FiniteModel for ShapedModel<'_, M, F> {
    fn states(&self) -> usize {
        self.model.states()
    }

    fn actions(&self) -> usize {
        self.model.actions()
    }

    fn outcome_count(&self, state: usize, action: usize) -> Result<usize, Error> {
        self.model.outcome_count(state, action)
    }

    fn terminal_value(&self, state: usize) -> f32 {
        self.model.terminal_value(state)
    }

    /// # Errors
    /// Besides the model's, the rule's.
    fn outcome(&self, state: usize, action: usize, index: usize) -> Result<Option<ModelOutcome>, Error> {
        let Some(outcome) = self.model.outcome(state, action, index)? else { return Ok(None) };
        // A terminal state's step to itself is nobody's transition.
        if outcome == ModelOutcome::absorbed(state) {
            return Ok(Some(outcome));
        }
        let ModelOutcome { reward, next_state, terminated, .. } = outcome;
        let transition =
            Transition { state, action, reward, next_state, outcome: Outcome::from_flags(terminated, false) };
        let reward = self.rule.shape(&transition, reward, self.discount)?;
        Ok(Some(ModelOutcome { reward, ..outcome }))
    }
}

/// What a rule does to what is optimal in a model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InvarianceReport {
    /// Whether in every state an action that is best with the rule is best without, as far as the tolerance tells.
    pub kept: bool,
    /// States where it is not.
    pub states_changed: usize,
    /// The greatest loss in one state of taking, once, the action that is best with the rule: `max_s v*(s) - Q*(s,a')`.
    pub loss: f32,
    /// How much the rule favours one action of a state over another, at most: the spread of `Q'*(s,a) - Q*(s,a)` over the
    /// actions of a state. 0, rounding aside, of a potential, whose `Q'* = Q* - Phi(s)`.
    pub spread: f32,
}

/// Solves a model as it is and behind a rule, and compares: the test that a shaping has not corrupted the task. Two action
/// values within `tolerance` of each other count as level.
///
/// `original` and `shaped` hold the optimal values of the two afterwards, found from 0. Memory: theirs, two numbers a state.
/// Cost: two value iterations.
///
/// ```
/// use habit::env::FrozenLake;
/// use habit::plan::{Sweeps, verify_invariance};
/// use habit::reward::shaping::{Potential, StateBonus};
/// use habit::interact::Transition;
///
/// let (lake, nearness) = (FrozenLake::<16>::new(true), |state: usize| (state / 4 + state % 4) as f32 - 6.0);
/// let (mut original, mut shaped) = ([0.0; 16], [0.0; 16]);
/// let stop = Sweeps { tolerance: 1e-7, most: 1000 };
/// let report = verify_invariance(&lake, &Potential::new(nearness), 0.9, stop, 1e-5, &mut original, &mut shaped)?;
/// assert!(report.kept && report.spread < 1e-5);
/// let bonus = StateBonus::new(move |step: &Transition| nearness(step.next_state));
/// assert!(!verify_invariance(&lake, &bonus, 0.9, stop, 1e-5, &mut original, &mut shaped)?.kept);
/// # Ok::<(), habit::Error>(())
/// ```
///
/// # Errors
/// As [`value_iteration`]; what the rule says; [`Error::ParameterOutOfRange`] for a tolerance that is no number from 0 on. What
/// the two slices hold is of no use then.
pub fn verify_invariance(
    model: &(impl FiniteModel + ?Sized),
    rule: &impl RewardShaping,
    discount: f32,
    stop: Sweeps,
    tolerance: f32,
    original: &mut [f32],
    shaped: &mut [f32],
) -> Result<InvarianceReport, Error> {
    if !(tolerance >= 0.0 && tolerance.is_finite()) {
        return Err(Error::ParameterOutOfRange);
    }
    let behind = ShapedModel::new(model, rule, discount);
    original.fill(0.0);
    shaped.fill(0.0);
    value_iteration(model, discount, stop, original)?;
    value_iteration(&behind, discount, stop, shaped)?;
    let mut report = InvarianceReport { kept: true, states_changed: 0, loss: 0.0, spread: 0.0 };
    for state in 0..model.states() {
        let (_, best) = best_action(model, discount, original, state, 0.0)?;
        let (Some(chosen), _) = best_action(&behind, discount, shaped, state, 0.0)? else { continue };
        let loss = best - action_value(model, discount, original, state, chosen)?;
        report.loss = report.loss.max(loss);
        report.states_changed += usize::from(loss > tolerance);
        let (mut least, mut most) = (f32::INFINITY, f32::NEG_INFINITY);
        for action in (0..model.actions()).filter(|&action| is_available(model, state, action)) {
            let with = action_value(&behind, discount, shaped, state, action)?;
            let added = with - action_value(model, discount, original, state, action)?;
            (least, most) = (least.min(added), most.max(added));
        }
        report.spread = report.spread.max(most - least);
    }
    report.kept = report.states_changed == 0;
    Ok(report)
}
