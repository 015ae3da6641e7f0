"""What every learner can do: parameters, checkpoints, copies; and that it learns."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import numpy as np
import pytest
from conftest import floats, go_on, learners

import habit


def test_a_copy_goes_on_to_the_same_bits(learner: habit.bandits.Learner) -> None:
    twins = [copy.copy(learner), copy.deepcopy(learner), pickle.loads(pickle.dumps(learner))]
    done = go_on(learner)
    for twin in twins:
        assert type(twin) is type(learner) and repr(twin) == repr(twins[0])
        assert go_on(twin) == done
        assert twin.to_bytes(generator=True) == learner.to_bytes(generator=True)


def test_what_is_saved_is_loaded(learner: habit.bandits.Learner, tmp_path: Path) -> None:
    path = tmp_path / "learned.habit"
    learner.save(path)
    assert [path] == list(tmp_path.iterdir())
    found = habit.load(path)
    assert found.digest == learner.digest and not found.has_generator
    assert habit.load(learner.to_bytes(generator=True)).has_generator
    assert habit.load(str(path)) == habit.load(memoryview(path.read_bytes()))
    rest = {name: value for name, value in learner.get_params().items() if name not in type(learner)._sizes(found)}
    again = type(learner).from_checkpoint(path, **rest)
    assert again.digest == learner.digest and again.get_params().keys() == learner.get_params().keys()


def test_a_damaged_checkpoint_is_refused_and_changes_nothing(learner: habit.bandits.Learner) -> None:
    good = learner.to_bytes()
    before = learner.to_bytes(generator=True)
    newer = bytearray(good)
    newer[4] = 2
    cases = [(good[:length], None) for length in range(0, len(good), 7)]
    cases += [(bytes(newer), "newer_version"), (b"", "not_a_checkpoint"), (good + b"\0", "malformed")]
    for bit in range(0, 8 * len(good), 13):
        flipped = bytearray(good)
        flipped[bit // 8] ^= 1 << bit % 8
        cases.append((bytes(flipped), None))
    for data, code in cases:
        with pytest.raises(habit.CheckpointError) as refused:
            learner.load(data)
        assert refused.value.code == code or code is None
        assert str(refused.value) and learner.to_bytes(generator=True) == before


def test_a_checkpoint_of_another_kind_says_what_it_holds() -> None:
    agent = habit.QLearning(5, 3)
    with pytest.raises(habit.CheckpointError, match="another kind") as refused:
        agent.load(habit.Sarsa(5, 3).to_bytes())
    assert refused.value.code == "other_kind"
    assert "sarsa (5 x 3)" in "".join(getattr(refused.value, "__notes__", ["sarsa (5 x 3)"]))
    with pytest.raises(habit.CheckpointError, match="another size"):
        agent.load(habit.QLearning(5, 4).to_bytes())
    with pytest.raises(ValueError, match="holds sarsa"):
        habit.QLearning.from_checkpoint(habit.Sarsa(5, 3).to_bytes())
    with pytest.raises(FileNotFoundError):
        agent.load("no/such/file")
    with pytest.raises(TypeError, match="a path or bytes, not int"):
        habit.load(7)  # type: ignore[arg-type]


def test_saving_to_no_folder_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        habit.Ucb1(2).save(tmp_path / "no" / "file")
    assert not list(tmp_path.iterdir())


def test_parameters_are_scikit_learn_s(learner: habit.bandits.Learner) -> None:
    params = learner.get_params()
    assert list(params)[0] in ("n_arms", "n_states", "arms")
    digest = learner.digest
    with pytest.raises(ValueError, match="known: "):
        learner.set_params(nothing=1)
    with pytest.raises(ValueError, match="is fixed"):
        learner.set_params(seed=9)
    free = [name for name in params if name not in learner._FIXED]
    for name in free:
        with pytest.raises(ValueError, match=name):
            learner.set_params(**{name: float("nan") if name != "horizon" else 0})
        with pytest.raises(TypeError, match=name):
            learner.set_params(**{name: "much"})
        assert learner.get_params()[name] == params[name]
        assert learner.set_params(**{name: params[name]}) is learner
    assert learner.digest == digest


def test_parameters_take_effect() -> None:
    agent = habit.QLearning(1, 1, step_size=0.5, discount=0.0)
    view = agent.q_values
    assert agent.learn(0, 0, 1.0, 0, False) == 1.0
    agent.set_params(step_size=1.0).learn(0, 0, 1.0, 0, False)
    assert view[0, 0] == 1.0
    agent.set_params(discount=0.5).learn(0, 0, 1.0, 0, False)
    assert view[0, 0] == 1.5
    bandit = habit.LinUcb(2, 1, alpha=0.0)
    one = floats(1)
    bandit.partial_fit(floats(1, 1, 1)[:, None], np.array([0, 0, 1]), floats(1, 1, 0.9))
    assert bandit.select(one) == 0 and bandit.set_params(alpha=5.0).select(one) == 1


@pytest.mark.parametrize("name", sorted({type(one).__name__ for one in learners()}))
def test_a_subclass_may_add_what_it_likes(name: str) -> None:
    one = next(one for one in learners() if type(one).__name__ == name)
    one.note = "kept"  # type: ignore[attr-defined]
    assert copy.copy(one).note == "kept"  # type: ignore[attr-defined]


def test_batches_are_rounds() -> None:
    rng = np.random.default_rng(2)
    contexts, arms, rewards = rng.random((50, 3), np.float32), rng.integers(4, size=50), rng.random(50, np.float32)
    batch = habit.LinUcb(4, 3).partial_fit(contexts, arms, rewards)
    assert batch.rounds == 50 and batch.waiting == 0
    single = habit.LinUcb(4, 3)
    for context, arm, reward in zip(contexts, arms, rewards):
        single.partial_fit(context[None], arm[None], reward[None])
    assert single.digest == batch.digest
    expected = batch.predict_expectations(contexts)
    assert np.array_equal(batch.predict(contexts), expected.argmax(1))
    assert np.allclose(expected, contexts @ batch.coefficients.T, atol=1e-5)
    out = np.empty_like(expected)
    assert batch.predict_expectations(contexts, out=out) is out and np.array_equal(out, expected)
    shared = habit.LinTs(4, 3, shared=True).partial_fit(
        rng.random((50, 4, 3), np.float32), arms, rewards
    )
    assert shared.coefficients.shape == (1, 3) and shared.predict(rng.random((7, 4, 3), np.float32)).shape == (7,)
    counted = habit.Ucb1(4).partial_fit(arms, rewards)
    assert np.allclose(counted.estimates, [rewards[arms == arm].mean() for arm in range(4)])


def test_a_batch_that_fails_late_leaves_nothing_behind() -> None:
    bandit = habit.LinUcb(2, 2).partial_fit(np.ones((1, 2), np.float32), np.array([0]), floats(1))
    before = bandit.digest
    contexts = np.ones((3, 2), np.float32)
    for arms, rewards in (([0, 1, 2], floats(1, 1, 1)), ([0, 1, -1], floats(1, 1, 1)), ([0, 1, 1], floats(1, 1, np.nan))):
        with pytest.raises(habit.HabitError):
            bandit.partial_fit(contexts, np.array(arms), rewards)
        assert bandit.digest == before
    counted = habit.Ucb1(2)
    with pytest.raises(habit.HabitError, match="action"):
        counted.partial_fit(np.array([0, 2]), floats(1, 1))
    assert not counted.estimates.any()


def test_propensities() -> None:
    bandit = habit.LinEpsilonGreedy(4, 1, epsilon=0.2)
    assert bandit.propensity is None
    bandit.select(floats(1))
    assert bandit.propensity == pytest.approx(0.25)
    bandit = habit.LinTs(2, 1)
    bandit.select(floats(1))
    assert bandit.propensity is None
    exp3 = habit.Exp3(4)
    arm = exp3.select()
    assert exp3.propensity == exp3.estimates[arm] == 0.25


def test_bandits_find_the_best_arm() -> None:
    means = [0.2, 0.8, 0.4]
    for bandit in (
        habit.Ucb1(3),
        habit.KlUcb(3),
        habit.DiscountedUcb(3, discount=0.999),
        habit.SlidingWindowUcb(3, window=500),
        habit.ThompsonBeta(3),
        habit.ThompsonGaussian(3),
        habit.Exp3(3),
    ):
        rng, plays = np.random.default_rng(0), np.zeros(3)
        for _ in range(2000):
            arm = bandit.select()
            plays[arm] += 1
            bandit.update(arm, float(rng.random() < means[arm]))
        assert plays.argmax() == 1 and plays[1] > 800, (bandit, plays)
        if not isinstance(bandit, habit.Exp3):
            assert abs(bandit.estimates[1] - 0.8) < 0.1, bandit


def test_q_values_are_a_view() -> None:
    agent = habit.QLearning(2, 2, step_size=0.5, initial_value=2.0)
    view = agent.q_values
    assert view.dtype == np.float32 and view.shape == (2, 2) and (view == 2).all()
    agent.learn(0, 1, 4.0, 1, True)
    assert view[0, 1] == 3 and agent.greedy(0) == 1
    with pytest.raises(ValueError):
        view[0, 0] = 1
    with pytest.raises(ValueError):
        view.flags.writeable = True
    assert np.shares_memory(view, agent.q_values)
    saved = habit.QLearning(2, 2).to_bytes()
    agent.load(saved)
    assert not view.any()
    with pytest.raises(RuntimeError, match="once"):
        agent.__init__(2, 2)  # type: ignore[misc]
    del agent
    assert not view.any()
    double = habit.DoubleQLearning(2, 2, step_size=1.0)
    double.learn(0, 1, 4.0, 1, True)
    assert sorted(table[0, 1] for table in double.tables) == [0, 4] and double.q_values[0, 1] == 2
