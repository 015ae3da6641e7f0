"""What is shipped: types, examples, the README's code, the wheel."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, command

import habit

HERE = Path(__file__).parents[1]
EXAMPLES = sorted((HERE / "examples").glob("*.py"))


def python(*arguments: str | Path, cwd: Path) -> str:
    """Runs this interpreter; shows what it says when it fails."""
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, cwd=cwd)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_is_tested_and_not_the_source() -> None:
    place = Path(habit.__file__).resolve()
    assert HERE.resolve() not in place.parents and (place.parent / "py.typed").is_file()
    assert (place.parent / "_habit.pyi").is_file() and habit.__version__ == "0.1.0"


def test_types_are_checked(tmp_path: Path) -> None:
    cache = ("--cache-dir", tmp_path)
    settings = ("--config-file", HERE / "pyproject.toml")
    python("-m", "mypy", *settings, *cache, "-p", "habit", cwd=tmp_path)
    python("-m", "mypy", *settings, *cache, *EXAMPLES, cwd=tmp_path)


def test_stubs_are_those_of_the_module(tmp_path: Path) -> None:
    python("-m", "mypy.stubtest", "habit._habit", cwd=tmp_path)


def test_everything_public_is_documented() -> None:
    for name in habit.__all__:
        thing = getattr(habit, name)
        assert thing.__doc__, name
        for method, member in vars(thing).items() if isinstance(thing, type) else ():
            if not method.startswith("_") and callable(member):
                assert member.__doc__, f"{name}.{method}"


def test_there_is_an_example() -> None:
    assert EXAMPLES


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs(example: Path, tmp_path: Path) -> None:
    said = python(example, tmp_path, cwd=tmp_path)
    assert said
    for checkpoint in tmp_path.glob("*.habit"):
        assert habit.load(checkpoint).digest


def test_the_board_and_the_command_take_what_the_example_exports(tmp_path: Path) -> None:
    python(HERE / "examples/pages.py", tmp_path, cwd=tmp_path)
    exported, board = habit.load(tmp_path / "pages.habit"), habit.load(ROOT / "firmware/pages.habit")
    assert (exported.kind, exported.dimensions) == (board.kind, board.dimensions)
    assert len(exported.data) == len(board.data)
    pages = habit.LinUcb.from_checkpoint(exported.data)
    assert (pages.rounds, pages.waiting) == (20_000, 0)
    evaluate = [command(), "evaluate", tmp_path / "log.csv", "--policy", tmp_path / "pages.habit"]
    done = subprocess.run(evaluate, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("readme", [HERE / "README.md", ROOT / "README.md"], ids=["package", "house"])
def test_the_code_in_a_readme_runs(readme: Path, tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", readme.read_text(), re.DOTALL)
    assert blocks
    script = tmp_path / "readme.py"
    script.write_text("\n".join(blocks))
    python(script, cwd=tmp_path)
