"""Contenders of `cargo xtask bench bandit` in Python: the kernel's module, numba's loops, numpy, river, Vowpal Wabbit and MABWiser.

The code of the authors of DynLin-UCB cannot be fetched from where this was written; numpy's DynLin-UCB is written after
their algorithm 1. SMPyBandits 0.9.7 imports a function that no scipy beside numpy 2.4 has.
"""

import math
import sys
import time
from importlib.metadata import version

import habit
import numpy as np
from mabwiser.mab import MAB, LearningPolicy
from numba import njit
from river import bandit
from vowpalwabbit import Workspace

from contenders import speak

# As in src/worlds.rs.
ARMS, CYCLE, SEED = 10, 256, 7
THETAS, NOISE, VECTORS, EFFECTS = 1 << 16, 2 << 16, 3 << 16, 4 << 16
MEANS = [0.05 + 0.1 * arm for arm in range(ARMS)]


def numbers(start, *shape):
    x = np.arange(start, start + math.prod(shape), dtype=np.uint32)
    x = (x ^ (x >> 16)) * np.uint32(0x85EBCA6B)
    x = (x ^ (x >> 13)) * np.uint32(0xC2B2AE35)
    return (((x ^ (x >> 16)) >> 8).astype(np.float32) / np.float32(1 << 23) - 1).reshape(shape)


def linear_world(d):
    """Contexts, and what each arm pays in each."""
    contexts = numbers(0, CYCLE, d)
    paid = contexts @ numbers(THETAS, ARMS, d).T / np.float32(math.sqrt(d))
    return contexts, paid + np.float32(0.1) * numbers(NOISE, CYCLE, ARMS)


def lin_ucb_numba(d):
    @njit(fastmath=True)
    def loop(contexts, rewards, inverse, theta, steps):
        f, total = np.float32, 0.0
        v = np.empty((ARMS, d), np.float32)
        for step in range(steps):
            x = contexts[step % CYCLE]
            best, arm, square, mean = f(-np.inf), 0, f(0), f(0)
            for a in range(ARMS):
                for i in range(d):
                    v[a, i] = 0
                for j in range(d):
                    for i in range(d):
                        v[a, i] += x[j] * inverse[a, j, i]
                own, predicted = f(0), f(0)
                for i in range(d):
                    own += x[i] * v[a, i]
                    predicted += x[i] * theta[a, i]
                bound = predicted + math.sqrt(own)
                if bound > best:
                    best, arm, square, mean = bound, a, own, predicted
            reward = rewards[step % CYCLE, arm]
            scale = f(1) / (f(1) + square)
            for i in range(d):
                factor = v[arm, i] * scale
                for j in range(d):
                    inverse[arm, i, j] -= factor * v[arm, j]
                theta[arm, i] += (reward - mean) * factor
            total += reward
        return total

    def run(steps):
        contexts, rewards = linear_world(d)
        inverse, theta = np.stack([np.eye(d, dtype=np.float32)] * ARMS), np.zeros((ARMS, d), np.float32)
        start = time.process_time()
        total = loop(contexts, rewards, inverse, theta, steps)
        return steps, time.process_time() - start, total / steps, float(theta[0] @ contexts[0])

    return run


def lin_ucb_module(d):
    def run(steps):
        contexts, rewards = linear_world(d)
        rows, paid = list(contexts), rewards.tolist()
        policy, total = habit.LinUcb(ARMS, d), 0.0
        start = time.process_time()
        for step in range(steps):
            context = rows[step % CYCLE]
            arm = policy.select(context)
            reward = paid[step % CYCLE][arm]
            policy.update(context, arm, reward)
            total += reward
        seconds = time.process_time() - start
        return steps, seconds, total / steps, float(policy.predict_expectations(contexts[:1])[0, 0])

    return run


