"""ADP, the Agent Data Protocol: actions of the agent, and what the environment showed behind each.

A call is an action of its own, and its result the observation behind it; the words beside a call
are the description of the first one. The format has no place for thoughts, times, failures and
subagents, for what a compaction copied in, and for a result without its call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import msgspec

from tracemill.export.trajectories.known import NOTHING_KNOWN, Known
from tracemill.records.events.event import Event
from tracemill.records.sessions.trajectory import Step, Trajectory


class Adp:
    """Makes one standardized trajectory of each."""

    name: ClassVar[str] = "adp"
    tells_known: ClassVar[bool] = False

    def document(
        self,
        header: Trajectory,
        steps: Iterable[Step],
        events: Iterable[Event] = (),
        subagents: Sequence[Mapping[str, Any]] = (),
        known: Known = NOTHING_KNOWN,
    ) -> dict[str, Any]:
        """Return a trajectory as the protocol writes it."""
        del events, subagents, known
        held = [step for step in steps if not step.is_replayed]
        results = {result.call_id: result.content for step in held for result in step.results}
        items = [item for step in held for item in _items(step, results)]
        return {"id": header.id, "content": items, "details": {"agent": header.agent}}

    def encode(self, document: Mapping[str, Any]) -> bytes:
        """Return the one line of a trajectory."""
        return msgspec.json.encode(document) + b"\n"


def _items(step: Step, results: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the items of a step; a result stands behind its call, wherever the log had it."""
    if step.speaker in {"user", "system"}:
        yield _observation(step.text, "user" if step.speaker == "user" else "environment")
    elif step.speaker == "agent" and not step.calls:
        yield {"class_": "message_action", "content": step.text, "description": None}
    for number, call in enumerate(step.calls):
        yield {
            "class_": "api_action",
            "function": call.name,
            "kwargs": call.arguments,
            "description": (step.text or None) if number == 0 else None,
        }
        if call.id in results:
            yield _observation(results[call.id], "environment")


def _observation(content: str, source: str) -> dict[str, Any]:
    return {"class_": "text_observation", "content": content, "source": source}
