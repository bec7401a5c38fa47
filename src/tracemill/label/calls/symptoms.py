"""The line that says what is wrong, out of everything that a failing tool printed.

Test runners, compilers and linters print the telling line in forms of their own; where none of
them is found, the first line that speaks of an error tells most, and else the last line.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import re2

from tracemill.base.text import start_of
from tracemill.label.calls.shell import clip
from tracemill.records.sessions.printed import SAYS_NOTHING
from tracemill.records.sessions.recoveries import FailureCause, FailureKind

_START: Final = 4_000
_END: Final = 6_000
_LONGEST: Final = 240
_COLOUR: Final = re.compile("\x1b" + r"\[[0-9;]*[A-Za-z]")


class _Form(NamedTuple):
    """A form of telling lines."""

    line: re.Pattern[str]
    marks: tuple[str, ...]
    """Texts of which every such line holds one, and which are found sooner than the whole of it."""


def _form(line: str, *marks: str) -> _Form:
    return _Form(re.compile(line, re.MULTILINE), marks)


_TELLING: Final = (
    _form(r"^(?:FAILED|ERROR) \S+.*$", "FAILED ", "ERROR "),  # pytest's summary
    _form(r"^E {2,}\S.*$", "E  "),  # pytest's assertion
    _form(r"^ *--- FAIL: .*$", "--- FAIL: "),  # go
    _form(r"^ *(?:●|✕|✗|\u00d7|not ok) .*$", "●", "✕", "✗", "\u00d7", "not ok "),  # jest, tap
    _form(r"^(?:\[[\w:.-]+\] )?\S+\.\w+:\d+(?::\d+)?:? \S.*$", ":"),  # compilers
    _form(r"^\S+\(\d+,\d+\): error .*$", "): error "),  # tsc
    _form(r"^error(?:\[\w+\])?: .*$", "error"),  # cargo, git
    _form(r"^(?:fatal|FATAL): .*$", "fatal: ", "FATAL: "),  # git
    _form(r"^(?:\w+\.)*\w*(?:Error|Exception)(?::.*)?$", "Error", "Exception"),  # Python
    _form(
        r"^.*\b(?:(?i:error)|(?i:failed)|not found|denied|No module named|(?i:cannot)|"
        r"(?i:invalid))\b.*$",
        "",
    ),
)
"""The most telling first."""

_TAGS: Final = re.compile(r"</?tool_use_error>")
_ENVIRONMENT: Final = re2.compile(
    r"command not found|No module named|ModuleNotFoundError|Cannot find module|not installed|"
    r"ENOENT|EACCES|ECONNREFUSED|(?i:permission denied)|Operation not permitted|"
    r"(?i:connection (?:refused|reset))|Could not resolve host|(?i:timed? ?out)|No space left|"
    r"not a git repository|"
    r"used by another process|(?i:resource busy)|EBUSY|Text file busy|"
    r"Missing script|certificate|Authentication failed|address already in use"
)
_USAGE: Final = re2.compile(
    r"String to replace not found|File has not been read|has been modified since|InputValidation|"
    r"unrecognized (?:argument|option|subcommand)|unknown (?:option|flag|command|revision)|"
    r"(?i:usage):|invalid (?:option|argument)|No such file or directory|File does not exist|"
    r"matches of the string|no such option|Failed to find expected lines|(?i:invalid) context|"
    r"pathspec .* did not match"
)
_CHECKS: Final = frozenset({"test", "lint", "types", "build"})


def symptom(kind: FailureKind, text: str) -> str:
    """Return the line that says what is wrong, or an empty text where nothing was printed.

    A check says it at the end, every other tool at once.
    """
    plain = _TAGS.sub("", _COLOUR.sub("", clip(text, _START, _END))).replace("\r", "")
    for form in _TELLING:
        may_stand = any(map(plain.__contains__, form.marks))
        for found in form.line.finditer(plain) if may_stand else ():
            if not SAYS_NOTHING.match(found[0].strip()):
                return start_of(found[0].strip(), _LONGEST)
    lines = [line.strip() for line in plain.splitlines()]
    telling = [line for line in lines if line and not SAYS_NOTHING.match(line)]
    return start_of(telling[-1 if kind in _CHECKS else 0], _LONGEST) if telling else ""


def cause_of(kind: FailureKind, text: str) -> FailureCause:
    """Return what a failure's words point at."""
    if kind in _CHECKS:
        return "code"  # one that could not even start gives no verdict
    plain = clip(text, _START, _END)
    if _ENVIRONMENT.search(plain):
        return "environment"
    return "usage" if _USAGE.search(plain) else "unknown"
