"""Fits what each cue speaks for to the turns that people judged, and tells how well that works.

    python benchmarks/weigh_reactions.py [FOLDER]

`reaction_priors.toml` says what each cue is held to speak for before any turn is seen. The weights
are those that explain the judged turns best and stay near it: a multinomial logistic regression
whose prior is a normal one around the table, and in which an owner of projects counts as the root of
their turns does, so that none of them outvotes the others. A word counts where many owners' turns have it,
and its prior is nothing. Writes `weights.toml` and `words.tsv` of `src/tracemill/label/reactions`, and
prints precision and recall of turns that were left out of a fit: eight fits, each without some of the
owners, of all that is heard and of what is sure. FOLDER holds the logs of open projects. Turns judged by the guide are fitted too, but for those that are kept
aside, and their figures are printed by themselves.
"""

import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from reaction_turns import HELD_OUT, Judged, Spoken, Turn, guided, judged, spoken, spoken_in
from reactions import table
from scipy.optimize import minimize

from tracemill.label.reactions.cues import cues_of
from tracemill.label.reactions.speech import MIN_SHARE, Heard, parts_of
from tracemill.label.reactions.weighing import READINGS
from tracemill.label.reactions.words import words_in
from tracemill.records.sessions.reactions import ReactionKind, is_sure

PRIORS: Final = Path(__file__).with_name("reaction_priors.toml")
WEIGHTS: Final = Path(__file__).parents[1] / "src/tracemill/label/reactions/weights.toml"
WORDS: Final = WEIGHTS.with_name("words.tsv")
NEARNESS: Final = 16.0
"""How hard the weights are held to their prior: what tells best of owners that were left out."""
NEARNESS_OF_WORDS: Final = 25.0
WORD: Final = "word "
"""What the name of a word begins with, among the names of cues."""
MIN_OWNERS: Final = 8
"""Owners in whose turns a word has to stand: fewer, and it knows a project by its words."""
FOLDS: Final = 8
GUIDED: Final = "guided"

Matrix = np.ndarray[Any, np.dtype[np.float64]]


class Row(NamedTuple):
    """One judged turn, and the cues and words of its request."""

    turn: Turn
    cues: frozenset[str]
    classes: frozenset[str]
    owner: str
    fold: int


def main(folder: Path | None = None) -> None:
    known = to_fit()
    found = spoken(folder) | (spoken_in(folder, known) if folder else {})
    here = {turn: each for turn, each in known.items() if turn in found}
    print(f"{len(known)} turns to fit, {len(here)} of them here")
    told = left_out(found, here)
    for is_guided in (False, True):
        print("\njudged by the guide" if is_guided else "\njudged before there was a guide")
        some = {turn: each for turn, each in here.items() if (each.part == GUIDED) == is_guided}
        classes = {turn: each.classes for turn, each in some.items()}
        table(classes, {turn: frozenset(each.kind for each in told[turn]) for turn in some})
        sure = {turn: [h for h in told[turn] if is_sure(h.kind, h.confidence)] for turn in some}
        table(classes, {turn: frozenset(each.kind for each in sure[turn]) for turn in some})
    write(fit(rows_of(found, here), priors()))


def to_fit() -> dict[Turn, Judged]:
    """Return the judged turns that weights may be fitted to."""
    before = {turn: each for turn, each in judged().items() if each.part != HELD_OUT}
    return before | {
        turn: Judged(each.first, frozenset(), GUIDED, each.project)
        for turn, each in guided().items()
        if not each.is_aside
    }


def left_out(
    found: Mapping[Turn, Spoken], known: Mapping[Turn, Judged]
) -> dict[Turn, tuple[Heard, ...]]:
    """Return what the rules hear in turns whose owner was left out of the fit."""
    rows = rows_of(found, known)
    told = {turn: by_phrases(found[turn].text) for turn in known}
    for fold in range(FOLDS):
        weights = fit([row for row in rows if row.fold != fold], priors())
        for row in rows:
            kind, share = read(row, weights)
            if row.fold == fold and share >= MIN_SHARE:
                told[row.turn] += (Heard(kind, share, "left out", 0, 0),)
    return told


