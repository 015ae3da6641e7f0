"""Experiments and claims; long calls let other threads run and can be interrupted."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from conftest import ROOT, command

import habit


def test_a_run_is_the_command_s() -> None:
    arguments = ["run", "tabular-td.windy-grid", "--seed", "5", "--seeds", "3", "--steps", "20", "--every", "7"]
    lines = subprocess.run(
        [command(), *arguments, "--set", "epsilon=0.2", "--format", "json"], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    rows = [json.loads(line) for line in lines]
    run = habit.run("windy-grid", seed=5, seeds=3, steps=20, every=7, parameters={"epsilon": 0.2}, threads=2)
    assert run.id == "tabular-td.windy-grid" and run.steps == 20 and run.checkpoint is None
    assert run.digest == rows[-1]["digest"]
    names = [run.contenders[place] for place in run.samples["contender"]]
    for metric in set(run.samples) - {"contender"}:
        found = dict(zip(zip(run.samples["seed"], run.samples["t"], names), run.samples[metric]))
        for row in rows[:-1]:
            value = found[row["seed"], row["t"], row["contender"]]
            assert np.isnan(value) if row[metric] is None else value == np.float32(row[metric])
    assert len({len(column) for column in run.samples.values()}) == 1
    assert len(run.samples["t"]) == len(rows) - 1


def test_seeds_do_not_depend_on_threads() -> None:
    one, four = (habit.run("tabular-td.random-walk", seeds=4, steps=5, threads=threads) for threads in (1, 4))
    assert one.digest == four.digest
    assert all(np.array_equal(one.samples[name], four.samples[name], equal_nan=True) for name in one.samples)


def test_descriptions() -> None:
    assert len(habit.experiments()) >= 40
    described = habit.describe("cliff-walking")
    assert described["contenders"] == ["SARSA", "Q-learning", "Expected SARSA"]
    assert [parameter["name"] for parameter in described["parameters"]] == ["step_size", "epsilon", "discount"]
    described["contenders"].clear()
    assert habit.describe("cliff-walking")["contenders"]


def test_claims() -> None:
    rows = habit.claims("maximisation-bias")
    assert rows and all(row["holds"] for row in rows)
    verdicts = (ROOT / "tests/claims.toml").read_text()
    assert all(row["claim"] in verdicts for row in rows)


def test_what_a_run_has_learned_is_a_checkpoint() -> None:
    run = habit.run("cliff-walking", steps=10)
    assert run.checkpoint is not None
    assert habit.load(run.checkpoint).kind == "experiment around tabular-td.cliff-walking"


def test_other_threads_run_meanwhile() -> None:
    seen, done = 0, threading.Event()

    def work() -> None:
        habit.train(habit.make("CliffWalking"), habit.QLearning(48, 4), 100_000, seed=1)
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    while not done.is_set():
        seen += 1
        time.sleep(0)
    thread.join()
    # With the interpreter held, the loop would hardly get a turn.
    assert seen > 10


def test_two_threads_cannot_change_one_agent() -> None:
    agent, refused = habit.QLearning(48, 4), []
    thread = threading.Thread(target=lambda: habit.train(habit.make("CliffWalking"), agent, 20_000, seed=1))
    thread.start()
    while thread.is_alive():
        try:
            agent.act(0)
        except RuntimeError as error:
            refused.append(str(error))
    thread.join()
    assert not refused or "borrowed" in refused[0]


@pytest.mark.parametrize(
    "call",
    [
        "habit.train(habit.make('CliffWalking'), habit.QLearning(48, 4, epsilon=1.0), 10**9)",
        "habit.run('cliff-walking', steps=1_000_000, seeds=1000)",
    ],
)
def test_long_calls_can_be_interrupted(call: str) -> None:
    code = f"import habit\nprint('ready', flush=True)\n{call}"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None and child.stdout.readline() == "ready\n"
        time.sleep(0.3)
        child.send_signal(signal.SIGINT)
        _, errors = child.communicate(timeout=60)
    assert "KeyboardInterrupt" in errors


def test_without_gymnasium_it_says_what_to_install() -> None:
    code = "import sys; sys.modules['gymnasium'] = None; import habit; habit.make('Taxi')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1 and "pip install 'habit[gymnasium]'" in done.stderr


def test_importing_is_light() -> None:
    code = "import habit, sys; print(sorted(name for name in sys.modules if name in ('gymnasium', 'pandas', 'scipy')))"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "[]\n"
