"""Failures and how they were overcome, followed while a trajectory's steps go by.

What fails stays open until an attempt that wants the same works (`label.calls.aims`): a check of
one kind by one program over all that had failed; a command of one program and verb on the same
objects; an edit of the same text; any other tool on the same thing. A command that asks for less
once a person spoke is for what they asked then, unless it leaves out what was refused; so is an
edit, where its file was edited otherwise before they spoke. Programs whose exit code answers a
question (`grep`, `diff`, `test`) never fail by it. Where two calls of one step want the same and
one of them fails, the other answers nothing.

What is held is bounded: so many open failures, so many finished ones, a line of text for each.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, Final, NamedTuple

from tracemill.base.text import beginning
from tracemill.label.calls.aims import (
    Aim,
    acting_parts,
    aims,
    bypasses,
    command_aim,
    line_aims,
    why_no_aim,
)
from tracemill.label.calls.answers import gave_nothing, is_answer, was_not_run
from tracemill.label.calls.check_aims import check_aim, place_of, takes_back
from tracemill.label.calls.commands import unfold
from tracemill.label.calls.edits import holds_patch
from tracemill.label.calls.shell import Part, parse
from tracemill.label.calls.shell_calls import (
    SHELLS,
    ShellCall,
    command_of,
    exit_code_of,
    running_id,
)
from tracemill.label.calls.symptoms import cause_of, symptom
from tracemill.label.calls.tool_names import plain_name
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
_MAX_GAP_UNNAMED: Final = 5
"""The same where nothing names what a tool is used on."""
_MAX_EDITS: Final = 32
_MAX_ATTEMPTS: Final = 64
_MAX_AIMS: Final = 8
"""Failing attempts at one thing of which is held what they wanted: the last ones."""
_LONGEST_ACTION: Final = 120
_REFUSES: Final = re.compile(
    r"(?:unknown|unrecogni[sz]ed|unexpected|unsupported|invalid|illegal|bad|no such) "
    r"(?:option|argument|flag|switch|parameter)|\bnot defined\b",
    re.IGNORECASE,
)
"""How programs say that they do not know an option."""
_CHECKS: Final[frozenset[FailureKind]] = frozenset({"test", "lint", "types", "build"})


_Arguments = str | Sequence[Part] | Mapping[str, Any]
"""What is tried: a command line, its parts, or the arguments of another tool."""


class Attempt(NamedTuple):
    """One attempt at something, and how it ended."""

    step: int
    at: datetime | None
    said: _Arguments
    """Its command or arguments, to see whether they changed."""
    text: str
    """What it printed."""


class _Open:
    """A failure that nothing has resolved yet."""

    __slots__ = ("aims", "at", "attempts", "cause", "edits", "left", "said", "symptom")

    def __init__(self, aim: Aim, tried: Attempt) -> None:
        self.aims = [aim]
        """What the last attempts wanted, the first one's aim before them."""
        self.attempts = [tried.step]
        self.at = tried.at
        self.symptom = symptom(aim.kind, tried.text)
        self.cause: FailureCause = cause_of(aim.kind, tried.text)
        self.edits: list[int] = []
        self.said = tried.said
        """The arguments of the last failing attempt."""
        self.left: int | None = None
        """The first step behind them that edited the same file otherwise; None where none did."""

    def is_wanted_by(self, aim: Aim) -> bool:
        """Tell whether an attempt that is no check wants what failed here."""
        return any(aim.is_same(each) for each in self.aims)

    def is_old(self, step: int) -> bool:
        """Tell whether a later attempt comes too late to be one at the same."""
        is_named = bool(self.aims[0].things) or self.aims[0].kind != "tool"
        return step - self.attempts[-1] > (MAX_GAP if is_named else _MAX_GAP_UNNAMED)

    def names(self, word: str) -> bool:
        """Tell whether what was said to be wrong names an option."""
        name = re.escape(word.lstrip("-").partition("=")[0])
        return word[:1] == "-" and re.search(rf"(?<!\w){name}(?!\w)", self.symptom) is not None

    def leave(self, aim: Aim, step: int) -> None:
        """Note that an edit worked which may be another one of the file that failed here."""
        is_later = self.left is None and step > self.attempts[-1]
        if is_later and not self.aims[0].things.isdisjoint(aim.things):
            self.left = None if self.is_wanted_by(aim) else step

    def was_left(self, asked: int) -> bool:
        """Tell whether its file was edited otherwise before a person spoke."""
        return self.left is not None and self.left < asked

    def add(self, aim: Aim, tried: Attempt) -> None:
        """Add a further attempt that failed."""
        self.attempts.append(tried.step)
        self.said, self.left = tried.said, None
        self.aims.append(aim)
        del self.aims[1:-_MAX_AIMS]


