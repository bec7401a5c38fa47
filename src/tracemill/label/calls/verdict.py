"""Whether a check passed: by its exit code where that reaches us, else by what it printed.

The exit code of a line belongs to a check only if the check is the last command whose status
reaches the shell: not before a pipe, not before `|| true`, not before a `;`. Where it does
not, the check's own summary decides, such as `3 failed, 10 passed`. A summary counts as passed
only if nothing in the text says failed. Words of an `echo` behind `&&` tell that what came before
them passed. Where nothing tells, the verdict is None, and a command that could not start, or that
found nothing to test, gives no verdict either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

import re2

from tracemill.label.calls.commands import Check
from tracemill.label.calls.shell import CommandLine, Part, clip
from tracemill.records.sessions.activity import CheckKind

_OUTPUT_START, _OUTPUT_END = 2_000, 4_000
_NOT_STARTED: Final = frozenset({126, 127})
_QUIET: Final = frozenset(
    {"cd", "export", "source", ".", "set", "echo", "printf", "true", "mkdir", "rm", "unset"}
    | {"sleep", "pushd", "popd", "date", "pwd", "ls", "fmt", "format", "gofmt"}
)
"""Commands and scripts that hardly ever fail: where a line failed, it was not through them."""
_CUTTERS: Final = frozenset({"head", "grep", "rg", "egrep", "sed", "awk", "cut", "wc", "jq"})
"""Commands that may hide the end of an output or single lines of it."""


class _Summary(NamedTuple):
    """What a summary says, line by line; only lines that hold a mark need a closer look."""

    expression: str
    """For RE2, since Python's own engine tries each of its forms at each character."""
    marks: tuple[str, ...]
    """Lower-case texts of which every line that the expression matches holds one."""
    unless: str = ""
    """What stands in no line that says so, where it is not empty."""

    def stands_in(self, text: str) -> bool:
        """Tell whether the expression matches a line of a text."""
        lower = text.lower()
        marks = [mark for mark in self.marks if mark in lower]
        if not marks:
            return False
        lines = (
            line
            for line, small in zip(text.split("\n"), lower.split("\n"), strict=True)
            if any(map(small.__contains__, marks)) and not (self.unless and self.unless in line)
        )
        seen = "\n".join(lines)
        return _compiled(self.expression, seen.isascii()).search(seen) is not None


@cache
def _compiled(expression: str, is_ascii: bool) -> Any:
    """Return what looks for an expression: dear to make, and most kinds of checks never run.

    All letters that there are make most of the cost, and most texts have those of ASCII alone.
    """
    return re2.compile(expression.replace(_LETTERS, "A-Za-z") if is_ascii else expression)


class _Texts(NamedTuple):
    failed: _Summary
    passed: _Summary


_LETTERS: Final = r"\pL"
_LINE: Final = rf"^(?:\[[{_LETTERS}\d_:.-]+\] |\S+ [{_LETTERS}\d_:-]+: )?[= ]*"
"""Start of a line of a summary: runners put the script's name before it, pytest `=` signs."""

_COUNT: Final = rf"(?:{_LINE}|(?:Tests|Suites|Files):? +|, |\| |run: )"
"""What stands before a count in a summary, so that prose with numbers is no summary."""


def _summary(marks: str, *forms: str, unless: str = "") -> _Summary:
    return _Summary(f"(?m){'|'.join(_by_start(forms))}", tuple(marks.split()), unless)


def _by_start(forms: tuple[str, ...]) -> Iterator[str]:
    """Yield forms, those with one start as one: it is as dear as all that follows it."""
    for start in (_COUNT, _LINE, ""):
        own = [form.removeprefix(start) for form in forms if _start_of(form) == start]
        if own:
            yield f"{start}(?:{'|'.join(own)})"


def _start_of(form: str) -> str:
    return next(start for start in (_COUNT, _LINE, "") if form.startswith(start))


