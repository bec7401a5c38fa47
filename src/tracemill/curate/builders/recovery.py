"""Chat examples of recoveries: something failed, and what the agent then did made it work.

The log itself proves it, whatever became of the rest of the work. Up to the last attempt that
failed, everything is context; from there to the step in which it worked, what the agent did is
imitated, but for the steps in which something else failed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, Final, NamedTuple

from tracemill.curate.windows.work import (
    CHECKS,
    ChatConfig,
    Configured,
    Drop,
    DropReason,
    Window,
    Work,
)
from tracemill.records.datasets.examples import ChatExample
from tracemill.records.sessions.recoveries import Change, Recovery
from tracemill.records.sessions.trajectory import Step
from tracemill.render.messages import UnansweredCallError, is_trained

_EXPLAINING: Final[dict[bool, frozenset[Change]]] = {
    True: frozenset({"edit", "edit_and_arguments"}),
    False: frozenset({"edit", "edit_and_arguments", "arguments"}),
}
"""What explains that a check, or that anything else, works now."""
_UNTOLD: Final[frozenset[DropReason]] = frozenset({"blind_edit", "bare_edit"})
"""Flaws of a step that keep it from explaining anything."""
_OLD: Final = ("old", "search")
"""How the arguments begin that hold what an edit takes away."""
_SILENCING: Final = re.compile(
    r"\bt\.Skip|\bpytest\.(?:mark\.)?(?:skip|xfail)|\bunittest\.skip|\bthis\.skip\(|#\[ignore|"
    r"\b(?:it|test|describe)\.skip\b|\bx(?:it|describe)\(|@Disabled\b|@Ignore\b|"
    r"\bSKIP_\w*TEST|\bskip(?:s|ping|ped)? (?:\w+ )?tests?\b|"
    r"\bnolint\b|# ?noqa\b|\btype: ?ignore\b|\bts-(?:ignore|nocheck)\b|\beslint-disable|"
    r"\bbiome-ignore\b|\brubocop:disable\b|\ballow\((?:clippy|dead_code|unused)",
    re.IGNORECASE,
)
"""What is written to have a check look away."""
_SILENT: Final = ("skip", "xfail", "ignore", "xit(", "describe(", "disable", "nolint", "noqa",
                  "nocheck", "allow(")  # fmt: skip
"""Of these one stands in everything of that kind: they are looked for in no time."""
_ODD: Final = "\u0130\u0131\u017f\u212a"
"""Letters that the pattern takes for `i`, `s` and `k`, as nothing else does."""


class RecoveryBuilder(Configured):
    """Makes one example of each failure that was overcome."""

    name: ClassVar[str] = "recovery"

    def refusal(self, work: Work) -> None:
        """Refuse nothing: the log itself proves what worked, whatever became of the rest."""

    def has_material(self, work: Work) -> bool:
        """Tell whether a failure was overcome."""
        return any(each.resolved_step is not None for each in work.activity.recoveries)

    def build(self, work: Work, window: Window) -> Iterator[ChatExample | Drop]:
        """Yield the examples of the recoveries that begin in a window, and those left out."""
        for found in fit_recoveries(work, window, self.config):
            if isinstance(found, Drop):
                yield found
            else:
                yield from _example(work, *found, window)


class Overcome(NamedTuple):
    """A failure, and the step in which it was gone."""

    recovery: Recovery
    worked: int


def fit_recoveries(work: Work, window: Window, config: ChatConfig) -> Iterator[Overcome | Drop]:
    """Yield the recoveries that begin in a window and can be learned from, and those left out."""
    fit: list[Overcome] = []
    for recovery in work.activity.recoveries:
        worked = recovery.resolved_step
        if worked is None or not window.begins_in(recovery.attempts[0]):
            continue
        if (reason := _unfit(recovery, worked, window, config)) is not None:
            yield work.drop(reason, recovery.attempts[0], worked)
        else:
            fit.append(Overcome(recovery, worked))
    for at, found in enumerate(fit):
        if any(_holds(other, found.recovery) for other in fit[:at]) or any(
            _holds(other, found.recovery) and not _holds(found, other.recovery)
            for other in fit[at + 1 :]
        ):
            yield work.drop("nested_recovery", found.recovery.attempts[0], found.worked)
        else:
            yield found


def _holds(outer: Overcome, inner: Recovery) -> bool:
    """Tell whether the way of one recovery is part of that of another."""
    recovery, worked = outer
    ended = inner.resolved_step
    return ended is not None and ended <= worked and recovery.attempts[-1] <= inner.attempts[-1]


def _example(
    work: Work, recovery: Recovery, worked: int, window: Window
) -> Iterator[ChatExample | Drop]:
    failed = recovery.attempts[-1]
    others = {at for other in work.activity.recoveries for at in other.attempts} - {worked}
    used = [step for step in window.steps if step.index <= worked]
    untrained = {step.index for step in used if step.index <= failed} | others
    tags = (f"cause:{recovery.cause}", f"failure:{recovery.kind}")
    try:
        yield work.chat_example(used, untrained, "recovery", tags)
    except UnansweredCallError as error:
        yield work.drop("unanswered_call", error.step, worked)


def _unfit(
    recovery: Recovery, worked: int, window: Window, config: ChatConfig
) -> DropReason | None:
    """Return why nobody should learn from a recovery."""
    failed = recovery.attempts[-1]
    if not window.spans(recovery.attempts[0], worked):
        return "split_recovery"
    reason: DropReason | None = window.distrust if window.has_prompt else "no_user_step"
    if reason is not None:
        return reason
    is_told = failed < worked  # else what failed and what worked are calls of one step
    if not is_told or any(map(window.disliked, window.turns_of(failed + 1, worked))):
        return "unwanted_recovery"
    way = [step for step in window.steps if failed < step.index <= worked]
    flaws = [flaw for step in way if (flaw := window.flaw(step)) in _UNTOLD]
    if flaws or window.flaw(way[-1]) is not None:
        return next(iter(flaws), "unwanted_recovery")
    return _teaches_nothing(recovery, way, config)


def _teaches_nothing(recovery: Recovery, way: list[Step], config: ChatConfig) -> DropReason | None:
    """Return why the way from a failure to what worked explains nothing."""
    own = [step for step in way if is_trained(step)]
    if not own or own[-1] is not way[-1]:
        return "no_trained_message"
    if len(own) > config.max_recovery_steps:
        return "long_recovery"
    if recovery.kind in CHECKS and any(map(_silences, own)):
        return "silenced_check"
    if recovery.kind not in CHECKS and any(step.speaker == "user" for step in way):
        return "other_request"
    has_change = recovery.change in _EXPLAINING[recovery.kind in CHECKS]
    if not has_change and not any(step.calls for step in own[:-1]):
        is_outside = recovery.cause == "environment"
        return "environment_recovery" if is_outside else "unexplained_recovery"
    return None


def _silences(step: Step) -> bool:
    """Tell whether a step writes something that has a check look away, where nothing did before."""
    for call in step.calls:
        said = {key: value for key, value in call.arguments.items() if isinstance(value, str)}
        old = "\n".join(value for key, value in said.items() if key.startswith(_OLD))
        new = "\n".join(value for key, value in said.items() if not key.startswith(_OLD))
        n_new = _n_silencing(new)
        if n_new and n_new > _n_silencing(old):
            return True
    return False


def _n_silencing(text: str) -> int:
    """Count what has a check look away in a text, none of which goes over the end of a line."""
    if not _may_silence(text):
        return 0
    return sum(len(_SILENCING.findall(line)) for line in filter(_may_silence, text.split("\n")))


def _may_silence(text: str) -> bool:
    lower = text.lower()
    return any(map(lower.__contains__, _SILENT)) or any(map(text.__contains__, _ODD))
