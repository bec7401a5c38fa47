"""Calls of a row beside their results, whichever of the common ways they are written in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from tracemill.records.datasets.audits import TrainingRow, WrittenCall
from tracemill.records.datasets.examples import Message

_WRITTEN: Final = re.compile(r"\s*(?:<tool_response>|Tool result:)")
_FRAME: Final = re.compile(r"\A\s*(?:<tool_response>|Tool result:)\s*|\s*</tool_response>\s*\Z")


class Exchange(NamedTuple):
    """A call and what came back."""

    call: WrittenCall
    result: str | None
    """What came back; None where nothing did."""
    at: int
    """The message that makes the call."""

    @property
    def arguments(self) -> dict[str, Any]:
        """The call's arguments, none where they cannot be read."""
        return self.call.arguments or {}


def is_result(message: Message) -> bool:
    """Tell whether a message brings what a tool returned, whoever is said to speak."""
    return message.role == "tool" or (
        message.role == "user" and _WRITTEN.match(message.content) is not None
    )


def exchanges(row: TrainingRow) -> Iterator[Exchange]:
    """Yield each call of a row with its result: by its id, else in the order of both."""
    for at, calls in enumerate(row.calls):
        if not calls:
            continue
        results = _results_behind(row, at)
        by_id = {message.tool_call_id: message for message in results if message.tool_call_id}
        in_turn = iter([message for message in results if message.tool_call_id is None])
        for call in calls:
            found = by_id.get(call.id) if call.id else None
            message = found or next(in_turn, None)
            yield Exchange(call, None if message is None else _bare(message.content), at)


def _results_behind(row: TrainingRow, at: int) -> list[Message]:
    found: list[Message] = []
    for message in row.messages[at + 1 :]:
        if not is_result(message):
            break
        found.append(message)
    return found


def _bare(text: str) -> str:
    return _FRAME.sub("", text)
