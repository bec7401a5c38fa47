"""Chat examples that show one skill: of achieved work only the steps are imitated that have it.

| view | what came before | what is imitated |
|---|---|---|
| `problem` | a failure, or what was found out before any edit | the words that say what is wrong |
| `design` | a request, and what was found out | the plan: a call that sets one up, or words |
| `implementation` | a request and what was found out | the edits |
| `validation` | edits | tests, linters, type checks and builds that were run next |
| `collaboration` | edits and checks | the words that hand the work over |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import takewhile
from typing import ClassVar, Final, Literal, get_args

from tracemill.curate.builders.chat import distrusted, make_chat, unfit
from tracemill.curate.windows.families import family_of
from tracemill.curate.windows.sayings import says_how, says_why, says_wrong
from tracemill.curate.windows.windows import Turn
from tracemill.curate.windows.work import CHECKS, Configured, Drop, DropReason, Window, Work
from tracemill.records.datasets.examples import ChatExample
from tracemill.records.sessions.activity import Activity, CheckKind
from tracemill.records.sessions.edit_calls import PATH_ARGUMENTS, only_looks
from tracemill.records.sessions.recoveries import FailureKind
from tracemill.records.sessions.trajectory import Step, ToolCall
from tracemill.render.messages import is_trained

View = Literal["problem", "design", "implementation", "validation", "collaboration"]
"""What an example shows."""

_TELLING: Final[frozenset[FailureKind]] = CHECKS | {"command"}
"""What fails with a reason: that an edit did not fit its file says nothing of the work."""
_ENDS: Final = re.compile(r"finish|submit|complete|exit(?!_?plan)", re.IGNORECASE)
"""How tools are called that end the work, and set up nothing."""
_DONE: Final = frozenset({"completed", "done", "cancelled"})
"""What lists call an entry of which nothing is left to do."""
_KINDS: Final[tuple[CheckKind, ...]] = get_args(CheckKind)
_COMMIT: Final = re.compile(r"\bgit (?:-\S+ \S+ )?commit\b")
_PROSE: Final = (".md", ".mdx", ".rst", ".txt")
"""How files are called in which plans are written."""
_MIN_REPORT: Final = 200
"""Characters from which words at the end of a turn hand over what was done."""
_MIN_PLAN: Final = 3
"""Entries from which a list is a plan."""


class ViewBuilder(Configured):
    """Makes up to one example for each view of each window of work that was achieved."""

    name: ClassVar[str] = "view"
    views: ClassVar[tuple[View, ...]] = get_args(View)
    """The skills that it looks for."""

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
        for view in self.views:
            found = _VIEWS[view](window, work.activity)
            shown = {index for index in found if index not in window.untrained}
            if shown:
                context = {step.index for step in window.steps} - shown
                yield from make_chat(work, window.steps, context, "view", [f"view:{view}"])


class ProblemBuilder(ViewBuilder):
    """Makes the examples that show what is wrong."""

    name: ClassVar[str] = "problem"
    views: ClassVar[tuple[View, ...]] = ("problem",)


class DesignBuilder(ViewBuilder):
    """Makes the examples that show a plan."""

    name: ClassVar[str] = "design"
    views: ClassVar[tuple[View, ...]] = ("design",)


class ImplementationBuilder(ViewBuilder):
    """Makes the examples that show edits."""

    name: ClassVar[str] = "implementation"
    views: ClassVar[tuple[View, ...]] = ("implementation",)


class ValidationBuilder(ViewBuilder):
    """Makes the examples that show checks."""

    name: ClassVar[str] = "validation"
    views: ClassVar[tuple[View, ...]] = ("validation",)


def _problem(window: Window, activity: Activity) -> Iterator[int]:
    """Yield the first words behind each failure that say what is wrong, and before edits why."""
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
        yield from (step.index for step in after[:1] if says_wrong(step.text))
    for turn in window.turns:
        found = (step.index for step in _before_edits(turn) if says_why(step.text))
        yield from list(found)[:1]


def _design(window: Window, activity: Activity) -> Iterator[int]:
    del activity
    for turn in window.turns:
        plans = (s.index for s in _before_edits(turn) if _plans(s) or _proposes(window, s))
        yield from list(plans)[:1]


def _before_edits(turn: Turn) -> Iterator[Step]:
    """Yield what the agent did in a turn up to its first edit; to write a plan down is none."""
    own = (step for step in turn.steps if is_trained(step))
    return takewhile(lambda step: not _edits(step) or _writes_prose(step), own)


def _writes_prose(step: Step) -> bool:
    paths = [
        path for call in step.calls for key in PATH_ARGUMENTS if (path := call.arguments.get(key))
    ]
    return bool(paths) and all(str(path).endswith(_PROSE) for path in paths)


def _proposes(window: Window, step: Step) -> bool:
    """Tell whether words set out what is then done: edits come behind them."""
    is_done = any(_edits(later) for later in window.steps if later.index > step.index)
    return is_done and not _edits(step) and says_how(step.text)


def _plans(step: Step) -> bool:
    """Tell whether a step sets up a plan: a text of its own, or a list of what is still to do."""
    for call in step.calls:
        if family_of(call.name) == "plan" and not _ENDS.search(call.name):
            for value in call.arguments.values():
                if (
                    isinstance(value, list)
                    and len(value) >= _MIN_PLAN
                    and not any(map(_done, value))
                ):
                    return True
                if isinstance(value, str) and len(value) >= _MIN_REPORT:
                    return True
    return False


def _done(entry: object) -> bool:
    """Tell whether an entry of a list is done already, so that the list is no new plan."""
    return isinstance(entry, dict) and entry.get("status") in _DONE


def _implementation(window: Window, activity: Activity) -> Iterator[int]:
    del activity
    yield from (step.index for step in window.steps if is_trained(step) and _edits(step))


def _edits(step: Step) -> bool:
    return any(
        family_of(call.name) == "edit" and not only_looks(call.arguments) for call in step.calls
    )


def _validation(window: Window, activity: Activity) -> Iterator[int]:
    """Yield the checks behind changes, of each kind the first until something changes again."""
    kinds = {check.step: check.check for check in activity.checks if check.passed is not None}
    open_kinds: set[str] = set()
    for step in window.steps:
        kind = kinds.get(step.index)
        if kind in open_kinds and is_trained(step) and not any(map(_commits, step.calls)):
            open_kinds.discard(kind)
            yield step.index
        if _edits(step):
            open_kinds = {*_KINDS}


def _commits(call: ToolCall) -> bool:
    """Tell whether a call makes a commit: a hook may check it, and nobody asked for that."""
    return any(
        isinstance(value, str) and _COMMIT.search(value) for value in call.arguments.values()
    )


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
