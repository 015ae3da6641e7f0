"""Bandits of any size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from . import _habit
from ._learner import Learner, count, real

if TYPE_CHECKING:
    from typing_extensions import Self

    from ._types import Floats, Integers
    from .checkpoints import Checkpoint


class _Contextual(Learner, _habit.ContextualBandit):
    _KIND = "contextual around "
    _FIXED = frozenset({"n_arms", "n_features", "shared", "seed"})
    _RULE: ClassVar[str]

    n_arms: int
    n_features: int
    shared: bool
    regularization: float
    seed: int

    def __init__(self, n_arms: int, n_features: int, shared: bool, regularization: float, seed: int) -> None:
        self.n_arms, self.n_features, self.shared = n_arms, n_features, shared
        self.regularization, self.seed = regularization, seed
        self._begin(None)

    def _number(self) -> float:
        """What the rule takes."""
        raise NotImplementedError

    def _begin(self, state: bytes | None) -> None:
        self._start(
            self._RULE,
            count("n_arms", self.n_arms),
            count("n_features", self.n_features),
            bool(self.shared),
            real("regularization", self.regularization, above=0),
            self._number(),
            count("seed", self.seed, at_least=0),
            state,
        )

    @classmethod
    def _sizes(cls, found: Checkpoint) -> dict[str, Any]:
        arms, features, mergeable = found.dimensions
        if mergeable:
            raise ValueError("the checkpoint is one that can be merged, which is not read here")
        return {"n_arms": arms, "n_features": features, "shared": found.kind.endswith("shared")}

    def partial_fit(self, X: Floats, arms: Integers, rewards: Floats) -> Self:
        """Learns from a log: contexts, the arms played (int64) and what they paid, a row a round. All of it or, when a row is
        refused, nothing. Returns the bandit."""
        self._learn(X, arms, rewards)
        return self

    @property
    def coefficients(self) -> Floats:
        """What each arm is thought to pay by feature: `(n_arms, n_features)`, or `(1, n_features)` where the estimate is shared."""
        return self._coefficients().reshape(-1, self.n_features)


class LinUcb(_Contextual):
    """LinUCB (Li, Chu, Langford, Schapire 2010): plays the arm with the greatest upper confidence bound.

    An estimate an arm, over one context of `(n_features,)`; with `shared`, one estimate for all arms, over a context of `(n_arms,
    n_features)`. `alpha` is how far the bound lies above the estimate, `regularization` the ridge. Rewards may come late, in any
    order, or never: `update` takes the context again. A board reads its checkpoint.
    """

    _RULE = "ucb"

    def __init__(
        self,
        n_arms: int,
        n_features: int,
        *,
        alpha: float = 1.0,
        regularization: float = 1.0,
        shared: bool = False,
        seed: int = 0,
    ) -> None:
        self.alpha = alpha
        super().__init__(n_arms, n_features, shared, regularization, seed)

    def _number(self) -> float:
        return real("alpha", self.alpha, at_least=0)


class LinTs(_Contextual):
    """Linear Thompson sampling (Agrawal, Goyal 2013): plays the best arm of a draw from the posterior.

    `deviation` scales the posterior; wider than it above the deviation of the noise. Estimates and contexts are those of `LinUcb`.
    The probability of a choice has no closed form: `propensity` is None.
    """

    _RULE = "ts"

    def __init__(
        self,
        n_arms: int,
        n_features: int,
        *,
        deviation: float = 1.0,
        regularization: float = 1.0,
        shared: bool = False,
        seed: int = 0,
    ) -> None:
        self.deviation = deviation
        super().__init__(n_arms, n_features, shared, regularization, seed)

    def _number(self) -> float:
        return real("deviation", self.deviation, at_least=0)


class LinEpsilonGreedy(_Contextual):
    """Ridge regressions, and an arm by chance with probability `epsilon`: its log can judge other policies.

    Estimates and contexts are those of `LinUcb`, and so are its checkpoints.
    """

    _RULE = "epsilon"

    def __init__(
        self,
        n_arms: int,
        n_features: int,
        *,
        epsilon: float = 0.1,
        regularization: float = 1.0,
        shared: bool = False,
        seed: int = 0,
    ) -> None:
        self.epsilon = epsilon
        super().__init__(n_arms, n_features, shared, regularization, seed)

    def _number(self) -> float:
        return real("epsilon", self.epsilon, at_least=0, at_most=1)


class _Bandit(Learner, _habit.ArmBandit):
    _FIXED = frozenset({"n_arms", "seed"})
    _RULE: ClassVar[str]

    n_arms: int
    seed: int

    def __init__(self, n_arms: int, seed: int) -> None:
        self.n_arms, self.seed = n_arms, seed
        self._begin(None)

    def _numbers(self) -> list[float]:
        """What the rule takes."""
        raise NotImplementedError

    def _begin(self, state: bytes | None) -> None:
        seed = count("seed", self.seed, at_least=0)
        self._start(self._RULE, count("n_arms", self.n_arms), self._numbers(), seed, state)

    @classmethod
    def _sizes(cls, found: Checkpoint) -> dict[str, Any]:
        return {"n_arms": found.dimensions[0]}

    @property
    def estimates(self) -> Floats:
        """What each arm is thought to pay, `(n_arms,)`; of Exp3 the probability with which it is played."""
        return self._estimates()


class _Counting(_Bandit):
    def partial_fit(self, arms: Integers, rewards: Floats) -> Self:
        """Learns from a log: the arms played (int64) and what they paid. All of it or, when a row is refused, nothing. Returns the
        bandit."""
        self._learn(arms, rewards)
        return self


class Ucb1(_Counting):
    """UCB1 (Auer, Cesa-Bianchi, Fischer 2002): `mean + sqrt(confidence ln total / count)`, arms never played first."""

    _RULE, _KIND = "ucb1", "ucb around cumulative"

    def __init__(self, n_arms: int, *, confidence: float = 2.0, seed: int = 0) -> None:
        self.confidence = confidence
        super().__init__(n_arms, seed)

    def _numbers(self) -> list[float]:
        return [real("confidence", self.confidence, at_least=0)]


class KlUcb(_Counting):
    """KL-UCB for rewards from 0 to 1 (Garivier, Cappé 2011). `confidence` is 3 in the proof and 0 in practice."""

    _RULE, _KIND = "kl-ucb", "kl-ucb around cumulative"

    def __init__(self, n_arms: int, *, confidence: float = 0.0, seed: int = 0) -> None:
        self.confidence = confidence
        super().__init__(n_arms, seed)

    def _numbers(self) -> list[float]:
        return [real("confidence", self.confidence, at_least=0)]


class DiscountedUcb(_Counting):
    """Discounted UCB (Garivier, Moulines 2008), for arms that change: plays fade by `discount` a round."""

    _RULE, _KIND = "discounted-ucb", "ucb around discounted"

    def __init__(self, n_arms: int, *, discount: float = 0.99, confidence: float = 2.0, seed: int = 0) -> None:
        self.discount, self.confidence = discount, confidence
        super().__init__(n_arms, seed)

    def _numbers(self) -> list[float]:
        discount = real("discount", self.discount, above=0, at_most=1)
        return [real("confidence", self.confidence, at_least=0), discount]


class SlidingWindowUcb(_Counting):
    """Sliding-window UCB (Garivier, Moulines 2008), for arms that change: only the last `window` plays count."""

    _KIND = "ucb around sliding-window"
    _FIXED = frozenset({"n_arms", "window", "seed"})

    def __init__(self, n_arms: int, *, window: int = 1000, confidence: float = 2.0, seed: int = 0) -> None:
        self.window, self.confidence = window, confidence
        super().__init__(n_arms, seed)

    def _begin(self, state: bytes | None) -> None:
        self._start_windowed(
            count("n_arms", self.n_arms, at_most=65_536),
            real("confidence", self.confidence, at_least=0),
            count("window", self.window, at_most=2**31 - 1),
            count("seed", self.seed, at_least=0),
            state,
        )


class ThompsonBeta(_Bandit):
    """Thompson sampling for rewards of 0 or 1, from a uniform prior (Thompson 1933; Agrawal, Goyal 2012)."""

    _RULE, _KIND = "thompson-beta", "thompson-beta"

    def __init__(self, n_arms: int, *, seed: int = 0) -> None:
        super().__init__(n_arms, seed)

    def _numbers(self) -> list[float]:
        return []


class ThompsonGaussian(_Bandit):
    """Thompson sampling for rewards with Gaussian noise of a known `deviation` (Agrawal, Goyal 2012)."""

    _RULE, _KIND = "thompson-gaussian", "thompson-gaussian around cumulative"

    def __init__(self, n_arms: int, *, deviation: float = 1.0, seed: int = 0) -> None:
        self.deviation = deviation
        super().__init__(n_arms, seed)

    def _numbers(self) -> list[float]:
        return [real("deviation", self.deviation, above=0)]


class Exp3(_Bandit):
    """Exp3 (Auer, Cesa-Bianchi, Freund, Schapire 2002), for rewards from `low` to `high` that an adversary may choose; `rate` is the
    share of play by chance."""

    _RULE, _KIND = "exp3", "exp3"

    def __init__(self, n_arms: int, *, rate: float = 0.1, low: float = 0.0, high: float = 1.0, seed: int = 0) -> None:
        self.rate, self.low, self.high = rate, low, high
        super().__init__(n_arms, seed)

    def _numbers(self) -> list[float]:
        low = real("low", self.low)
        return [real("rate", self.rate, above=0, at_most=1), low, real("high", self.high, above=low)]


class DynLinUcb(_Bandit):
    """DynLin-UCB (Mussi, Metelli, Restelli 2023), for a system that remembers: an arm is held until the system has settled.

    `arms` is an array of `(n_arms, n_features)`, of float32. What is known of the system: its `spectral_radius` is at most that; and
    upper bounds, of 1 unless something else is known: `transient_gain` of how far it swings, `feedthrough_norm`, `output_norm` and
    `input_norm` of its matrices, `arm_norm` of the arms, `noise` of its noise. `horizon` is how many rounds will be played.
    """

    _KIND = "dyn-lin-ucb"
    _FIXED = frozenset({"arms", "seed"})

    def __init__(
        self,
        arms: Floats,
        *,
        spectral_radius: float,
        horizon: int,
        transient_gain: float = 1.0,
        feedthrough_norm: float = 1.0,
        output_norm: float = 1.0,
        input_norm: float = 1.0,
        arm_norm: float = 1.0,
        noise: float = 1.0,
        regularization: float = 1.0,
        seed: int = 0,
    ) -> None:
        self.arms, self.spectral_radius, self.horizon = arms, spectral_radius, horizon
        self.transient_gain, self.feedthrough_norm = transient_gain, feedthrough_norm
        self.output_norm, self.input_norm, self.arm_norm = output_norm, input_norm, arm_norm
        self.noise, self.regularization = noise, regularization
        super().__init__(len(arms), seed)

    def _begin(self, state: bytes | None) -> None:
        norms = ("transient_gain", "feedthrough_norm", "output_norm", "input_norm", "arm_norm", "noise")
        radius = real("spectral_radius", self.spectral_radius, at_least=0, below=1)
        self._start_dynamic(
            self.arms,
            [radius, *(real(name, getattr(self, name), at_least=0) for name in norms)],
            real("regularization", self.regularization, above=0),
            count("horizon", self.horizon),
            count("seed", self.seed, at_least=0),
            state,
        )

    @classmethod
    def _sizes(cls, found: Checkpoint) -> dict[str, Any]:
        return {}

    @property
    def coefficients(self) -> Floats:
        """What the arms are thought to pay by feature, once the system has settled: `(n_features,)`."""
        return self._estimates()

    @property
    def estimates(self) -> Floats:
        """What each arm is thought to pay once the system has settled: `(n_arms,)`."""
        return np.asarray(self.arms @ self._estimates(), dtype=np.float32)
