"""What of a session a model is shown that judges what became of it: bounded, however long it is.

People's first and last requests, and those between in which they praised, corrected or gave up,
with what the agent had said before them; the calls that tell something by the rules (checks,
commits, pushes, programs, what failed or was refused); the last calls, and the last words. Every
text stands with the index of its step, and beside them what the rules read of checks.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

import msgspec

from tracemill.base.text import end_of, shortened
from tracemill.label.calls.shell_calls import command_of
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.edit_calls import PATH_ARGUMENTS
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult

_N_FIRST: Final = 2
_N_LAST: Final = 6
_N_TELLING: Final = 8
_N_TELLING_TURNS: Final = 4
_MAX_SAID: Final = 600
_MAX_BEFORE: Final = 200
_MAX_COMMAND: Final = 200
_MAX_OUTPUT: Final = 300
_MAX_TELLING_OUTPUT: Final = 500
"""Test runners print much below their counts."""
_MAX_WORDS: Final = 900
_TELLING_REACTIONS: Final = frozenset({"acceptance", "correction", "switch", "abandonment"})
_QUOTED: Final = ("agent_before", "said", "called", "output", "commit")
"""What holds words of the log; all other words are labels of ours."""
_LEFT_OUT: Final = re.compile(r"\n\[\.\.\. [\d,]+ characters left out\]\n")
"""What `shortened` puts into a text."""


class Excerpt(NamedTuple):
    """What is shown of a session."""

    document: dict[str, Any]
    """All of it, as JSON has it."""
    texts: dict[int, list[str]]
    """What was said, called and printed in it, by the indexes of steps, to look for evidence in."""


class _Shown:
    """A call, and what came of it once that is known."""

    def __init__(self, step: int, call: ToolCall, max_output: int) -> None:
        self._max_output = max_output
        self.about: dict[str, Any] = {
            "step": step, "tool": call.name, "called": shortened(_target(call), _MAX_COMMAND),
            "status": None, "output": None,
        }  # fmt: skip

    def take(self, result: ToolResult) -> None:
        self.about["status"] = result.status
        if result.exit_code is not None:
            self.about["exit_code"] = result.exit_code
        if result.commit is not None:
            self.about["commit"] = result.commit
        output = f"{result.feedback or ''} {result.content}".strip()
        self.about["output"] = end_of(output, self._max_output)


class _Reader:
    """Takes the steps of a session and holds no more than is shown."""

    def __init__(self, telling: frozenset[int], telling_turns: frozenset[int]) -> None:
        self._telling = telling
        self._telling_turns = telling_turns
        self._n_turns = 0
        self._first: list[dict[str, Any]] = []
        self._between: deque[dict[str, Any]] = deque(maxlen=_N_TELLING_TURNS)
        self._turns: deque[dict[str, Any]] = deque()
        self._checks: deque[_Shown] = deque(maxlen=_N_TELLING)
        self._calls: deque[_Shown] = deque(maxlen=_N_LAST)
        self._open: dict[str, _Shown] = {}
        self._words = ""
        self._last: tuple[int, str, str] | None = None

    def take(self, step: Step) -> None:
        if step.speaker == "user":
            self._hear(step)
        elif step.speaker == "agent" and step.text.strip():
            self._words = step.text
        if step.speaker != "system" and step.text.strip():
            self._last = step.index, "person" if step.speaker == "user" else "agent", step.text
        for call in step.calls:
            is_telling = step.index in self._telling
            most = _MAX_TELLING_OUTPUT if is_telling else _MAX_OUTPUT
            shown = self._open[call.id] = _Shown(step.index, call, most)
            (self._checks if is_telling else self._calls).append(shown)
        for result in step.results:
            if (held := self._open.pop(result.call_id, None)) is not None:
                held.take(result)
        while len(self._open) > _N_TELLING + _N_LAST:
            del self._open[next(iter(self._open))]

    def _hear(self, step: Step) -> None:
        self._n_turns += 1
        before = end_of(self._words, _MAX_BEFORE).strip() or None
        turn = {"step": step.index, "agent_before": before, "said": shortened(step.text, _MAX_SAID)}
        self._words = ""
        if len(self._first) < _N_FIRST:
            self._first.append(turn)
        else:
            self._turns.append(turn)
        if len(self._turns) > _N_LAST:
            passed = self._turns.popleft()
            if passed["step"] in self._telling_turns:
                self._between.append(passed)

    def finish(self, activity: Activity) -> Excerpt:
        turns = [*self._first, *self._between, *self._turns]
        calls = sorted((*self._checks, *self._calls), key=lambda each: int(each.about["step"]))
        shown = [each.about for each in calls]
        step, who, said = self._last or (0, "agent", "")
        words = {"step": step, "by": who}
        if who == "agent":
            words["said"] = shortened(said, _MAX_WORDS)
        document = {
            "requests": turns,
            "requests_left_out": self._n_turns - len(turns),
            "calls": shown,
            "calls_in_all": activity.n_calls,
            "checks": [
                {"step": run.step, "check": run.check, "passed": run.passed}
                for run in activity.checks[-_N_TELLING:]
            ],
            "edits": {
                "n": activity.n_edits,
                "last_step": activity.last_edit_step,
                "last_of_code": activity.last_code_edit_step,
            },
            "stopped_by_the_person_at": list(activity.interrupted_steps[-_N_LAST:]),
            "taken_back_by_the_person_at": list(activity.taken_back_steps[-_N_LAST:]),
            "last_words": words,
            "last_step": activity.n_steps - 1,
            "ends_with": activity.ending,
            "breaks_off": activity.is_cut_off,
        }
        texts: dict[int, list[str]] = {}
        for each in (*turns, *shown, words):
            texts.setdefault(int(each["step"]), []).extend(_quoted(each))
        return Excerpt(document, texts)


def _quoted(about: dict[str, Any]) -> Iterator[str]:
    for key in _QUOTED:
        if (text := about.get(key)) is not None:
            yield from _LEFT_OUT.split(text)


def excerpt(steps: Iterable[Step], activity: Activity) -> Excerpt:
    """Return what is shown of a session; steps that were copied in from another are left out."""
    reader = _Reader(_telling(activity), _telling_turns(activity))
    for step in steps:
        if not step.is_replayed:
            reader.take(step)
    return reader.finish(activity)


def _telling(activity: Activity) -> frozenset[int]:
    known = (
        *(run.step for run in activity.checks),
        *(mention.step for mention in activity.commits),
        *activity.pushed_steps, *activity.unpushed_steps, *activity.ran_steps,
        *activity.rerun_steps, *activity.failed_edit_steps, *activity.rejected_steps,
    )  # fmt: skip
    return frozenset(sorted(set(known))[-_N_TELLING:])


def _telling_turns(activity: Activity) -> frozenset[int]:
    heard = (each.step for each in activity.reactions if each.kind in _TELLING_REACTIONS)
    return frozenset((*heard, *activity.granted_turns))


def _target(call: ToolCall) -> str:
    command = command_of(call.arguments)
    if command is not None:
        return command
    for key in PATH_ARGUMENTS:
        path = call.arguments.get(key)
        if isinstance(path, str) and path:
            return path
    match list(call.arguments.values()):
        case [str() as text]:
            return text
    return msgspec.json.encode(call.arguments).decode("utf-8", "replace")
