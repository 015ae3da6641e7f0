"""Advantages against loops in double precision, without copies."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest

import habit


@pytest.fixture(params=[(40,), (40, 3), (1, 1), (0,), (5, 0)], ids=str)
def rollout(request: pytest.FixtureRequest) -> dict[str, np.ndarray]:
    rng, shape = np.random.default_rng(1), request.param
    columns = {name: rng.standard_normal(shape, np.float32) for name in ("rewards", "values", "next_values")}
    ended = rng.random(shape)
    return {**columns, "terminated": ended < 0.1, "truncated": (ended > 0.8) & (ended < 0.9)}


def backwards(rollout: dict[str, np.ndarray], step: Any) -> np.ndarray:
    """Walks each lane from its end; `step` makes a number from a row, whether it is the lane's last, and the number after it."""
    rows = {name: column.reshape(len(column), *column.shape[1:] or (1,)) for name, column in rollout.items()}
    out = np.zeros(rows["rewards"].shape)
    for lane in range(out.shape[1]):
        later = 0.0
        for t in reversed(range(out.shape[0])):
            row = {name: column[t, lane].item() for name, column in rows.items()}
            row["cut"] = row["terminated"] or row["truncated"] or t + 1 == out.shape[0]
            later = out[t, lane] = step(row, later)
    return out.reshape(rollout["rewards"].shape)


def test_gae(rollout: dict[str, np.ndarray]) -> None:
    def step(row: dict[str, float], later: float) -> float:
        delta = row["rewards"] + 0.9 * (0 if row["terminated"] else row["next_values"]) - row["values"]
        return delta + (0 if row["cut"] else 0.9 * 0.8 * later)

    found = habit.gae(**rollout, discount=0.9, lambda_=0.8)
    np.testing.assert_allclose(found, backwards(rollout, step), atol=1e-5)
    assert found.dtype == np.float32 and found.shape == rollout["rewards"].shape
    out = np.empty_like(found)
    assert habit.gae(**rollout, discount=0.9, lambda_=0.8, out=out) is out and np.array_equal(out, found)
    plain = {name: rollout[name] for name in ("rewards", "values", "next_values")}
    nothing = np.zeros_like(rollout["terminated"])
    assert np.array_equal(habit.gae(**plain), habit.gae(**plain, terminated=nothing, truncated=nothing))


def test_returns(rollout: dict[str, np.ndarray]) -> None:
    def discounted(row: dict[str, float], later: float) -> float:
        beyond = 0 if row["terminated"] else row["next_values"] if row["cut"] else later
        return row["rewards"] + 0.9 * beyond

    rest = {name: rollout[name] for name in ("rewards", "next_values", "terminated", "truncated")}
    found = habit.discounted_returns(**rest, discount=0.9)
    np.testing.assert_allclose(found, backwards(rollout, discounted), atol=1e-5)
    np.testing.assert_allclose(habit.n_step_returns(**rest, n=100, discount=0.9), found, atol=1e-6)
    one = rollout["rewards"] + np.float32(0.9) * np.where(rollout["terminated"], 0, rollout["next_values"])
    np.testing.assert_allclose(habit.n_step_returns(**rest, n=1, discount=0.9), one, atol=1e-6)
    sums = habit.rewards_to_go(rollout["rewards"], rollout["terminated"], rollout["truncated"])
    np.testing.assert_allclose(
        sums, backwards(rollout, lambda row, later: row["rewards"] + (0 if row["cut"] else later)), atol=1e-5
    )


def test_v_trace(rollout: dict[str, np.ndarray]) -> None:
    same = np.full_like(rollout["rewards"], -0.7)
    advantages, targets = habit.v_trace(**rollout, learner=same, actor=same, discount=0.9, lambda_=0.8)
    np.testing.assert_allclose(targets, habit.gae(**rollout, discount=0.9, lambda_=0.8) + rollout["values"], atol=1e-5)
    out, kept = np.empty_like(same), np.empty_like(same)
    again = habit.v_trace(**rollout, learner=same, actor=same, discount=0.9, lambda_=0.8, out=out, targets=kept)
    assert again[0] is out and again[1] is kept
    assert np.array_equal(out, advantages) and np.array_equal(kept, targets)
    with pytest.raises(ValueError, match="share no memory"):
        habit.v_trace(**rollout, learner=same, actor=same, out=out, targets=out)


def test_groups() -> None:
    returns = np.array([[1, 0, 0, 1], [2, 2, 2, 5]], np.float32)
    np.testing.assert_allclose(habit.group_advantages(returns), returns - returns.mean(1, keepdims=True))
    others = (returns.sum(1, keepdims=True) - returns) / 3
    np.testing.assert_allclose(habit.group_advantages(returns, "leave-one-out"), returns - others, atol=1e-6)
    scaled = (returns - returns.mean(1, keepdims=True)) / (returns.std(1, ddof=1, keepdims=True) + 1e-6)
    out = np.empty_like(returns)
    assert habit.group_advantages(returns, "standardised", out=out) is out
    np.testing.assert_allclose(out, scaled, atol=1e-5)
    np.testing.assert_allclose(habit.group_advantages(returns[0].copy(), "standardised"), scaled[0], atol=1e-5)


def test_nothing_is_copied() -> None:
    columns = [np.zeros((1 << 12, 64), np.float32) for _ in range(4)]
    tracemalloc.start()
    habit.gae(*columns[:3], out=columns[3])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < columns[0].nbytes // 8


def test_off_policy() -> None:
    rng = np.random.default_rng(4)
    arms = rng.integers(2, size=4000)
    rewards = (rng.random(4000) < np.where(arms == 1, 0.7, 0.2)).astype(np.float32)
    half = np.full(4000, 0.5, np.float32)
    evaluation = habit.OffPolicyEvaluation()
    evaluation.add(half[:1000], (arms[:1000] == 1).astype(np.float32), rewards[:1000])
    evaluation.add(half[1000:], (arms[1000:] == 1).astype(np.float32), rewards[1000:])
    assert evaluation.count == 4000
    assert evaluation.effective_sample_size == pytest.approx((arms == 1).sum())
    for value, error in (evaluation.ips, evaluation.snips, evaluation.doubly_robust):  # type: ignore[misc]
        assert abs(value - 0.7) < 0.06 and 0 < error < 0.03
    assert habit.OffPolicyEvaluation().ips is None
