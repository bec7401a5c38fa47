"""The hand-offs of one session, read off its steps in one pass.

| kind | which words |
|---|---|
| `next_steps` | the agent's last ones, where a heading, line or sentence says what is left |
| `session_summary` | the agent's last ones, where they say only what was done |
| `compaction` | the summary that the log put in place of a context that grew too long |
| `plan` | the last plan that was proposed, where no file was changed behind it |

Words of subagents are for the agent that called them, and what stands in a branch that a person
went back before was never handed on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from tracemill.label.activity.proposed_plans import PROPOSING
from tracemill.label.calls.edits import is_prose
from tracemill.label.calls.shell import parse
from tracemill.label.calls.shell_calls import SHELLS, command_of
from tracemill.label.calls.tool_names import plain_name
from tracemill.label.handoffs.making import MAX_TEXT, Said, hand_off, passages, whole
from tracemill.label.learning.cues import sums_up
from tracemill.label.learning.sentences import sentences
from tracemill.records.refs import Ref
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.edit_calls import PATH_ARGUMENTS
from tracemill.records.sessions.trajectory import Step, ToolCall, Trajectory
from tracemill.records.work.handoffs import HandOff

_MIN_SUMMARY: Final = 200
"""Characters from which words tell another session something."""
_MAX_REQUEST: Final = 20_000
_MAX_OPENED: Final = 200
_PLAN: Final = "plan"
_READERS: Final = frozenset({"cat", "less", "head", "tail", "bat", "sed", "nl", "more"})
_WHERE: Final = (*PATH_ARGUMENTS, "absolute_path")
_HEADED: Final = re.compile(r"^(?:#{1,4} |\*\*)(?:summary|what (?:was|changed|i)|changes|done)\b",
                            re.IGNORECASE | re.MULTILINE)  # fmt: skip


class Opened(NamedTuple):
    """A document that a session looked into or wrote, and the step that first did."""

    path: str
    step: int


class LongText(NamedTuple):
    """The first words of a person in a session."""

    text: str
    step: int


class HandOffReader:
    """Takes the steps of one session in their order."""

    def __init__(self, activity: Activity) -> None:
        self._activity = activity
        self._compacted = frozenset(activity.compacted_steps)
        self._last: Step | None = None
        self._plan: tuple[Step, str] | None = None
        self._summaries: list[Step] = []
        self._went_on: set[int] = set()
        """Indexes of summaries behind which the agent went on."""
        self._opened: dict[str, Opened] = {}
        self.request: LongText | None = None
        """What the person first asked for; None before that."""

    @property
    def opened(self) -> tuple[Opened, ...]:
        """Documents for people that the session opened, in order."""
        return tuple(self._opened.values())

    @property
    def went_on(self) -> frozenset[int]:
        """Indexes of the summaries behind which the agent went on."""
        return frozenset(self._went_on)

    def take(self, step: Step) -> None:
        """Take the next step."""
        if any(branch.holds(step.index) for branch in self._activity.undone):
            return
        if step.is_replayed:
            is_summary = step.speaker == "system" and step.index in self._compacted
            if is_summary and len(step.text.strip()) >= _MIN_SUMMARY:
                self._summaries.append(step)
        elif step.speaker == "user":
            if self.request is None and step.text.strip():
                self.request = LongText(step.text[:_MAX_REQUEST], step.index)
        elif step.speaker == "agent" and not step.is_error:
            self._take_agent(step)

    def finish(self, trajectory: Trajectory) -> Iterator[HandOff]:
        """Yield what the session handed on, in the order of its steps."""
        if trajectory.is_subagent:
            return
        for step in self._summaries:
            yield hand_off("compaction", self._said(step, step.text), [whole(step.text, "log")])
        if self._plan is not None and self._is_left(self._plan[0]):
            step, plan = self._plan
            yield hand_off("plan", self._said(step, plan), [whole(plan, "proposed")])
        if self._last is not None:
            yield from self._last_words(self._last)

    def _take_agent(self, step: Step) -> None:
        self._went_on.update(each.index for each in self._summaries)
        if step.text.strip():
            self._last = step
        for call in step.calls:
            plan = call.arguments.get(_PLAN)
            if call.name.lower() in PROPOSING and isinstance(plan, str) and plan.strip():
                self._plan = step, plan[:MAX_TEXT]
            for path in opened_by(call):
                if is_prose(path) and len(self._opened) < _MAX_OPENED:
                    self._opened.setdefault(path, Opened(path, step.index))

    def _is_left(self, step: Step) -> bool:
        """Tell whether a plan was left to others: no file was changed behind it."""
        last = self._activity.last_edit_step
        return last is None or last < step.index

    def _last_words(self, step: Step) -> Iterator[HandOff]:
        said = self._said(step, step.text)
        if found := passages(step.text, with_sentences=True):
            yield hand_off("next_steps", said, found)
        elif len(step.text) >= _MIN_SUMMARY and _says_what_was_done(step.text):
            yield hand_off("session_summary", said, [whole(step.text, "says_what_was_done")])

    def _said(self, step: Step, text: str) -> Said:
        name = self._activity.trajectory_id
        return Said(text, Ref(kind="trajectory", id=name, step=step.index), name, step.at)


def opened_by(call: ToolCall) -> Iterator[str]:
    """Yield the files that a call looks into or writes, as it names them."""
    if plain_name(call.name) in SHELLS:
        command = command_of(call.arguments)
        for part in parse(command).parts if command else ():
            if part.bare and part.bare[0] in _READERS:
                yield from (word for word in part.bare[1:] if not word.startswith("-"))
        return
    for name in _WHERE:
        path: Any = call.arguments.get(name)
        if isinstance(path, str) and path:
            yield path
            return


def _says_what_was_done(text: str) -> bool:
    return _HEADED.search(text) is not None or any(sums_up(s.text) for s in sentences(text))
