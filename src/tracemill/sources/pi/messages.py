"""Messages as pi keeps them, whatever file they stand in: each becomes a step or joins one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from tracemill.records.sessions.trajectory import Speaker
from tracemill.sources.building.open_session import OpenSession
from tracemill.sources.building.open_trajectory import NO_TOKENS, OpenStep
from tracemill.sources.building.session_events import Place
from tracemill.sources.pi.content import Said, read_parts, read_result, read_usage, shell_text
from tracemill.sources.reading.json_fields import NO_CONTENT, text, unknown_type, why_nothing

_HEARTBEAT: Final = re.compile(r"(?:\A|\n\n)Read HEARTBEAT\.md if it exists")
"""How what wakes an agent of OpenClaw begins, alone or behind notes of the system."""


class PiMessages:
    """Makes the steps of the messages of one input."""

    def __init__(self, session: OpenSession) -> None:
        self._session = session
        self.model: str | None = None
        """The model that replies at present, for messages that do not say."""
        self.is_replayed = False
        """Whether the messages at hand are a copy of another file's."""
        self.native_id: str | None = None
        """The id of the entry at hand."""

    def take(self, message: dict[str, Any], place: Place) -> str | None:
        """Read a message; return why it holds nothing to keep, or None where it was used."""
        role = message.get("role")
        taker = self._takers.get(role) if isinstance(role, str) else None
        return unknown_type(role) if taker is None else taker(self, message, place)

    def inject(self, content: object, place: Place) -> str | None:
        """Read what the harness, or an extension of it, put in."""
        return self._say("system", read_parts(content, place.line.start), place)

    def summarise(self, summary: object, place: Place) -> str | None:
        """Read a summary of what the model no longer sees."""
        said = text(summary)
        if said is None:
            return NO_CONTENT
        step = self._open("system", place)
        step.is_replayed = True
        self._session.say(place, step, [said])
        return None

    def _open(self, speaker: Speaker, place: Place) -> OpenStep:
        step = self._session.open(place, speaker, self.native_id)
        step.is_replayed = self.is_replayed
        return step

    def _say(self, speaker: Speaker, said: Said, place: Place) -> str | None:
        if not said.texts:
            return why_nothing(said.unread)
        step = self._open(speaker, place)
        step.n_images = said.n_images
        self._session.ready.extend(said.unread)
        self._session.say(place, step, said.texts)
        return None

    def _take_user(self, message: dict[str, Any], place: Place) -> str | None:
        said = read_parts(message.get("content"), place.line.start)
        is_put_in = place.trajectory.is_subagent or any(map(_HEARTBEAT.search, said.texts))
        return self._say("system" if is_put_in else "user", said, place)

    def _take_injected(self, message: dict[str, Any], place: Place) -> str | None:
        return self.inject(message.get("content"), place)

    def _take_summary(self, message: dict[str, Any], place: Place) -> str | None:
        return self.summarise(message.get("summary"), place)

    def _take_shell(self, message: dict[str, Any], place: Place) -> str | None:
        said = shell_text(message)
        return self.inject(said, place) if said else "kept_from_the_model"

    def _take_result(self, message: dict[str, Any], place: Place) -> str | None:
        step = self._session.answer(place, read_result(message, place.line.start))
        step.is_replayed = step.is_replayed or self.is_replayed
        return None

    def _take_reply(self, message: dict[str, Any], place: Place) -> str | None:
        said, tokens = (
            read_parts(message.get("content"), place.line.start),
            read_usage(message.get("usage")),
        )
        ending, error = message.get("stopReason"), text(message.get("errorMessage"))
        is_reply = not said.is_empty or tokens != NO_TOKENS
        if is_reply:
            step = self._open("agent", place)
            self._fill(step, said, place)
            step.tokens = tokens
            step.usage_key = hash((place.line.start, step.index))
            step.model = text(message.get("model")) or self.model
            place.trajectory.see_model(step.model)
        if ending == "error" and error is not None:
            step = self._open("agent", place)
            step.is_error = True
            self._session.say(place, step, [error])
        elif ending == "aborted":
            place = place._replace(step=place.trajectory.last_index())
            told = self._session.events.feedback(place, "interruption")
            self._session.tell(place, told)
        elif not is_reply:
            return why_nothing(said.unread)
        return None

    def _fill(self, step: OpenStep, said: Said, place: Place) -> None:
        step.n_images = said.n_images
        self._session.ready.extend(said.unread)
        self._session.say(place, step, said.texts)
        self._session.think(place, step, said.thoughts)
        for call in said.calls:
            self._session.window.add_call(place.trajectory, step, call)
        n_bytes = place.line.end - place.line.start if said.calls else 0
        self._session.window.grow(place.trajectory, step, n_bytes)

    _takers: ClassVar[Mapping[str, Callable[[PiMessages, dict[str, Any], Place], str | None]]] = {
        "user": _take_user,
        "assistant": _take_reply,
        "toolResult": _take_result,
        "bashExecution": _take_shell,
        "branchSummary": _take_summary,
        "compactionSummary": _take_summary,
        **dict.fromkeys(("custom", "hookMessage", "system"), _take_injected),
    }
    """Of the class: methods bound to a reader would keep it alive until garbage is collected."""
