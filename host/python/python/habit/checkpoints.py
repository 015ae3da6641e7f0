"""Learned state as bytes: what a board, a browser and this module exchange."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Union

from ._habit import _inspect

Source = Union[str, "os.PathLike[str]", bytes, bytearray, memoryview]
"""A path, or the bytes themselves."""


@dataclass(frozen=True)
class Checkpoint:
    """What a whole and undamaged checkpoint holds."""

    kind: str
    """The kind of learner, as CHECKPOINT.md names it: `q-learning`, `contextual around disjoint`."""
    dimensions: tuple[int, int, int]
    """States and actions, arms and features, and so on; 0 where the kind has fewer."""
    numerics: str
    """The functions that computed it: `plain` or `libm`."""
    version: int
    """Of the format."""
    has_generator: bool
    """Whether the generator of random choices is in it."""
    digest: str
    """FNV-1a 64 over what was learned, as 16 hexadecimal digits."""
    data: bytes = field(repr=False)
    """The checkpoint itself."""

    def title(self) -> str:
        """In a few words."""
        sizes = " x ".join(str(size) for size in self.dimensions if size)
        return f"{self.kind}{f' ({sizes})' if sizes else ''}"


def load(source: Source) -> Checkpoint:
    """Reads a checkpoint, from a path or from bytes, and tells what it is.

    Raises CheckpointError, with the reason in `code`, for what is no checkpoint, truncated, damaged or of a newer version. A learner
    takes one over by its own `load`, or is made from one by `from_checkpoint`.
    """
    data = read(source)
    version, kind, numerics, has_generator, dimensions, digest = _inspect(data)
    a, b, c = dimensions
    return Checkpoint(kind, (a, b, c), numerics, version, has_generator, digest, data)


def read(source: Source) -> bytes:
    """The bytes of a checkpoint."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source)
    if isinstance(source, (str, os.PathLike)):
        return Path(source).read_bytes()
    raise TypeError(f"a checkpoint is a path or bytes, not {type(source).__name__}")


def kind_fits(own: str, found: str) -> bool:
    """Whether a class reads a kind; one that reads several ends with `around`."""
    return found.startswith(own) if own.endswith("around ") else found == own
