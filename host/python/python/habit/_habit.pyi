"""The part of `habit` that is written in Rust."""

from typing import Any, TypeAlias, final, type_check_only

import numpy as np
from numpy.typing import NDArray
from typing_extensions import Self, disjoint_base

from ._types import Flags, Floats, Integers

__all__ = [
    "ArmBandit",
    "CheckpointError",
    "ContextualBandit",
    "Environment",
    "HabitError",
    "OffPolicyEvaluation",
    "TabularAgent",
    "__version__",
    "_claims",
    "_experiments",
    "_inspect",
    "_run",
    "discounted_returns",
    "gae",
    "group_advantages",
    "n_step_returns",
    "rewards_to_go",
    "v_trace",
]

__version__: str
_Estimate: TypeAlias = tuple[float, float | None] | None

class HabitError(ValueError):
    """A call that was rejected; it has changed nothing. `code` is a stable name in snake case."""

    code: str

class CheckpointError(HabitError):
    """A checkpoint that was refused; nothing has changed."""

@type_check_only
class _Saved:
    def to_bytes(self, *, generator: bool = False) -> bytes:
        """A checkpoint as bytes; with `generator`, the generator of random choices is in it."""

    def _load(self, bytes: bytes) -> None: ...
    @property
    def digest(self) -> str:
        """FNV-1a 64 over what was learned, as 16 hexadecimal digits: equal digests on two targets mean equal bits."""

@disjoint_base
class ArmBandit(_Saved):
    """Bandits of any number of arms, one choice a round."""

    def __new__(cls, *_args: Any, **_kwargs: Any) -> Self: ...
    def _start(self, rule: str, arms: int, numbers: list[float], seed: int, state: bytes | None) -> None: ...
    def _start_windowed(
        self, arms: int, confidence: float, window: int, seed: int, state: bytes | None
    ) -> None: ...
    def _start_dynamic(
        self, arms: Floats, bounds: list[float], regularization: float, horizon: int, seed: int, state: bytes | None
    ) -> None: ...
    def _learn(self, arms: Integers, rewards: Floats) -> None: ...
    def _estimates(self) -> Floats: ...
    def select(self) -> int:
        """Chooses the arm of this round."""

    def update(self, arm: int, reward: float) -> None:
        """Takes the reward of the arm that was selected."""

    @property
    def propensity(self) -> float | None:
        """The probability with which the last arm was chosen; None where it has no closed form, or nothing was selected."""

@disjoint_base
class ContextualBandit(_Saved):
    """Contextual bandits of any size."""

    def __new__(cls, *_args: Any, **_kwargs: Any) -> Self: ...
    def _start(
        self,
        rule: str,
        arms: int,
        features: int,
        is_shared: bool,
        regularization: float,
        number: float,
        seed: int,
        state: bytes | None,
    ) -> None: ...
    def _learn(self, contexts: Floats, arms: Integers, rewards: Floats) -> None: ...
    def _coefficients(self) -> Floats: ...
    def select(self, context: Floats) -> int:
        """Chooses the arm of this round, whose context is an array of float32: `(n_features,)`, or `(n_arms, n_features)` where
        the estimate is shared."""

    def update(self, context: Floats, arm: int, reward: float) -> None:
        """Takes the reward of a choice made earlier, with the context it belongs to."""

    def predict(self, X: Floats) -> Integers:
        """The arm that is thought to pay most in each context, without exploring: `(n,)` numbers of int64."""

    def predict_expectations(self, X: Floats, *, out: Floats | None = None) -> Floats:
        """What every arm is thought to pay in each context: `(n, n_arms)` numbers of float32, in `out` where it is given."""

    @property
    def rounds(self) -> int:
        """How many rewards were learned from."""

    @property
    def waiting(self) -> int:
        """How many choices wait for their rewards."""

    @property
    def propensity(self) -> float | None:
        """The probability with which the last arm was chosen; None where it has no closed form, or nothing was selected."""

@disjoint_base
class TabularAgent(_Saved):
    """Tabular agents of any number of states and actions."""

    def __new__(cls, *_args: Any, **_kwargs: Any) -> Self: ...
    def _start(
        self,
        rule: str,
        states: int,
        actions: int,
        step_size: float,
        discount: float,
        epsilon: float,
        initial_value: float,
        seed: int,
    ) -> None: ...
    def _adjust(self, step_size: float, discount: float, epsilon: float) -> None: ...
    def _tables(self) -> list[Floats]: ...
    def _train(
        self, environment: Environment, episodes: int, max_steps: int | None
    ) -> tuple[Floats, NDArray[np.uint32], Flags]: ...
    def act(self, state: int) -> int:
        """The action to take in a state."""

    def learn(
        self, state: int, action: int, reward: float, next_state: int, terminated: bool, truncated: bool = False
    ) -> float:
        """Learns from one step of an environment; returns the temporal-difference error."""

