"""Contenders of `cargo xtask bench advantage` in Python: numba's loop, and numpy row by row as CleanRL has it."""

import time

import numba
import numpy as np
from numba import njit

from contenders import speak

GAMMA, DECAY = np.float32(0.99), np.float32(np.float32(0.99) * np.float32(0.95))
SHAPES = [(128, 8), (2048, 1), (128, 1024), (128, 4096), (2048, 64)]
# As in src/worlds.rs.
VALUES, NEXT_VALUES, OUTCOMES = 1 << 20, 2 << 20, 3 << 20


def numbers(start, length):
    x = np.arange(start, start + length, dtype=np.uint32)
    x = (x ^ (x >> 16)) * np.uint32(0x85EBCA6B)
    x = (x ^ (x >> 13)) * np.uint32(0xC2B2AE35)
    return ((x ^ (x >> 16)) >> 8).astype(np.float32) / np.float32(8388608) - np.float32(1)


@njit(fastmath=True)
def loop(rewards, values, next_values, outcomes, advantages):
    steps, lanes = rewards.shape
    for t in range(steps - 1, -1, -1):
        for n in range(lanes):
            beyond = np.float32(0) if outcomes[t, n] == 1 else next_values[t, n]
            advantage = rewards[t, n] + GAMMA * beyond - values[t, n]
            if t < steps - 1 and outcomes[t, n] == 0:
                advantage += DECAY * advantages[t + 1, n]
            advantages[t, n] = advantage


def rows(rewards, values, next_values, lives, goes_on, advantages):
    later = np.zeros_like(rewards[0])
    for t in range(len(rewards) - 1, -1, -1):
        error = rewards[t] + GAMMA * next_values[t] * lives[t] - values[t]
        advantages[t] = later = error + DECAY * goes_on[t] * later


def gae(elements, steps, lanes, by_loop):
    length = steps * lanes
    inputs = [numbers(start, length).reshape(steps, lanes) for start in (0, VALUES, NEXT_VALUES)]
    drawn = numbers(OUTCOMES, length).reshape(steps, lanes)
    outcomes = np.where(drawn < np.float32(-0.96), 1, np.where(drawn < np.float32(-0.92), 2, 0)).astype(np.uint8)
    advantages = np.full((steps, lanes), np.nan, dtype=np.float32)
    if by_loop:
        inputs.append(outcomes)
        run = loop
        run(*inputs, advantages)
    else:
        inputs += [(outcomes != 1).astype(np.float32), (outcomes == 0).astype(np.float32)]
        run = rows
    start, taken = time.process_time(), 0
    while taken < elements:
        run(*inputs, advantages)
        taken += length
    seconds = time.process_time() - start
    return taken, seconds, np.abs(advantages).mean(dtype=np.float64), advantages[0, 0]


def contender(steps, lanes, by_loop):
    return lambda elements: gae(elements, steps, lanes, by_loop)


def contenders():
    for steps, lanes in SHAPES:
        workload = f"gae-{steps}x{lanes}"
        jit = f"numba {numba.__version__}, njit(fastmath=True)"
        yield f"{workload} numba", (jit, contender(steps, lanes, True))
        yield f"{workload} numpy", (f"numpy {np.__version__}, row by row", contender(steps, lanes, False))


speak(dict(contenders()))
