"""Chat examples from a specification to its implementation.

A person hands over a written plan or spec, and the agent carries it out: what was asked for is all
there, and what came of it is known. Of such a turn in work that was achieved, everything that the
agent did is imitated. Tags tell from which commit to which, how many commits hold it, and what part
of the work's own checks passed, so that the change itself can be had from the repository.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from tracemill.curate.builders.chat import distrusted, make_chat, unfit
from tracemill.curate.windows.families import family_of
from tracemill.curate.windows.windows import Turn
from tracemill.curate.windows.work import Configured, Drop, DropReason, Window, Work
from tracemill.records.datasets.examples import ChatExample
from tracemill.render.messages import is_trained

_HEADING: Final = re.compile(r"^#{1,4} \S", re.MULTILINE)
_MIN_HEADINGS: Final = 3
"""Headings from which a request is a document."""
_MIN_CHARS: Final = 800
"""Length from which it says how something is to be built."""


class SpecBuilder(Configured):
    """Makes one example of each turn that carries out a document."""

    name: ClassVar[str] = "spec"

    def refusal(self, work: Work) -> DropReason | None:
        """Return what the outcome says against it."""
        return unfit(work.episode, self.config)

    def has_material(self, work: Work) -> bool:
        """Tell whether files were changed for a person."""
        return bool(work.activity.files_edited and work.activity.n_user_steps)

    def build(self, work: Work, window: Window) -> Iterator[ChatExample | Drop]:
        """Yield the examples of one window, and those left out."""
        for turn in window.turns:
            if not is_spec(_asked(turn)) or turn.begins_context:
                continue
            if (reason := _against(window, turn)) is not None:
                yield work.drop(reason, turn.first_step, turn.last_step)
                continue
            steps = [step for step in window.steps if step.index <= turn.last_step]
            before = {step.index for step in steps if step.index < turn.first_step}
            yield from make_chat(work, steps, before | window.untrained, "spec", _told(work))


def is_spec(text: str) -> bool:
    """Tell whether a request is a document that says how something is to be built."""
    return len(text) >= _MIN_CHARS and len(_HEADING.findall(text)) >= _MIN_HEADINGS


def _asked(turn: Turn) -> str:
    said = (step.text for step in turn.steps if step.speaker == "user" and not step.is_replayed)
    return next(said, "")


def _against(window: Window, turn: Turn) -> DropReason | None:
    """Return why a turn does not carry its document out."""
    if (reason := distrusted(window) or window.disliked(turn)) is not None:
        return reason
    if turn.is_cut:
        return "too_long"
    own = (step for step in turn.steps if is_trained(step))
    has_edits = any(family_of(call.name) == "edit" for step in own for call in step.calls)
    return None if has_edits else "no_change"


def _told(work: Work) -> Iterator[str]:
    """Yield what is known of the implementation besides what was done."""
    yield f"commits:{len(work.episode.commits)}"
    if work.start_commit is not None:
        yield f"start:{work.start_commit}"
    if work.end_commit is not None:
        yield f"end:{work.end_commit}"
    if work.episode.quality is not None:
        yield f"quality:{work.episode.quality:.2f}"