_SUMMARIES: Final[Mapping[CheckKind, _Texts]] = {
    "test": _Texts(
        failed=_summary(
            "fail error",
            rf"{_COUNT}[1-9]\d* (?:failed|failures?|failing|errored)(?:[,;. |]|$)",
            rf"{_LINE}[1-9]\d* (?:fail|errors?)$",  # bun
            rf"{_COUNT}[1-9]\d* errors? in [\d.]+",  # pytest, collection
            r"^FAIL(?:ED)?(?:[^\w:]|$)",  # go, jest, unittest, pytest
            r"^ *--- FAIL: ",  # go
            rf"{_LINE}test result: FAILED",  # cargo
            r"\b(?:Failures|Errors|Failed): +[1-9]",  # maven, phpunit, dotnet
            r"\((?:failures|errors)=[1-9]",  # unittest
            r"^# fail [1-9]",  # node
            r"^error: could not compile\b",
        ),
        passed=_summary(
            "pass fail ok tests",
            rf"{_COUNT}[1-9]\d* (?:passed|passing)\b",
            rf"{_LINE}[1-9]\d* pass$",
            rf"{_LINE}0 fail$",
            rf"{_COUNT}0 failures\b",
            r"^ok  ?\t\S+\t",
            rf"{_LINE}test result: ok\. [1-9]",
            r"^OK(?: \(|$)",
            r"Tests run: [1-9]\d*, Failures: 0, Errors: 0",
            r"^# pass [1-9]",
            r"^\W*All (?:[\w.-]+ ){0,4}tests? (?:passed|pass|completed successfully)\b",
            unless="[no tests to run]",  # go
        ),
    ),
    "lint": _Texts(
        failed=_summary(
            "error warning problem issue",
            r"^(?:PHP )?(?:Parse|Fatal) error: ",  # php
            r"^(?:Sorry: )?(?:SyntaxError|IndentationError|TabError)\b",  # python, node
            rf"{_LINE}Found [1-9]\d* errors?(?:[^ \w]|$| [^i])",  # with ` in `: of types
            rf"{_LINE}Found [1-9]\d* (?:warnings?|problems?|issues?)\b",
            rf"{_LINE}(?:✖ )?[1-9]\d* (?:issues|problems?)(?:[^ \w]|$| [^(]| \([1-9])",
            r"^error(?:\[|: could not compile)",
            unless=" fixed, 0 remaining)",  # ruff
        ),
        passed=_summary(
            "passed issues problems errors checked rated offenses syntax",
            r"^All checks passed",
            rf"{_LINE}0 (?:issues|problems|errors)\b",
            rf"{_LINE}✖ [1-9]\d* problems? \(0 errors,",  # eslint: warnings alone
            r"^Checked \d+ files? in [^\n]*\b(?:No fixes applied|Fixed \d+ files?)",
            r"^Your code has been rated at 10",
            r"no offenses detected",
            r"^No syntax errors detected in ",  # php
            r"^Syntax OK$",  # ruby
            r" syntax OK$",  # perl
        ),
    ),
    "types": _Texts(
        failed=_summary(
            "error",
            r"\bFound [1-9]\d* errors?(?: in |\. Watching)",  # linters stop behind the count
            *(r"\berror TS\d+", r"^[1-9]\d* errors?,"),
        ),
        passed=_summary(
            "success errors",
            r"^Success: no issues found",
            r"^0 errors\b",
            r"\bFound 0 errors\b",
        ),
    ),
    "build": _Texts(
        failed=_summary(
            "error fail .go:",
            r"^error(?:\[E\d+\]|: could not compile)",
            r"\berror TS\d+",
            r"\bBUILD FAIL",
            r"\bBuild failed\b",
            r"(?:\bFailed to compile|^unhandledRejection Error)\b",  # next
            r"^error during build:",  # vite
            r"\.go:\d+:\d+: ",
            r"(?: |\)): (?:fatal )?error [A-Z]{1,6}\d{3,5}: ",  # msbuild
        ),
        passed=_summary(
            "success finished succeeded built proj complete compiled rendered",
            r"^ *[\w. -]+\.\w{2,3}proj -> \S",  # msbuild
            r"\bBUILD SUCCESS",
            r"^ *Finished [`\[]?(?:dev|release|test|debug)\b",
            r"\bCompiled successfully\b",
            r"\bBuild succeeded\b",
            r"^(?:[\d:]+ (?:\[\w+\] )?)?\S{1,3} ?built in \d[\d.]*m?s\b",  # vite
            r"^(?:[\d:]+ )?\[build\] Complete!",  # astro
            r"^\W*Build completed? in \d",
            r"^webpack \S+ compiled (?:successfully|with \d+ warnings?)\b",
            r"^\W*Successfully ran targets? \w*build",  # nx
            r"^\W{1,4}\((?:Static|Dynamic|SSG|ISR|Server)\) +\S",  # next
        ),
    ),
}
"""Summaries of each kind of check; `failed` wins over `passed`."""

