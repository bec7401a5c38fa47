"""What one row of a tool's report says, tool by tool; lines and columns count from 1."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

from tracemill.records.events.gates import ResultStatus
from tracemill.sources.facts.gate_records import OpenGateRun
from tracemill.sources.reading.json_fields import count, moment, text

_ANNOTATION: Final = re.compile(r"::(error|warning|notice) ([^:]*(?::(?!:)[^:]*)*)::(.*)\Z")
_RULE_IN_TITLE: Final = re.compile(r"[Rr]uff \(([\w-]+)\)\Z")
_REPEATED_PLACE: Final = re.compile(r"\S+:\d+:\d+: (?:[\w-]+:? )?")
_PYLINT_PARSEABLE: Final = re.compile(
    r"(.+?):(\d{1,9}): \[([CEFIRW]\d{4})(?:\(([\w-]+)\))?[^\]]*\] (.*)\Z"
)
_PYLINT_TEXT: Final = re.compile(
    r"(.+?):(\d{1,9}):(\d{1,9}): ([CEFIRW]\d{4}): (.*?)(?: \(([\w-]+)\))?\Z"
)
_PYLINT_TYPES: Final = {
    "C": "convention",
    "E": "error",
    "F": "fatal",
    "I": "info",
    "R": "refactor",
    "W": "warning",
}
_QUOTED_SECRET: Final = re.compile(r": ['\"].*\Z", re.DOTALL)
_PASSWORD_RULES: Final = frozenset({"B105", "B106", "B107"})
_DIGITS: Final = 10


class Said(NamedTuple):
    """What a row says; None where it does not."""

    status: ResultStatus = "failed"
    rule: str | None = None
    name: str | None = None
    severity: str | None = None
    path: str | None = None
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    message: str | None = None
    text: str | None = None
    commit: str | None = None


def ruff_row(row: Mapping[str, Any]) -> Said | None:
    """Read a finding of ruff; one without a code is a syntax error."""
    if not isinstance(row.get("filename"), str) or not isinstance(row.get("location"), dict):
        return None
    end = row.get("end_location")
    end = end if isinstance(end, dict) else {}
    return Said(
        rule=text(row.get("code")),
        name=text(row.get("name")),
        severity=text(row.get("severity")),
        path=text(row["filename"]),
        line=count(row["location"].get("row")),
        column=count(row["location"].get("column")),
        end_line=count(end.get("row")),
        end_column=count(end.get("column")),
        message=text(row.get("message")),
    )


def ruff_line(line: str) -> Said | None:
    """Read a workflow command that ruff prints: `::error title=…,file=…,line=…::message`."""
    found = _ANNOTATION.match(line.strip())
    if found is None:
        return None
    said = dict(part.partition("=")[::2] for part in found[2].split(","))
    rule = _RULE_IN_TITLE.match(_unescaped(said.get("title", "")))
    return Said(
        rule=rule[1] if rule else None,
        severity=found[1],
        path=_unescaped(said.get("file", "")) or None,
        line=_number(said.get("line")),
        column=_number(said.get("col")),
        end_line=_number(said.get("endLine")),
        end_column=_number(said.get("endColumn")),
        message=_REPEATED_PLACE.sub("", _unescaped(found[3]), count=1) or None,
    )


def mypy_row(row: Mapping[str, Any]) -> Said | None:
    """Read a message of mypy, which counts columns from 0."""
    if not isinstance(row.get("file"), str) or "message" not in row:
        return None
    severity = text(row.get("severity"))
    return Said(
        status="noted" if severity == "note" else "failed",
        rule=text(row.get("code")),
        severity=severity,
        path=row["file"] or None,
        line=count(row.get("line")),
        column=_from_one(row.get("column")),
        end_line=count(row.get("end_line")),
        end_column=_from_one(row.get("end_column")),
        message=text(row.get("message")),
        text=text(row.get("hint")),
    )


def bandit_row(row: Mapping[str, Any]) -> Said | None:
    """Read an issue of bandit, which quotes the passwords that it finds."""
    rule = text(row.get("test_id"))
    if rule is None:
        return None
    lines = row.get("line_range")
    lines = [n for n in lines if count(n)] if isinstance(lines, list) else []
    message = text(row.get("issue_text"))
    if message is not None and rule in _PASSWORD_RULES:
        message = _QUOTED_SECRET.sub("", message)
    return Said(
        rule=rule,
        name=text(row.get("test_name")),
        severity=text(row.get("issue_severity")),
        path=text(row.get("filename")),
        line=count(row.get("line_number")),
        column=_from_one(row.get("col_offset")),
        end_line=max(lines, default=None),
        end_column=_from_one(row.get("end_col_offset")),
        message=message,
    )


def bandit_fields(run: OpenGateRun, fields: Mapping[str, Any]) -> Iterator[Said]:
    """Read when bandit ran, and which files it could not read."""
    run.at = moment(fields.get("generated_at"))
    errors = fields.get("errors")
    for error in errors if isinstance(errors, list) else ():
        if isinstance(error, dict):
            yield Said("error", path=text(error.get("filename")), message=text(error.get("reason")))


def pylint_row(row: Mapping[str, Any]) -> Said | None:
    """Read a message of pylint, which counts columns from 0."""
    severity = text(row.get("type"))
    if severity is None or "symbol" not in row:
        return None
    return Said(
        status="noted" if severity == "info" else "failed",
        rule=text(row.get("messageId")) or text(row.get("message-id")),
        name=text(row.get("symbol")),
        severity=severity,
        path=text(row.get("path")),
        line=count(row.get("line")),
        column=_from_one(row.get("column")),
        end_line=count(row.get("endLine")),
        end_column=_from_one(row.get("endColumn")),
        message=text(row.get("message")),
    )


def pylint_fields(run: OpenGateRun, fields: Mapping[str, Any]) -> Iterator[Said]:
    """Read the mark that pylint gives, out of ten."""
    statistics = fields.get("statistics")
    score = statistics.get("score") if isinstance(statistics, dict) else None
    run.score = float(score) if isinstance(score, float | int) else None
    return iter(())


def pylint_line(line: str) -> Said | None:
    """Read a line of pylint's text, in its own form or the one that editors parse."""
    if found := _PYLINT_TEXT.match(line):
        path, number, column, rule, message, name = found.groups()
    elif found := _PYLINT_PARSEABLE.match(line):
        path, number, rule, name, message = found.groups()
        column = None
    else:
        return None
    severity = _PYLINT_TYPES[rule[0]]
    return Said(
        status="noted" if severity == "info" else "failed",
        rule=rule,
        name=name,
        severity=severity,
        path=path,
        line=int(number),
        column=None if column is None else int(column) + 1,
        message=message,
    )


def gitleaks_row(row: Mapping[str, Any]) -> Said | None:
    """Read a leak, without the secret and without who leaked it."""
    rule = text(row.get("RuleID"))
    if rule is None:
        return None
    return Said(
        rule=rule,
        path=text(row.get("File")),
        line=count(row.get("StartLine")),
        column=count(row.get("StartColumn")),
        end_line=count(row.get("EndLine")),
        end_column=count(row.get("EndColumn")),
        message=text(row.get("Description")),
        commit=text(row.get("Commit")),
    )


def _from_one(value: object) -> int | None:
    number = count(value)
    return None if number is None else number + 1


def _number(said: str | None) -> int | None:
    is_number = said is not None and said.isascii() and said.isdecimal() and len(said) < _DIGITS
    return int(said) if said and is_number else None


def _unescaped(said: str) -> str:
    """Return a part of a workflow command as it was before its writer escaped it."""
    return unquote(said)
