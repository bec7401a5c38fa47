"""Files as what redaction looks at: JSON by its decoded values, everything else as text.

Formats are told by content: one JSON document, lines that each are one, or text. JSON stays what
it was: a line in which nothing is found comes out byte by byte, and any other with its values
replaced and its shape kept. Lines between them that are no JSON are looked at together.
"""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

import msgspec

from tracemill.base.errors import DataError
from tracemill.base.text import FROM_UTF16, is_utf16
from tracemill.flows.guarding import Refused, guarded
from tracemill.records.refs import Record
from tracemill.redact import Redactor

Form = Literal["json", "json lines", "text"]


class Document(Record, frozen=True, kw_only=True):
    """A value of JSON, whose every text is foreign."""

    value: Any


class RedactedFile(NamedTuple):
    """A file's bytes with stand-ins."""

    data: bytes
    form: Form
    """What its content is."""
    found: dict[str, int]
    """What was found, by rule; of home folders only the first in each text of JSON."""


class Part(NamedTuple):
    """A line of JSON, or lines behind one another that are none: a secret may span those."""

    line: int
    """Its first line, from 1."""
    text: str
    document: Document
    """What it says."""
    is_json: bool


def parts(lines: Iterable[str]) -> Iterator[Part]:
    """Yield lines, those that are no JSON together, so that all of them give the text again."""
    held: list[str] = []
    number = 0
    for number, line in enumerate(lines, 1):
        document = parsed(line)
        if document is None:
            held.append(line)
            continue
        if held:
            yield _text_part(number - len(held), held)
            held = []
        yield Part(number, line, document, is_json=True)
    if held:
        yield _text_part(number - len(held) + 1, held)


def _text_part(line: int, held: list[str]) -> Part:
    text = "\n".join(held)
    return Part(line, text, parsed(text) or Document(value=text), is_json=False)


def redacted_file(data: bytes, redactor: Redactor) -> RedactedFile:
    """Return what a file holds with stand-ins.

    Raises:
        DataError: it is not UTF-8, or redaction failed.
    """
    text = decoded(data)
    if (whole := parsed(text)) is not None:
        return _one_document(whole, data, redactor)
    found = list(parts(text.split("\n")))
    if not any(part.is_json for part in found):
        return _text(text, redactor)
    return _lines(found, redactor)


def decoded(data: bytes) -> str:
    """Return a file's text.

    Raises:
        DataError: it is not UTF-8.
    """
    try:
        return data.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        if is_utf16(data):
            raise DataError(FROM_UTF16) from None
        raise DataError(f"expected UTF-8, found something else at byte {error.start}") from None


def parsed(text: str) -> Document | None:
    """Return the object or list that a JSON text says, or None where it says something else."""
    if text.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        return Document(value=_value(text))
    except (ValueError, RecursionError):
        return None


def _value(text: str) -> Any:
    """Return what a JSON text says; a third of the time where it is as the standard wants it."""
    try:
        return msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return json.loads(text)


def _one_document(document: Document, data: bytes, redactor: Redactor) -> RedactedFile:
    changed, found = _redacted([document], redactor)
    if not found:
        return RedactedFile(data, "json", {})
    is_spread = b"\n" in data.strip()
    end = data[len(data.rstrip()) :]
    return RedactedFile(_spelled(changed[0], indent=2 if is_spread else None) + end, "json", found)


def _lines(found: list[Part], redactor: Redactor) -> RedactedFile:
    changed, rules = _redacted([part.document for part in found], redactor)
    out = [
        part.text.encode() if new is part.document else _spelled_part(part, new)
        for part, new in zip(found, changed, strict=True)
    ]
    is_all_json = all(part.is_json or not part.text.strip() for part in found)
    return RedactedFile(b"\n".join(out), "json lines" if is_all_json else "text", rules)


def _spelled_part(part: Part, document: Document) -> bytes:
    if isinstance(document.value, str):
        return document.value.encode()
    return _spelled(document) + (b"\r" if part.text.endswith("\r") else b"")


def _text(text: str, redactor: Redactor) -> RedactedFile:
    located = guarded(lambda: redactor.locate([text]))
    if isinstance(located, Refused):
        raise DataError(f"{located.reason}: {located.detail}")
    found = Counter(one.rule.id for one in located[0].found)
    return RedactedFile(located[0].text.encode(), "text", _ranked(found))


def _redacted(
    documents: list[Document], redactor: Redactor
) -> tuple[list[Document], dict[str, int]]:
    redaction = guarded(lambda: redactor.redact(documents))
    if isinstance(redaction, Refused):
        raise DataError(f"{redaction.reason}: {redaction.detail}")
    return redaction.records, _ranked(Counter(each.rule for each in redaction.findings))


def _ranked(found: Counter[str]) -> dict[str, int]:
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _spelled(document: Document, indent: int | None = None) -> bytes:
    spelled = json.dumps(document.value, ensure_ascii=False, indent=indent)
    return spelled.encode("utf-8", "backslashreplace")
