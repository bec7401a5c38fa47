"""STS, the Session Trace Simple Format, which the Hugging Face Hub shows in its trace viewer.

A line for the session, then one for each message; what a tool returned is a message behind the
call. Steps that were copied in by a compaction are left out and counted, since a reader would see
them twice. A subagent is a session of its own, which the first line names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

import msgspec

from tracemill.export.trajectories.known import NOTHING_KNOWN, Known
from tracemill.records.events.event import Event
from tracemill.records.sessions.trajectory import Step, Trajectory

_ROLES: Final = {"user": "user", "system": "system", "agent": "assistant"}


class Sts:
    """Makes the lines of one session."""

    name: ClassVar[str] = "sts"
    tells_known: ClassVar[bool] = False

    def document(
        self,
        header: Trajectory,
        steps: Iterable[Step],
        events: Iterable[Event] = (),
        subagents: Sequence[Mapping[str, Any]] = (),
        known: Known = NOTHING_KNOWN,
    ) -> dict[str, Any]:
        """Return the session and its messages."""
        del events, known
        held = list(steps)
        session: dict[str, Any] = {"type": "session", "harness": header.agent, "id": header.id}
        if header.title is not None:
            session["name"] = header.title
        if subagents:
            session["subagents"] = [each["session"]["id"] for each in subagents]
        if n_replayed := sum(step.is_replayed for step in held):
            session["n_replayed_steps"] = n_replayed
        said = [m for step in held if not step.is_replayed for m in _messages(step)]
        return {"session": session, "messages": said}

    def encode(self, document: Mapping[str, Any]) -> bytes:
        """Return the lines of a session."""
        lines = [document["session"]]
        lines += [{"type": "message", "message": each} for each in document["messages"]]
        return b"".join(msgspec.json.encode(line) + b"\n" for line in lines)


def _messages(step: Step) -> Iterator[dict[str, Any]]:
    if step.speaker in _ROLES:
        yield {"role": _ROLES[step.speaker], "content": step.text, **_about(step)}
    for result in step.results:
        yield {"role": "tool", "toolCallId": result.call_id, "content": result.content}


def _about(step: Step) -> dict[str, Any]:
    more: dict[str, Any] = {}
    if step.reasoning is not None:
        more["reasoningContent"] = step.reasoning
    if step.calls:
        more["toolCalls"] = [
            {
                "id": call.id,
                "function": {
                    "name": call.name,
                    "arguments": msgspec.json.encode(call.arguments).decode(),
                },
            }
            for call in step.calls
        ]
    if step.at is not None:
        more["timestamp"] = int(step.at.timestamp() * 1000)
    if step.model is not None:
        more["model"] = step.model
    return more
