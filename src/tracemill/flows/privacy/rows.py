"""Lines in, redacted lines out, for scripts and benchmarks: each line is answered at once.

A line is `{"id", "text"}`; the answer is `{"id", "text", "spans"}`, whose spans count the code
points of the text that came in. Lines do not affect one another, whatever their order. A line
that cannot be read or redacted is answered with why, and never passed through.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, Literal

import msgspec

from tracemill.base.lines import MAX_LINE_BYTES, Line, OversizeLine, split_lines
from tracemill.flows.guarding import Refused, guarded
from tracemill.records.refs import Record
from tracemill.redact import Located, Redactor

Spans = list[tuple[int, int, Literal["secret", "pii"]]]
Name = str | int | None


class RedactedRow(Record, frozen=True, kw_only=True, omit_defaults=False):
    """The answer to a line that was redacted."""

    id: Name
    """As it came in."""
    text: str
    """The text with stand-ins."""
    spans: Spans
    """What was found: its first code point, the one behind it, and its kind."""


class RefusedRow(Record, frozen=True, kw_only=True, omit_defaults=False):
    """The answer to a line that could not be read or redacted."""

    id: Name
    """As it came in; null where it could not be read."""
    line: int
    """The line's number, from 1."""
    error: str
    """Why, in one word."""
    detail: str
    """What was expected and what was found; nothing of the line."""


Answer = RedactedRow | RefusedRow


class _Row(msgspec.Struct, frozen=True, gc=False):
    """A line as it should be; other fields are passed over."""

    text: str
    id: Name = None


_ROWS: Final = msgspec.json.Decoder(_Row)
_ENCODER: Final = msgspec.json.Encoder()


class RowFilter:
    """Answers lines in their order, as many at once as have come."""

    def __init__(self, redactor: Redactor, write: Callable[[bytes], object]) -> None:
        self._redactor = redactor
        self._write = write
        self._held: list[_Row | RefusedRow] = []
        self._numbers: list[int] = []
        self._n_lines = 0
        self.n_refused = 0

    def run(self, blocks: Iterable[bytes], max_line_bytes: int = MAX_LINE_BYTES) -> None:
        """Answer every line of a stream; whatever has come is answered before more is read."""
        for line in split_lines(self._answering(blocks), max_line_bytes):
            self._n_lines += 1
            if isinstance(line, OversizeLine) or line.data.strip():
                self._held.append(_read(line, self._n_lines))
                self._numbers.append(self._n_lines)
        self._answer()

    def _answering(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        for block in blocks:
            yield block
            self._answer()

    def _answer(self) -> None:
        if not self._held:
            return
        rows = [row for row in self._held if isinstance(row, _Row)]
        numbers = [n for n, row in zip(self._numbers, self._held, strict=True) if type(row) is _Row]
        answers = iter(self._redacted(rows, numbers))
        out = [held if isinstance(held, RefusedRow) else next(answers) for held in self._held]
        self._held.clear()
        self._numbers.clear()
        self.n_refused += sum(isinstance(answer, RefusedRow) for answer in out)
        self._write(_encoded(out))

    def _redacted(self, rows: Sequence[_Row], numbers: Sequence[int]) -> list[Answer]:
        located = guarded(lambda: self._redactor.locate([row.text for row in rows]))
        if not isinstance(located, Refused):
            return [_answered(row, one) for row, one in zip(rows, located, strict=True)]
        if len(rows) == 1:
            [row], [line] = rows, numbers
            return [RefusedRow(id=row.id, line=line, error=located.reason, detail=located.detail)]
        return [
            answer
            for row, line in zip(rows, numbers, strict=True)
            for answer in self._redacted([row], [line])
        ]


def _encoded(answers: Sequence[Answer]) -> bytes:
    """Return lines of JSON; half a character of UTF-16 stays the escape it was."""
    try:
        return _ENCODER.encode_lines(answers)
    except UnicodeEncodeError:
        return b"".join(map(_encoded_alone, answers))


def _encoded_alone(answer: Answer) -> bytes:
    try:
        return _ENCODER.encode(answer) + b"\n"
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(answer), separators=(",", ":")).encode() + b"\n"


def _answered(row: _Row, located: Located) -> RedactedRow:
    spans: Spans = [(found.start, found.end, found.rule.kind) for found in located.found]
    return RedactedRow(id=row.id, text=located.text, spans=spans)


def _read(line: Line | OversizeLine, number: int) -> _Row | RefusedRow:
    if isinstance(line, OversizeLine):
        return _refused(number, "oversize_line", f"{line.end - line.start:,} bytes in one line")
    try:
        return _ROWS.decode(line.data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _read_slowly(line.data, number)


def _read_slowly(data: bytes, number: int) -> _Row | RefusedRow:
    """Return what a line says that is not as it should be, or not for the faster reader."""
    try:
        return _row(_decoded(data), number)
    except UnicodeDecodeError:
        return _refused(number, "bad_encoding", "expected UTF-8")
    except (ValueError, RecursionError) as error:
        return _refused(number, "not_json", f"expected a JSON object: {error}")


def _decoded(data: bytes) -> Any:
    """Return what a line says; only the slower reader knows half a character of UTF-16."""
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return json.loads(data)


def _row(document: Any, number: int) -> _Row | RefusedRow:
    if not isinstance(document, dict):
        return _refused(number, "not_an_object", f"expected a JSON object, found {_type(document)}")
    name, text = document.get("id"), document.get("text")
    if isinstance(name, bool) or not isinstance(name, str | int | None):
        detail = f"id: expected text or a whole number, found {_type(name)}"
        return _refused(number, "bad_shape", detail)
    if not isinstance(text, str):
        return _refused(number, "bad_shape", f"text: expected text, found {_type(text)}", name)
    return _Row(text, name)


_TYPES: Final = {type(None): "nothing", bool: "a boolean", dict: "an object", list: "a list"}


def _type(value: object) -> str:
    return "text" if isinstance(value, str) else _TYPES.get(type(value), "a number")


def _refused(line: int, reason: str, detail: str, name: Name = None) -> RefusedRow:
    return RefusedRow(id=name, line=line, error=reason, detail=detail)
