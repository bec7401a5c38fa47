"""What people asked for in a trajectory, and what of it was shown done before they went on.

A check or a program proves what was edited before it. Once the person speaks again, that stands:
what they then ask for, and what is edited for it, makes nothing of the earlier request stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Final

from tracemill.base.text import beginning
from tracemill.label.activity.done_as_asked import DoneAsAsked
from tracemill.records.sessions.activity import CheckKind, CheckRun, Request
from tracemill.records.sessions.trajectory import Step

_MAX_REQUESTS: Final = 500
_LOOKED_AT: Final = 2_000
_MAX_OPENING: Final = 100


class Asked:
    """Takes the steps of a person, and what had been checked and edited until then."""

    def __init__(self) -> None:
        self._requests: list[Request] = []
        self._checked: list[int] = []
        self._done = DoneAsAsked()
        self._last = -1
        self._n_known = 0
        """How many checks had ended when the person spoke before."""

    @property
    def requests(self) -> tuple[Request, ...]:
        """What was asked for and when, in order; a step of unknown moment is left out."""
        return tuple(self._requests)

    @property
    def checked_turns(self) -> tuple[int, ...]:
        """Indexes of the steps before which what was edited had been checked, in order."""
        return tuple(self._checked)

    def hear(
        self, step: Step, checks: Sequence[CheckRun], ran: Iterable[int], edit: int | None
    ) -> None:
        """Take a step of a person.

        `checks` are those until then, `ran` the steps of programs that told of no error, and
        `edit` is the last step that edited code.
        """
        self._done.person(step)
        if edit is not None and len(self._checked) < _MAX_REQUESTS:
            passed = (run.step for run in self._last_checks(checks) if run.passed)
            shown = max((*passed, *ran), default=-1)
            if shown >= edit and shown > self._last:
                self._checked.append(step.index)
        self._last, self._n_known = step.index, len(checks)
        if step.at is not None and len(self._requests) < _MAX_REQUESTS:
            opening = beginning(step.text[:_LOOKED_AT], _MAX_OPENING)
            self._requests.append(Request(opening=opening, step=step.index, at=step.at))

    def agent(self, step: Step) -> None:
        """Take a step of an agent, or of a late result."""
        self._done.agent(step)

    def finish(self) -> tuple[int, ...]:
        """Return the steps at which a command by itself was what had been asked for, in order."""
        return self._done.finish()

    def _last_checks(self, checks: Sequence[CheckRun]) -> Iterable[CheckRun]:
        """Return the last telling run of each kind since the person spoke before.

        A kind that failed after it had passed shows nothing. Checks come in the order in which
        they ended, so one that ran in the background may stand behind later ones.
        """
        since = [run for run in checks[self._n_known :] if run.step > self._last]
        in_order = sorted(since, key=attrgetter("step"))
        found: dict[CheckKind, CheckRun] = {
            run.check: run for run in in_order if run.passed is not None
        }
        return found.values()
