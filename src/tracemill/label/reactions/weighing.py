"""Which reading of a person's words the cues speak for, and how clearly.

`weights.toml` says how much each cue speaks for and against each reading, `words.tsv` how much each
word does that many people say. The weights were fitted to turns that people judged
(`benchmarks/weigh_reactions.py`), and none but those in the tables count. The share of a reading is
what is known of how sure it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from math import exp, fsum
from typing import Final, NamedTuple

import rtoml

from tracemill.label.reactions.cues import Cue
from tracemill.records.sessions.reactions import ReactionKind

READINGS: Final[tuple[ReactionKind, ...]] = (
    "continuation", "clarification", "refinement", "rephrase", "correction",
)  # fmt: skip
"""What a request may be to the work before it."""


class Reading(NamedTuple):
    """What a person's words may be, how sure that is, and the cue that speaks for it most."""

    kind: ReactionKind
    share: float
    cue: Cue


def readings(cues: Iterable[Cue], words: Iterable[str] = ()) -> list[Reading]:
    """Return what cues and words speak for, the likeliest first."""
    seen = {cue.name: cue for cue in reversed(tuple(cues))}
    known = [(_weights()[name], cue) for name, cue in seen.items() if name in _weights()]
    said = [_words()[word] for word in words if word in _words()]
    # exact sums: words come in another order each time, and rounding would decide between equals
    sums = [fsum(each) for each in zip(*(weights for weights, _ in known), *said, strict=True)]
    powers = [exp(each) for each in sums]
    found = [
        Reading(kind, power / sum(powers), _speaking_most(known, at))
        for at, (kind, power) in enumerate(zip(READINGS, powers, strict=True))
    ]
    return sorted(found, key=lambda each: -each.share)


def _speaking_most(known: Sequence[tuple[Sequence[float], Cue]], at: int) -> Cue:
    """Return the cue that speaks most for the reading at a place of the table."""
    return max(known, key=lambda each: each[0][at])[1]


@cache
def _weights() -> Mapping[str, Sequence[float]]:
    """Return what each cue speaks for, in the order of the readings."""
    table = rtoml.loads(_file("weights.toml"))
    return {name: tuple(each.get(kind, 0.0) for kind in READINGS) for name, each in table.items()}


@cache
def _words() -> Mapping[str, Sequence[float]]:
    """Return what each word speaks for, in the order of the readings."""
    rows = (line.split("\t") for line in _file("words.tsv").splitlines()[1:])
    return {word: tuple(map(float, weights)) for word, *weights in rows}


def _file(name: str) -> str:
    return (resources.files("tracemill.label.reactions") / name).read_text("utf-8")
