"""Checks of whole files that calls write: each must parse in the language of its name.

A block in prose may be a fragment; a file that a call writes from its first line to its last is
code that somebody would run.
"""

from __future__ import annotations

import json
import re
import tomllib
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Final, NamedTuple

from tracemill.base.loading import later
from tracemill.base.python_code.syntax import parse_python
from tracemill.curate.checks.answers import calls_of
from tracemill.curate.checks.protocol import Checked, Objection
from tracemill.records.datasets.audits import TrainingRow
from tracemill.records.sessions.edit_calls import PATH_ARGUMENTS

_CONTENTS: Final = ("content", "contents", "file_text", "file_content")
_XML: Final[Any] = later("xml.etree.ElementTree")
"""Few rows write such a file."""
_JSON_COMMENTS: Final = frozenset(
    {"tsconfig.json", "jsconfig.json", "settings.json", "launch.json"}
)
"""Files whose readers allow comments."""
_FENCE: Final = re.compile(r"^[ \t]*(```+|~~~+)", re.MULTILINE)


class WrittenFile(NamedTuple):
    """A file that a call writes as a whole."""

    path: PurePosixPath
    content: str


def broken_files(checked: Checked) -> Iterator[Objection]:
    """Yield rows with a call that writes a file which does not parse."""
    for row in with_files(checked):
        for file in written_files(row):
            language, parse = _PARSERS[file.path.suffix]
            if not _parses(parse, file.content):
                yield row, f"a file of {language} that does not parse"
                break


def with_files(checked: Checked) -> Sequence[TrainingRow]:
    """Look at rows that write a file whose language can be parsed."""
    return [row for row in checked.rows if next(written_files(row), None) is not None]


def written_files(row: TrainingRow) -> Iterator[WrittenFile]:
    """Yield the files that calls of a row write, of languages that can be parsed."""
    for call in calls_of(row):
        arguments = call.arguments or {}
        path = _text_of(arguments, PATH_ARGUMENTS)
        content = _text_of(arguments, _CONTENTS)
        if path and content and content.strip():
            found = PurePosixPath(path.replace("\\", "/"))
            if found.suffix in _PARSERS and found.name not in _JSON_COMMENTS:
                yield WrittenFile(found, content)


def _text_of(arguments: Mapping[str, Any], names: Sequence[str]) -> str | None:
    found = (arguments.get(name) for name in names)
    return next((value for value in found if isinstance(value, str)), None)


def _parses(parse: Callable[[str], object], content: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a wrong escape is the code's affair, and still parses
            parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # one of XML is one of syntax
        return False
    return True


def _parse_lines(content: str) -> None:
    for line in content.splitlines():
        if line.strip():
            json.loads(line)


def _parse_python(content: str) -> None:
    if parse_python(content) is None:
        raise SyntaxError("no Python that is known")


def _parse_xml(content: str) -> None:
    _XML.fromstring(content)


_PARSERS: Final[Mapping[str, tuple[str, Callable[[str], object]]]] = {
    ".py": ("Python", _parse_python),
    ".pyi": ("Python", _parse_python),
    ".json": ("JSON", json.loads),
    ".jsonl": ("JSON", _parse_lines),
    ".toml": ("TOML", tomllib.loads),
    ".svg": ("XML", _parse_xml),
    ".xml": ("XML", _parse_xml),
}
"""Languages that can be parsed without running anything, by the endings of files."""


def unclosed_fences(checked: Checked) -> Iterator[Objection]:
    """Yield rows whose last answer stops within a block of code: it was cut off."""
    for row in checked.rows:
        last = row.messages[-1]
        if last.role == "assistant" and not row.calls[-1] and _is_open(last.content):
            yield row, "the last answer ends within a block of code"


def _is_open(text: str) -> bool:
    opened: str | None = None
    for found in _FENCE.finditer(text):
        mark = found[1]
        if opened is None:
            opened = mark
        elif mark[0] == opened[0] and len(mark) >= len(opened):
            opened = None
    return opened is not None