def lin_ucb_river(d):
    def run(steps):
        contexts, rewards = linear_world(d)
        named = [dict(enumerate(context.tolist())) for context in contexts]
        policy, arms, total = bandit.LinUCBDisjoint(seed=SEED), list(range(ARMS)), 0.0
        start = time.process_time()
        for step in range(steps):
            context = named[step % CYCLE]
            arm = policy.pull(arms, context=context)
            reward = float(rewards[step % CYCLE, arm])
            policy.update(arm, context, reward)
            total += reward
        return steps, time.process_time() - start, total / steps, 0

    return run


def lin_ucb_vowpal_wabbit(d):
    def run(steps):
        contexts, rewards = linear_world(d)
        lines = ["| " + " ".join(f"x{i}:{number:.7f}" for i, number in enumerate(context)) for context in contexts]
        learner = Workspace(f"--cb_explore {ARMS} --epsilon 0.05 --quiet")
        rng, total = np.random.default_rng(SEED), 0.0
        start = time.process_time()
        for step in range(steps):
            line = lines[step % CYCLE]
            probabilities = learner.predict(line)
            draw, arm = rng.random(), 0
            while arm < ARMS - 1 and draw >= probabilities[arm]:
                draw, arm = draw - probabilities[arm], arm + 1
            reward = float(rewards[step % CYCLE, arm])
            learner.learn(f"{arm + 1}:{-reward:.6f}:{probabilities[arm]:.6f} {line}")
            total += reward
        seconds = time.process_time() - start
        learner.finish()
        return steps, seconds, total / steps, 0

    return run


class DynLinUcb:
    """Algorithm 1 of Mussi, Metelli and Restelli (2023); ties go to the lowest arm."""

    def __init__(self, arms, rho, constants, horizon):
        self.arms, self.rho, self.constants, self.horizon = arms, rho, constants, horizon
        self.gram, self.vector, self.theta = np.eye(arms.shape[1]), np.zeros(arms.shape[1]), np.zeros(arms.shape[1])
        self.rounds = self.epochs = self.remaining = self.arm = 0

    def radius(self):
        transient, bias, variance = self.constants
        d, t = self.arms.shape[1], self.rounds
        logarithms = math.log(self.horizon) + d / 2 * math.log(1 + t / d)
        return transient * (1 + math.log(t + 1)) + bias + math.sqrt(2 * variance * logarithms)

    def select(self):
        if self.remaining == 0:
            inverse = np.linalg.inv(self.gram)
            self.theta = inverse @ self.vector
            widths = np.sqrt(np.einsum("ki,ij,kj->k", self.arms, inverse, self.arms))
            bounds = self.arms @ self.theta + self.radius() * widths
            self.arm = int(np.flatnonzero(bounds >= bounds.max() - 1e-6 * max(1, abs(bounds.max())))[0])
            self.epochs += 1
            self.remaining = 1 + int(math.log(self.epochs * (1 + 1e-6)) / math.log(1 / self.rho))
        return self.arm

    def update(self, reward):
        self.remaining -= 1
        self.rounds += 1
        if self.remaining == 0:
            u = self.arms[self.arm]
            self.gram += np.outer(u, u)
            self.vector += reward * u


def dyn_lin_ucb_numpy(rho):
    def run(steps):
        arms, effects = numbers(VECTORS, ARMS, 8) / np.float32(math.sqrt(8)), numbers(EFFECTS, 2, 8)
        push, pay = ((1 - rho) * (arms @ effects[0])).tolist(), (arms @ effects[1]).tolist()
        noise = (np.float32(0.1) * numbers(NOISE, CYCLE)).tolist()
        agent, state, total = DynLinUcb(arms.astype(np.float64), rho, [0.05, 0.1, 0.01], 1_000_000), 0.0, 0.0
        start = time.process_time()
        for step in range(steps):
            arm = agent.select()
            reward = state + pay[arm] + noise[step % CYCLE]
            state = rho * state + push[arm]
            agent.update(reward)
            total += reward
        return steps, time.process_time() - start, total / steps, agent.epochs

    return run


