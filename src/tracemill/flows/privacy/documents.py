"""Files as what redaction looks at: JSON by its decoded values, everything else as text.

Formats are told by content: one JSON document, lines that each are one, or text. JSON stays what
it was: a line in which nothing is found comes out byte by byte, and any other with its values
replaced and its shape kept.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, Final, Literal, NamedTuple

from tracemill.base.errors import DataError
from tracemill.flows.guarding import Refused, guarded
from tracemill.records.refs import Record
from tracemill.redact import Redactor

Form = Literal["json", "json lines", "text"]
_BOM: Final = b"\xef\xbb\xbf"


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


def redacted_file(data: bytes, redactor: Redactor) -> RedactedFile:
    """Return what a file holds with stand-ins.

    Raises:
        DataError: it is not UTF-8, or redaction failed.
    """
    text = decoded(data)
    if not text:
        return RedactedFile(data, "text", {})
    if (whole := parsed(text)) is not None:
        return _one_document(whole, data, redactor)
    lines = text.split("\n")
    values = [parsed(line) if line.strip() else None for line in lines]
    if any(line.strip() and value is None for line, value in zip(lines, values, strict=True)):
        return _text(text, redactor)
    return _lines(lines, values, redactor)


def decoded(data: bytes) -> str:
    """Return a file's text.

    Raises:
        DataError: it is not UTF-8.
    """
    try:
        return data.removeprefix(_BOM).decode()
    except UnicodeDecodeError as error:
        raise DataError(f"expected UTF-8, found something else at byte {error.start}") from None


def parsed(text: str) -> Document | None:
    """Return the object or list that a JSON text says, or None where it says something else."""
    if text.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        return Document(value=json.loads(text))
    except (ValueError, RecursionError):
        return None


def _one_document(document: Document, data: bytes, redactor: Redactor) -> RedactedFile:
    changed, found = _redacted([document], redactor)
    if not found:
        return RedactedFile(data, "json", {})
    return RedactedFile(_spelled(changed[0], indent=2) + b"\n", "json", found)


def _lines(lines: list[str], documents: list[Document | None], redactor: Redactor) -> RedactedFile:
    present = [document for document in documents if document is not None]
    changed, found = _redacted(present, redactor)
    after = {id(old): new for old, new in zip(present, changed, strict=True)}
    out = [
        line.encode() if document is None or (new := after[id(document)]) is document
        else _spelled(new)
        for line, document in zip(lines, documents, strict=True)
    ]  # fmt: skip
    return RedactedFile(b"\n".join(out), "json lines", found)


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
