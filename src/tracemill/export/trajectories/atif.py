"""ATIF, the Agent Trajectory Interchange Format, v1.8: a whole trajectory as one document.

Who trains or evaluates elsewhere can take any session in this form, whichever agent it came from.
A trajectory that was read from the format is written as it was, down to the last field, but for
what redaction replaced. Of any other, what the format has no word for stands under `tracemill` in
an `extra`, so that nothing is lost when it is read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final

import msgspec

from tracemill.export.trajectories.known import NOTHING_KNOWN, Known
from tracemill.records.events.event import Event
from tracemill.records.sessions.trajectory import Step, Trajectory
from tracemill.render.atif import (
    FORMAT,
    OWN,
    atif_header,
    atif_step,
    own_of_header,
    own_of_result,
    own_of_step,
)
from tracemill.render.remainder import with_remainder

_NOT_TOLD: Final = ("id", "trajectory_id", "origin", "span")
"""Of an event: where we read it, which means nothing elsewhere."""


class Atif:
    """Makes one document of each trajectory."""

    name: ClassVar[str] = "atif"
    tells_known: ClassVar[bool] = False

    def document(
        self,
        header: Trajectory,
        steps: Iterable[Step],
        events: Iterable[Event] = (),
        subagents: Sequence[Mapping[str, Any]] = (),
        known: Known = NOTHING_KNOWN,
    ) -> dict[str, Any]:
        """Return a trajectory as the format writes it, with the documents of its subagents."""
        del known
        remainder = header.remainder
        is_native = remainder is not None and remainder.format == FORMAT
        write_step, item = (_native_step if is_native else _step), atif_header(header)
        if is_native:
            item = with_remainder(item, remainder)
        else:
            item["extra"] = {OWN: {**own_of_header(header), **_told(events)}}
        item["steps"] = list(map(write_step, steps))
        if subagents:
            item["subagent_trajectories"] = list(subagents)
        return item

    def encode(self, document: Mapping[str, Any]) -> bytes:
        """Return the document as JSON that people can read, too."""
        return msgspec.json.format(msgspec.json.encode(document)) + b"\n"


def _told(events: Iterable[Event]) -> dict[str, Any]:
    found = [
        {name: value for name, value in msgspec.to_builtins(event).items() if name not in _NOT_TOLD}
        for event in events
    ]
    return {"events": found} if found else {}


def _native_step(step: Step) -> dict[str, Any]:
    return with_remainder(atif_step(step), step.remainder)


def _step(step: Step) -> dict[str, Any]:
    item = atif_step(step)
    if own := own_of_step(step):
        item["extra"] = {OWN: own}
    for said, result in zip(_results(item), step.results, strict=True):
        if own := own_of_result(result, is_answer="source_call_id" in said):
            said["extra"] = {OWN: own}
    return item


def _results(item: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
    return item["observation"]["results"] if "observation" in item else ()
