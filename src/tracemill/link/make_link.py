"""The one way to make a link: its id follows from both ends and the method."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from tracemill.base.ids import make_id
from tracemill.link import LINK_VERSION
from tracemill.records.events.event import Commit
from tracemill.records.links import Link, LinkMethod
from tracemill.records.refs import Ref, Stamp


def make_link(
    source: Ref, target: Ref, method: str, confidence: float, evidence: Iterable[Ref] = ()
) -> Link:
    """Return the link from `source` to `target`."""
    return Link(
        id=make_id("link", method, source.kind, source.id, target.kind, target.id),
        source=source,
        target=target,
        method=cast("LinkMethod", method),
        confidence=confidence,
        evidence=tuple(evidence),
        stamp=Stamp(by="link", version=LINK_VERSION),
    )


def of_trajectory(trajectory_id: str, step: int | None = None) -> Ref:
    """Point at a trajectory, or at one step of it."""
    return Ref(kind="trajectory", id=trajectory_id, step=step)


def of_commit(commit: Commit) -> Ref:
    """Point at a commit."""
    return Ref(kind="event", id=commit.id)
