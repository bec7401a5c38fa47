"""Blocks of SpecStory's that label what they show: what a call was given, and what came of it.

Its extension for editors has two forms. In the older one a list names each argument, and a long one
stands in a fence behind its name; nothing is shown of results. In the newer one `Parameters:`,
`Additional data:` and `Result:` each stand before a fence of JSON, and `Status:` tells how far the
call came. VS Code keeps what a terminal printed, and its exit code, with the parameters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from tracemill.sources.reading.json_fields import fields_of, is_too_deep
from tracemill.sources.reading.lenient_json import lenient_values

_INPUT: Final = "**Input:**"
_ARGUMENT: Final = re.compile(r"- (\w{1,40}):(?: (.*))?\Z")
_LABEL: Final = re.compile(r"(Parameters|Result):\s*\Z")
_STATUS: Final = re.compile(r"Status: \*\*([a-z][a-z _-]{0,20})\*\*\s*\Z", re.IGNORECASE)
_UNFINISHED: Final = frozenset({"loading", "in progress", "in_progress", "pending", "running"})
_FAILED: Final = frozenset({"error", "failed"})
_OPENING: Final = re.compile(r"```\w*\s*\Z")
_CLOSING: Final = "```"
_CHANGES: Final = frozenset({"content", "newString", "new_string", "replacements"})
_PATCH: Final = "*** Begin Patch"
_COMMANDS: Final = ("userEdited", "toolEdited", "original")
"""What VS Code says of a command line: the last to change it knows what was run."""
_WRITTEN: Final = "textEditContent"
_HIGHEST_CODE: Final = 2**32
"""Programs end with a number of 32 bits."""


class Labelled(NamedTuple):
    """What a block shows under labels."""

    arguments: dict[str, Any]
    result: str | None
    """What came of the call; None where that is not shown, or the call had not ended."""
    exit_code: int | None = None
    has_failed: bool = False


def is_unfinished(lines: list[str]) -> bool:
    """Tell whether a block says that its call had not ended when it was saved."""
    return _status(lines) in _UNFINISHED


def read_labelled(lines: list[str]) -> Labelled | None:
    """Return what a block shows under labels, or None where it has none."""
    if any(line.strip() == _INPUT for line in lines):
        return _listed(lines)
    parts = dict(_parts(lines))
    if not parts:
        return None
    given, came = _object(parts.get("Parameters")), _object(parts.get("Result"))
    if "commandLine" in given:
        return _in_terminal(given)
    status = _status(lines)
    text = came.get(_WRITTEN)
    if isinstance(text, str) and text:
        given["content" if "file_path" in given else "replacement_text"] = text
    result = None if status in _UNFINISHED else parts.get("Result")
    return Labelled(given, result, has_failed=status in _FAILED)


def _status(lines: list[str]) -> str | None:
    found = next((match for line in reversed(lines) if (match := _STATUS.match(line))), None)
    return None if found is None else found[1].lower()


def _listed(lines: list[str]) -> Labelled:
    """Read a list of arguments; of changes, only those are shown that were made."""
    found: dict[str, Any] = {}
    at = 0
    while at < len(lines):
        given = _ARGUMENT.match(lines[at])
        at += 1
        if given is None:
            continue
        if given[2] is not None:
            found[given[1]] = given[2].strip("` ")
            continue
        fence = _next_shown(lines, at)
        if fence < len(lines) and _OPENING.match(lines[fence]):
            end = _end_of_value(lines, fence)
            found[given[1]] = "\n".join(lines[fence + 1 : end])
            at = end + 1
    is_patch = str(found.get("input", "")).startswith(_PATCH)
    return Labelled(found, "" if is_patch or not _CHANGES.isdisjoint(found) else None)


def _end_of_value(lines: list[str], start: int) -> int:
    """Return where a fence ends that may hold others: behind it comes an argument, or no fence."""
    end = len(lines)
    for at in range(start + 1, len(lines)):
        if lines[at].rstrip() != _CLOSING:
            continue
        end, behind = at, _next_shown(lines, at + 1)
        if behind < len(lines) and _ARGUMENT.match(lines[behind]):
            return at
    return end


def _parts(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Yield labels with the JSON behind them, in which no line is a fence."""
    at = 0
    while at < len(lines):
        label = _LABEL.match(lines[at])
        at += 1
        if label is None:
            continue
        start = _next_shown(lines, at)
        if start == len(lines) or not _OPENING.match(lines[start]):
            continue
        rest = range(start + 1, len(lines))
        at = next((n for n in rest if lines[n].rstrip() == _CLOSING), len(lines))
        yield label[1], "\n".join(lines[start + 1 : at])


def _next_shown(lines: list[str], at: int) -> int:
    """Return where the next line stands that is not blank, from `at` on."""
    return next((n for n in range(at, len(lines)) if lines[n].strip()), len(lines))


def _object(text: str | None) -> dict[str, Any]:
    """Return a JSON object; what is cut, too deep or none gives no fields."""
    values, fault = lenient_values(text or "")
    if fault is not None or len(values) != 1 or is_too_deep(values[0]):
        return {}
    return dict(fields_of(values[0]))


def _in_terminal(given: dict[str, Any]) -> Labelled:
    line, state, printed = (
        fields_of(given.get(key))
        for key in ("commandLine", "terminalCommandState", "terminalCommandOutput")
    )
    command = next((line[key] for key in _COMMANDS if isinstance(line.get(key), str)), None)
    exit_code, text = _exit_code(state.get("exitCode")), printed.get("text")
    said = text if isinstance(text, str) else None
    result = "" if said is None and exit_code is not None else said
    return Labelled({} if command is None else {"command": command}, result, exit_code)


def _exit_code(code: object) -> int | None:
    """Return a believable exit code; on Windows it may be below zero."""
    return code if type(code) is int and abs(code) <= _HIGHEST_CODE else None