@final
class Environment:
    """One of the kernel's environments. `habit.make` dresses it for Gymnasium."""

    def __new__(cls, name: str, variant: bool, limit: int | None) -> Environment: ...
    @property
    def n_states(self) -> int | None:
        """The number of states; None where observations are vectors."""

    @property
    def n_actions(self) -> int | None:
        """The number of actions; None where an action is a force."""

    @property
    def greatest_force(self) -> float | None:
        """The greatest force; None where actions are counted."""

    @property
    def bounds(self) -> list[Floats] | None:
        """The least and the greatest observation; None where states are counted."""

    @property
    def time_limit(self) -> int:
        """After how many steps an episode is truncated; 0 for never."""

    def seed(self, seed: int) -> None:
        """Random choices come from this seed from now on."""

    def reset(self) -> int | Floats:
        """Starts an episode; returns the first observation."""

    def step(self, action: Any) -> tuple[int | Floats, float, bool, bool]:
        """Takes an action: observation, reward, terminated, truncated."""

@final
class OffPolicyEvaluation:
    """The value of a policy by the log of another one: inverse propensity scores (`ips`), self-normalised (`snips`) and doubly
    robust. Each is a pair: the mean reward a decision and its standard error, which is None where too few decisions count."""

    def __new__(cls, clip: float | None = None) -> OffPolicyEvaluation: ...
    def add(
        self,
        propensities: Floats,
        targets: Floats,
        rewards: Floats,
        predictions: Floats | None = None,
        expectations: Floats | None = None,
    ) -> None:
        """Takes in decisions, a number of float32 each: the probability with which what was played was chosen, the probability
        with which the policy under evaluation would have chosen it, what it paid; what a model expects of it and of the policy."""

    @property
    def count(self) -> int:
        """The number of decisions."""

    @property
    def effective_sample_size(self) -> float | None:
        """How many decisions the policy itself would have had to take to tell as much; None where none counts."""

    @property
    def ips(self) -> _Estimate:
        """By inverse propensity scores."""

    @property
    def snips(self) -> _Estimate:
        """By self-normalised inverse propensity scores."""

    @property
    def doubly_robust(self) -> _Estimate:
        """By the model, corrected by weighted residuals."""

def gae(
    rewards: Floats,
    values: Floats,
    next_values: Floats,
    terminated: Flags | None = None,
    truncated: Flags | None = None,
    *,
    discount: float = 0.99,
    lambda_: float = 0.95,
    out: Floats | None = None,
) -> Floats:
    """Generalized advantage estimation (Schulman et al. 2016). Arrays of `(steps,)` or `(steps, lanes)`; `next_values` are those of
    the true next states, before any reset, so that a truncated step is not taken for an end. The value target is `values` more."""

def discounted_returns(
    rewards: Floats,
    next_values: Floats,
    terminated: Flags | None = None,
    truncated: Flags | None = None,
    *,
    discount: float = 0.99,
    out: Floats | None = None,
) -> Floats:
    """Discounted returns; a truncated or last step is completed by the value of its true next state."""

def n_step_returns(
    rewards: Floats,
    next_values: Floats,
    terminated: Flags | None = None,
    truncated: Flags | None = None,
    *,
    n: int,
    discount: float = 0.99,
    out: Floats | None = None,
) -> Floats:
    """Returns of `n` steps, then a value."""

def rewards_to_go(
    rewards: Floats,
    terminated: Flags | None = None,
    truncated: Flags | None = None,
    *,
    out: Floats | None = None,
) -> Floats:
    """What was paid from each step on, up to the end of its episode: neither discounted nor completed."""

def v_trace(
    rewards: Floats,
    values: Floats,
    next_values: Floats,
    learner: Floats,
    actor: Floats,
    terminated: Flags | None = None,
    truncated: Flags | None = None,
    *,
    discount: float = 0.99,
    lambda_: float = 1.0,
    rho_bar: float = 1.0,
    c_bar: float = 1.0,
    out: Floats | None = None,
    targets: Floats | None = None,
) -> tuple[Floats, Floats]:
    """V-trace (Espeholt et al. 2018): advantages and value targets, from the logarithms of the probabilities that the policy which
    learns, and the policy which acted, give the actions."""

def group_advantages(
    returns: Floats, baseline: str = "mean", *, ddof: int = 1, epsilon: float = 1e-6, out: Floats | None = None
) -> Floats:
    """How much better each sample of a group was than the group: `baseline` is `"mean"` (Dr. GRPO), `"leave-one-out"` (RLOO) or
    `"standardised"` (GRPO, with `ddof` and `epsilon`). Of an array of `(groups, samples)`, each row is a group."""

def _experiments() -> str: ...
def _run(
    entry: int,
    seed: int,
    seeds: int,
    steps: int | None,
    every: int,
    parameters: list[tuple[str, str]],
    threads: int | None,
) -> dict[str, Any]: ...
def _claims(entries: list[int], seed: int, full: bool, threads: int | None) -> str: ...
def _inspect(bytes: bytes) -> tuple[int, str, str, bool, list[int], str]: ...
