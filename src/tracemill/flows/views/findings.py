"""What redaction found, place by place: each line as it stands now.

What stood there before is in the vault, which no page and nothing that pages call may read. Whoever
wants to see it asks in a terminal, by the name that stands beside each place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from tracemill.flows.held.lookup import require_kept
from tracemill.records.privacy.findings import Finding
from tracemill.records.refs import Record
from tracemill.redact.reading import text_at
from tracemill.store.lake import Lake, equals, is_any, is_any_pair
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

_AT_ONCE: Final = 20
_AROUND: Final = 90
_SESSION: Final = "traj_"


class FoundPlace(NamedTuple):
    """One record in which a rule found something, with the first place there."""

    record_id: str
    """The session or event."""
    input_id: str
    """The input that it was read from: what `privacy preview` is asked by."""
    step: int | None
    """The step of the session; None where it is not in a step."""
    where: str
    """The field that holds it."""
    n: int
    """Places of the same rule in the same record."""
    left: str
    """What stands before it in its line; empty where the line is not at hand any more."""
    stand_in: str
    """What stands in its place."""
    right: str
    """What stands behind it."""

    @property
    def is_in_session(self) -> bool:
        """Whether a page shows the record."""
        return self.record_id.startswith(_SESSION)


class FoundPlaces(NamedTuple):
    """Some of the records in which a rule found something, those with most places first."""

    rule: str
    places: list[FoundPlace]
    first: int
    """How many records come before them."""
    total: int
    """Records in which the rule found something."""
    n_places: int
    """Places in all of them."""

    @property
    def end(self) -> int:
        """How many records have been shown after these."""
        return self.first + len(self.places)


class _Held(NamedTuple):
    finding: Finding
    n: int


def read_places(workspace: Workspace, rule: str, first: int = 0) -> FoundPlaces:
    """Return the records in which a rule found something, a screen of them.

    Raises:
        NotFoundError: nothing is kept yet.
    """
    require_kept(workspace)
    lake = Lake(workspace.lake)
    held = _by_record(lake, rule)
    ordered = sorted(held.values(), key=lambda each: (-each.n, each.finding.record_id))
    shown = ordered[first : first + _AT_ONCE]
    records = _records(lake, [each.finding for each in shown])
    return FoundPlaces(
        rule,
        [_place(each, records.get(_key(each.finding))) for each in shown],
        first,
        len(ordered),
        sum(each.n for each in ordered),
    )


def _by_record(lake: Lake, rule: str) -> dict[str, _Held]:
    """Return by record its first finding of a rule, and how many there are."""
    held: dict[str, _Held] = {}
    findings: Iterator[Finding] = lake.records(TABLES["findings"], where=equals("rule", rule))
    for finding in findings:
        known = held.get(finding.record_id)
        if known is None:
            held[finding.record_id] = _Held(finding, 1)
        elif finding.input_id == known.finding.input_id:  # a copy of it is no further place
            held[finding.record_id] = known._replace(n=known.n + 1)
    return held


_Key = tuple[str, int | None]


def _key(finding: Finding) -> _Key:
    return finding.record_id, finding.step


def _records(lake: Lake, findings: Sequence[Finding]) -> Mapping[_Key, Record]:
    """Return what some findings are in: steps of sessions, sessions, and events."""
    owners = {finding.input_id for finding in findings}
    of_steps = {_key(each) for each in findings if each.record_id.startswith(_SESSION)}
    names = {finding.record_id for finding in findings}
    pairs = is_any_pair(("trajectory_id", "index"), of_steps)
    found: dict[_Key, Record] = {}
    for step in lake.records(TABLES["steps"], owners=owners, where=pairs):
        found[step.trajectory_id, step.index] = step
    for trajectory in lake.records(
        TABLES["trajectories"], owners=owners, where=is_any("id", names)
    ):
        found[trajectory.id, None] = trajectory
    for event in lake.records(TABLES["events"], owners=owners, where=is_any("id", names)):
        found[event.id, event.step] = event
    return found


def _place(held: _Held, record: Record | None) -> FoundPlace:
    finding = held.finding
    text = text_at(record, finding.where) if record is not None else None
    left, stand_in, right = _line(text or "", finding)
    return FoundPlace(
        finding.record_id, finding.input_id, finding.step, finding.where, held.n,
        left, stand_in, right,
    )  # fmt: skip


def _line(text: str, finding: Finding) -> tuple[str, str, str]:
    """Return what stands in place of a finding, and what stands around it in its line."""
    left = text[max(0, finding.start - _AROUND) : finding.start].rpartition("\n")[2]
    right = text[finding.end : finding.end + _AROUND].partition("\n")[0]
    return left, text[finding.start : finding.end], right
