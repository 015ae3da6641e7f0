"""Tabular agents, and the loop that trains them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from . import _habit
from ._learner import Learner, count, real

if TYPE_CHECKING:
    import gymnasium
    from numpy.typing import NDArray

    from ._types import Floats
    from .checkpoints import Checkpoint


class TabularAgent(Learner, _habit.TabularAgent):
    """What the agents share. One step of the loop: `act` in the state, step the environment, `learn` from what came of it."""

    _FIXED = frozenset({"n_states", "n_actions", "initial_value", "seed"})

    def __init__(
        self,
        n_states: int,
        n_actions: int,
        *,
        step_size: float = 0.1,
        discount: float = 0.99,
        epsilon: float = 0.1,
        initial_value: float = 0.0,
        seed: int = 0,
    ) -> None:
        if not hasattr(self, "_KIND"):
            raise TypeError("TabularAgent is what agents share: make a QLearning, Sarsa, ExpectedSarsa or DoubleQLearning")
        self.n_states, self.n_actions = n_states, n_actions
        self.step_size, self.discount, self.epsilon = step_size, discount, epsilon
        self.initial_value, self.seed = initial_value, seed
        self._start(
            self._KIND,
            count("n_states", n_states),
            count("n_actions", n_actions),
            *self._adjustable(),
            real("initial_value", initial_value),
            count("seed", seed, at_least=0),
        )

    def _adjustable(self) -> tuple[float, float, float]:
        return (
            real("step_size", self.step_size, above=0, at_most=1),
            real("discount", self.discount, at_least=0, at_most=1),
            real("epsilon", self.epsilon, at_least=0, at_most=1),
        )

    def _begin(self, state: bytes | None) -> None:
        # In place: numpy's views stay on the same tables.
        self._adjust(*self._adjustable())

    @classmethod
    def is_native(cls) -> bool:
        """Whether it acts and learns in Rust alone, and not by methods of a class made from it."""
        return cls.act is _habit.TabularAgent.act and cls.learn is _habit.TabularAgent.learn

    @classmethod
    def _sizes(cls, found: Checkpoint) -> dict[str, Any]:
        return {"n_states": found.dimensions[0], "n_actions": found.dimensions[1]}

    @property
    def q_values(self) -> Floats:
        """The action values where they lie, `(n_states, n_actions)`: a view that cannot be written to and that changes as the
        agent learns. Take a `copy()` to keep them."""
        return self._tables()[0]

    def greedy(self, state: int) -> int:
        """The action of the greatest value in a state, the lowest of several."""
        return int(np.argmax(self.q_values[state]))


class QLearning(TabularAgent):
    """Q-learning (Watkins 1989; Sutton & Barto, section 6.5), epsilon-greedy."""

    _KIND = "q-learning"


class Sarsa(TabularAgent):
    """SARSA (Sutton & Barto, section 6.4), epsilon-greedy. It takes the action that it learned from."""

    _KIND = "sarsa"


class ExpectedSarsa(TabularAgent):
    """Expected SARSA (Sutton & Barto, section 6.6), epsilon-greedy."""

    _KIND = "expected-sarsa"


class DoubleQLearning(TabularAgent):
    """Double Q-learning (van Hasselt 2010; Sutton & Barto, section 6.7), epsilon-greedy on the sum of two tables."""

    _KIND = "double-q-learning"

    @property
    def tables(self) -> tuple[Floats, Floats]:
        """Both tables where they lie, as `q_values` of other agents."""
        first, second = self._tables()
        return first, second

    @property
    def q_values(self) -> Floats:
        """The mean of both tables, as a new array: `(n_states, n_actions)`."""
        first, second = self._tables()
        return (first + second) / np.float32(2)


class Training(NamedTuple):
    """What episodes brought, one after the other."""

    returns: Floats
    """The sum of each episode's rewards, undiscounted."""
    lengths: NDArray[np.uint32]
    """How many steps each took."""
    terminated: NDArray[np.bool_]
    """Whether each reached a terminal state; otherwise it was truncated."""


def train(
    env: gymnasium.Env[Any, Any],
    agent: TabularAgent,
    episodes: int,
    *,
    max_steps: int | None = None,
    seed: int | None = None,
) -> Training:
    """Trains an agent in any Gymnasium environment whose states and actions are counted (`Discrete`).

    An episode of more than `max_steps` steps is truncated. `seed` is given to the first reset. The kernel's environments, as
    `habit.make` gives them, run without the interpreter, to the same bits.
    """
    episodes = count("episodes", episodes, at_least=0)
    if max_steps is not None:
        max_steps = count("max_steps", max_steps)
    first_state, first_action = _starts(env, agent)
    native = getattr(env, "native", None)
    if isinstance(native, _habit.Environment) and agent.is_native():
        env.prepare(seed)  # type: ignore[attr-defined]
        return Training(*agent._train(native, episodes, max_steps))
    returns, lengths = np.zeros(episodes, np.float32), np.zeros(episodes, np.uint32)
    ended = np.zeros(episodes, np.bool_)
    for episode in range(episodes):
        observation, _ = env.reset(seed=seed if episode == 0 else None)
        state, total, steps, over = int(observation) - first_state, 0.0, 0, False
        while not over:
            action = agent.act(state)
            observation, reward, terminated, truncated, _ = env.step(action + first_action)
            next_state, steps = int(observation) - first_state, steps + 1
            truncated = truncated or (steps == max_steps and not terminated)
            agent.learn(state, action, float(reward), next_state, bool(terminated), bool(truncated))
            state, total, over = next_state, total + float(reward), bool(terminated or truncated)
        returns[episode], lengths[episode], ended[episode] = total, steps, terminated
    return Training(returns, lengths, ended)


def _starts(env: gymnasium.Env[Any, Any], agent: TabularAgent) -> tuple[int, int]:
    """The first state and the first action, of an environment whose sizes are the agent's."""
    starts = []
    for what, size in (("observation", agent.n_states), ("action", agent.n_actions)):
        space: Any = getattr(env, f"{what}_space", None)
        if type(space).__name__ != "Discrete":
            raise TypeError(f"a tabular agent needs a Discrete {what} space, not {space}")
        if space.n != size:
            raise ValueError(f"the environment has {space.n} {what}s, the agent {size}")
        starts.append(int(space.start))
    return starts[0], starts[1]
