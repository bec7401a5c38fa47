"""Fits what each cue speaks for to the turns that people judged, and tells how well that works.

    python benchmarks/weigh_reactions.py [FOLDER]

`reaction_priors.toml` says what each cue is held to speak for before any turn is seen. The weights
are those that explain the judged turns best and stay near it: a multinomial logistic regression
whose prior is a normal one around the table, and in which a project counts as the root of its turns
does, so that none of them outvotes the others. Writes
`src/tracemill/label/reactions/weights.toml`, and prints precision and recall of turns that were left out of a
fit: eight fits, each without some of the projects, of all that is heard and of what is sure. FOLDER
holds the logs of open projects.
"""

import sys
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from reaction_turns import HELD_OUT, Spoken, Turn, judged, spoken
from reactions import table
from scipy.optimize import minimize

from tracemill.label.reactions.cues import cues_of
from tracemill.label.reactions.speech import MIN_SHARE, parts_of
from tracemill.label.reactions.weighing import READINGS
from tracemill.records.reactions import SURE_FROM, ReactionKind

PRIORS: Final = Path(__file__).with_name("reaction_priors.toml")
WEIGHTS: Final = Path(__file__).parents[1] / "src/tracemill/label/reactions/weights.toml"
NEARNESS: Final = 16.0
"""How hard the weights are held to their prior: what tells best of projects that were left out."""
FOLDS: Final = 8

Matrix = np.ndarray[Any, np.dtype[np.float64]]


class Row(NamedTuple):
    """One judged turn, and the cues of its request."""

    turn: Turn
    cues: frozenset[str]
    classes: frozenset[str]
    project: str
    fold: int


def main(folder: Path | None = None) -> None:
    found = spoken(folder)
    known = {turn: each for turn, each in judged().items() if each.part != HELD_OUT}
    folds = folds_of(Counter(each.project for each in known.values()))
    rows = [
        Row(turn, cues, each.classes, each.project, folds[each.project])
        for turn, each in known.items()
        if turn in found and (cues := request_cues(found[turn]))
    ]
    print(f"{len(known)} turns to fit, {sum(turn in found for turn in known)} of them here")
    priors = tomllib.loads(PRIORS.read_text("utf-8"))
    shares: dict[Turn, tuple[ReactionKind, float]] = {}
    for fold in range(FOLDS):
        weights = fit([row for row in rows if row.fold != fold], priors)
        shares |= {row.turn: read(row, weights) for row in rows if row.fold == fold}
    by_themselves = {
        turn: found[turn].heard - frozenset(READINGS) for turn in known if turn in found
    }
    classes = {turn: known[turn].classes for turn in by_themselves}
    for least in (dict.fromkeys(READINGS, MIN_SHARE), SURE_FROM):
        both = dict(by_themselves)
        for turn, (kind, share) in shares.items():
            both[turn] |= {kind} if share >= least[kind] else set()
        table(classes, both)
    write(fit(rows, priors))


def request_cues(said: Spoken) -> frozenset[str]:
    """Return the names of the cues in a turn's request; none where phrases decide."""
    request = parts_of(said.text).request
    if request is None:
        return frozenset()
    return frozenset(cue.name for cue in cues_of(said.text, request, said.before, said.reply))


def folds_of(sizes: Mapping[str, int]) -> dict[str, int]:
    """Return a fold for each project, so that the folds hold about as many turns."""
    loads, folds = [0] * FOLDS, {}
    for project, size in sorted(sizes.items(), key=lambda each: (-each[1], each[0])):
        folds[project] = loads.index(min(loads))
        loads[folds[project]] += size
    return folds


def fit(rows: Sequence[Row], priors: Mapping[str, Mapping[str, float]]) -> dict[str, list[float]]:
    """Return a weight for each reading, of each cue that has a prior."""
    names = sorted(priors)
    known = [row for row in rows if row.classes & set(READINGS)]
    cues = np.array([[name in row.cues for name in names] for row in known], float)
    wanted = np.array([[kind in row.classes for kind in READINGS] for row in known], float)
    wanted /= wanted.sum(axis=1, keepdims=True)
    counts = weights_of(known)[:, None]
    prior = np.array([[priors[name].get(kind, 0.0) for kind in READINGS] for name in names])

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        weights = flat.reshape(prior.shape)
        sums = cues @ weights
        shares = np.exp(sums - sums.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        away = weights - prior
        cost = -(counts * wanted * np.log(shares + 1e-12)).sum() + NEARNESS * (away**2).sum() / 2
        return float(cost), (cues.T @ (counts * (shares - wanted)) + NEARNESS * away).ravel()

    best = minimize(loss, prior.ravel(), jac=True, method="L-BFGS-B").x.reshape(prior.shape)
    return dict(zip(names, np.round(best, 2).tolist(), strict=True))


def weights_of(rows: Sequence[Row]) -> Matrix:
    """Return how much each row counts: together as many as they are, by the root of projects."""
    sizes = Counter(row.project for row in rows)
    counts: Matrix = np.array([sizes[row.project] ** -0.5 for row in rows])
    counts *= len(rows) / counts.sum()
    return counts


def read(row: Row, weights: Mapping[str, Sequence[float]]) -> tuple[ReactionKind, float]:
    """Return the likeliest reading of a turn, and its share."""
    sums = sum(np.array(weights[name]) for name in row.cues if name in weights)
    shares = np.exp(sums - np.max(sums))
    shares /= shares.sum()
    best = int(shares.argmax())
    return READINGS[best], float(shares[best])


def write(weights: Mapping[str, Sequence[float]]) -> None:
    lines = ["# What each cue speaks for and against. Written by benchmarks/weigh_reactions.py."]
    for name, each in weights.items():
        told = ", ".join(f"{kind} = {w}" for kind, w in zip(READINGS, each, strict=True) if w)
        lines.append(f"{name} = {{ {told} }}")
    WEIGHTS.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
