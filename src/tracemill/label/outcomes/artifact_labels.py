"""What a program's own rules say of what its model wrote, as labels: nobody has to look at it.

| label | on | says |
|---|---|---|
| `artifact.valid` | an attempt | 1 where it was let through, else 0 |
| `artifact.error_type` | an attempt that was not | the first rule that it breaks, or `type_check` |
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tracemill.label import LABEL_VERSION
from tracemill.records.events.team import TeamReport
from tracemill.records.events.team_artifacts import ArtifactReport
from tracemill.records.labels import Label
from tracemill.records.refs import Ref, Stamp

_STAMP: Final = Stamp(by="artifact_labels", version=LABEL_VERSION)
_TYPE_CHECK: Final = "type_check"


def artifact_labels(event: TeamReport) -> Iterator[Label]:
    """Yield the labels of one attempt; nothing of a report of another kind."""
    report = event.report
    if not isinstance(report, ArtifactReport) or report.is_accepted is None:
        return
    broken = [verdict.rule for verdict in report.broken if verdict.rule]
    reason = "its own rules say so"
    yield _label(event, "artifact.valid", float(report.is_accepted), reason)
    if report.is_accepted:
        return
    if broken:
        yield _label(event, "artifact.error_type", broken[0], "the first rule that it breaks")
    elif report.type_check_passed is False:
        yield _label(event, "artifact.error_type", _TYPE_CHECK, "only a type checker said no")


def _label(event: TeamReport, name: str, value: float | str, reason: str) -> Label:
    return Label(
        target=Ref(kind="event", id=event.id),
        name=name,
        value=value,
        reason=reason,
        confidence=1.0,
        stamp=_STAMP,
    )
