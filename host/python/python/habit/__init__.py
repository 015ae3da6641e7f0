"""Habit: bandits, tabular agents, advantages and environments, computed by a small kernel in Rust.

The same seed gives the same bits here, in a browser and on a microcontroller, and what is learned travels between them as a
checkpoint. Arrays are numpy's, of float32 and contiguous; they are borrowed where they lie.

- Bandits that see features: `LinUcb`, `LinTs`, `LinEpsilonGreedy`.
- Bandits that see none: `Ucb1`, `KlUcb`, `DiscountedUcb`, `SlidingWindowUcb`, `ThompsonBeta`, `ThompsonGaussian`, `Exp3`,
  `DynLinUcb`.
- Tabular agents: `QLearning`, `Sarsa`, `ExpectedSarsa`, `DoubleQLearning`, and `train` for any discrete Gymnasium environment.
- The kernel's environments: `make`, and `habit.envs`, which registers them with Gymnasium.
- Advantages: `gae`, `discounted_returns`, `n_step_returns`, `rewards_to_go`, `v_trace`, `group_advantages`.
- The value of another policy, from a log: `OffPolicyEvaluation`.
- Experiments and their claims: `experiments`, `describe`, `run`, `claims`.
- Checkpoints: `load`, and `save` of every learner.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ._habit import (
    CheckpointError,
    HabitError,
    OffPolicyEvaluation,
    __version__,
    discounted_returns,
    gae,
    group_advantages,
    n_step_returns,
    rewards_to_go,
    v_trace,
)
from .agents import DoubleQLearning, ExpectedSarsa, QLearning, Sarsa, TabularAgent, Training, train
from .bandits import (
    DiscountedUcb,
    DynLinUcb,
    Exp3,
    KlUcb,
    LinEpsilonGreedy,
    LinTs,
    LinUcb,
    SlidingWindowUcb,
    ThompsonBeta,
    ThompsonGaussian,
    Ucb1,
)
from .checkpoints import Checkpoint, load
from .experiments import Run, claims, describe, experiments, run

if TYPE_CHECKING:
    from .envs import HabitEnv

__all__ = [
    "Checkpoint",
    "CheckpointError",
    "DiscountedUcb",
    "DoubleQLearning",
    "DynLinUcb",
    "ExpectedSarsa",
    "Exp3",
    "HabitError",
    "KlUcb",
    "LinEpsilonGreedy",
    "LinTs",
    "LinUcb",
    "OffPolicyEvaluation",
    "QLearning",
    "Run",
    "Sarsa",
    "SlidingWindowUcb",
    "TabularAgent",
    "ThompsonBeta",
    "ThompsonGaussian",
    "Training",
    "Ucb1",
    "__version__",
    "claims",
    "describe",
    "discounted_returns",
    "experiments",
    "gae",
    "group_advantages",
    "load",
    "make",
    "n_step_returns",
    "rewards_to_go",
    "run",
    "train",
    "v_trace",
]


def make(name: str, *, max_episode_steps: int | None = None, slippery: bool | None = None) -> HabitEnv:
    """One of the kernel's environments, as Gymnasium's: `make("CliffWalking")`. Needs the package gymnasium.

    `habit.envs.NAMES` lists them. `max_episode_steps` is when episodes are truncated, where it is not Gymnasium's usual limit; 0
    is never. `slippery` is for CliffWalking (False unless said otherwise) and FrozenLake (True).
    """
    from .envs import HabitEnv

    return HabitEnv(name, max_episode_steps=max_episode_steps, slippery=slippery)


# Whoever has Gymnasium open finds the environments there; whoever has not does not wait for it.
if "gymnasium" in sys.modules:
    from . import envs as envs
