"""One mini-SWE-agent run as it is read, message by message."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from tracemill.base.lines import Line
from tracemill.records.sessions.trajectory import ToolCall
from tracemill.sources.building.message_parts import Message, read_message
from tracemill.sources.building.openai_chat import read_openai_calls, read_openai_tokens
from tracemill.sources.building.role_steps import Outcome, RoleSteps, RowOpener, outcome_of
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.documents import Document, take_apart_item
from tracemill.sources.reading.json_fields import fields_of, is_line_too_deep, text
from tracemill.sources.reading.json_lines import BadShapeError
from tracemill.sources.reading.rows import Part, is_list, objects

_BLOCK: Final = re.compile(r"```(?:mswea_bash_command|bash)\s*\n(.*?)\n```", re.DOTALL)
_RETURN_CODE: Final = re.compile(r"\s*<returncode>(-?\d{1,5})</returncode>")
_REFUSED: Final = "ommands not executed"
"""In what is said when a person refuses commands, old and new."""
_LATEST_SECOND: Final = 2**33
_INTERRUPTED: Final = "Interrupted by user: "


class MiniSweAgentReader(RowOpener):
    """Opens runs."""

    def open_row(self, row: Line) -> Iterator[Part]:
        """Yield the messages of a run."""
        document = take_apart_item(row, () if is_list(row) else ("messages",))
        steps = self.begin(row, document.fields)
        yield Part(objects(document.items), _Reading(steps, document))


class _Reading:
    """One run that is being read."""

    def __init__(self, steps: RoleSteps, document: Document) -> None:
        self.ready: list[SourceRecord] = steps.ready
        self._steps = steps
        self._row = document.whole
        self._info = info = fields_of(document.fields.get("info"))
        settings = fields_of(info.get("config"))
        trajectory = steps.trajectory
        trajectory.see_model(text(fields_of(settings.get("model")).get("model_name")))
        trajectory.cwd = text(fields_of(settings.get("environment")).get("cwd"))
        trajectory.agent_version = text(info.get("mini_version"))

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read one message; return why it holds nothing to keep, or None where it was used."""
        if is_line_too_deep(record, line):
            raise BadShapeError("expected a message, found it nested too deeply")
        extra = fields_of(record.get("extra"))
        match record.get("role") or record.get("type") or record.get("object"):
            case "assistant" | "response":
                self._take_reply(record, extra, line)
            case "tool" | "user" | "function_call_output":
                self._take_answer(record, extra, line)
            case "system" | "developer":
                self._steps.say(line, "system", read_message(record.get("content")))
            case "exit":
                return "exit"
            case _:
                raise BadShapeError("expected a role, found something else")
        return None

    def finish(self) -> None:
        """Tell how the run came out, and give it its header."""
        self._steps.state(self._row, "exit_status", self._info.get("exit_status"))
        self._steps.finish()

    def _take_reply(self, record: Mapping[str, Any], extra: Mapping[str, Any], line: Line) -> None:
        said = read_message(record.get("content"))
        if "output" in record:
            said = Message("\n\n".join(_texts(record["output"])))
        calls = read_openai_calls(
            record.get("tool_calls"), self._steps.trajectory.n_steps
        ) or _actions(extra, line)
        if not calls and "actions" not in extra:
            said, calls = _fenced(said, line)
        step = self._steps.reply(
            line,
            said,
            calls,
            text(record.get("reasoning_content")),
            _unix_moment(extra.get("timestamp")),
        )
        response = fields_of(extra.get("response"))
        step.model = text(response.get("model")) or next(iter(self._steps.trajectory.models), None)
        self._steps.trajectory.see_model(step.model)
        step.tokens = read_openai_tokens(response.get("usage"))
        step.usage_key = line.start

    def _take_answer(self, record: Mapping[str, Any], extra: Mapping[str, Any], line: Line) -> None:
        said = read_message(record.get("content") or record.get("output"))
        at = _unix_moment(extra.get("timestamp"))
        call_id = text(record.get("tool_call_id")) or text(record.get("call_id"))
        kind = text(extra.get("interrupt_type")) or ""
        if (
            kind.startswith("User")
            or _REFUSED in said.text[:40]
            or said.text.startswith(_INTERRUPTED)
        ):
            self._take_feedback(said, kind, line)
        elif call_id is not None or self._steps.is_answer_due:
            self._steps.answer(line, said.text, call_id, _outcome(said.text, extra))
            self._steps.trajectory.see_moment(at)
        else:
            self._steps.say(line, "user" if not kind else "system", said, at)

    def _take_feedback(self, said: Message, kind: str, line: Line) -> None:
        """Read what a person said when refusing or stopping; it goes to the model as it is."""
        _, _, words = said.text.partition(": ")
        if kind == "UserNewTask":
            self._steps.say(line, "user", said._replace(text=words))
            return
        is_refusal = kind == "UserRejection" or _REFUSED in said.text[:40]
        if is_refusal and self._steps.is_answer_due:
            self._steps.answer(line, said.text, None, Outcome("rejected"))
        else:
            self._steps.say(line, "system", said)
        self._steps.feedback(line, "rejection" if is_refusal else "interruption", words or None)


def _actions(extra: Mapping[str, Any], line: Line) -> tuple[ToolCall, ...]:
    actions = extra.get("actions")
    return tuple(
        ToolCall(
            id=text(action.get("tool_call_id")) or f"action-{line.start}-{number}",
            name="bash",
            arguments={"command": action["command"]},
        )
        for number, action in enumerate(actions if isinstance(actions, list) else ())
        if isinstance(action, dict) and isinstance(action.get("command"), str)
    )


def _fenced(said: Message, line: Line) -> tuple[Message, tuple[ToolCall, ...]]:
    """Return what stands before the one command of a text, and its call."""
    found = list(_BLOCK.finditer(said.text))
    if len(found) != 1:
        return said, ()
    call = ToolCall(
        id=f"action-{line.start}", name="bash", arguments={"command": found[0][1].strip()}
    )
    return said._replace(text=said.text[: found[0].start()].rstrip()), (call,)


def _outcome(observation: str, extra: Mapping[str, Any]) -> Outcome:
    code = extra.get("returncode")
    if type(code) is not int and (found := _RETURN_CODE.match(observation)):
        code = int(found[1])
    return outcome_of(code if type(code) is int else None)


def _texts(output: object) -> Iterator[str]:
    """Yield what the model said in the items of a response."""
    for item in output if isinstance(output, list) else ():
        if isinstance(item, dict) and item.get("type") == "message":
            yield read_message(item.get("content")).text


def _unix_moment(value: object) -> datetime | None:
    """Return the moment that `value` names in seconds since 1970, or None where it names none."""
    if type(value) not in (int, float) or not isinstance(value, int | float):
        return None
    return datetime.fromtimestamp(value, UTC) if 0 <= value < _LATEST_SECOND else None
