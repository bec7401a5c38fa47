"""What people said and did while a trajectory went by, as reactions to the work before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from tracemill.label.reactions.cues import Before
from tracemill.label.reactions.speech import Heard, hear
from tracemill.records.events import Feedback
from tracemill.records.reactions import STRENGTHS, Reaction, ReactionKind
from tracemill.records.session_events import FeedbackKind
from tracemill.records.trajectory import Step

_OF_DEED: Final[dict[FeedbackKind, ReactionKind]] = {
    "rejection": "rejection",
    "interruption": "interruption",
    "steering": "steering",
    "edit": "edit",
    "rewind": "rejection",
}
_MAX_KEPT: Final = 2_000
_MAX_ANSWER: Final = 1_600
_MAX_ASKED: Final = 6
_MAX_EDITED: Final = 20


class Listener:
    """Hears what a person says behind something that the agent did."""

    def __init__(self) -> None:
        self._reactions: list[Reaction] = []
        self._asked: list[str] = []
        self._answered = ""
        self._edited: dict[str, None] | None = None
        self.has_acted = False
        """Whether the agent did or said anything yet: before, nothing is heard."""
        self._is_silent = False
        self._last_at: datetime | None = None

    @property
    def reactions(self) -> tuple[Reaction, ...]:
        """What was said and done, in the order of steps."""
        return tuple(sorted(self._reactions, key=lambda reaction: reaction.step))

    @property
    def before(self) -> Before:
        """What went on before a person speaks next."""
        edited = None if self._edited is None else tuple(self._edited)
        return Before(tuple(self._asked), self._answered, edited, self._is_silent)

    def agent(self, step: Step) -> None:
        """Take a step of the agent."""
        self.has_acted = True
        if step.text:
            self._answered = f"{self._answered}\n{step.text[-_MAX_ANSWER:]}"[-_MAX_ANSWER:]
        self._is_silent = False
        self._last_at = step.at or self._last_at

    def edited(self, paths: Iterable[str]) -> None:
        """Take note that the agent changed files."""
        self._edited = self._edited or {}
        if len(self._edited) < _MAX_EDITED:
            self._edited.update(dict.fromkeys(paths))

    def person(self, step: Step) -> None:
        """Take a step of a person."""
        if self.has_acted:
            for heard in hear(step.text, self.before):
                self._keep(heard, step.index, self._waited(step.at))
        self._asked = [step.text[:_MAX_ANSWER], *self._asked[: _MAX_ASKED - 1]]
        self._answered, self._edited = "", None
        self._is_silent = True

    def refusal(self, step: int, said: str) -> None:
        """Take what a person said while refusing a call: only giving up is news."""
        for heard in hear(said):
            if heard.kind == "abandonment":
                self._keep(heard._replace(start=0, end=0), step, None)

    def deed(self, event: Feedback, step: int) -> None:
        """Take what a person did."""
        kind = _OF_DEED[event.action]
        self._add(
            Reaction(step=step, kind=kind, strength=STRENGTHS[kind], confidence=1, rule="log")
        )

    def _keep(self, heard: Heard, step: int, waited_s: float | None) -> None:
        has_place = heard.end > heard.start
        self._add(
            Reaction(
                step=step,
                kind=heard.kind,
                strength=STRENGTHS[heard.kind],
                confidence=heard.confidence,
                rule=heard.rule,
                start=heard.start if has_place else None,
                end=heard.end if has_place else None,
                waited_s=waited_s,
            )
        )

    def _add(self, reaction: Reaction) -> None:
        if len(self._reactions) < _MAX_KEPT:
            self._reactions.append(reaction)

    def _waited(self, at: datetime | None) -> float | None:
        if at is None or self._last_at is None or at < self._last_at:
            return None
        return (at - self._last_at).total_seconds()
