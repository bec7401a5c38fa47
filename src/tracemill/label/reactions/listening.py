"""What people said and did while a trajectory went by, as reactions to the work before.

What the agent does about a person's words tells what they meant, so they are heard when the next
turn begins, or at the end. What is kept of a long text ends between words, so that no stand-in is
cut in two: a model may be shown it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from tracemill.base.text import end_of, start_of
from tracemill.label.reactions.cues import Before
from tracemill.label.reactions.replies import Reply
from tracemill.label.reactions.speech import Heard, grants, hear
from tracemill.records.events.event import Feedback
from tracemill.records.events.in_session import FeedbackKind
from tracemill.records.sessions.reactions import STRENGTHS, Reaction, ReactionKind
from tracemill.records.sessions.trajectory import ResultStatus, Step, ToolResult

_OF_DEED: Final[dict[FeedbackKind, ReactionKind]] = {
    "rejection": "rejection",
    "interruption": "interruption",
    "steering": "steering",
    "edit": "edit",
    "rewind": "rejection",
    "approval": "acceptance",
    "disapproval": "rejection",
}
_MAX_KEPT: Final = 2_000
_MAX_GRANTED: Final = 500
_MAX_ANSWER: Final = 1_600
_MAX_ASKED: Final = 6
_MAX_EDITED: Final = 20
_MAX_REPLY: Final = 400
_MAX_CALLED: Final = 8


class OpenTurn(NamedTuple):
    """What a person said, before it is known what the agent did about it."""

    step: Step
    before: Before
    waited_s: float | None
    """Seconds since the agent's last step; None where a moment is unknown."""


class Listener:
    """Hears what a person says behind something that the agent did."""

    def __init__(self) -> None:
        self._reactions: list[Reaction] = []
        self.granted: list[int] = []
        """Indexes of a person's steps that begin by saying that something is well which was edited
        since the step before, in order."""
        self._asked: list[str] = []
        self._answered = ""
        self._edited: dict[str, None] | None = None
        self.has_acted = False
        """Whether the agent did or said anything yet: before, nothing is heard."""
        self._is_silent = False
        self._last_call: ResultStatus | None = None
        self._open: OpenTurn | None = None
        self._reply = _Replying()
        self._has_worked = False
        self._last_at: datetime | None = None

    def finish(self) -> tuple[Reaction, ...]:
        """Return what was said and done, in the order of steps."""
        self._close()
        return tuple(sorted(self._reactions, key=lambda reaction: reaction.step))

    @property
    def before(self) -> Before:
        """What went on before a person speaks next."""
        return Before(
            tuple(self._asked),
            self._answered,
            self._edited_files,
            self._is_silent,
            self._last_call,
            self._has_worked,
        )

    @property
    def _edited_files(self) -> tuple[str, ...] | None:
        return None if self._edited is None else tuple(self._edited)

    def agent(self, step: Step) -> None:
        """Take a step of the agent."""
        self.has_acted = True
        if step.text:
            said = end_of(step.text, _MAX_ANSWER)
            self._answered = end_of(f"{self._answered}\n{said}", _MAX_ANSWER)
        self._reply.take(step)
        self._has_worked = self._has_worked or bool(step.calls)
        self._is_silent = False
        self._last_at = step.at or self._last_at

    def results(self, results: Sequence[ToolResult]) -> None:
        """Take what came back for calls of the agent."""
        self._last_call = results[-1].status if results else self._last_call

    def edited(self, paths: Iterable[str]) -> None:
        """Take note that the agent changed files."""
        self._edited = self._edited or {}
        self._has_worked = True
        if len(self._edited) < _MAX_EDITED:
            self._edited.update(dict.fromkeys(paths))

    def person(self, step: Step) -> None:
        """Take a step of a person."""
        self._close()
        if self.has_acted:
            self._open = OpenTurn(step, self.before, self._waited(step.at))
            if self._edited is not None and len(self.granted) < _MAX_GRANTED and grants(step.text):
                self.granted.append(step.index)
        self._asked = [start_of(step.text, _MAX_ANSWER), *self._asked[: _MAX_ASKED - 1]]
        self._answered, self._edited, self._last_call = "", None, None
        self._reply = _Replying()
        self._is_silent = True

    def replied(self, turn: OpenTurn, reply: Reply) -> None:
        """Take what a person said, with what the agent did about it."""
        for heard in hear(turn.step.text, turn.before, reply):
            self._keep(heard, turn.step.index, turn.waited_s)

    def _close(self) -> None:
        if self._open is not None:
            self.replied(self._open, self._reply.reply(self._edited_files))
            self._open = None

    def refusal(self, step: int, said: str) -> None:
        """Take what a person said while refusing a call: only giving up is news."""
        for heard in hear(said):
            if heard.kind == "abandonment":
                self._keep(heard._replace(start=0, end=0), step, None)

    def deed(self, event: Feedback, step: int) -> None:
        """Take what a person did; to let something through says nothing of what came of it."""
        kind = _OF_DEED.get(event.action)
        if kind is None:
            return
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


class _Replying:
    """Gathers what the agent did and said since a person spoke."""

    __slots__ = ("_called", "_has_called", "_reported", "_said", "_thought")

    def __init__(self) -> None:
        self._said = self._thought = self._reported = ""
        self._has_called = False
        self._called: dict[str, None] = {}

    def take(self, step: Step) -> None:
        """Take a step of the agent."""
        if words := start_of(step.text.lstrip(), _MAX_REPLY):
            self._said = self._said or words
            self._reported = words
        if step.reasoning and not self._thought:
            self._thought = start_of(step.reasoning.lstrip(), _MAX_REPLY)
        if step.calls:
            self._has_called = True
            if len(self._called) < _MAX_CALLED:
                self._called.update(dict.fromkeys(call.name for call in step.calls))

    def reply(self, edited: tuple[str, ...] | None) -> Reply:
        """Return what was gathered, with the files that were changed meanwhile."""
        return Reply(
            said=self._said,
            edited=edited,
            has_called=self._has_called,
            thought=self._thought,
            reported=self._reported,
            called=tuple(self._called)[:_MAX_CALLED],
        )
