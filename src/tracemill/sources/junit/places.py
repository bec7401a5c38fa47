"""Where a JUnit test case points: each writer has its own way to name a file and a line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import orjson

from tracemill.sources.reading.json_fields import count, text

_PYTEST_FAILURE: Final = re.compile(r"([^\s:][^\n:]*):(\d{1,9}): (?:in )?[\w.<>]+\Z")
_PYTEST_COLLECTION: Final = re.compile(r"([^\s:][^\n:]*\.py):(\d{1,9}): in ")
_MAX_DIGITS: Final = 10
_LINE_AND_COLUMN: Final = re.compile(r"line (\d{1,9}), col(?:umn)? (\d{1,9})")


class Place(NamedTuple):
    """What a test case points at; None where it does not say."""

    path: str | None = None
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    rule: str | None = None
    commit: str | None = None


def place_of(
    tool: str | None, case: Mapping[str, str], suites: Sequence[Mapping[str, str]], said: str
) -> Place:
    """Return where a test case points.

    Args:
        tool: the writer.
        case: attributes of the test case.
        suites: attributes of the suites around it, from the outermost.
        said: the text of its failure.
    """
    if tool == "gitleaks":
        return _secret(said)
    rule = _rule(case, suites)
    if rule is not None:
        return _broken_rule(rule, case, suites, said)
    if tool == "pytest":
        return _python_test(case, said)
    path = case.get("file") or next((s["file"] for s in reversed(suites) if s.get("file")), None)
    return Place(path, _number(case.get("line") or case.get("lineno")))


def _rule(case: Mapping[str, str], suites: Sequence[Mapping[str, str]]) -> str | None:
    """Return the rule where the case is a finding of a linter: its package is in front of it."""
    package = next((s["package"] for s in reversed(suites) if s.get("package")), None)
    name = case.get("name", "")
    is_finding = package is not None and name.startswith(f"{package}.")
    return name.removeprefix(f"{package}.") if is_finding else None


def _broken_rule(
    rule: str, case: Mapping[str, str], suites: Sequence[Mapping[str, str]], said: str
) -> Place:
    line, column = _number(case.get("line")), _number(case.get("column"))
    if line is None and (found := _LINE_AND_COLUMN.search(said)):
        line, column = int(found[1]), int(found[2])
    path = suites[-1].get("name") or case.get("classname")
    return Place(path, line, column, rule=rule)


def _python_test(case: Mapping[str, str], said: str) -> Place:
    """Return where a test of pytest failed, or else where it stands; that line counts from 0."""
    lines = said.rstrip().rsplit("\n", 1)
    failed = _PYTEST_FAILURE.match(lines[-1]) or _PYTEST_COLLECTION.match(said)
    if failed:
        return Place(failed[1], int(failed[2]))
    line = _number(case.get("line"))
    return Place(case.get("file") or None, None if line is None else line + 1)


def _secret(said: str) -> Place:
    try:
        found: Any = orjson.loads(said)
    except orjson.JSONDecodeError:
        return Place()
    if not isinstance(found, dict):
        return Place()
    return Place(
        text(found.get("File")),
        count(found.get("StartLine")),
        count(found.get("StartColumn")),
        count(found.get("EndLine")),
        count(found.get("EndColumn")),
        text(found.get("RuleID")),
        text(found.get("Commit")),
    )


def _number(said: str | None) -> int | None:
    return (
        int(said)
        if said and said.isascii() and said.isdecimal() and len(said) < _MAX_DIGITS
        else None
    )