@njit(fastmath=True)
def ucb1_loop(means, steps):
    f, total = np.float32, 0.0
    counts, sums = np.zeros(ARMS, np.float32), np.zeros(ARMS, np.float32)
    np.random.seed(SEED)
    for step in range(steps):
        arm = step
        if step >= ARMS:
            confidence, best, arm = f(2) * math.log(f(step)), f(-np.inf), 0
            for a in range(ARMS):
                bound = sums[a] / counts[a] + math.sqrt(confidence / counts[a])
                if bound > best:
                    best, arm = bound, a
        reward = f(np.random.random() < means[arm])
        counts[arm] += f(1)
        sums[arm] += reward
        total += reward
    return total, counts[ARMS - 1]


def ucb1_numba(steps):
    start = time.process_time()
    total, best = ucb1_loop(np.array(MEANS), steps)
    return steps, time.process_time() - start, total / steps, best / steps


def ucb1_of(agent):
    """`agent` makes two functions: that which chooses, and that which learns."""

    def run(steps):
        choose, learn = agent()
        draws, total, best = np.random.default_rng(SEED).random(steps).tolist(), 0.0, 0
        start = time.process_time()
        for draw in draws:
            arm = choose()
            reward = float(draw < MEANS[arm])
            learn(arm, reward)
            total, best = total + reward, best + (arm == ARMS - 1)
        return steps, time.process_time() - start, total / steps, best / steps

    return run


def module_ucb():
    policy = habit.Ucb1(ARMS)
    return policy.select, policy.update


def river_ucb():
    policy, arms = bandit.UCB(delta=1, burn_in=1, seed=SEED), list(range(ARMS))
    return lambda: policy.pull(arms), policy.update


def mabwiser_ucb():
    learner = MAB(list(range(ARMS)), LearningPolicy.UCB1(alpha=1), seed=SEED)
    # It cannot choose before it has learned: each arm is tried once.
    learner.fit(list(range(ARMS)), [float(mean > 0.5) for mean in MEANS])
    return learner.predict, lambda arm, reward: learner.partial_fit([arm], [reward])


def main():
    jit, lib = f"numba {version('numba')}, njit(fastmath=True)", f"river {version('river')}"
    module = f"the kernel's Python module {version('habit')}, a call a select and a call an update"
    contenders = {}
    for d in [8, 16, 32, 64]:
        contenders[f"linucb-{d} numba"] = (jit, lin_ucb_numba(d))
        contenders[f"linucb-{d} module"] = (module, lin_ucb_module(d))
        text = f"{lib}, LinUCBDisjoint, whose bounds are wider by the noise; f64"
        contenders[f"linucb-{d} river*"] = (text, lin_ucb_river(d))
        text = f"Vowpal Wabbit {version('vowpalwabbit')}, --cb_explore, another algorithm: epsilon-greedy on linear costs"
        contenders[f"linucb-{d} vowpal-wabbit*"] = (text, lin_ucb_vowpal_wabbit(d))
    for rho in [0.2, 0.8]:
        contenders[f"dynlin-{rho} numpy"] = (f"numpy {version('numpy')}, algorithm 1, f64", dyn_lin_ucb_numpy(rho))
    contenders["ucb1 numba"] = (jit + ", its own generator", ucb1_numba)
    contenders["ucb1 module"] = (module, ucb1_of(module_ucb))
    contenders["ucb1 river"] = (f"{lib}, UCB", ucb1_of(river_ucb))
    contenders["ucb1 mabwiser"] = (f"MABWiser {version('mabwiser')}, LearningPolicy.UCB1", ucb1_of(mabwiser_ucb))
    print("Left out, SMPyBandits: 0.9.7 imports scipy.special.btdtri, which no scipy beside this numpy has", file=sys.stderr)
    speak(contenders)


main()
