"""The kernel's environments as Gymnasium's. Importing this registers them: `gymnasium.make("habit/CliffWalking-v0")`.

Dynamics are Gymnasium's, random numbers the kernel's, so that the same seed gives the same bits on a board and in a browser.
"""

from __future__ import annotations

from typing import Any

import numpy as np

try:
    import gymnasium
except ModuleNotFoundError as error:
    raise ModuleNotFoundError("environments need the package gymnasium: pip install 'habit[gymnasium]'") from error
from gymnasium import spaces
from gymnasium.envs.registration import register, registry

from . import _habit
from ._learner import count

NAMES = (
    "Acrobot",
    "Blackjack",
    "CartPole",
    "CliffWalking",
    "FrozenLake",
    "FrozenLake8x8",
    "MountainCar",
    "Pendulum",
    "RandomWalk",
    "ShortCorridor",
    "Taxi",
    "WindyGrid",
)
"""Every environment."""

_SLIPPERY = {"CliffWalking": False, "FrozenLake": True, "FrozenLake8x8": True}
"""Where the ground may be slippery, whether it is unless something else is said."""


class HabitEnv(gymnasium.Env[Any, Any]):
    """One of the kernel's environments.

    Blackjack's observation is one number, `22 sum + 2 card + usable ace`. A bad action raises HabitError and changes nothing.
    """

    metadata = {"render_modes": []}

    def __init__(
        self,
        name: str,
        *,
        max_episode_steps: int | None = None,
        slippery: bool | None = None,
        render_mode: str | None = None,
    ) -> None:
        if name not in NAMES:
            raise ValueError(f"no environment is called {name}; known: {', '.join(NAMES)}")
        if slippery is not None and name not in _SLIPPERY:
            raise ValueError(f"{name} has no slippery form; {', '.join(_SLIPPERY)} have")
        if render_mode is not None:
            raise ValueError("these environments draw nothing: render_mode must be None")
        if max_episode_steps is not None:
            max_episode_steps = count("max_episode_steps", max_episode_steps, at_least=0)
        usual = _SLIPPERY.get(name, False)
        variant = slippery is not None and slippery != usual
        self.render_mode = render_mode
        self.environment = _habit.Environment(name, variant, max_episode_steps)
        """The kernel's environment itself."""
        states, actions, bounds = self.environment.n_states, self.environment.n_actions, self.environment.bounds
        if bounds is None:
            assert states is not None
            self.observation_space: spaces.Space[Any] = spaces.Discrete(states)
        else:
            self.observation_space = spaces.Box(bounds[0], bounds[1], dtype=np.float32)
        if actions is None:
            greatest = self.environment.greatest_force
            assert greatest is not None
            self.action_space: spaces.Space[Any] = spaces.Box(-greatest, greatest, (1,), np.float32)
        else:
            self.action_space = spaces.Discrete(actions)
        self._seeded = False

    @property
    def native(self) -> _habit.Environment | None:
        """The kernel's environment, where it is all there is: None in a class made from this one."""
        return self.environment if type(self) is HabitEnv else None

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Starts an episode. The first one without a seed takes one by chance."""
        self.prepare(seed)
        return self.environment.reset(), {}

    def prepare(self, seed: int | None) -> None:
        """Does what `reset` does with a seed, and starts no episode."""
        if seed is not None:
            seed = count("seed", seed, at_least=0)
        super().reset(seed=seed)
        if seed is None and not self._seeded:
            seed = int(self.np_random.integers(2**32))
        if seed is not None:
            self.environment.seed(seed)
            self._seeded = True

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Takes an action."""
        return (*self.environment.step(action), {})


def _register() -> None:
    for name in NAMES:
        identity = f"habit/{name}-v0"
        if identity not in registry:
            # The limit is Gymnasium's own wrapper's here, as users of `gymnasium.make` expect.
            limit = _habit.Environment(name, False, None).time_limit or None
            kwargs = {"name": name, "max_episode_steps": 0}
            register(id=identity, entry_point=f"{__name__}:{HabitEnv.__name__}", max_episode_steps=limit, kwargs=kwargs)


_register()
