"""Gymnasium: its environments train our agents, and ours are its own to the bit or to rounding."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import habit
import habit.envs

TABLES = {"CliffWalking": "CliffWalking-v1", "FrozenLake": "FrozenLake-v1", "FrozenLake8x8": "FrozenLake8x8-v1", "Taxi": "Taxi-v4"}
PHYSICS = {"CartPole": "CartPole-v1", "MountainCar": "MountainCar-v0", "Acrobot": "Acrobot-v1", "Pendulum": "Pendulum-v1"}


@pytest.mark.parametrize("name", habit.envs.NAMES)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_gymnasium_s_own_check_is_content(name: str) -> None:
    env = gymnasium.make(f"habit/{name}-v0")
    check_env(env.unwrapped, skip_render_check=True)
    assert env.spec is not None and env.spec.max_episode_steps == (habit.make(name).environment.time_limit or None)


@pytest.mark.parametrize("name", TABLES)
def test_every_transition_is_in_gymnasium_s_table(name: str) -> None:
    ours, theirs = habit.make(name, max_episode_steps=0), gymnasium.make(TABLES[name])
    assert theirs.spec is not None
    assert (habit.make(name).environment.time_limit or None) == theirs.spec.max_episode_steps
    assert ours.observation_space == theirs.observation_space and ours.action_space == theirs.action_space
    table: Any = theirs.unwrapped.P  # type: ignore[attr-defined]
    rng, seen = np.random.default_rng(0), set()
    state, _ = ours.reset(seed=1)
    for _ in range(20_000):
        action = int(rng.integers(ours.action_space.n))
        following, reward, terminated, truncated, _ = ours.step(action)
        assert (following, reward, terminated) in {row[1:] for row in table[state][action]} and not truncated
        seen.add((state, action, following))
        state = ours.reset()[0] if terminated else following
    reachable = {"CliffWalking": 37 * 4, "FrozenLake": 80, "FrozenLake8x8": 300, "Taxi": 1500}
    assert len(seen) >= reachable[name]


@pytest.mark.parametrize("name", ["CliffWalking", "FrozenLake", "Taxi"])
def test_the_same_actions_lead_the_same_way(name: str) -> None:
    options = {"is_slippery": False} if name == "FrozenLake" else {}
    ours = habit.make(name, slippery=False) if name == "FrozenLake" else habit.make(name)
    theirs = gymnasium.make(TABLES[name], **options)
    rng = np.random.default_rng(3)
    for episode in range(20):
        state, _ = ours.reset(seed=episode)
        theirs.reset()
        theirs.unwrapped.s = state  # type: ignore[attr-defined]
        for _ in range(300):
            action = int(rng.integers(ours.action_space.n))
            mine, other = ours.step(action), theirs.step(action)
            assert mine[:4] == other[:4]
            if mine[2] or mine[3]:
                break


@pytest.mark.parametrize("name", PHYSICS)
def test_physics_is_gymnasium_s(name: str) -> None:
    ours, theirs = habit.make(name), gymnasium.make(PHYSICS[name])
    assert ours.observation_space == theirs.observation_space and ours.action_space == theirs.action_space
    rng = np.random.default_rng(5)
    for episode in range(10):
        seen, _ = ours.reset(seed=episode)
        theirs.reset(seed=0)
        state = seen.astype(np.float64)
        if name == "Pendulum":
            state = np.array([np.arctan2(state[1], state[0]), state[2]])
        if name == "Acrobot":
            state = np.array([*np.arctan2(state[1:4:2], state[0:4:2]), *state[4:]])
        theirs.unwrapped.state = state  # type: ignore[attr-defined]
        for _ in range(60):
            discrete = ours.action_space.n if hasattr(ours.action_space, "n") else 0
            action = int(rng.integers(discrete)) if discrete else rng.uniform(-2, 2, 1).astype(np.float32)
            mine, other = ours.step(action), theirs.step(action)
            np.testing.assert_allclose(mine[0], other[0], atol=2e-3)
            np.testing.assert_allclose(mine[1], other[1], atol=2e-3)
            assert mine[2:4] == other[2:4]
            if mine[2] or mine[3]:
                break


def test_a_time_limit_truncates() -> None:
    for env in (habit.make("Taxi"), gymnasium.make("habit/Taxi-v0"), habit.make("Taxi", max_episode_steps=200)):
        env.reset(seed=1)
        steps = [env.step(0)[2:4] for _ in range(200)]
        assert steps[-1] == (False, True) and set(steps[:-1]) == {(False, False)}
    assert habit.make("CartPole", max_episode_steps=7).environment.time_limit == 7


def test_a_bad_step_is_refused() -> None:
    env = habit.make("CliffWalking")
    with pytest.raises(habit.HabitError):
        env.step(0)
    env.reset(seed=1)
    for action in (4, -1):
        with pytest.raises(habit.HabitError, match="action"):
            env.step(action)
    with pytest.raises(TypeError):
        env.step("up")
    assert env.step(np.int64(0))[0] == 24
    with pytest.raises(TypeError, match="numpy array of float32"):
        pendulum = habit.make("Pendulum")
        pendulum.reset(seed=1)
        pendulum.step(0.5)
    for make, hint in (
        (lambda: habit.make("Cliff"), "known: Acrobot"),
        (lambda: habit.make("Taxi", slippery=True), "no slippery form"),
        (lambda: habit.make("Taxi", max_episode_steps=-1), "max_episode_steps"),
        (lambda: habit.envs.HabitEnv("Taxi", render_mode="human"), "render_mode"),
    ):
        with pytest.raises(ValueError, match=hint):
            make()


def test_seeds() -> None:
    first, second = habit.make("CartPole"), habit.make("CartPole")
    assert np.array_equal(first.reset(seed=4)[0], second.reset(seed=4)[0])
    assert np.array_equal(first.reset()[0], second.reset()[0])
    starts = {habit.make("CartPole").reset()[0].tobytes() for _ in range(5)}
    assert len(starts) == 5


@pytest.mark.parametrize("kind", [habit.QLearning, habit.Sarsa, habit.ExpectedSarsa, habit.DoubleQLearning])
@pytest.mark.parametrize(("name", "states", "actions"), [("CliffWalking", 48, 4), ("FrozenLake", 16, 4), ("Taxi", 500, 6)])
def test_with_and_without_the_interpreter_to_the_same_bits(
    kind: type[habit.TabularAgent], name: str, states: int, actions: int
) -> None:
    native, stepped, wrapped = (kind(states, actions, step_size=0.5, seed=2) for _ in range(3))
    alone = habit.train(habit.make(name), native, 60, seed=6, max_steps=150)

    class Opaque(gymnasium.Wrapper[Any, Any, Any, Any]):
        """Hides what is inside."""

    through = habit.train(Opaque(habit.make(name)), stepped, 60, seed=6, max_steps=150)
    made = habit.train(gymnasium.make(f"habit/{name}-v0"), wrapped, 60, seed=6, max_steps=150)
    for other, agent in ((through, stepped), (made, wrapped)):
        assert all(np.array_equal(a, b) for a, b in zip(alone, other))
        assert agent.digest == native.digest
    assert alone.lengths.max() <= 150 and alone.returns.dtype == np.float32


def test_gymnasium_s_environments_as_they_are() -> None:
    agent = habit.QLearning(48, 4, step_size=0.5, discount=1.0)
    trained = habit.train(gymnasium.make("CliffWalking-v1"), agent, 300, seed=1)
    assert trained.terminated.all() and trained.returns[-100:].mean() > -120
    assert agent.greedy(36) == 0 and agent.q_values[36].max() == pytest.approx(-13, abs=0.5)
    lake = habit.Sarsa(16, 4)
    assert habit.train(gymnasium.make("FrozenLake-v1"), lake, 20).lengths.min() >= 1

    class Shifted(gymnasium.Env[Any, Any]):
        """A line from 3 to 5, with the actions -1 and 0."""

        observation_space = gymnasium.spaces.Discrete(3, start=3)
        action_space = gymnasium.spaces.Discrete(2, start=-1)

        def reset(self, **kwargs: Any) -> tuple[int, dict[str, Any]]:
            super().reset(**kwargs)
            self.state = 3
            return self.state, {}

        def step(self, action: int) -> tuple[int, float, bool, bool, dict[str, Any]]:
            assert action in (-1, 0)
            self.state += 1 if action == 0 else 0
            return self.state, float(action == 0), self.state == 5, False, {}

    shifted = habit.QLearning(3, 2, step_size=1.0, discount=1.0)
    trained = habit.train(Shifted(), shifted, 50, max_steps=40)
    assert shifted.q_values[0].argmax() == 1 and trained.returns[-1] == 2


def test_what_a_user_overrides_is_called() -> None:
    class Upwards(habit.QLearning):
        def act(self, state: int) -> int:
            return 0

    class Once(habit.envs.HabitEnv):
        def step(self, action: Any) -> Any:
            return (*super().step(action)[:3], True, {})

    assert habit.train(habit.make("CliffWalking"), Upwards(48, 4), 1, max_steps=20).returns[0] == -20
    assert habit.train(Once("CliffWalking"), habit.QLearning(48, 4), 3).lengths.tolist() == [1, 1, 1]
    with pytest.raises(TypeError, match="make a QLearning"):
        habit.TabularAgent(48, 4)


def test_what_a_table_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError, match="Discrete observation space"):
        habit.train(habit.make("CartPole"), habit.QLearning(4, 2), 1)
    with pytest.raises(ValueError, match="48 observations, the agent 47"):
        habit.train(habit.make("CliffWalking"), habit.QLearning(47, 4), 1)
    with pytest.raises(ValueError, match="4 actions, the agent 3"):
        habit.train(habit.make("CliffWalking"), habit.QLearning(48, 3), 1)
    with pytest.raises(ValueError, match="episodes"):
        habit.train(habit.make("CliffWalking"), habit.QLearning(48, 4), -1)
    assert habit.train(habit.make("CliffWalking"), habit.QLearning(48, 4), 0).returns.shape == (0,)