class Recoveries:
    """Follows the failures of one trajectory."""

    def __init__(self) -> None:
        self._open: dict[tuple[FailureKind, str], list[_Open]] = {}
        """By kind and family: attempts of other families never want the same."""
        self._n_open = 0
        self._asked = -1
        """The last step in which a person spoke."""
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
        """Take a command that ran checks, with the verdict of each.

        One that failed without a verdict could not even begin, which is the command's own failure.
        """
        if result.status == "error" and False not in verdicts:
            self._take_unstarted(call, tried, result)
        for check, passed in zip(call.checks, verdicts, strict=True):
            if passed is not None and takes_back(call.line.parts[check.place + 1 :]):
                self.ignored["taken_back"] += not passed
            elif passed is not None:
                part, *behind = call.line.parts[check.place :]
                aim = check_aim(check.kind, part, behind, place_of(call.place, tried.text))
                self.check(aim, tried, passed=passed)
                if passed and (done := command_aim(part, has_failed=False)) is not None:
                    self._worked(done, tried, is_proof=True)

    def _take_unstarted(self, call: ShellCall, tried: Attempt, result: ToolResult) -> None:
        aim = next(line_aims(call.line, has_failed=True), None)
        if was_not_run(result):
            self.ignored["answered"] += 1
        elif aim is None or exit_code_of(result) is None:
            self.ignored["no_verdict"] += 1
        else:
            self._take(aim, tried)

    def check(self, aim: Aim, tried: Attempt, *, passed: bool) -> None:
        """Take a check that passed or failed; what passed answers all that it covers."""
        held = self._open.get((aim.kind, aim.family), ())
        if not passed:
            same = next((each for each in held if aim.is_same_check(each.aims[0])), None)
            self._failed(aim, tried, same)
            return
        covered = [
            each for each in held if aim.covers(each.aims[0]) and each.attempts[-1] < tried.step
        ]
        if covered:
            self._close(aim, covered)
            self._done.extend(_recovery(group, tried) for group in _apart(covered))

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
        elif result.status == "error":
            self._take_failure(call, Attempt(step, at, _said(call.arguments), result.content))
        elif self._may_answer(call) and running_id(result) is None and not gave_nothing(result):
            tried = Attempt(step, at, _said(call.arguments), result.content)
            for aim in aims(call, has_failed=False):
                self._worked(aim, tried, is_proof=not bypasses(call))

    def _take_failure(self, call: ToolCall, tried: Attempt) -> None:
        aim = next(aims(call, has_failed=True), None)
        if aim is None:
            self.ignored[why_no_aim(call)] += 1
            return
        self._take(aim, tried)

    def _take(self, aim: Aim, tried: Attempt) -> None:
        """Take a failure of something other than a check."""
        held = self._open.get((aim.kind, aim.family), ())
        same = (each for each in held if not each.is_old(tried.step) and each.is_wanted_by(aim))
        self._failed(aim, tried, next(same, None))

    def _may_answer(self, call: ToolCall) -> bool:
        """Tell at little cost whether a call could want what an open failure wanted."""
        if plain_name(call.name) not in SHELLS:
            return True
        said = (command_of(call.arguments) or "").replace("'", "").replace('"', "")
        if holds_patch(said):
            return True
        return any(k == "command" and about.split(" ", 1)[0] in said for k, about in self._open)

    @property
    def is_quiet(self) -> bool:
        """Whether no failure is open, so that what works needs no look."""
        return not self._open

    def asked(self, step: int) -> None:
        """Note that a person spoke."""
        self._asked = step

    def edited(self, step: int) -> None:
        """Note that a step changed files."""
        for held in chain.from_iterable(self._open.values()):
            if len(held.edits) < _MAX_EDITS and held.edits[-1:] != [step]:
                held.edits.append(step)

    def finish(self) -> tuple[Recovery, ...]:
        """Return all failures in the order in which they began, those unresolved among them."""
        found = list(self._done)
        for held in self._open.values():
            found.extend(_recovery(group) for group in _apart(held))
        found.sort(key=lambda recovery: recovery.attempts[0])
        if len(found) > MAX_RECOVERIES:
            self.ignored["beyond_limit"] += len(found) - MAX_RECOVERIES
        return tuple(found[:MAX_RECOVERIES])

    def _failed(self, aim: Aim, tried: Attempt, held: _Open | None) -> None:
        """Take a failure; `held` is the open one that wanted the same, if any."""
        if held is None:
            if self._n_open == MAX_OPEN:
                self._give_up_oldest()
            self._open.setdefault((aim.kind, aim.family), []).append(_Open(aim, tried))
            self._n_open += 1
        elif held.attempts[-1] == tried.step:
            self.ignored["same_step"] += 1
        elif len(held.attempts) == _MAX_ATTEMPTS:
            self.ignored["beyond_limit"] += 1
        else:
            held.add(aim, tried)

    def _worked(self, aim: Aim, tried: Attempt, *, is_proof: bool) -> None:
        """Take what worked; without proof, or much later, it ends a failure and answers none."""
        held = self._open.get((aim.kind, aim.family), ())
        for each in held if aim.kind == "edit" else ():
            each.leave(aim, tried.step)
        for each in [each for each in held if each.is_wanted_by(aim)]:
            if tried.step == each.attempts[-1]:
                continue
            self._close(aim, [each])
            is_else = each.attempts[-1] < self._asked and _asks_less(tried.said, each)
            is_else = is_else or each.was_left(self._asked)
            has_answer = is_proof and not (is_else or each.is_old(tried.step))
            self._done.append(_recovery([each], tried if has_answer else None))

    def _close(self, aim: Aim, closed: Sequence[_Open]) -> None:
        key = aim.kind, aim.family
        left = [each for each in self._open[key] if each not in closed]
        self._n_open -= len(closed)
        if left:
            self._open[key] = left
        else:
            del self._open[key]

    def _give_up_oldest(self) -> None:
        oldest = next(iter(self._open.values()))[0]
        self._close(oldest.aims[0], [oldest])
        self._done.append(_recovery([oldest]))


