"""Four figures that a team asks for first: how right, how fast, how good, how well received.

They are counted from what is listed of sessions and episodes. What is not known is left out of a
share and told beside it, never counted as nought.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from tracemill.flows.held.lookup import open_index, require_kept
from tracemill.records.process.patterns import Period
from tracemill.stats import wilson
from tracemill.store.workspace import Workspace

_KNOWN: Final = frozenset({"achieved", "partial", "failed", "abandoned"})
_BINS: Final = ("0 to 20 %", "20 to 40 %", "40 to 60 %", "60 to 80 %", "80 to 100 %")


class _Session(msgspec.Struct, frozen=True, kw_only=True):
    """What of a session's row is counted here."""

    outcome: str
    is_subagent: bool
    started: datetime | None
    rejections: int | None
    interruptions: int | None


class _Episode(msgspec.Struct, frozen=True, kw_only=True):
    """What of an episode's row is counted here."""

    quality: float | None


class Panels(NamedTuple):
    """The four figures."""

    right: list[Period]
    """By month: the share of sessions with a known outcome that were achieved."""
    fast: list[Period]
    """By month: how many sessions were achieved."""
    good: dict[str, int]
    """Episodes by their quality."""
    n_ungraded: int
    """Episodes whose quality is not known."""
    received: list[Period]
    """By month: the share of sessions in which no person took anything back, of those whose agents
    log that."""


def interval(share: Period) -> tuple[float, float]:
    """Return between what the share of a month lies, at 95 %."""
    return wilson(round(share.value * share.n), share.n)


def read_panels(workspace: Workspace) -> Panels:
    """Return the four figures of everything that is kept.

    Raises:
        NotFoundError: nothing is kept yet.
    """
    require_kept(workspace)
    with open_index(workspace) as index:
        sessions = index.records("session", _Session)
        begun = [row for row in sessions if not row.is_subagent and row.started is not None]
        qualities = [row.quality for row in index.records("episode", _Episode)]
    known = [row for row in begun if row.outcome in _KNOWN]
    graded = [quality for quality in qualities if quality is not None]
    return Panels(
        right=list(_shares((_month(row), row.outcome == "achieved") for row in known)),
        fast=[
            Period(month=month, n=n, value=float(n))
            for month, n in sorted(Counter(map(_month, _achieved(known))).items())
        ],
        good={name: n for name, n in _graded(graded) if n},
        n_ungraded=len(qualities) - len(graded),
        received=list(
            _shares(
                (_month(row), not (row.rejections or row.interruptions))
                for row in begun
                if row.rejections is not None and row.interruptions is not None
            )
        ),
    )


def _achieved(rows: Iterable[_Session]) -> Iterator[_Session]:
    return (row for row in rows if row.outcome == "achieved")


def _month(row: _Session) -> str:
    assert row.started is not None
    return f"{row.started:%Y-%m}"


def _shares(told: Iterable[tuple[str, bool]]) -> Iterator[Period]:
    months: defaultdict[str, list[bool]] = defaultdict(list)
    for month, is_so in told:
        months[month].append(is_so)
    for month, held in sorted(months.items()):
        yield Period(month=month, n=len(held), value=sum(held) / len(held))


def _graded(qualities: Iterable[float]) -> Iterator[tuple[str, int]]:
    found = Counter(min(int(quality * len(_BINS)), len(_BINS) - 1) for quality in qualities)
    for place, name in enumerate(_BINS):
        yield name, found[place]
