"""One trajectory of the Agent Data Protocol as it is read, item by item."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tracemill.base.lines import Line
from tracemill.records.sessions.trajectory import IMAGE, ToolCall
from tracemill.sources.building.message_parts import Message
from tracemill.sources.building.role_steps import (
    OUTCOME_FACTS,
    UNKNOWN_AGENT,
    RoleSteps,
    RowOpener,
    outcome_of,
)
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.documents import Document, take_apart_item
from tracemill.sources.reading.json_fields import (
    is_line_too_deep,
    text,
    tool_arguments,
    unknown_type,
)
from tracemill.sources.reading.json_lines import BadShapeError
from tracemill.sources.reading.rows import Part, objects

_EXIT_CODE: Final = re.compile(r"\[Command finished with exit code (-?\d{1,9})\]\s*\Z")
_TAIL: Final = 100
"""Characters at the end of what the environment shows in which its exit code stands."""


class AdpReader(RowOpener):
    """Opens trajectories."""

    def open_row(self, row: Line) -> Iterator[Part]:
        """Yield the items of a trajectory."""
        document = take_apart_item(row, ("content",))
        steps = self.begin(row, document.fields, UNKNOWN_AGENT)
        trajectory = steps.trajectory
        trajectory.title = text(document.fields.get("id"))
        yield Part(objects(document.items), _Reading(steps, document))


class _Reading:
    """One trajectory that is being read."""

    def __init__(self, steps: RoleSteps, document: Document) -> None:
        self.ready: list[SourceRecord] = steps.ready
        self._steps = steps
        self._document = document
        self._has_run_code = False
        """Whether the newest action runs code: nothing else has an exit code."""

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read one item; return why it holds nothing to keep, or None where it was used."""
        if is_line_too_deep(record, line):
            raise BadShapeError("expected an item, found it nested too deeply")
        description = text(record.get("description"))
        if str(record.get("class_")).endswith("_action"):
            self._has_run_code = record["class_"] == "code_action"
        match record.get("class_"):
            case "message_action":
                self._steps.reply(line, _said(record), (), description)
            case "api_action" | "code_action":
                self._take_call(record, description, line)
            case "text_observation" | "web_observation" | "image_observation":
                self._take_observation(record, line)
            case kind:
                return unknown_type(kind)
        return None

    def finish(self) -> None:
        """Tell how the work came out, and give the trajectory its header."""
        details = self._document.fields.get("details")
        told = details if isinstance(details, dict) else {}
        for fact in OUTCOME_FACTS:
            self._steps.state(self._document.whole, fact, told.get(fact))
        self._steps.finish()

    def _take_call(self, record: Mapping[str, Any], description: str | None, line: Line) -> None:
        if record["class_"] == "code_action":
            name, code = text(record.get("language")) or "code", text(record.get("content")) or ""
            arguments: Any = {"command" if name == "bash" else "code": code}
        else:
            name, arguments = text(record.get("function")) or "unknown", record.get("kwargs")
        if name == "finish":
            self._steps.reply(line, Message(description or _last_word(arguments)))
            return
        call = ToolCall(id=f"item-{line.start}", name=name, arguments=tool_arguments(arguments))
        self._steps.reply(line, Message(description or ""), [call])

    def _take_observation(self, record: Mapping[str, Any], line: Line) -> None:
        said = _said(record)
        match record.get("source"):
            case "user":
                self._steps.say(line, "user", said)
            case "agent":
                self._steps.reply(line, said)
            case _ if self._steps.is_answer_due:
                code = _exit_code(said.text) if self._has_run_code else None
                self._steps.answer(line, said.text, outcome=outcome_of(code))
            case _:
                self._steps.say(line, "system", said)


def _said(record: Mapping[str, Any]) -> Message:
    match record.get("class_"):
        case "image_observation":
            return Message(IMAGE, 1)
        case "web_observation":
            return Message(text(record.get("axtree")) or text(record.get("html")) or "")
    return Message(text(record.get("content")) or "")


def _exit_code(shown: str) -> int | None:
    """Return the exit code that the environment says last; None where it says none."""
    found = _EXIT_CODE.search(shown, max(0, len(shown) - _TAIL))
    return int(found[1]) if found else None


def _last_word(arguments: object) -> str:
    given = arguments if isinstance(arguments, dict) else {}
    return text(given.get("message")) or text(given.get("output")) or ""
