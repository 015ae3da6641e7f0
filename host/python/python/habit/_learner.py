"""What all learners share: parameters, checkpoints, pickling."""

from __future__ import annotations

import inspect
import math
import os
from typing import TYPE_CHECKING, Any, ClassVar

from ._habit import CheckpointError
from .checkpoints import Checkpoint, Source, kind_fits, load, read

if TYPE_CHECKING:
    from typing_extensions import Self


def real(
    name: str,
    value: object,
    *,
    at_least: float = -math.inf,
    above: float = -math.inf,
    at_most: float = math.inf,
    below: float = math.inf,
) -> float:
    """A number within its limits, or an error that tells them."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a number, not {value!r}") from None
    if not (math.isfinite(number) and at_least <= number <= at_most and above < number < below):
        limits = [
            f"{words} {limit:g}"
            for words, limit in (("at least", at_least), ("above", above), ("at most", at_most), ("below", below))
            if math.isfinite(limit)
        ]
        raise ValueError(f"{name} must be {' and '.join(limits) or 'finite'}, not {number}")
    return number


def count(name: str, value: object, *, at_least: int = 1, at_most: int = 2**32 - 1) -> int:
    """A whole number within its limits, or an error that tells them."""
    try:
        number = value.__index__()  # type: ignore[attr-defined]
    except AttributeError:
        raise TypeError(f"{name} must be a whole number, not {value!r}") from None
    if not at_least <= number <= at_most:
        raise ValueError(f"{name} must be from {at_least} to {at_most}, not {number}")
    return int(number)


class Learner:
    """Parameters as scikit-learn has them, and checkpoints. Mixed into classes whose state lives in Rust."""

    _KIND: ClassVar[str]
    """The name of its kind in a checkpoint."""
    _FIXED: ClassVar[frozenset[str]] = frozenset({"seed"})
    """Parameters that cannot change once it has been made."""

    if TYPE_CHECKING:

        def to_bytes(self, *, generator: bool = False) -> bytes: ...

        def _load(self, data: bytes) -> None: ...

    def _begin(self, state: bytes | None) -> None:
        """Puts a learner in place with the parameters that are set, and with what another one has learned."""
        raise NotImplementedError

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Every parameter by its name. `deep` is taken for scikit-learn's sake; there is nothing inside."""
        names = list(inspect.signature(type(self).__init__).parameters)[1:]
        return {name: getattr(self, name) for name in names}

    def set_params(self, **params: Any) -> Self:
        """Changes parameters and keeps what was learned. Sizes and the seed are fixed: make another learner for them."""
        own = self.get_params()
        for name in params:
            if name not in own:
                raise ValueError(f"{type(self).__name__} has no parameter {name}; known: {', '.join(own)}")
            if name in self._FIXED:
                raise ValueError(f"{name} is fixed once a {type(self).__name__} is made: make another one")
        before = {name: self.__dict__[name] for name in params}
        self.__dict__.update(params)
        try:
            self._begin(self.to_bytes(generator=True))
        except BaseException:
            self.__dict__.update(before)
            raise
        return self

    def save(self, path: str | os.PathLike[str], *, generator: bool = False) -> None:
        """Writes a checkpoint, whole or not at all. With `generator`, whoever loads it goes on to the same bits; without it, boards
        and browsers read it too."""
        data = self.to_bytes(generator=generator)
        target = os.fspath(path)
        # Beside the target, so that it can be put in its place at once.
        draft = f"{target}.{os.getpid()}.part"
        try:
            with open(draft, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, target)
        except BaseException:
            if os.path.exists(draft):
                os.unlink(draft)
            raise

    def load(self, source: Source) -> None:
        """Takes over a checkpoint: a path or bytes. What does not fit raises CheckpointError and changes nothing."""
        data = read(source)
        try:
            self._load(data)
        except CheckpointError as error:
            # Notes are there from Python 3.11 on.
            if error.code in ("other_kind", "other_dimensions") and hasattr(error, "add_note"):
                error.add_note(f"The checkpoint holds {load(data).title()}.")
            raise

    @classmethod
    def _sizes(cls, found: Checkpoint) -> dict[str, Any]:
        """The parameters that a checkpoint tells."""
        raise NotImplementedError

    @classmethod
    def from_checkpoint(cls, source: Source, **params: Any) -> Self:
        """A learner with the sizes and the learned state of a checkpoint; all other parameters are to be said."""
        found = load(source)
        if not kind_fits(cls._KIND, found.kind):
            raise ValueError(f"a {cls.__name__} is of the kind {cls._KIND}; the checkpoint holds {found.title()}")
        learner = cls(**cls._sizes(found), **params)
        learner._load(found.data)
        return learner

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.get_params(), self.to_bytes(generator=True)), dict(self.__dict__)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.get_params().items())})"


def _again(cls: type[Learner], params: dict[str, Any], data: bytes) -> Learner:
    """What a pickle makes."""
    learner = cls(**params)
    learner._load(data)
    return learner
