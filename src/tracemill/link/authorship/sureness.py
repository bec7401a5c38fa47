"""How sure edits make it that a commit holds a session's work: a logistic model of seven measures.

Its weights were fitted to sessions and commits of which a trailer says whether they belong
together, once with the commits' lines and once without; docs/links.md says how sure the links came
out on repositories that were left out. They are not the truth about anybody's repository, so no
link by edits is surer than `MOST`.
"""

from __future__ import annotations

from math import exp, log1p, sqrt
from typing import Final, NamedTuple

MOST: Final = 0.98
_MOST_WITHOUT_A_LINE: Final = 0.6
"""Where both have lines and share none: people edit the same files in the same hours."""
_LANDED: Final = 0.8
"""At least, where much of what the session wrote is new in the commit: no commit before holds it,
however long ago it was written and whoever else wrote more of the commit."""
_MUCH: Final = 1 / 3
_MANY: Final = 10


class Measures(NamedTuple):
    """What is known of a session's edits and a commit."""

    hours: float
    """From the last edit that the commit can hold until it was written."""
    new_share: float | None
    """Share of the commit's new lines that the session wrote, and no session after it; None where
    none of its lines can be compared."""
    own_share: float
    """Share of the lines that the session wrote that are new in the commit."""
    rival: float
    """By how much more of the commit's new lines another session wrote."""
    is_alone: bool
    """Whether no other session edited any of its files since they were last committed."""
    is_stranger: bool
    """Whether others than its author commit from the home folder in which the session ran."""
    is_same_branch: bool | None
    """Whether the session began on a branch on which the commit was made; None where either is the
    main branch or not known."""
    n_shared: int
    """Lines that the session wrote and that are new in the commit."""

    @property
    def has_landed(self) -> bool:
        """Whether much of what it wrote came with the commit, and not all was written over."""
        is_much = self.own_share >= _MUCH and self.n_shared >= _MANY
        return is_much and bool(self.new_share)


class _Weights(NamedTuple):
    base: float
    hours: float
    new: float
    own: float
    rival: float
    alone: float
    stranger: float
    same_branch: float
    other_branch: float


_WITH_LINES: Final = _Weights(
    base=0.57,
    hours=-0.87,
    new=2.17,
    own=1.53,
    rival=-1.45,
    alone=1.23,
    stranger=-1.35,
    same_branch=0.32,
    other_branch=-1.3,
)
_WITHOUT: Final = _Weights(
    base=1.84,
    hours=-1.35,
    new=0,
    own=0,
    rival=0,
    alone=1.46,
    stranger=-1.48,
    same_branch=0.37,
    other_branch=-2.1,
)


def sureness(known: Measures) -> float:
    """Return the probability that the commit holds work of the session."""
    by = _WITHOUT if known.new_share is None else _WITH_LINES
    weight = (
        by.base
        + by.hours * log1p(known.hours)
        + by.new * sqrt(known.new_share or 0)
        + by.own * sqrt(known.own_share)
        + by.rival * known.rival
        + by.alone * known.is_alone
        + by.stranger * known.is_stranger
        + by.same_branch * (known.is_same_branch is True)
        + by.other_branch * (known.is_same_branch is False)
    )
    has_none = known.new_share == 0 and known.own_share == 0
    found = min(1 / (1 + exp(-weight)), _MOST_WITHOUT_A_LINE if has_none else MOST)
    return round(max(found, _LANDED) if known.has_landed else found, 2)
