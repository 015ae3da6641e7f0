"""The same calls give the same bits as in Rust, and golden checkpoints of every version keep loading."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable

import numpy as np
import pytest
from conftest import ROOT

import habit

GOLDEN = ROOT / "tests/golden/checkpoints"
ROWS = [
    [cell.strip().replace("`", "") for cell in line.strip("|").split("|")]
    for line in (GOLDEN / "README.md").read_text().splitlines()
    if line.startswith("| `version-")
]
ARMS = np.array([[1, 0, 0], [1, 0.25, 0.5], [1, 0.5, 0.5], [1, 0.75, 0]], np.float32)


def live(agent: habit.TabularAgent, t: int) -> None:
    state = t % 5
    action = agent.act(state)
    agent.learn(state, action, 0.25 * state * action - 1, (state + 1) % 5, t % 10 == 4, t % 10 == 9)


def pull(bandit: habit.Ucb1, t: int) -> None:
    arm = bandit.select()
    bandit.update(arm, (t * (arm + 1)) % 8 / 8)


def flip(bandit: habit.ThompsonBeta, t: int) -> None:
    arm = bandit.select()
    bandit.update(arm, float((t * (arm + 1)) % 8 >= 4))


def serve(bandit: habit.LinUcb, t: int) -> None:
    shape = (4, 3) if bandit.shared else (3,)
    context = (((t + 3 * np.arange(np.prod(shape))) % 8) / 8).astype(np.float32).reshape(shape)
    arm = bandit.select(context)
    bandit.update(context, arm, (t * (arm + 1)) % 8 / 8)


def td(kind: type[habit.TabularAgent]) -> Callable[[], habit.TabularAgent]:
    return lambda: kind(5, 3, step_size=0.5, discount=0.875, epsilon=0.25, seed=7)


# The constants 0, 1 and 0.01 of the table, from what is known of a system that does not remember.
MEMORYLESS = {"output_norm": 0.0, "feedthrough_norm": 1.0, "noise": 0.1, "arm_norm": 1.5}
LEARNERS: dict[str, tuple[Callable[[], habit.bandits.Learner], Callable[..., None]]] = {
    "q-learning": (td(habit.QLearning), live),
    "sarsa": (td(habit.Sarsa), live),
    "expected-sarsa": (td(habit.ExpectedSarsa), live),
    "shared-lin-ucb": (lambda: habit.LinUcb(4, 3, alpha=0.5, shared=True, seed=7), serve),
    "disjoint-lin-ucb": (lambda: habit.LinUcb(4, 3, alpha=0.5, seed=7), serve),
    "dyn-lin-ucb": (lambda: habit.DynLinUcb(ARMS, spectral_radius=0.5, horizon=1000, **MEMORYLESS), pull),
    "ucb1": (lambda: habit.Ucb1(4, seed=7), pull),
    "discounted-ucb": (lambda: habit.DiscountedUcb(4, discount=0.96875, seed=7), pull),
    "thompson-beta": (lambda: habit.ThompsonBeta(4, seed=7), flip),
    "exp3": (lambda: habit.Exp3(4, rate=0.25, seed=7), pull),
}
# Their generator is the one that no Python object starts with, or they draw nothing.
WITHOUT_CHANCE = ["shared-lin-ucb", "disjoint-lin-ucb", "dyn-lin-ucb", "ucb1", "discounted-ucb"]


def test_there_are_golden_files() -> None:
    assert len(ROWS) >= 13 and set(LEARNERS) <= {path.stem for path in GOLDEN.rglob("*.habit")}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_golden_file_tells_what_it_is(row: list[str]) -> None:
    path, learner, dimensions, digest, _ = row
    found = habit.load(GOLDEN / path)
    assert found.kind == learner.split(":")[0]
    assert ", ".join(map(str, found.dimensions)) == dimensions
    assert found.digest == digest


@pytest.mark.parametrize("row", [row for row in ROWS if row[0].split("/")[1][:-6] in LEARNERS], ids=lambda row: row[0])
def test_a_golden_file_loads_and_goes_on_to_the_same_bits(row: list[str]) -> None:
    begin, play = LEARNERS[row[0].split("/")[1][:-6]]
    learner = begin()
    learner.load(GOLDEN / row[0])
    assert learner.digest == row[3]
    for t in range(100, 200):
        play(learner, t)
    assert learner.digest == row[4]


@pytest.mark.parametrize("name", WITHOUT_CHANCE)
def test_the_calls_make_the_very_file(name: str) -> None:
    begin, play = LEARNERS[name]
    learner = begin()
    for t in range(100):
        play(learner, t)
    assert learner.to_bytes() == (GOLDEN / f"version-1/{name}.habit").read_bytes()


def vector(heading: str) -> bytes:
    """A golden vector of the specification."""
    text = (ROOT / "kernel/CHECKPOINT.md").read_text()
    block = text.split(f"## {heading}")[1].split("```")[1]
    lines = [re.match(r"(?:[0-9a-f]{2} ?)+(?= |$)", line) for line in block.strip().splitlines()]
    return bytes.fromhex("".join(line[0] for line in lines if line))


def test_the_vectors_of_the_specification() -> None:
    agent = habit.Sarsa(2, 2, step_size=0.5, discount=0.9, epsilon=0.25, seed=7)
    agent.learn(0, 1, 1.0, 1, False)
    assert agent.to_bytes() == vector("SARSA with 2 states and 2 actions")
    together = vector("Exp3 with 2 arms and its generator")
    found = habit.load(together)
    assert (found.kind, found.has_generator, found.dimensions) == ("exp3", True, (2, 0, 0))
    bandit = habit.Exp3(2, rate=0.5, seed=9)
    bandit.load(together)
    assert bandit.to_bytes(generator=True) == together
    assert bandit.digest == found.digest == habit.Exp3(2, rate=0.5).digest


def test_the_board_s_checkpoint_is_read() -> None:
    pages = habit.LinUcb.from_checkpoint(ROOT / "firmware/pages.habit", alpha=0.5)
    assert (pages.n_arms, pages.n_features, pages.shared) == (4, 8, False)
    assert pages.to_bytes() == (ROOT / "firmware/pages.habit").read_bytes()
    assert pages.rounds > 10_000


def test_experiments_have_the_digests_of_every_target() -> None:
    table = tomllib.loads((ROOT / "tests/digests.toml").read_text())["experiments"]
    assert set(table) == set(habit.experiments())
    short = [
        name for name in table
        if name.split(".")[0] in ("tabular-td", "classic-bandits", "dynlin-ucb", "advantage-estimators")
    ]
    assert len(short) > 10
    for name in short:
        assert habit.run(name, seed=1, steps=table[name]["steps"]).digest == table[name]["digest"], name


def test_agents_on_the_cliff_are_those_of_the_experiment() -> None:
    payloads = b""
    for kind in (habit.Sarsa, habit.QLearning, habit.ExpectedSarsa):
        agent = kind(48, 4, step_size=0.5, discount=1.0, epsilon=0.1, seed=1)
        habit.train(habit.make("CliffWalking"), agent, 500, seed=1)
        payloads += agent.to_bytes()[32:-4]
    run = habit.run("cliff-walking", seed=1)
    assert run.digest == fnv(int.to_bytes(int(fnv(payloads), 16), 8, "little"))
    assert habit.load(run.checkpoint).data[32:-4] == payloads


def fnv(data: bytes) -> str:
    """FNV-1a 64."""
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"
