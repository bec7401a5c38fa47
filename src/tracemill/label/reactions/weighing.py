"""Which reading of a person's words the cues speak for, and how clearly.

`weights.toml` says how much each cue speaks for and against each reading. The weights were fitted
to turns that people judged (`benchmarks/weigh_reactions.py`), and none but those in the table
count. The share of a reading is what is known of how sure it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from math import exp
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


def readings(cues: Iterable[Cue]) -> list[Reading]:
    """Return what cues speak for, the likeliest first."""
    seen = {cue.name: cue for cue in reversed(tuple(cues))}
    known = [(_weights()[name], cue) for name, cue in seen.items() if name in _weights()]
    powers = {kind: exp(sum(each.get(kind, 0) for each, _ in known)) for kind in READINGS}
    found = [
        Reading(
            kind,
            powers[kind] / sum(powers.values()),
            max(known, key=lambda each: each[0].get(kind, 0))[1],
        )
        for kind in READINGS
    ]
    return sorted(found, key=lambda each: -each.share)


@cache
def _weights() -> Mapping[str, Mapping[str, float]]:
    file = resources.files("tracemill.label.reactions") / "weights.toml"
    return rtoml.loads(file.read_text("utf-8"))
