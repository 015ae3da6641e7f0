"""Any discrete Gymnasium environment trains a tabular agent; the kernel's own run without the interpreter.

python cliff.py FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

import gymnasium

import habit


def main(folder: Path) -> None:
    """Trains in Gymnasium's environment and in the kernel's, and saves what was learned."""
    folder.mkdir(parents=True, exist_ok=True)
    agent = habit.QLearning(48, 4, step_size=0.5, discount=1.0, epsilon=0.1, seed=1)
    trained = habit.train(gymnasium.make("CliffWalking-v1"), agent, 500, seed=1)
    print(f"Gymnasium's cliff: {trained.returns[-100:].mean():.1f} an episode on-line")

    agent = habit.QLearning(48, 4, step_size=0.5, discount=1.0, epsilon=0.1, seed=1)
    trained = habit.train(habit.make("CliffWalking"), agent, 500, seed=1)
    print(f"the kernel's cliff: {trained.returns[-100:].mean():.1f} an episode on-line; digest {agent.digest}")
    print(f"the best action at the start is {agent.greedy(36)} (0 is up), worth {agent.q_values[36].max():.1f}")
    agent.save(folder / "cliff.habit")
    print(habit.load(folder / "cliff.habit"))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "cliff"))
