"""One row of messages as it is read, message by message."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

import msgspec
import orjson

from tracemill.base.lines import Line
from tracemill.records.sessions.trajectory import ToolCall
from tracemill.sources.building.call_marks import joined_results, marked_calls, marked_results
from tracemill.sources.building.message_parts import LISTS, Message, read_message
from tracemill.sources.building.open_trajectory import OpenStep
from tracemill.sources.building.openai_chat import read_openai_calls
from tracemill.sources.building.role_steps import (
    OUTCOME_FACTS,
    UNKNOWN_AGENT,
    Outcome,
    RoleSteps,
    RowOpener,
)
from tracemill.sources.building.shell_agents import outcome_of, shell_call
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.documents import (
    Document,
    Item,
    object_at,
    parts_of,
    take_apart,
    take_apart_item,
)
from tracemill.sources.reading.json_fields import is_line_too_deep, text
from tracemill.sources.reading.json_lines import BadShapeError
from tracemill.sources.reading.rows import Part, is_list, objects

_Kind = Literal["system", "user", "agent", "tool"]
_KINDS: Final[Mapping[str, _Kind]] = {
    "system": "system", "developer": "system",
    "user": "user", "human": "user",
    "assistant": "agent", "gpt": "agent", "ai": "agent", "model": "agent",
    "function_call": "agent", "tool_call": "agent",
    "tool": "tool", "function": "tool", "observation": "tool", "ipython": "tool",
}  # fmt: skip
_CALLS: Final = frozenset({"function_call", "tool_call"})
"""Roles under which ShareGPT keeps a call as JSON in a text."""
_FENCE: Final = re.compile(r"^[ \t]*```(\w*)[ \t]*$", re.MULTILINE)
_ONE_BLOCK: Final = 2
"""Lines that begin or end one block."""
_OF_SHELLS: Final = frozenset({"", "bash", "sh", "shell"})
"""What a block is marked with that holds a command."""
_LAST_COMMANDS: Final = frozenset({"submit", "exit_forfeit"})
"""Commands that end a run of SWE-agent, to which nothing comes back."""
_NAMES: Final = ("instance_id", "id", "traj_id", "trajectory_id")


class _Row(NamedTuple):
    """A row taken apart."""

    fields: Mapping[str, Any]
    """Its fields, but for the messages."""
    items: list[Item[Line]]
    whole: Line


class _Guessed(NamedTuple):
    """A reply that may have called something."""

    step: OpenStep
    whole: str
    """Its words where it did not."""
    is_marked: bool
    """Whether the marks of a template say that it did."""


class MessagesReader(RowOpener):
    """Opens rows."""

    def open_row(self, row: Line) -> Iterator[Part]:
        """Yield the messages of a row."""
        document = _take_apart(row)
        steps = self.begin(row, document.fields, UNKNOWN_AGENT)
        trajectory = steps.trajectory
        fields = document.fields
        trajectory.title = next((t for name in _NAMES if (t := text(fields.get(name)))), None)
        trajectory.see_model(text(fields.get("model_name")) or text(fields.get("model")))
        yield Part(document.items, _Reading(steps, document))


def _take_apart(row: Line) -> _Row:
    """Return the messages of a row, and its other fields."""
    if is_list(row):
        return _taken_apart(take_apart_item(row, ()))
    name = _name_of_list(row.data)
    if name is not None:
        return _taken_apart(take_apart_item(row, (name,)))
    fields = object_at(row, row.data).fields
    name = next((name for name in LISTS if isinstance(fields.get(name), list | str)), None)
    if name is None:
        raise BadShapeError("expected a list of messages, found none")
    if isinstance(fields[name], list):
        return _taken_apart(take_apart_item(row, (name,)))
    # What stands in a text has no bytes of its own: each message stands for the whole row.
    inner = take_apart(fields.pop(name).encode("utf-8", "surrogatepass"), ()).items
    return _Row(fields, [object_at(row, item.data) for item in inner], row)


def _name_of_list(data: bytes) -> str | None:
    """Return under which name a row keeps its messages, without decoding it, if that is enough."""
    try:
        parts = parts_of(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    for name in LISTS:
        part = parts.get(name)
        begin = memoryview(part)[:1] if part is not None else b""
        if begin in (b"[", b'"'):
            return name if begin == b"[" else None
    return None


def _taken_apart(document: Document) -> _Row:
    return _Row(document.fields, list(objects(document.items)), document.whole)


class _Reading:
    """One row that is being read."""

    def __init__(self, steps: RoleSteps, document: _Row) -> None:
        self.ready: list[SourceRecord] = steps.ready
        self._steps = steps
        self._document = document
        self._is_benchmark = "instance_id" in document.fields
        self._guessed: _Guessed | None = None
        """The last reply, if nothing but what comes back tells that it called something."""

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read one message; return why it holds nothing to keep, or None where it was used."""
        if is_line_too_deep(record, line):
            raise BadShapeError("expected a message, found it nested too deeply")
        role = text(record.get("role")) or text(record.get("from")) or ""
        said = _said(record)
        kind = _KINDS.get(role)
        framed = self._framed(record, said.text) if kind in ("user", "tool") else ()
        is_framed = bool(framed) and self._steps.has_reply
        if kind == "user" and (is_framed or (self._is_benchmark and self._steps.is_answer_due)):
            kind = "tool"
        if kind is not None and kind != "tool":
            self._settle(is_answered_by_words=kind == "user")
        match kind:
            case "agent":
                self._take_reply(record, said, role, line)
            case "tool":
                self._take_results(record, said.text, framed, line)
            case "system" | "user":
                self._steps.say(line, kind, said)
            case None:
                raise BadShapeError("expected a known role, found another")
        return None

    def finish(self) -> None:
        """Tell how the work came out, and give the session its header."""
        self._settle(is_answered_by_words=False)
        row, fields = self._document.whole, self._document.fields
        for fact in OUTCOME_FACTS:
            if fact in fields:
                self._steps.state(row, fact, fields[fact])
        self._steps.finish()

    def _framed(self, record: Mapping[str, Any], said: str) -> tuple[str, ...]:
        """Return the results that a text is by its marks; who names its call brings one."""
        framed = marked_results(said, self._steps.n_due)
        return framed if len(framed) == 1 or not text(record.get("tool_call_id")) else ()

    def _take_results(
        self, record: Mapping[str, Any], said: str, framed: tuple[str, ...], line: Line
    ) -> None:
        call_id = text(record.get("tool_call_id"))
        told = framed or ((said,) if call_id else joined_results(said, self._steps.n_due))
        for content in told:
            outcome = outcome_of(content) if self._is_benchmark else Outcome()
            self._steps.answer(line, content, call_id, outcome)

    def _take_reply(self, record: Mapping[str, Any], said: Message, role: str, line: Line) -> None:
        index = self._steps.trajectory.n_steps
        calls: tuple[ToolCall, ...] = read_openai_calls(record.get("tool_calls"), index)
        old = record.get("function_call")
        if not calls and isinstance(old, dict):
            calls = read_openai_calls([old], index)
        if role in _CALLS and (found := read_openai_calls(_listed(said.text), index)):
            calls, said = found, Message("")
        whole, is_guessed, is_marked = said.text, False, False
        if not calls:
            words, calls = marked_calls(whole, index)
            said, is_marked = said._replace(text=words), bool(calls) and role not in _CALLS
        if self._is_benchmark and not calls:
            said, calls = _with_command(said, line, index)
            is_guessed = any(_is_guessed(call, whole) for call in calls)
        thought = text(record.get("reasoning_content")) or text(record.get("reasoning"))
        step = self._steps.reply(line, said, calls, thought)
        step.model = next(iter(self._steps.trajectory.models), None)
        self._guessed = _Guessed(step, whole, is_marked) if is_guessed or is_marked else None

    def _settle(self, *, is_answered_by_words: bool) -> None:
        """Let what may be no call be words again where nothing came back to it.

        Calls between marks are some unless a person speaks next: a row may end with what is called.
        """
        guessed, self._guessed = self._guessed, None
        if guessed is None or guessed.step.results:
            return
        if is_answered_by_words or not guessed.is_marked:
            self._steps.trajectory.forget_calls(guessed.step)
            guessed.step.texts, guessed.step.calls = [guessed.whole], []


