"""Fits what each cue speaks for to the turns that people judged, and tells how well that works.

    python benchmarks/weigh_reactions.py [FOLDER]

`reaction_priors.toml` says what each cue is held to speak for before any turn is seen. The weights
are those that explain the judged turns best and stay near it: a multinomial logistic regression
whose prior is a normal one around the table. Turns of `held_out` are not looked at. Writes
`src/tracemill/label/reactions/weights.toml`, and prints precision and recall of turns that were left out of a
fit: eight fits, each without an eighth of the sessions. FOLDER holds the logs of checkpoints.
"""

import sys
import tomllib
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from reaction_turns import Spoken, Turn, judged, spoken
from reactions import table
from scipy.optimize import minimize

from tracemill.label.reactions.cues import cues_of
from tracemill.label.reactions.speech import MIN_SHARE, parts_of
from tracemill.label.reactions.weighing import READINGS

PRIORS: Final = Path(__file__).with_name("reaction_priors.toml")
WEIGHTS: Final = Path(__file__).parents[1] / "src/tracemill/label/reactions/weights.toml"
NEARNESS: Final = 4.0
FOLDS: Final = 8

Matrix = np.ndarray[Any, np.dtype[np.float64]]


class Row(NamedTuple):
    """One judged turn, and the cues of its request."""

    turn: Turn
    cues: frozenset[str]
    classes: frozenset[str]


def main(folder: Path | None = None) -> None:
    found = spoken(folder)
    known = {turn: each for turn, each in judged().items() if each.part == "mended"}
    rows = [
        Row(turn, cues, each.classes)
        for turn, each in known.items()
        if turn in found and (cues := request_cues(found[turn]))
    ]
    print(f"{len(known)} turns to fit, {sum(turn in found for turn in known)} of them here")
    priors = tomllib.loads(PRIORS.read_text("utf-8"))
    heard: dict[Turn, frozenset[str]] = {}
    for fold in range(FOLDS):
        weights = fit([row for row in rows if fold_of(row) != fold], priors)
        heard |= {row.turn: read(row, weights) for row in rows if fold_of(row) == fold}
    by_themselves = {
        turn: found[turn].heard - frozenset(READINGS) for turn in known if turn in found
    }
    both = {turn: kinds | heard.get(turn, frozenset()) for turn, kinds in by_themselves.items()}
    table({turn: known[turn].classes for turn in both}, both)
    write(fit(rows, priors))


def request_cues(said: Spoken) -> frozenset[str]:
    """Return the names of the cues in a turn's request; none where phrases decide."""
    request = parts_of(said.text).request
    if request is None:
        return frozenset()
    return frozenset(cue.name for cue in cues_of(said.text, request, said.before))


def fold_of(row: Row) -> int:
    return int(sha256(row.turn.trajectory.encode()).hexdigest(), 16) % FOLDS


def fit(rows: Sequence[Row], priors: Mapping[str, Mapping[str, float]]) -> dict[str, list[float]]:
    """Return a weight for each reading, of each cue that has a prior."""
    names = sorted(priors)
    known = [row for row in rows if row.classes & set(READINGS)]
    cues = np.array([[name in row.cues for name in names] for row in known], float)
    wanted = np.array([[kind in row.classes for kind in READINGS] for row in known], float)
    wanted /= wanted.sum(axis=1, keepdims=True)
    prior = np.array([[priors[name].get(kind, 0.0) for kind in READINGS] for name in names])

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        weights = flat.reshape(prior.shape)
        sums = cues @ weights
        shares = np.exp(sums - sums.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        away = weights - prior
        cost = -(wanted * np.log(shares + 1e-12)).sum() + NEARNESS * (away**2).sum() / 2
        return float(cost), (cues.T @ (shares - wanted) + NEARNESS * away).ravel()

    best = minimize(loss, prior.ravel(), jac=True, method="L-BFGS-B").x.reshape(prior.shape)
    return dict(zip(names, np.round(best, 2).tolist(), strict=True))


def read(row: Row, weights: Mapping[str, Sequence[float]]) -> frozenset[str]:
    """Return the likeliest reading of a turn, or none."""
    sums = sum(np.array(weights[name]) for name in row.cues if name in weights)
    shares = np.exp(sums - np.max(sums))
    shares /= shares.sum()
    best = int(shares.argmax())
    return frozenset({READINGS[best]} if shares[best] >= MIN_SHARE else ())


def write(weights: Mapping[str, Sequence[float]]) -> None:
    lines = ["# What each cue speaks for and against. Written by benchmarks/weigh_reactions.py."]
    for name, each in weights.items():
        told = ", ".join(f"{kind} = {w}" for kind, w in zip(READINGS, each, strict=True) if w)
        lines.append(f"{name} = {{ {told} }}")
    WEIGHTS.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
