"""Pages with four variants: train on the host, evaluate offline, export what was learned.

Day 1 is learned from, with some chance in every choice. Its log then judges two other policies, without showing them to anybody.
Day 2 is served by what day 1 has taught; its log is new to the estimates, so it can judge them without bias:

    habit evaluate FOLDER/log.csv --policy FOLDER/pages.habit

`pages.habit` is read by the board image `microbit-v1-bandits` and by the page.

    python pages.py FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import habit

VARIANTS, FEATURES, REQUESTS = 4, 8, 20_000

Floats = NDArray[np.float32]

# SIMULATED: how often who clicks. A row a variant; its click rate is the sum over the row times the context.
TASTES = np.array(
    [
        [0.10, 0.00, 0.00, 0.00, 0.25, 0.00, 0.00, 0.00],
        [0.12, 0.00, 0.00, 0.28, 0.00, 0.00, -0.05, 0.00],
        [0.20, 0.06, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00],
        [0.08, 0.00, -0.05, 0.00, 0.00, 0.30, 0.00, 0.10],
    ]
)


def visitors(rng: np.random.Generator) -> Floats:
    """SIMULATED: what is known of a day's visitors. A constant, the time of day, three facts, two amounts; numbers of about 1."""
    time = 2 * np.pi * np.arange(REQUESTS) / REQUESTS
    facts = rng.random((3, REQUESTS)) < [[1 / 3], [1 / 2], [1 / 5]]
    amounts = rng.random((2, REQUESTS))
    columns = [np.ones(REQUESTS), np.sin(time), np.cos(time), *facts, *amounts]
    return np.ascontiguousarray(np.stack(columns, axis=1), dtype=np.float32)


def serve(
    pages: habit.LinEpsilonGreedy, contexts: Floats, rng: np.random.Generator, *, learn: bool
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Serves a day; returns what was shown, with which probability, and whether it was clicked."""
    shown, propensities, clicks = np.zeros(REQUESTS, np.int64), np.zeros(REQUESTS, np.float32), np.zeros(REQUESTS, np.float32)
    for request, context in enumerate(contexts):
        variant = pages.select(context)
        assert pages.propensity is not None
        # The probability is known now and at no other time: tomorrow the estimates are others.
        shown[request], propensities[request] = variant, pages.propensity
        clicks[request] = rng.random() < np.clip(TASTES[variant] @ context, 0.01, 0.99)
        if learn:
            pages.update(context, variant, float(clicks[request]))
    return shown, propensities, clicks


def main(folder: Path) -> None:
    """Serves both days and writes what they leave behind."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(1)
    pages = habit.LinEpsilonGreedy(VARIANTS, FEATURES, epsilon=0.2, seed=1)
    contexts = visitors(rng)
    shown, propensities, clicks = serve(pages, contexts, rng, learn=True)
    print(f"day 1: {clicks.mean():.3f} clicks a request, learning; digest {pages.digest}")

    pages.save(folder / "pages.habit")

    # A model for the judgement, fitted on other decisions than those it judges.
    half = REQUESTS // 2
    model = habit.LinUcb(VARIANTS, FEATURES).partial_fit(contexts[:half], shown[:half], clicks[:half])
    rest = slice(half, None)
    expected = model.predict_expectations(contexts[rest])
    for name, choices in {
        "always variant 2": np.full(REQUESTS - half, 2),
        "by the first half's estimates": model.predict(contexts[rest]),
    }.items():
        evaluation = habit.OffPolicyEvaluation()
        evaluation.add(
            propensities[rest],
            (choices == shown[rest]).astype(np.float32),
            clicks[rest],
            expected[np.arange(len(choices)), shown[rest]],
            expected[np.arange(len(choices)), choices],
        )
        assert evaluation.doubly_robust is not None
        value, error = evaluation.doubly_robust
        print(f"  {name}: {value:.3f} +- {error or 0:.3f} clicks a request, by day 1's log")

    contexts = visitors(rng)
    shown, propensities, clicks = serve(pages, contexts, rng, learn=False)
    print(f"day 2: {clicks.mean():.3f} clicks a request, of which one in five was shown by chance")
    rows = np.column_stack([clicks, propensities, contexts]).tolist()
    lines = [",".join(map(repr, [int(variant), *row])) for variant, row in zip(shown, rows)]
    header = ",".join(["action", "reward", "propensity", *(f"x{feature}" for feature in range(FEATURES))])
    (folder / "log.csv").write_text("\n".join([header, *lines, ""]))
    print(f"wrote {folder / 'pages.habit'} ({habit.load(folder / 'pages.habit').title()}) and {folder / 'log.csv'}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "pages"))