def _with_command(said: Message, line: Line, step: int) -> tuple[Message, tuple[ToolCall, ...]]:
    """Return a reply without the command that it ends with, and that as a call of a shell.

    Where more than one block stands in it nothing tells which of them is the command.
    """
    fences = list(_FENCE.finditer(said.text))
    is_last = len(fences) == _ONE_BLOCK and not said.text[fences[-1].end() :].strip()
    if not is_last or fences[0][1] not in _OF_SHELLS:
        return said, ()
    command = said.text[fences[0].end() : fences[1].start()].strip("\r\n")
    calls = shell_call(command, line, step)
    return (said._replace(text=said.text[: fences[0].start()].rstrip()) if calls else said), calls


def _is_guessed(call: ToolCall, said: str) -> bool:
    """Tell whether the block that a call was made of may as well hold no command."""
    fence = _FENCE.search(said)
    is_unmarked = fence is not None and not fence[1]
    return is_unmarked and str(call.arguments["command"]).strip() not in _LAST_COMMANDS


def _said(record: Mapping[str, Any]) -> Message:
    for key in ("content", "value", "text", "system_prompt"):
        if record.get(key):
            return read_message(record[key])
    return Message("")


def _listed(said: str) -> object:
    """Return the call that a text is, or the several, as a list."""
    try:
        found = orjson.loads(said)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, list) else [found]