_RUNNER_FAILED: Final = _Summary(
    r"(?m)^(?:error: script \"[^\"\n]*\" (?:exited with code|was terminated)|npm (?:ERR!|error\b)|"
    r"make(?:\[\d+\])?: \*\*\* |(?:\[[\w:.-]+\] )?ERROR task failed|error Command failed|"
    r"error: Recipe |.{0,40}ELIFECYCLE)",
    ("error: ", "npm err", ": *** ", "error task", "error command", "elifecycle"),
)
"""What runners of scripts print when the script fails."""
_SILENT: Final = frozenset({"lint", "types"})
"""Checks that say nothing where they find nothing."""
_ONLY_ANNOUNCED: Final = re.compile(
    r"\s*(?:(?:[>$] [^\n]{0,300}|\((?:Bash completed with )?no output\)|"
    r"Shell cwd was reset to [^\n]*)(?:\n\s*|\Z)){1,20}\Z"
)
"""An output in which runners say what they run, or an agent that nothing was printed; no more."""

_NO_START_MARKS: Final = (
    *("command not found", "unrecognized subcommand", "No module named ", "Missing script"),
    *("Script not found", "No such file or directory"),
)
_NO_START: Final = re.compile(
    r"(?:command not found|unrecognized subcommand|No module named (?:pytest|mypy|ruff)|"
    r"Missing script|error: Script not found|No such file or directory\Z)"
)
_NOTHING_RUN_MARKS: Final = ("no test", "No test", "Ran 0 tests")
_NOTHING_RUN: Final = re.compile(
    r"\[no test files\]|no tests to run|no tests ran|[Nn]o tests? (?:files )?found|^Ran 0 tests\b",
    re.MULTILINE,
)
_FAR: Final = 400
"""Characters from the start or end of an output within which a shell says that nothing began."""

_ECHOED_CODE: Final = re.compile(r"(\d{1,3})\s*$")
_CHANGING: Final = frozenset("$`\\*~")
"""Characters of words that a shell may print as others."""
_COLOUR: Final = re.compile("\x1b" + r"\[[0-9;]*m")
_N_LINES: Final = re.compile(r"-(?:n ?|-lines=)?(\d+)$")


class Outcome(NamedTuple):
    """How a command line ended, as the log tells it."""

    exit_code: int | None
    """Its exit code; None where it is unknown or the line is still running."""
    text: str
    """What it printed."""


def verdict(line: CommandLine, check: Check, outcome: Outcome, n_checks: int) -> bool | None:
    """Tell whether `check` passed, one of `n_checks` in its line; None where nothing tells."""
    if outcome.exit_code in _NOT_STARTED:
        return None
    text = _plain(outcome.text)
    by_code = _by_exit_code(line, check.place, outcome.exit_code, text)
    if by_code is None:
        return _by_text(line, check, text, is_alone=n_checks == 1)
    if by_code and check.kind == "test" and _ran_nothing(text):
        return True if _SUMMARIES["test"].passed.stands_in(text) else None
    return None if not by_code and _has_not_begun(text) else by_code


def verdicts(line: CommandLine, checks: Sequence[Check], outcome: Outcome) -> list[bool | None]:
    """Return whether each check of a line passed; behind `&&` one runs only if that before did."""
    found = [verdict(line, check, outcome, len(checks)) for check in checks]
    if not checks[1:] or line.has_control or _RUNNER_FAILED.stands_in(text := _plain(outcome.text)):
        return found
    for at in reversed(range(1, len(checks))):
        check, later = checks[at - 1 : at + 1]
        joins = [part.after for part in line.parts[: later.place]]
        is_needed = {*joins[check.place :]} == {"&&"} and "||" not in joins
        if found[at] and found[at - 1] is None and is_needed and check.kind != later.kind:
            found[at - 1] = None if check.kind == "test" and _ran_nothing(text) else True
    return found


def passed_by_hook(text: str) -> bool:
    """Tell whether tests passed that a hook ran while git committed; a later try may, too."""
    plain, summary = _plain(text), _SUMMARIES["test"]
    has_failed = summary.failed.stands_in(plain) or _RUNNER_FAILED.stands_in(plain)
    return not has_failed and summary.passed.stands_in(plain)


def _by_exit_code(line: CommandLine, place: int, code: int | None, text: str) -> bool | None:
    parts = line.parts
    echoed = _echoed_code(line, place, text)
    if echoed is not None:
        return echoed == 0
    if not line.has_control and _is_announced(line, place, text):
        return True
    if code is None or line.has_control:
        return None
    # a pipe that leads nowhere is no command: the shell ran none of it
    end = next((n for n in range(place, len(parts)) if parts[n].after != "|"), None)
    if end is None or (end != place and not line.keeps_pipe_status):
        return None
    return _reaches(line, place, end, has_failed=code != 0)


