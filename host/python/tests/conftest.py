"""What the tests share."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

import habit

ROOT = Path(__file__).parents[3]


def command() -> str:
    """The habit command, which `cargo xtask test python` builds and names."""
    if "HABIT_BIN" not in os.environ:
        pytest.fail("HABIT_BIN must name the habit command; `cargo xtask test python` sees to it")
    return os.environ["HABIT_BIN"]


def floats(*values: float) -> np.ndarray:
    """An array as the kernel takes it."""
    return np.array(values, dtype=np.float32)


def learners() -> list[habit.bandits.Learner]:
    """One learner of every class, each with something learned."""
    rng = np.random.default_rng(1)
    contexts = rng.random((30, 3), np.float32)
    everyone = []
    for kind in (habit.LinUcb, habit.LinTs, habit.LinEpsilonGreedy):
        for shared in (False, True):
            bandit = kind(4, 3, shared=shared, seed=3)
            for context in contexts:
                context = np.repeat(context[None], 4, 0) if shared else context
                bandit.update(context, bandit.select(context), float(context.sum()))
            everyone.append(bandit)
    arms = np.array([[1, 0, 0], [1, 0.25, 0.5], [1, 0.5, 0.5], [1, 0.75, 0]], np.float32)
    for bandit in (
        habit.Ucb1(4, seed=3),
        habit.KlUcb(4),
        habit.DiscountedUcb(4, discount=0.9),
        habit.SlidingWindowUcb(4, window=7),
        habit.ThompsonBeta(4, seed=5),
        habit.ThompsonGaussian(4, seed=5),
        habit.Exp3(4, seed=5),
        habit.DynLinUcb(arms, spectral_radius=0.5, horizon=1000),
    ):
        for step in range(30):
            arm = bandit.select()
            bandit.update(arm, float((step * (arm + 1)) % 8 >= 4))
        everyone.append(bandit)
    for kind in (habit.QLearning, habit.Sarsa, habit.ExpectedSarsa, habit.DoubleQLearning):
        agent = kind(5, 3, step_size=0.5, discount=0.875, epsilon=0.25, seed=7)
        for step in range(30):
            state = step % 5
            action = agent.act(state)
            agent.learn(state, action, 0.25 * state * action - 1, (state + 1) % 5, step % 10 == 4)
        everyone.append(agent)
    return everyone


@pytest.fixture(params=learners(), ids=lambda learner: repr(learner).split("(")[0])
def learner(request: pytest.FixtureRequest) -> habit.bandits.Learner:
    """A learner to try something with; its state is another test's too, so it is put back."""
    before = request.param.to_bytes(generator=True)
    yield request.param
    request.param.load(before)


def go_on(learner: habit.bandits.Learner, rounds: int = 40) -> list[int]:
    """What a learner does next; it learns by it."""
    done = []
    for step in range(rounds):
        if isinstance(learner, habit.TabularAgent):
            state = step % 5
            done.append(learner.act(state))
            learner.learn(state, done[-1], 0.5 * done[-1], (state + 1) % 5, False, step % 10 == 9)
        elif hasattr(learner, "predict"):
            shape = (learner.n_arms, learner.n_features) if learner.shared else (learner.n_features,)
            context = np.random.default_rng(step).random(shape, np.float32)
            done.append(learner.select(context))
            learner.update(context, done[-1], 0.25 * done[-1])
        else:
            done.append(learner.select())
            learner.update(done[-1], float(done[-1] % 2))
    return done
