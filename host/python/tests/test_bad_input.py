"""Bad input: an error that says what to do, and nothing has changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from conftest import floats

import habit

GOOD = floats(1, 2, 3)


@pytest.mark.parametrize(
    ("context", "error", "hint"),
    [
        ([1.0, 2.0, 3.0], TypeError, "numpy array of float32, not list; use numpy.asarray(context, dtype=numpy.float32)"),
        (np.ones(3), TypeError, "not an array of float64; use numpy.asarray"),
        (np.ones(3, np.int32), TypeError, "not an array of int32"),
        (np.ones(3, ">f4"), TypeError, "not an array of >f4"),
        (np.ones(6, np.float32)[::2], ValueError, "must be contiguous; use numpy.ascontiguousarray(context)"),
        (np.ones((1, 3), np.float32), ValueError, "must have the shape (3,), not (1, 3)"),
        (np.ones(4, np.float32), ValueError, "must have the shape (3,), not (4,)"),
        (np.ones((), np.float32), ValueError, "must have the shape (3,), not ()"),
        (floats(1, np.nan, 3), habit.HabitError, "infinite or not a number"),
        (floats(1, np.inf, 3), habit.HabitError, "infinite or not a number"),
        (None, TypeError, "not NoneType"),
    ],
)
def test_a_context(context: Any, error: type[Exception], hint: str) -> None:
    bandit = habit.LinUcb(2, 3)
    bandit.select(GOOD)
    before = bandit.to_bytes(generator=True)
    for call in (bandit.select, lambda context: bandit.update(context, 0, 1.0)):
        with pytest.raises(error) as refused:
            call(context)
        assert hint in str(refused.value)
        assert bandit.to_bytes(generator=True) == before
    bandit.update(GOOD, 0, 1.0)


def test_unaligned() -> None:
    bytes_ = np.zeros(13, np.uint8)
    array = bytes_[1:].view(np.float32)
    assert not array.flags.aligned
    with pytest.raises((TypeError, ValueError)):
        habit.LinUcb(2, 3).select(array)


def test_batches() -> None:
    bandit, X = habit.LinUcb(2, 3), np.ones((4, 3), np.float32)
    arms, rewards = np.zeros(4, np.int64), np.ones(4, np.float32)
    cases: list[tuple[tuple[Any, Any, Any], type[Exception], str]] = [
        ((X[:, :2].copy(), arms, rewards), ValueError, "X must have the shape (4, 3), not (4, 2)"),
        ((X[0], arms, rewards), ValueError, "X must have the shape"),
        ((np.asfortranarray(X), arms, rewards), ValueError, "numpy.ascontiguousarray(X)"),
        ((X, arms[:3], rewards), ValueError, "arms must have the shape (4,), not (3,)"),
        ((X, arms.astype(np.float32), rewards), TypeError, "arms must be a numpy array of int64"),
        ((X, arms, rewards.astype(np.float64)), TypeError, "rewards must be a numpy array of float32"),
        ((X, arms, np.ones((4, 1), np.float32)), ValueError, "rewards must have the shape (4,), not (4, 1)"),
    ]
    for arguments, error, hint in cases:
        with pytest.raises(error) as refused:
            bandit.partial_fit(*arguments)
        assert hint in str(refused.value)
    assert bandit.rounds == 0
    for out in (np.empty((4, 2)), np.empty((2, 4), np.float32), X):
        with pytest.raises((TypeError, ValueError), match="out"):
            bandit.predict_expectations(X, out=out)


def test_rounds() -> None:
    bandit = habit.Ucb1(2)
    with pytest.raises(habit.HabitError, match="selected last") as refused:
        bandit.update(0, 1.0)
    assert refused.value.code == "not_selected"
    arm = bandit.select()
    for bad in (1 - arm, 7):
        with pytest.raises(habit.HabitError):
            bandit.update(bad, 1.0)
    for value in (float("nan"), float("inf"), 1e300):
        with pytest.raises(habit.HabitError, match="infinite or not"):
            bandit.update(arm, value)
    with pytest.raises((TypeError, OverflowError)):
        bandit.update(-1, 1.0)
    with pytest.raises(TypeError):
        bandit.update(arm, "much")  # type: ignore[arg-type]
    bandit.update(arm, 1.0)
    exp3 = habit.Exp3(2)
    with pytest.raises(habit.HabitError, match="outside the range"):
        exp3.update(exp3.select(), 1.5)


def test_agents() -> None:
    agent = habit.Sarsa(3, 2)
    before = agent.to_bytes(generator=True)
    for call, code in (
        (lambda: agent.act(3), "state_out_of_range"),
        (lambda: agent.learn(3, 0, 0.0, 0, False), "state_out_of_range"),
        (lambda: agent.learn(0, 2, 0.0, 0, False), "action_out_of_range"),
        (lambda: agent.learn(0, 0, float("nan"), 0, False), "non_finite"),
        (lambda: agent.learn(0, 0, 0.0, 3, True), "state_out_of_range"),
    ):
        with pytest.raises(habit.HabitError) as refused:
            call()
        assert refused.value.code == code
        assert agent.to_bytes(generator=True) == before


@pytest.mark.parametrize(
    ("make", "error", "hint"),
    [
        (lambda: habit.LinUcb(0, 3), ValueError, "n_arms must be from 1 to 4294967295, not 0"),
        (lambda: habit.LinUcb(2.5, 3), TypeError, "n_arms must be a whole number, not 2.5"),
        (lambda: habit.LinUcb(2, 3, alpha=-1), ValueError, "alpha must be at least 0, not -1.0"),
        (lambda: habit.LinUcb(2, 3, regularization=0), ValueError, "regularization must be above 0, not 0.0"),
        (lambda: habit.LinUcb(2, 3, seed=-1), ValueError, "seed must be from 0"),
        (lambda: habit.LinUcb(2, 3, seed=2**32), ValueError, "seed must be from 0"),
        (lambda: habit.QLearning(2, 3, step_size=0), ValueError, "step_size must be above 0 and at most 1, not 0.0"),
        (lambda: habit.QLearning(2, 3, discount=1.5), ValueError, "discount must be at least 0 and at most 1"),
        (lambda: habit.QLearning(2, 3, initial_value=np.inf), ValueError, "initial_value must be finite"),
        (lambda: habit.Exp3(2, low=1, high=1), ValueError, "high must be above 1"),
        (lambda: habit.SlidingWindowUcb(2, window=0), ValueError, "window"),
        (lambda: habit.SlidingWindowUcb(70_000), ValueError, "n_arms must be from 1 to 65536"),
        (lambda: habit.DynLinUcb(np.ones((2, 2)), spectral_radius=0.5, horizon=9), TypeError, "arms must be a numpy array"),
        (lambda: habit.DynLinUcb(floats(1, 2), spectral_radius=0.5, horizon=9), ValueError, "a row an arm"),
        (lambda: habit.DynLinUcb(np.ones((2, 2), np.float32), spectral_radius=1, horizon=9), ValueError, "below 1"),
        (lambda: habit.DynLinUcb(np.full((2, 2), np.nan, np.float32), spectral_radius=0, horizon=9), ValueError, "not a number"),
        (lambda: habit.QLearning(2**31, 2**31), MemoryError, "no memory for (2147483648, 2147483648) numbers"),
        (lambda: habit.LinUcb(2, 2**31), MemoryError, "no memory"),
    ],
)
def test_parameters(make: Any, error: type[Exception], hint: str) -> None:
    with pytest.raises(error) as refused:
        make()
    assert hint in str(refused.value)


def test_what_was_not_initialised_says_so() -> None:
    class Forgetful(habit.Ucb1):
        def __init__(self) -> None:
            pass

    with pytest.raises(habit.HabitError, match="started"):
        Forgetful().select()


def test_advantages() -> None:
    steps, out = np.ones((4, 2), np.float32), np.full((4, 2), 7, np.float32)
    bad = steps.copy()
    bad[1, 1] = np.nan
    cases: list[tuple[tuple[Any, ...], dict[str, Any], type[Exception], str]] = [
        ((steps, steps, bad), {}, habit.HabitError, "not a number"),
        ((steps, steps, steps[:3].copy()), {}, ValueError, "next_values must have the shape (4, 2), not (3, 2)"),
        ((steps, steps.astype(float), steps), {}, TypeError, "values must be a numpy array of float32"),
        ((steps, steps, steps, np.zeros((4, 2))), {}, TypeError, "terminated must be a numpy array of bool"),
        ((steps.T, steps, steps), {}, ValueError, "contiguous"),
        ((steps, steps, steps), {"discount": 1.5}, habit.HabitError, "discount"),
        ((steps[None], steps, steps), {}, ValueError, "(steps,) or (steps, lanes)"),
    ]
    for arguments, named, error, hint in cases:
        with pytest.raises(error) as refused:
            habit.gae(*arguments, out=out, **named)
        assert hint in str(refused.value) and (out == 7).all()
    for wrong in (out[:3], steps, out.astype(float), out[:, ::-1]):
        with pytest.raises((TypeError, ValueError), match="out"):
            habit.gae(steps, steps, steps, out=wrong)
    out.flags.writeable = False
    with pytest.raises(ValueError, match="writable"):
        habit.gae(steps, steps, steps, out=out)
    groups = np.array([[1, 2], [np.nan, 1]], np.float32)
    kept = np.full((2, 2), 7, np.float32)
    with pytest.raises(habit.HabitError):
        habit.group_advantages(groups, out=kept)
    assert (kept == 7).all()
    with pytest.raises(ValueError, match="leave-one-out"):
        habit.group_advantages(groups, "median")


def test_experiments() -> None:
    for call, hint in (
        (lambda: habit.run("cliff-waking"), "did you mean 'cliff-walking'?"),
        (lambda: habit.run("random-walk"), "tabular-td.random-walk or uba-step-size-schedule.random-walk"),
        (lambda: habit.run("cliff-walking", steps=0), "steps"),
        (lambda: habit.run("cliff-walking", steps=10**7), "steps must be from 1 to 1000000"),
        (lambda: habit.run("cliff-walking", seed=2**32 - 1, seeds=2), "last seed"),
        (lambda: habit.run("cliff-walking", parameters={"epsilom": 1}), "known: step_size, epsilon, discount"),
        (lambda: habit.run("cliff-walking", parameters={"epsilon": 2}), "epsilon must be a number from 0 to 1, not 2"),
        (lambda: habit.run("dynlin-ucb", parameters={"system": "x"}), "system must be one of synthetic, advertising"),
        (lambda: habit.describe("nothing at all"), "habit.experiments() lists them"),
    ):
        with pytest.raises(ValueError) as refused:
            call()
        assert hint in str(refused.value)


def test_a_log() -> None:
    evaluation = habit.OffPolicyEvaluation()
    evaluation.add(floats(0.5, 0.5), floats(1, 0), floats(1, 2))
    before = (evaluation.count, evaluation.ips)
    for bad in ((floats(0.5, 0), floats(1, 1), floats(1, 1)), (floats(0.5, 0.5), floats(1, 1), floats(1, np.inf))):
        with pytest.raises(habit.HabitError):
            evaluation.add(*bad)
        assert (evaluation.count, evaluation.ips) == before
    with pytest.raises(habit.HabitError):
        habit.OffPolicyEvaluation(clip=-1.0)
