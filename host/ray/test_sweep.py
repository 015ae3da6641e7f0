"""Runs the example on a Ray cluster of this machine: `HABIT_BIN=.../habit python test_sweep.py`."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HABIT = os.environ["HABIT_BIN"]
EXAMPLE = Path(__file__).with_name("sweep.py")
SWEEP = ["cliff-walking", "--set", "epsilon=0.05,0.2", "--set", "step_size=0.25,0.5", "--seeds", "40", "--steps", "20"]


def tree(folder):
    """Every file below a folder, with its bytes."""
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def example(out, *sweep):
    command = [sys.executable, EXAMPLE, "--habit", HABIT, "--shards", "5", "--out", out, "--", *sweep]
    return subprocess.run(command, capture_output=True, text=True)


class Sweep(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = Path(place.name)

    def test_shards_on_a_cluster_merge_to_the_bytes_of_one_machine(self):
        whole, merged = self.place / "whole", self.place / "merged"
        subprocess.run([HABIT, "sweep", *SWEEP, "--out", whole], check=True, capture_output=True)
        run = example(merged, *SWEEP)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("5 of 5 shards", run.stdout)
        self.assertEqual(tree(merged), tree(whole))

    def test_what_habit_refuses_is_said_in_its_words(self):
        run = example(self.place / "refused", "cliff-walking", "--set", "epsilon=2")
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("epsilon must be a number from 0 to 1", run.stderr)
        self.assertFalse((self.place / "refused").exists())


if __name__ == "__main__":
    unittest.main()
