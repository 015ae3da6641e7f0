"""Contenders of `cargo xtask bench policy` in Python: numba's loops, and gymnasium with numpy."""

import time

import gymnasium
import numba
import numpy as np
from numba import njit

from contenders import speak

ALPHA, GAMMA, EPSILON, SEED = 0.5, 1.0, 0.1, 7
LANES = [1, 64, 1024, 4096]


@njit(fastmath=True)
def moved(state, action):
    row, column = state // 12, state % 12
    if action == 0:
        row = max(row - 1, 0)
    elif action == 1:
        column = min(column + 1, 11)
    elif action == 2:
        row = min(row + 1, 3)
    else:
        column = max(column - 1, 0)
    landed = 12 * row + column
    if 36 < landed < 47:
        return 36, np.float32(-100)
    return landed, np.float32(-1)


@njit(fastmath=True)
def best_of(values):
    best = values[0]
    for value in values[1:]:
        if value > best:
            best = value
    return best


@njit(fastmath=True)
def any_best(values):
    best, count, first = best_of(values), 0, 0
    for action in range(3, -1, -1):
        if values[action] == best:
            count, first = count + 1, action
    if count == 1:
        return first
    skip = np.random.randint(0, count)
    for action in range(first, 4):
        if values[action] == best:
            if skip == 0:
                return action
            skip -= 1
    return first


@njit(fastmath=True)
def cliff_loop(q, steps):
    alpha, gamma = np.float32(ALPHA), np.float32(GAMMA)
    np.random.seed(SEED)
    taken, episodes = 0, 0
    while taken < steps:
        state = 36
        while state != 47:
            action = np.random.randint(0, 4) if np.random.random() < EPSILON else any_best(q[state])
            landed, reward = moved(state, action)
            target = reward if landed == 47 else reward + gamma * best_of(q[landed])
            q[state, action] += alpha * (target - q[state, action])
            state = landed
            taken += 1
        episodes += 1
    return taken, episodes


def greedy(q):
    """The length of the greedy path, and what the start is worth."""
    state, length = 36, 0
    while state != 47 and length < 100:
        state, length = moved(state, int(q[state].argmax()))[0], length + 1
    return length, float(q[36].max())


def cliff_numba(steps):
    q = np.zeros((48, 4), np.float32)
    start = time.process_time()
    taken, episodes = cliff_loop(q, steps)
    return taken, time.process_time() - start, taken / episodes, *greedy(q)


def cliff_gymnasium(steps):
    env, rng, q = gymnasium.make("CliffWalking-v1"), np.random.default_rng(SEED), np.zeros((48, 4))
    taken, episodes, start = 0, 0, time.process_time()
    while taken < steps:
        state, over = env.reset()[0], False
        while not over:
            if rng.random() < EPSILON:
                action = int(rng.integers(4))
            else:
                action = int(rng.choice(np.flatnonzero(q[state] == q[state].max())))
            landed, reward, terminated, truncated, _ = env.step(action)
            target = reward + GAMMA * q[landed].max() * (not terminated)
            q[state, action] += ALPHA * (target - q[state, action])
            state, over, taken = landed, terminated or truncated, taken + 1
        episodes += 1
    return taken, time.process_time() - start, taken / episodes, *greedy(q)


@njit(fastmath=True)
def carts_loop(state, elapsed, over, steps):
    np.random.seed(SEED)
    f, n = np.float32, len(over)
    taken, episodes = 0, 0
    x, v, angle, w = state[0], state[1], state[2], state[3]
    action = np.empty(n, np.uint8)
    while taken < steps:
        for i in range(n):
            if over[i]:
                for number in range(4):
                    state[number, i] = f(np.random.random() * 0.1 - 0.05)
                elapsed[i] = 0
                episodes += taken > 0
        bits = np.uint32(0)
        for i in range(n):
            if i % 32 == 0:
                bits = np.uint32(np.random.randint(0, 2**32))
            action[i] = (bits >> np.uint32(i % 32)) & 1
        for i in range(n):
            a = angle[i]
            square = a * a
            sine = a + a * square * (f(-1.6666655e-1) + square * (f(8.332161e-3) - f(1.9515296e-4) * square))
            high = f(4.1666646e-2) + square * (f(2.4433157e-5) * square - f(1.3887316e-3))
            cosine = f(1) - f(0.5) * square + square * square * high
            force = f(10 / 1.1) if action[i] else f(-10 / 1.1)
            push = force + f(0.05 / 1.1) * w[i] * w[i] * sine
            angular = (f(9.8) * sine - cosine * push) / (f(2 / 3) - f(0.05 / 1.1) * cosine * cosine)
            linear = push - f(0.05 / 1.1) * angular * cosine
            x[i] += f(0.02) * v[i]
            v[i] += f(0.02) * linear
            angle[i] = a + f(0.02) * w[i]
            w[i] += f(0.02) * angular
            elapsed[i] += 1
            over[i] = (abs(x[i]) > f(2.4)) | (abs(angle[i]) > f(0.20943951)) | (elapsed[i] >= 500)
        taken += n
    return taken, episodes


def carts_numba(n):
    def run(steps):
        state = np.zeros((4, n), np.float32)
        start = time.process_time()
        taken, episodes = carts_loop(state, np.zeros(n, np.int32), np.ones(n, np.bool_), steps)
        return taken, time.process_time() - start, taken / max(episodes, 1)

    return run


def carts_gymnasium(n):
    def run(steps):
        envs = gymnasium.make_vec("CartPole-v1", n, "vector_entry_point")
        rng = np.random.default_rng(SEED)
        envs.reset(seed=SEED)
        over, taken, episodes, start = 0, 0, 0, time.process_time()
        while taken < steps:
            _, _, terminated, truncated, _ = envs.step(rng.integers(0, 2, n))
            # An environment spends the call after its last step on a reset, which is no step.
            taken += n - over
            over = int((terminated | truncated).sum())
            episodes += over
        return taken, time.process_time() - start, taken / max(episodes, 1)

    return run


def main():
    jit = f"numba {numba.__version__}, njit(fastmath=True), its own generator"
    gym = f"gymnasium {gymnasium.__version__}, numpy {np.__version__}"
    contenders = {"cliff numba": (jit, cliff_numba), "cliff gymnasium": (gym + ", f64", cliff_gymnasium)}
    for n in LANES:
        contenders[f"cart-{n} numba"] = (jit, carts_numba(n))
        contenders[f"cart-{n} gymnasium"] = (gym + ", its vector environment", carts_gymnasium(n))
    speak(contenders)


main()
