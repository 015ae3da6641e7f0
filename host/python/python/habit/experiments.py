"""Experiments: learners compared on the same random numbers, and the claims that they must meet."""

from __future__ import annotations

import difflib
import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ._habit import _claims, _experiments, _run
from ._learner import count

if TYPE_CHECKING:
    from numpy.typing import NDArray


@functools.cache
def _table() -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(_experiments()))


def experiments() -> list[str]:
    """The ids of all experiments."""
    return [experiment["id"] for experiment in _table()]


def _entry(name: str) -> int:
    """The place of an experiment by its id, or by the part behind the dot where no other has it."""
    known = experiments()
    if name in known:
        return known.index(name)
    parts = [index for index, identity in enumerate(known) if identity.split(".")[-1] == name]
    if len(parts) == 1:
        return parts[0]
    if parts:
        raise ValueError(f"several experiments are called {name!r}: {' or '.join(known[index] for index in parts)}")
    near = difflib.get_close_matches(name, [*known, *(identity.split(".")[-1] for identity in known)], 1)
    hint = f"did you mean {near[0]!r}?" if near else "habit.experiments() lists them"
    raise ValueError(f"no experiment is called {name!r}; {hint}")


def describe(name: str) -> dict[str, Any]:
    """An experiment as data: title, summary, citation, contenders, parameters with ranges and defaults, metrics, claims."""
    described: dict[str, Any] = json.loads(json.dumps(_table()[_entry(name)]))
    return described


@dataclass(frozen=True)
class Run:
    """What a run came to."""

    id: str
    digest: str
    """As `habit run` prints it: equal digests on two targets mean equal bits."""
    steps: int
    contenders: tuple[str, ...]
    samples: dict[str, NDArray[Any]] = field(repr=False)
    """Columns of equal length, as pandas and polars take them: `t`, `seed`, `contender` (a place in `contenders`), and each metric;
    NaN where it has no value yet."""
    checkpoint: bytes | None = field(repr=False)
    """What a run of one seed has learned, where the experiment reads it back; boards and browsers do."""


def run(
    name: str,
    *,
    seed: int = 1,
    seeds: int = 1,
    steps: int | None = None,
    every: int = 1,
    parameters: Mapping[str, object] | None = None,
    threads: int | None = None,
) -> Run:
    """Runs an experiment by its id, without the interpreter.

    `seeds` seeds from `seed` on, on `threads` threads (as many as there are processors); a sample `every` so many steps and at the
    end; `parameters` by their names, all others at their defaults.
    """
    entry = _entry(name)
    given = [(key, str(value)) for key, value in (parameters or {}).items()]
    result = _run(
        entry,
        count("seed", seed, at_least=0),
        count("seeds", seeds),
        None if steps is None else count("steps", steps),
        count("every", every),
        given,
        None if threads is None else count("threads", threads),
    )
    experiment = _table()[entry]
    return Run(
        experiment["id"],
        result["digest"],
        result["steps"],
        tuple(experiment["contenders"]),
        result["samples"],
        result["checkpoint"],
    )


def claims(
    name: str | None = None, *, seed: int = 1, full: bool = False, threads: int | None = None
) -> list[dict[str, Any]]:
    """Measures the claims of an experiment, or of all, again: a row a claim, with what was measured and whether it holds.

    `full` measures claims with long runs too.
    """
    entries = range(len(_table())) if name is None else [_entry(name)]
    threads = None if threads is None else count("threads", threads)
    rows: list[dict[str, Any]] = json.loads(_claims(list(entries), count("seed", seed, at_least=0), full, threads))
    return rows
