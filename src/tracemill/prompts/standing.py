"""When a version is retired: a newer one is better, and no project uses it any more.

A version is retired when a newer one has a higher rate of passed gates (or, of standing orders,
of achieved work), both on five cases or more, and no open project used it last. Three months
after its last use it has expired: an archive may drop it. Versions of which no use is known are
superseded, and stay: nobody can tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from tracemill.records.process.prompt_versions import PromptVersion, Standing
from tracemill.records.process.version_metrics import VersionMetrics

KEPT_FOR: Final = timedelta(days=92)
"""How long after its last use a retired version is kept."""
SUCCESS: Final[Mapping[str, int]] = {
    "gate_failure_rate": -1,
    "agent_success_rate": 1,
    "project_success_rate": 1,
}
"""Metrics that say how well a version does, the one that counts first, and which way is better."""

_FEWEST: Final = 5
"""Cases below which nobody says that a version does better than another."""


class _Score(NamedTuple):
    metric: str
    value: float
    """More is better."""


class Judged(NamedTuple):
    """Where a version stands, and why."""

    standing: Standing
    """Where it stands."""
    because: str
    """Why, in one sentence."""
    kept_until: datetime | None
    """Until when an archive keeps it; None where it is not retired."""


def standings(
    versions: Sequence[PromptVersion], told: Mapping[str, VersionMetrics], today: datetime
) -> list[Judged]:
    """Return where each version stands.

    Args:
        versions: the versions of one text, the oldest first.
        told: what is known of each, by its name.
        today: the moment at which it is asked.
    """
    scores = [_success(told.get(version.name)) for version in versions]
    return [
        _judged(versions, place, told.get(version.name), scores, today)
        for place, version in enumerate(versions)
    ]


def _judged(
    versions: Sequence[PromptVersion],
    place: int,
    told: VersionMetrics | None,
    scores: Sequence[_Score | None],
    today: datetime,
) -> Judged:
    version = versions[place]
    if version.change == "deleted":
        return Judged("deleted", "its file was deleted", None)
    if place == len(versions) - 1:
        return Judged("in_force", "it is the newest", None)
    better = _beaten_by(versions, place, scores)
    if better is None or told is None or told.last_used is None:
        return Judged("superseded", "no newer version is known to do better", None)
    if told.in_use_by:
        return Judged("superseded", f"{better} does better, but a project still uses it", None)
    kept_until = told.last_used + KEPT_FOR
    standing: Standing = "expired" if kept_until < today else "retired"
    return Judged(standing, f"{better} does better, and no open project uses it", kept_until)


def _beaten_by(
    versions: Sequence[PromptVersion], place: int, scores: Sequence[_Score | None]
) -> str | None:
    """Return the newest version that does better than one, by what is known of both."""
    own = scores[place]
    if own is None:
        return None
    newer = [
        version.name
        for version, score in zip(versions[place + 1 :], scores[place + 1 :], strict=True)
        if score is not None and score.metric == own.metric and score.value > own.value
    ]
    return newer[-1] if newer else None


def _success(told: VersionMetrics | None) -> _Score | None:
    """Return how well a version does; None where nothing is known."""
    if told is None:
        return None
    values = {
        each.measure.metric: each.measure.value
        for each in told.metrics
        if each.measure.n >= _FEWEST
    }
    for metric, sign in SUCCESS.items():
        value = values.get(metric)
        if value is not None:
            return _Score(metric, sign * value)
    return None
