"""Writes the golden files of tests/tests/gymnasium.rs from the Gymnasium package.

    python3 -m venv env && env/bin/pip install -r requirements.txt && env/bin/python generate.py
"""

import json
import pathlib
import random
import struct

import gymnasium
from gymnasium.envs.toy_text import blackjack

HERE = pathlib.Path(__file__).parent
STEPS = 200


def write(name, content, row="["):
    """A line for each row of the longest list, which starts like this."""
    text = json.dumps({"gymnasium": gymnasium.__version__, **content}, separators=(",", ":"))
    (HERE / name).write_text(text.replace(f"],{row}", f"],\n{row}") + "\n")


def fnv_1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"


def table(*arguments, **keywords):
    """The digest of a transition table, and one of its probabilities in the same order."""
    transitions = gymnasium.make(*arguments, **keywords).unwrapped.P
    rows, probabilities = bytearray(), bytearray()
    for state in sorted(transitions):
        for action in sorted(transitions[state]):
            for probability, next_state, reward, terminated in transitions[state][action]:
                rows += struct.pack("<IIIiB", state, action, next_state, int(reward), bool(terminated))
                probabilities += struct.pack("<f", probability)
    shape = [len(transitions), len(transitions[0])]
    return {"shape": shape, "transitions": fnv_1a(rows), "probabilities": fnv_1a(probabilities)}


def actions(count):
    z = 12345
    while True:
        z = (1103515245 * z + 12345) % 2**31
        yield (z >> 16) % count


def trace(name, start, count, action=lambda a: a):
    """States in f64 after each action, not stopping at a terminal state; then rewards and terminal flags."""
    env = gymnasium.make(name).unwrapped
    env.reset()
    env.state = start
    states, rewards, terminated, observations = [], [], [], []
    for _, a in zip(range(STEPS), actions(count)):
        observation, reward, over, truncated, _ = env.step(action(a))
        assert not truncated
        states.append([float(x) for x in env.state])
        rewards.append(float(reward))
        terminated.append(int(over))
        observations.append([float(x) for x in observation])
    return {
        "start": [float(x) for x in start],
        "states": states,
        "rewards": rewards,
        "terminated": terminated,
        "last_observation": observations[-1],
    }


def games(count):
    """Blackjack with recorded decks: the cards in the order of the draws, the actions, what was seen, the last reward."""
    draw = blackjack.draw_card
    chance = random.Random(7)
    env = gymnasium.make("Blackjack-v1", sab=True).unwrapped
    env.reset(seed=7)
    deck = []

    def recorded(np_random):
        deck.append(int(draw(np_random)))
        return deck[-1]

    blackjack.draw_card = recorded
    played = []
    for _ in range(count):
        deck.clear()
        observation, _ = env.reset()
        seen, taken, over = [observation], [], False
        while not over:
            # Mostly sensible, sometimes any.
            hit = observation[0] < 17 if chance.random() < 0.7 else chance.random() < 0.5
            observation, reward, over, _, _ = env.step(int(hit))
            seen.append(observation)
            taken.append(int(hit))
        flat = [int(x) for o in seen for x in o]
        played.append([list(deck), taken, flat, int(reward)])
    return played


write(
    "tables.json",
    {
        "CliffWalking": table("CliffWalking-v1"),
        "CliffWalking slippery": table("CliffWalking-v1", is_slippery=True),
        "FrozenLake 4x4 slippery": table("FrozenLake-v1"),
        "FrozenLake 8x8 slippery": table("FrozenLake8x8-v1"),
        "FrozenLake 4x4 deterministic": table("FrozenLake-v1", is_slippery=False),
        "Taxi": table("Taxi-v4"),
        "time_limits": {
            name: gymnasium.spec(name).max_episode_steps
            for name in (
                "CliffWalking-v1 FrozenLake-v1 FrozenLake8x8-v1 Taxi-v4 Blackjack-v1 CartPole-v1 MountainCar-v0 "
                "Acrobot-v1 Pendulum-v1"
            ).split()
        },
    },
)
write("cart_pole.json", trace("CartPole-v1", (0.01, -0.02, 0.03, 0.04), 2))
write("mountain_car.json", trace("MountainCar-v0", (-0.5, 0.0), 3))
write("acrobot.json", trace("Acrobot-v1", (0.05, -0.03, 0.02, 0.01), 3))
write("pendulum.json", trace("Pendulum-v1", (1.0, 0.5), 3, lambda a: [2.0 * (a - 1)]))
write("blackjack.json", {"games": games(1000)}, "[[")
