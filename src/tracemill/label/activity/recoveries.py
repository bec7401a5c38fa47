"""Failures and how they were overcome, followed while a trajectory's steps go by.

Two attempts are the same when they want the same thing: a check of one kind by one program over
the same targets or all of them; a command of one program and verb; an edit of one file; any other
tool on the same thing. A failure stays open until an attempt of the same kind works. Programs
whose exit code answers a question (`grep`, `diff`, `test`) never fail by it. A command on another
file, branch or number than the one that failed answers nothing, nor does a look at its help.

What is held is bounded: so many open failures, so many finished ones, a line of text for each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from tracemill.base.text import beginning
from tracemill.label.calls.answers import ANSWERING, is_answer
from tracemill.label.calls.edits import edited_by_tool, is_editor
from tracemill.label.calls.shell import CommandLine, Part, parse
from tracemill.label.calls.shell_calls import POLLS, SHELLS, ShellCall, command_of
from tracemill.label.calls.symptoms import cause_of, symptom
from tracemill.label.calls.tool_names import plain_name
from tracemill.records.sessions.activity import CheckKind
from tracemill.records.sessions.edit_calls import PATH_ARGUMENTS
from tracemill.records.sessions.recoveries import (
    Change,
    FailureCause,
    FailureKind,
    IgnoredFailure,
    Recovery,
)
from tracemill.records.sessions.trajectory import ToolCall, ToolResult

MAX_OPEN: Final = 64
MAX_RECOVERIES: Final = 500
MAX_GAP: Final = 30
"""Steps after which something other than a check that works no longer answers a failure."""
_MAX_EDITS: Final = 32
_MAX_ATTEMPTS: Final = 64
_LONGEST_ACTION: Final = 120
_LOOKING: Final = ANSWERING | frozenset(
    {"ls", "cat", "head", "tail", "kill", "pkill", "read", "true", "false", "sed", "awk", "command"}
    | {"nl", "wc", "jq", "stat", "tree", "file", "sort", "uniq", "fd", "less", "strings", "lsof"}
    | {"find"}
)
"""Programs whose exit code is an answer, or that only look."""
_QUIET: Final = frozenset({"cd", "export", "source", ".", "set", "echo", "printf", "sleep", "pwd"})
"""Programs that stand beside what a line is about."""
_WITH_VERB: Final = frozenset(
    {
        "apt", "aws", "bun", "cargo", "docker", "dotnet", "gcloud", "gh", "git", "go", "just",
        "kubectl", "make", "mise", "mix", "npm", "pip", "pnpm", "poetry", "systemctl", "terraform",
        "uv", "yarn",
    }
)  # fmt: skip
"""Programs whose first argument says what they do."""
_WITH_TWO_VERBS: Final = frozenset({"gh", "aws", "gcloud", "terraform", "systemctl"})
_RUNNING: Final = frozenset({"run", "run-script"})
"""Verbs after which the name of a script says what is done."""
_HELP: Final = frozenset({"--help", "-h", "help", "--version"})
_INTERPRETERS: Final = frozenset({"python", "python3", "node", "ruby", "perl", "bash", "sh", "zsh"})
_IN_PLACE: Final = frozenset({"-c", "-e", "-", "-lc", "--eval", "-p"})
_OF_TOOLS: Final = (*PATH_ARGUMENTS, "url", "query", "pattern")
"""Arguments that say what a tool is used on."""


class _Aim(NamedTuple):
    """What an attempt wants; equal aims are attempts at the same thing."""

    kind: FailureKind
    what: str


_Arguments = str | Sequence[Part] | Mapping[str, Any]
"""What is tried: a command line, its parts, or the arguments of another tool."""


class _Open:
    """A failure that nothing has resolved yet."""

    __slots__ = ("at", "attempts", "cause", "edits", "said", "symptom", "targets")

    def __init__(self, kind: FailureKind, tried: Attempt, targets: frozenset[str]) -> None:
        self.attempts = [tried.step]
        self.at = tried.at
        self.symptom = symptom(kind, tried.text)
        self.cause: FailureCause = cause_of(kind, tried.text)
        self.edits: list[int] = []
        self.targets = targets
        self.said: _Arguments = ""
        """Those of the last failing attempt."""


class Attempt(NamedTuple):
    """One attempt at something, and how it ended."""

    step: int
    at: datetime | None
    said: _Arguments
    """Its command or arguments, to see whether they changed."""
    text: str
    """What it printed."""


class Recoveries:
    """Follows the failures of one trajectory."""

    def __init__(self) -> None:
        self._open: dict[_Aim, _Open] = {}
        self._done: list[Recovery] = []
        self.ignored: Counter[IgnoredFailure] = Counter()
        """Results that failed and are no failure of the work, by why."""

    def checks(
        self,
        call: ShellCall,
        verdicts: Sequence[bool | None],
        tried: Attempt,
        result: ToolResult,
    ) -> None:
        """Take a command that ran checks, with the verdict of each."""
        if result.status == "error" and False not in verdicts:
            self.ignored["no_verdict"] += 1
        for check, passed in zip(call.checks, verdicts, strict=True):
            if passed is not None:
                self.check(check.kind, call.line.parts[check.place], tried, passed=passed)

    def check(self, kind: CheckKind, part: Part, tried: Attempt, *, passed: bool) -> None:
        """Take a check that passed or failed."""
        aim = _Aim(kind, _program(part))
        targets = _targets(part)
        held = self._open.get(aim)
        if not passed:
            self._failed(aim, tried, targets)
        elif held is not None and (not targets or (held.targets and held.targets <= targets)):
            self._worked(aim, held, tried)

    def result(
        self, call: ToolCall | None, result: ToolResult, step: int, at: datetime | None
    ) -> None:
        """Take the result of a call that is no check; None where no open step has the call."""
        if call is None:
            if result.status == "error":
                self.ignored["late_result"] += 1
            return
        if result.status in ("rejected", "interrupted"):
            return
        if is_answer(call, result):
            self.ignored["answered"] += 1
            return
        aim = self._aim_of(call, is_failed=result.status == "error")
        if aim is None:
            return
        said = command_of(call.arguments) or call.arguments
        tried = Attempt(step, at, said, result.content)
        used_on = _used_on(aim, call)
        if result.status == "error":
            self._failed(aim, tried, used_on)
        elif (held := self._open.get(aim)) is not None:
            if step - held.attempts[-1] > MAX_GAP:
                self._done.append(self._recovery(aim, self._open.pop(aim)))
            elif not (held.targets and used_on and held.targets.isdisjoint(used_on)):
                self._worked(aim, held, tried)

    def _aim_of(self, call: ToolCall, *, is_failed: bool) -> _Aim | None:
        """Return what a call wants; None where it says nothing, or no failure waits for it."""
        if not is_failed and not self._may_answer(call):
            return None
        aim = _aim(call)
        if aim is None and is_failed:
            self.ignored[_why_ignored(call)] += 1
        return aim

    def _may_answer(self, call: ToolCall) -> bool:
        """Tell at little cost whether a call could want what an open failure wanted."""
        if plain_name(call.name) not in SHELLS:
            return True
        said = (command_of(call.arguments) or "").replace("'", "").replace('"', "")
        return any(a.kind == "command" and a.what.split(" ", 1)[0] in said for a in self._open)

    @property
    def is_quiet(self) -> bool:
        """Whether no failure is open, so that what works needs no look."""
        return not self._open

    def edited(self, step: int) -> None:
        """Note that a step changed files."""
        for held in self._open.values():
            if len(held.edits) < _MAX_EDITS and held.edits[-1:] != [step]:
                held.edits.append(step)

    def finish(self) -> tuple[Recovery, ...]:
        """Return all failures in the order in which they began, those unresolved among them."""
        unresolved = (self._recovery(aim, held) for aim, held in self._open.items())
        found = sorted([*self._done, *unresolved], key=lambda recovery: recovery.attempts[0])
        if len(found) > MAX_RECOVERIES:
            self.ignored["beyond_limit"] += len(found) - MAX_RECOVERIES
        return tuple(found[:MAX_RECOVERIES])

    def _failed(self, aim: _Aim, tried: Attempt, targets: frozenset[str]) -> None:
        held = self._open.get(aim)
        if held is None:
            if len(self._open) == MAX_OPEN:
                oldest = next(iter(self._open))
                self._done.append(self._recovery(oldest, self._open.pop(oldest)))
            held = self._open[aim] = _Open(aim.kind, tried, targets)
        elif held.attempts[-1] == tried.step:
            self.ignored["same_step"] += 1
        elif len(held.attempts) == _MAX_ATTEMPTS:
            self.ignored["beyond_limit"] += 1
        else:
            held.attempts.append(tried.step)
            held.targets &= targets
        held.said = tried.said

    def _worked(self, aim: _Aim, held: _Open, tried: Attempt) -> None:
        del self._open[aim]
        if tried.step != held.attempts[0]:
            self._done.append(self._recovery(aim, held, tried))
        else:
            self.ignored["same_step"] += 1

    def _recovery(self, aim: _Aim, held: _Open, tried: Attempt | None = None) -> Recovery:
        edits = [e for e in held.edits if tried is None or held.attempts[0] <= e <= tried.step]
        return Recovery(
            kind=aim.kind,
            cause=held.cause,
            action=beginning(aim.what, _LONGEST_ACTION),
            symptom=held.symptom,
            attempts=tuple(held.attempts),
            edits=tuple(edits),
            resolved_step=tried.step if tried else None,
            change=_change(held, tried) if tried else None,
            at=held.at,
            seconds=_seconds(held.at, tried.at) if tried else None,
        )


def _change(held: _Open, tried: Attempt) -> Change:
    has_edit = any(held.attempts[-1] <= edit <= tried.step for edit in held.edits)
    is_other = _written(held.said) != _written(tried.said)
    if has_edit:
        return "edit_and_arguments" if is_other else "edit"
    return "arguments" if is_other else "none"


def _seconds(began: datetime | None, ended: datetime | None) -> float | None:
    if began is None or ended is None or ended < began:
        return None
    return (ended - began).total_seconds()


def _written(said: _Arguments) -> str:
    """Return arguments as they are compared: dear to write down, and mostly nothing follows."""
    return repr(sorted(said.items()) if isinstance(said, Mapping) else said)


def _aim(call: ToolCall) -> _Aim | None:
    """Return what a call wants, or None where its failing would say nothing."""
    name = plain_name(call.name)
    if name in SHELLS:
        command = command_of(call.arguments)
        return _aim_of_command(parse(command)) if command else None
    if name in POLLS:
        return None
    if is_editor(name):
        paths = edited_by_tool(name, call.arguments)
        return _Aim("edit", f"edit {' '.join(paths)}") if paths else None
    on = next((v for k in _OF_TOOLS if isinstance(v := call.arguments.get(k), str)), "")
    return _Aim("tool", f"{call.name} {on}".strip())


def _why_ignored(call: ToolCall) -> IgnoredFailure:
    """Return why a call that failed says nothing of the work."""
    name = plain_name(call.name)
    if name in POLLS:
        return "polled"
    command = command_of(call.arguments) if name in SHELLS else None
    if command is None:
        return "nothing_named"
    line = parse(command)
    acting = [part for part in line.parts if part.bare and part.bare[0] not in _QUIET]
    if line.has_control or len(acting) > 1:
        return "several_commands"
    if not acting:
        return "nothing_named"
    if _only_looks(acting[0]) or not _HELP.isdisjoint(acting[0].bare[1:]):
        return "looked_only"
    return "nothing_named"


def _aim_of_command(line: CommandLine) -> _Aim | None:
    """Return what a line wants by its only command; of several nobody knows which one failed."""
    if line.has_control:
        return None
    acting = [part for part in line.parts if part.bare and part.bare[0] not in _QUIET]
    if len(acting) != 1 or _only_looks(acting[0]):
        return None
    (part,) = acting
    if not _HELP.isdisjoint(part.bare[1:]):
        return None
    what = _program(part) if _program(part) != part.bare[0] else _with_object(part)
    return _Aim("command", what) if what else None


def _used_on(aim: _Aim, call: ToolCall) -> frozenset[str]:
    """Return what a command is used on, besides the words of its aim and values of options."""
    if aim.kind != "command":
        return frozenset()
    known = set(aim.what.split())
    found: set[str] = set()
    for part in parse(command_of(call.arguments) or "").parts:
        if part.bare and part.bare[0] not in _QUIET:
            pairs = zip(("", *part.bare[1:]), part.bare[1:], strict=False)
            found.update(word for before, word in pairs if not before.startswith("-"))
    return frozenset(word for word in found if not word.startswith("-") and word not in known)


def _only_looks(part: Part) -> bool:
    words = part.bare
    is_editing = words[0] in {"sed", "perl"} and any(w.startswith(("-i", "-pi")) for w in words)
    return words[0].rsplit("/", 1)[-1] in _LOOKING and not is_editing


def _with_object(part: Part) -> str | None:
    """Return a program with what it is used on; code that is given in place says nothing."""
    if part.bare[0].rsplit("/", 1)[-1] in _INTERPRETERS and not _IN_PLACE.isdisjoint(
        part.bare[1:3]
    ):
        return None
    used_on = next((word for word in part.bare[1:] if not word.startswith("-")), "")
    return f"{_program(part)} {used_on}".strip()


def _program(part: Part) -> str:
    """Return a command's program, with its verb where that says what it does."""
    words = part.bare or part.words
    name = words[0].rsplit("/", 1)[-1]
    if name not in _WITH_VERB:
        return name
    verbs = [word for word in words[1:] if not word.startswith("-")]
    has_two = name in _WITH_TWO_VERBS or not _RUNNING.isdisjoint(verbs[:1])
    return " ".join([name, *verbs[: 2 if has_two else 1]])


def _targets(part: Part) -> frozenset[str]:
    """Return what a check is narrowed to: files, folders, names of tests."""
    words = part.bare or part.words
    return frozenset(_narrowing(words[len(_program(part).split()) :]))


def _narrowing(words: Iterable[str]) -> Iterable[str]:
    for word in words:
        if not word.startswith("-") and any(letter in word for letter in "./:"):
            yield word.rstrip("/")