def _reaches(line: CommandLine, place: int, end: int, *, has_failed: bool) -> bool | None:
    """Read a line's status as that of the pipeline from `place` to `end`, where it is."""
    parts = line.parts
    joins = {";": "&&"} if line.stops_early else {}
    later = [joins.get(part.after, part.after) for part in parts[end:-1] if part.after != "|"]
    earlier = [joins.get(part.after, part.after) for part in parts[:place]]
    if "||" in later or "||" in earlier:
        return None
    if not has_failed:
        return True if all(operator == "&&" for operator in later) else None
    if any(operator != "&&" for operator in later) or not are_quiet(parts[end + 1 :]):
        return None
    first = next((i for i in range(place, 0, -1) if earlier[i - 1] not in {"&&", "|"}), 0)
    return False if are_quiet(parts[first:place]) else None


def are_quiet(parts: Iterable[Part]) -> bool:
    """Tell whether commands hardly ever fail, so that others ended their line."""
    return all(
        part.words[0] in _QUIET or part.words[:2] == ("git", "add") or part.words[-1] in _QUIET
        for part in parts
    )


def _echoed_code(line: CommandLine, place: int, text: str) -> int | None:
    """Return the status that the next command prints, as in `pytest; echo $?`."""
    parts = line.parts
    if place + 1 >= len(parts) or parts[place].after != ";":
        return None
    echo = parts[place + 1].words
    if echo[0] not in {"echo", "printf"} or not any("$?" in word for word in echo):
        return None
    match = _ECHOED_CODE.search(text) if place + 2 == len(parts) else None
    return int(match.group(1)) if match else None


def _is_announced(line: CommandLine, place: int, text: str) -> bool:
    """Tell whether words were printed that only follow a success, as in `mypy && echo OK`."""
    for part, last in zip(line.parts[place + 1 :], line.parts[place:], strict=False):
        if last.after != "&&":
            return False
        if part.words[0] == "echo":
            said = " ".join(word for word in part.words[1:] if not word.startswith("-")).strip()
            has_own_words = bool(said) and _CHANGING.isdisjoint(said) and not part.writes
            return has_own_words and said in map(str.strip, text.split("\n"))
    return False


def _by_text(line: CommandLine, check: Check, text: str, *, is_alone: bool) -> bool | None:
    if _has_not_begun(text):
        return None
    summary = _SUMMARIES[check.kind]
    if summary.failed.stands_in(text) or (is_alone and _RUNNER_FAILED.stands_in(text)):
        return False
    is_quiet = is_alone and check.kind in _SILENT and _says_nothing(line, check.place, text)
    if _is_cut(line, check.place, text.count("\n") + 1):
        return True if is_quiet and _looks_for_words(line, check.place) else None
    return True if is_quiet or summary.passed.stands_in(text) else None


def _says_nothing(line: CommandLine, place: int, text: str) -> bool:
    """Tell whether a check printed nothing, but what is said where it finds nothing."""
    if _ONLY_ANNOUNCED.match(text):
        return True
    last = line.parts[-1]
    is_else = len(line.parts) > place + 1 and line.parts[-2].after == "||"
    said = " ".join(last.words[1:]) if is_else and last.words[0] == "echo" else ""
    return bool(said) and text.strip() == said


def _looks_for_words(line: CommandLine, place: int) -> bool:
    """Tell whether all that a check prints goes to a `grep` that looks for words in it."""
    first, *_ = line.parts[place + 1 :]
    options = [word for word in first.words[1:] if word.startswith("-")]
    is_search = first.words[0] in {"grep", "rg", "egrep"}
    return is_search and not any(set("vclLqo") & set(option.lstrip("-")) for option in options)


def _ran_nothing(text: str) -> bool:
    return any(map(text.__contains__, _NOTHING_RUN_MARKS)) and bool(_NOTHING_RUN.search(text))


def _has_not_begun(text: str) -> bool:
    """Tell whether the shell or runner said that it could not start the check at all."""
    near = clip(text, _FAR, _FAR)
    return any(map(near.__contains__, _NO_START_MARKS)) and bool(_NO_START.search(near))


def _plain(text: str) -> str:
    clipped = clip(text, _OUTPUT_START, _OUTPUT_END).replace("\r\n", "\n")
    return _COLOUR.sub("", clipped) if "\x1b" in clipped else clipped


def _is_cut(line: CommandLine, place: int, n_lines: int) -> bool:
    """Tell whether a pipe may have hidden the summary's end; `head` of fewer lines hid nothing."""
    parts = line.parts
    while parts[place].after == "|" and place + 1 < len(parts):
        place += 1
        words = parts[place].words
        if words[0] == "head" and n_lines < _n_head(words):
            continue
        if words[0] in _CUTTERS:
            return True
    return False


def _n_head(words: tuple[str, ...]) -> int:
    match = _N_LINES.match(" ".join(words[1:]))
    return int(match.group(1)) if match else 10
