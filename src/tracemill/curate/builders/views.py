"""Chat examples that show one skill: of achieved work only the steps are imitated that have it.

| view | what came before | what is imitated |
|---|---|---|
| `problem` | something failed | the words that say what is wrong |
| `design` | a request | the plan: the first call that sets up a plan or a list of what to do |
| `implementation` | a request and what was found out | the edits |
| `validation` | edits | the test, linter, type checker or build that was run next |
| `collaboration` | edits and checks | the words that hand the work over |
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar, Final, Literal

from tracemill.curate.builders.chat import distrusted, make_chat, unfit
from tracemill.curate.windows.families import family_of
from tracemill.curate.windows.work import CHECKS, Configured, Drop, DropReason, Window, Work
from tracemill.records.datasets.examples import ChatExample
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.recoveries import FailureKind
from tracemill.records.sessions.trajectory import Step
from tracemill.render.messages import is_trained

View = Literal["problem", "design", "implementation", "validation", "collaboration"]
"""What an example shows."""

_TELLING: Final[frozenset[FailureKind]] = CHECKS | {"command"}
"""What fails with a reason: that an edit did not fit its file says nothing of the work."""
_MIN_WORDS: Final = 60
"""Characters from which words say what is wrong, and not only that something comes next."""
_MIN_REPORT: Final = 200
"""Characters from which words at the end of a turn hand over what was done."""
_MIN_PLAN: Final = 3
"""Entries from which a list is a plan."""


class ViewBuilder(Configured):
    """Makes up to one example for each view of each window of work that was achieved."""

    name: ClassVar[str] = "view"

    def refusal(self, work: Work) -> DropReason | None:
        """Return what the outcome says against it."""
        return unfit(work.episode, self.config)

    def has_material(self, work: Work) -> bool:
        """Tell whether anything was done: who only talks shows none of these skills."""
        return bool(work.activity.n_calls)

    def build(self, work: Work, window: Window) -> Iterator[ChatExample | Drop]:
        """Yield the examples of one window, and what was left out of it."""
        if (reason := distrusted(window)) is not None:
            yield work.drop(reason, window.first_step, window.last_step)
            return
        for view, find in _VIEWS.items():
            shown = {i for i in find(window, work.activity) if i not in window.untrained}
            if shown:
                context = {step.index for step in window.steps} - shown
                yield from make_chat(work, window.steps, context, "view", [f"view:{view}"])


def _problem(window: Window, activity: Activity) -> Iterator[int]:
    for each in activity.recoveries:
        worked, failed = each.resolved_step, each.attempts[-1]
        if worked is None or each.kind not in _TELLING:
            continue
        after = [
            step
            for turn in window.turns_of(failed, failed)
            for step in turn.steps
            if failed < step.index < worked and is_trained(step)
        ]
        yield from (step.index for step in after[:1] if len(step.text) >= _MIN_WORDS)


def _design(window: Window, activity: Activity) -> Iterator[int]:
    del activity
    for turn in window.turns:
        plans = (step.index for step in turn.steps if is_trained(step) and _plans(step))
        yield from list(plans)[:1]


def _plans(step: Step) -> bool:
    """Tell whether a step sets up a plan: a text of its own, or a list of what to do."""
    for call in step.calls:
        if family_of(call.name) == "plan":
            for value in call.arguments.values():
                is_list = isinstance(value, list) and len(value) >= _MIN_PLAN
                if is_list or (isinstance(value, str) and len(value) >= _MIN_REPORT):
                    return True
    return False


def _implementation(window: Window, activity: Activity) -> Iterator[int]:
    del activity
    yield from (step.index for step in window.steps if is_trained(step) and _edits(step))


def _edits(step: Step) -> bool:
    return any(family_of(call.name) == "edit" for call in step.calls)


def _validation(window: Window, activity: Activity) -> Iterator[int]:
    checks = {check.step for check in activity.checks if check.passed is not None}
    has_changed = False
    for step in window.steps:
        if step.index in checks and has_changed and is_trained(step):
            yield step.index
            has_changed = False
        has_changed |= _edits(step)


def _collaboration(window: Window, activity: Activity) -> Iterator[int]:
    del activity
    for turn in window.turns:
        own = [step for step in turn.steps if is_trained(step)]
        is_whole = bool(own) and not turn.is_cut and any(map(_edits, own))
        if is_whole and not own[-1].calls and len(own[-1].text) >= _MIN_REPORT:
            yield own[-1].index


_VIEWS: Final[Mapping[View, Callable[[Window, Activity], Iterator[int]]]] = {
    "problem": _problem,
    "design": _design,
    "implementation": _implementation,
    "validation": _validation,
    "collaboration": _collaboration,
}