def _apart(held: Sequence[_Open]) -> list[list[_Open]]:
    """Return failures as what ends with each: a check of everything failed by each of its parts."""
    is_one = held[0].aims[0].kind in _CHECKS and not all(each.aims[0].is_narrowed for each in held)
    return [list(held)] if is_one else [[each] for each in held]


def _recovery(closed: Sequence[_Open], tried: Attempt | None = None) -> Recovery:
    """Return failures at one thing, which end together, as one."""
    first = min(closed, key=lambda each: each.attempts[0])
    last = max(closed, key=lambda each: each.attempts[-1])
    edits = sorted({edit for each in closed for edit in each.edits})
    if tried is not None:
        edits = [edit for edit in edits if first.attempts[0] <= edit <= tried.step]
    return Recovery(
        kind=first.aims[0].kind,
        cause=first.cause,
        action=beginning(first.aims[0].what, _LONGEST_ACTION),
        symptom=first.symptom,
        attempts=tuple(sorted({step for each in closed for step in each.attempts})),
        edits=tuple(edits[:_MAX_EDITS]),
        resolved_step=tried.step if tried else None,
        change=_change(last, tried) if tried else None,
        at=first.at,
        seconds=_seconds(first.at, tried.at) if tried else None,
    )


def _change(held: _Open, tried: Attempt) -> Change:
    has_edit = any(held.attempts[-1] <= edit <= tried.step for edit in held.edits)
    is_other = _written(held.said) != _written(tried.said)
    if has_edit:
        return "edit_and_arguments" if is_other else "edit"
    return "arguments" if is_other else "none"


def _asks_less(said: _Arguments, held: _Open) -> bool:
    """Tell whether a command is the one that failed but for words that it leaves out.

    An option that the program did not know asked for nothing, nor does what stands beside a command
    in its line: folders, variables, redirections.
    """
    if not (isinstance(said, str) and isinstance(held.said, str)):
        return False
    before = acting_parts(unfold(parse(held.said)))
    programs = {part.bare[0] for part in before}
    now = [part for part in acting_parts(unfold(parse(said))) if part.bare[0] in programs]
    left_out = _words(before) - _words(now)
    if not (now and left_out and _words(now) <= _words(before)):
        return False
    return not (_REFUSES.search(held.symptom) and any(map(held.names, left_out)))


def _words(parts: Sequence[Part]) -> set[str]:
    return {word for part in parts for word in part.bare}


def _seconds(began: datetime | None, ended: datetime | None) -> float | None:
    if began is None or ended is None or ended < began:
        return None
    return (ended - began).total_seconds()


def _said(arguments: Mapping[str, Any]) -> _Arguments:
    return command_of(arguments) or arguments


def _written(said: _Arguments) -> str:
    """Return arguments as they are compared: dear to write down, and mostly nothing follows."""
    return repr(sorted(said.items()) if isinstance(said, Mapping) else said)