def by_phrases(text: str) -> tuple[Heard, ...]:
    """Return what a text says whatever the weights are."""
    return parts_of(text).decided


def rows_of(found: Mapping[Turn, Spoken], known: Mapping[Turn, Judged]) -> list[Row]:
    """Return the judged turns in whose request something speaks for a reading."""
    folds = folds_of(Counter(owner_of(each) for each in to_fit().values()))
    return [
        Row(turn, cues, each.classes, owner_of(each), folds[owner_of(each)])
        for turn, each in known.items()
        if (cues := request_cues(found[turn]))
    ]


def priors() -> dict[str, dict[str, float]]:
    """Return what each cue is held to speak for before any turn is seen."""
    return tomllib.loads(PRIORS.read_text("utf-8"))


def owner_of(judged: Judged) -> str:
    """Return whose project a turn is of: the same person has more than one."""
    return judged.project.partition("/")[0].lower()


def request_cues(said: Spoken) -> frozenset[str]:
    """Return the names of the cues and words in a turn's request; none where phrases decide."""
    request = parts_of(said.text).request
    if request is None:
        return frozenset()
    cues = {cue.name for cue in cues_of(said.text, request, said.before, said.reply)}
    return frozenset(cues | {f"{WORD}{word}" for word in words_in(request.heard)})


def folds_of(sizes: Mapping[str, int]) -> dict[str, int]:
    """Return a fold for each owner, so that the folds hold about as many turns."""
    loads, folds = [0] * FOLDS, {}
    for owner, size in sorted(sizes.items(), key=lambda each: (-each[1], each[0])):
        folds[owner] = loads.index(min(loads))
        loads[folds[owner]] += size
    return folds


def common_words(rows: Iterable[Row]) -> list[str]:
    """Return the words that many owners' turns have, in order."""
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        for name in row.cues:
            if name.startswith(WORD):
                owners[name].add(row.owner)
    return sorted(name for name, its in owners.items() if len(its) >= MIN_OWNERS)


def fit(rows: Sequence[Row], priors: Mapping[str, Mapping[str, float]]) -> dict[str, list[float]]:
    """Return a weight for each reading, of each cue that has a prior and each common word."""
    names = [*sorted(priors), *common_words(rows)]
    nearness = np.array([[NEARNESS_OF_WORDS if n.startswith(WORD) else NEARNESS] for n in names])
    known = [row for row in rows if row.classes & set(READINGS)]
    cues = np.array([[name in row.cues for name in names] for row in known], float)
    wanted = np.array([[kind in row.classes for kind in READINGS] for row in known], float)
    wanted /= wanted.sum(axis=1, keepdims=True)
    counts = weights_of(known)[:, None]
    prior = np.array([[priors.get(n, {}).get(kind, 0.0) for kind in READINGS] for n in names])

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        weights = flat.reshape(prior.shape)
        sums = cues @ weights
        shares = np.exp(sums - sums.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        away = weights - prior
        cost = -(counts * wanted * np.log(shares + 1e-12)).sum() + (nearness * away**2).sum() / 2
        return float(cost), (cues.T @ (counts * (shares - wanted)) + nearness * away).ravel()

    best = minimize(loss, prior.ravel(), jac=True, method="L-BFGS-B").x.reshape(prior.shape)
    return dict(zip(names, np.round(best, 2).tolist(), strict=True))


def weights_of(rows: Sequence[Row]) -> Matrix:
    """Return how much each row counts: together as many as they are, by the root of owners."""
    sizes = Counter(row.owner for row in rows)
    counts: Matrix = np.array([sizes[row.owner] ** -0.5 for row in rows])
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
    words = ["\t".join(["word", *READINGS])]
    for name, each in weights.items():
        if name.startswith(WORD):
            words.append("\t".join([name.removeprefix(WORD), *(f"{w:.2f}" for w in each)]))
            continue
        told = ", ".join(f"{kind} = {w}" for kind, w in zip(READINGS, each, strict=True) if w)
        lines.append(f"{name} = {{ {told} }}")
    WEIGHTS.write_text("\n".join(lines) + "\n", "utf-8")
    WORDS.write_text("\n".join(words) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
