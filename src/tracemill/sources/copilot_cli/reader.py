"""One Copilot CLI log as it is read: each event to where it is kept, or passed over by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Final, NamedTuple

import msgspec

from tracemill.base.lines import Line
from tracemill.records.events.in_session import FeedbackKind
from tracemill.records.refs import Origin
from tracemill.records.sessions.trajectory import IMAGE, Speaker
from tracemill.sources.building.checklists import read_checklist
from tracemill.sources.building.open_session import OpenSession
from tracemill.sources.building.open_trajectory import (
    NO_TOKENS,
    OpenStep,
    OpenTrajectory,
    added,
    larger,
    rest,
)
from tracemill.sources.building.remembered import Remembered
from tracemill.sources.building.session_events import Place
from tracemill.sources.copilot_cli.content import (
    count_images,
    read_calls,
    read_result,
    read_totals,
    why_not_kept,
)
from tracemill.sources.reading.json_fields import count, fields_of, moment, text, unknown_type
from tracemill.sources.reading.json_lines import BadShapeError

_NO_CONTENT: Final = "no_content"
_BY_USER: Final = "denied-interactively-by-user"
_TODO_TOOL: Final = "update_todo"
_PLAN_TOOL: Final = "exit_plan_mode"
_MAX_REMEMBERED: Final = 1000
_MAX_EVENTS: Final = 30_000


class _Event(NamedTuple):
    """One event of the log."""

    data: dict[str, Any]
    kind: str
    line: Line
    at: datetime | None
    key: str
    """Of the trajectory that it belongs to."""
    native_id: str | None
    native_parent_id: str | None


class _Refusal(NamedTuple):
    """A person said no to a call that has not come back yet."""

    said: str | None


class CopilotReader:
    """Takes the events of one log and makes trajectories, steps and events of them."""

    def __init__(self, name: str, origin: Origin) -> None:
        self._session = session = OpenSession(name, origin)
        self.ready = session.ready
        self._model: str | None = None
        self._totals = NO_TOKENS
        self._instructions: str | None = None
        self._thoughts: dict[str, OpenStep] = {}
        self._agents: Remembered[str, str] = Remembered(_MAX_REMEMBERED)
        self._asked: Remembered[str, str] = Remembered(_MAX_REMEMBERED)
        self._refused: Remembered[str, _Refusal] = Remembered(_MAX_REMEMBERED)
        self._proposed: Remembered[str, str] = Remembered(_MAX_REMEMBERED)
        """The call by which each agent last proposed a plan; no answer to a plan names it."""
        self._n_steps_before: Remembered[str, int] = Remembered(_MAX_EVENTS)
        """How many steps there were before each event."""

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read one object; return why it holds nothing to keep, or None where it was used."""
        kind, data = record.get("type"), record.get("data")
        if not isinstance(kind, str):
            return unknown_type(kind)
        taker = self._takers.get(kind)
        if taker is None:
            return why_not_kept(kind)
        if not isinstance(data, dict):
            raise BadShapeError(f"expected an object as data, found {type(data).__name__}")
        event = _Event(
            data=data,
            kind=kind,
            line=line,
            at=moment(record.get("timestamp")),
            key=self._key(record, data),
            native_id=text(record.get("id")),
            native_parent_id=text(record.get("parentId")),
        )
        if event.native_id is not None:
            main = self._session.trajectories.get("")
            self._n_steps_before.put(event.native_id, main.n_steps if main is not None else 0)
        return taker(self, event)

    def finish(self) -> None:
        """Close all steps and give each trajectory its header."""
        self._session.close()
        main = self._session.trajectories.get("")
        if main is not None:
            spawned = NO_TOKENS
            for key, trajectory in self._session.trajectories.items():
                spawned = added(spawned, trajectory.tokens) if key else spawned
            main.tokens = larger(main.tokens, rest(self._totals, spawned))
        self._session.finish()

    def _key(self, record: dict[str, Any], data: dict[str, Any]) -> str:
        """Return what a subagent is known by: its own id, or the call that spawned it."""
        agent_id, spawner = text(record.get("agentId")), text(data.get("parentToolCallId"))
        if agent_id and spawner:
            self._agents.put(spawner, agent_id)
        return agent_id or (spawner and (self._agents.get(spawner) or spawner)) or ""

    def _place(self, event: _Event) -> Place:
        return self._session.place(event.line, event.at, event.key)

    def _say(self, event: _Event, speaker: Speaker, texts: list[str]) -> OpenStep:
        place = self._place(event)
        step = self._session.open(place, speaker, event.native_id)
        step.native_parent_id = event.native_parent_id
        self._session.say(place, step, texts)
        return step

    def _take_start(self, event: _Event) -> str | None:
        data, session_id = event.data, text(event.data.get("sessionId"))
        if "" in self._session.trajectories:
            return "repeated_session_start"
        trajectory = self._session.begin("", session_id, event.line.data.strip())
        trajectory.see_moment(event.at)
        trajectory.agent_version = text(data.get("copilotVersion"))
        self._model = text(data.get("selectedModel"))
        spawner = text(data.get("detachedFromSpawningParentSessionId"))
        if spawner is not None:
            trajectory.is_subagent, trajectory.session_id = True, spawner
        context = data.get("context")
        if isinstance(context, dict):
            _read_context(context, trajectory)
        return None

    def _take_resumption(self, event: _Event) -> str | None:
        """Note where a session goes on, and with which model."""
        folder = text(fields_of(event.data.get("context")).get("cwd"))
        self._place(event).trajectory.see_folder(folder)
        return self._take_model(event)

    def _take_model(self, event: _Event) -> str | None:
        model = text(event.data.get("newModel")) or text(event.data.get("selectedModel"))
        self._model = model or self._model
        return None if model else f"event_{event.kind}"

    def _take_title(self, event: _Event) -> str | None:
        title = text(event.data.get("title"))
        if title is not None:
            self._place(event).trajectory.title = title
        return None if title else _NO_CONTENT

    def _take_error(self, event: _Event) -> str | None:
        said = text(event.data.get("message"))
        if said is None:
            return _NO_CONTENT
        self._say(event, "agent", [said]).is_error = True
        return None

    def _take_compaction(self, event: _Event) -> str | None:
        data = event.data
        if data.get("success") is not True:
            return "compaction_failed"
        trigger, before = text(data.get("trigger")), count(data.get("preCompactionTokens"))
        self.ready.append(self._session.events.compaction(self._place(event), trigger, before))
        if (summary := text(data.get("summaryContent"))) is not None:
            self._say(event, "system", [summary]).is_replayed = True
        return None

    def _take_truncation(self, event: _Event) -> str | None:
        before = count(event.data.get("preTruncationTokensInMessages"))
        told = self._session.events.compaction(self._place(event), "truncation", before)
        self.ready.append(told)
        return None

    def _take_rewind(self, event: _Event) -> str | None:
        """Tell that a person went back before an event, which may be gone with all behind it."""
        first, place = text(event.data.get("upToEventId")), self._place(event)
        n_before = None if first is None else self._n_steps_before.get(first)
        is_kept = n_before is not None and n_before < place.trajectory.n_steps
        undone = n_before if is_kept else None
        told = self._session.events.feedback(place, "rewind", undone_from=undone)
        self._session.tell(place, told)
        return None

    def _take_shutdown(self, event: _Event) -> str | None:
        """Read what the session cost; one that was resumed says it again, and higher."""
        self._totals = larger(self._totals, read_totals(event.data.get("modelMetrics")))
        self._place(event)
        return None

    def _take_instructions(self, event: _Event) -> str | None:
        """Read the system prompt, which is written again before each turn."""
        said = text(event.data.get("content"))
        if said is None:
            return _NO_CONTENT
        if said == self._instructions:
            return "repeated_system_message"
        self._instructions = said
        self._say(event, "system", [said])
        return None

    def _take_notice(self, event: _Event) -> str | None:
        said = text(event.data.get("content"))
        if said is None:
            return _NO_CONTENT
        self._say(event, "system", [said])
        return None

    def _take_user(self, event: _Event) -> str | None:
        data = event.data
        said, n_images = text(data.get("content")), count_images(data.get("attachments"))
        texts = [IMAGE] * n_images + ([said] if said else [])
        if not texts:
            return _NO_CONTENT
        is_typed = not event.key and _is_typed(data)
        if is_typed and data.get("delivery") in ("steering", "queued"):
            place = self._place(event)
            self.ready.append(self._session.events.feedback(place, "steering", said))
        self._say(event, "user" if is_typed else "system", texts).n_images = n_images
        return None

    def _take_reply(self, event: _Event) -> str | None:
        data, session = event.data, self._session
        calls = read_calls(data.get("toolRequests"), event.line)
        said, thought = text(data.get("content")), text(data.get("reasoningText"))
        # A provider that reports no usage is written down as zero.
        tokens = (None, count(data.get("outputTokens")) or None, None, None, None)
        if not (calls or said or thought or tokens[1]):
            return _NO_CONTENT
        place = self._place(event)
        step = self._reply_step(event, place)
        session.say(place, step, [said] if said else [])
        session.think(place, step, [thought] if thought else [])
        for call in calls:
            session.window.add_call(place.trajectory, step, call)
            if call.name == _PLAN_TOOL:
                self._proposed.put(event.key, call.id)
            if call.name == _TODO_TOOL:
                todos = read_checklist(call.arguments.get("todos"))
                told = session.events.todo_change(
                    place._replace(step=step.index), todos, is_whole=True
                )
                step.events.append(told)
        session.window.grow(
            place.trajectory, step, event.line.end - event.line.start if calls else 0
        )
        if tokens[1] is not None:
            step.raise_tokens(tokens)
        step.model = step.model or text(data.get("model")) or self._model
        place.trajectory.see_model(step.model)
        return None

    def _reply_step(self, event: _Event, place: Place) -> OpenStep:
        """Return the step of a message, which may stand in parts, and behind its thoughts."""
        message_id = text(event.data.get("messageId"))
        key = (message_id, None) if message_id else None
        step = place.trajectory.by_message.get(key) if key else None
        thought = self._thoughts.pop(event.key, None)
        if step is None and thought is not None and place.step == thought.index:
            step = thought
        if step is None:
            step = self._session.open(place, "agent")
        step.extend_to(event.line)
        step.native_id = step.native_id or event.native_id
        step.native_parent_id = step.native_parent_id or event.native_parent_id
        step.usage_key = hash(key or ("line", event.line.start))
        if key:
            step.message_key = key
            place.trajectory.by_message[key] = step
        return step

    def _take_thought(self, event: _Event) -> str | None:
        said = text(event.data.get("content"))
        if said is None:
            return _NO_CONTENT
        place = self._place(event)
        step = self._thoughts[event.key] = self._session.open(place, "agent", event.native_id)
        self._session.think(place, step, [said])
        return None

    def _take_result(self, event: _Event) -> str | None:
        result = read_result(event.data, event.line)
        refusal = self._refused.get(result.call_id)
        if refusal is not None:
            result = msgspec.structs.replace(result, status="rejected", feedback=refusal.said)
        self._session.answer(self._place(event), result, is_told=refusal is not None)
        return None

    def _take_question(self, event: _Event) -> str | None:
        """Note which call a question is about; the answer does not always name it."""
        asked, request = text(event.data.get("requestId")), event.data.get("permissionRequest")
        call_id = text(request.get("toolCallId")) if isinstance(request, dict) else None
        if asked and call_id:
            self._asked.put(asked, call_id)
        return f"event_{event.kind}"

    def _take_permission(self, event: _Event) -> str | None:
        result, asked = event.data.get("result"), text(event.data.get("requestId"))
        if not isinstance(result, dict) or result.get("kind") != _BY_USER:
            return f"event_{event.kind}"
        call_id = text(event.data.get("toolCallId")) or (self._asked.get(asked) if asked else None)
        said = text(result.get("feedback"))
        if call_id is not None:
            self._refused.put(call_id, _Refusal(said))
        told = self._session.events.feedback(self._place(event), "rejection", said, call_id)
        self.ready.append(told)
        return None

    def _take_plan_verdict(self, event: _Event) -> str | None:
        approved = event.data.get("approved")
        if not isinstance(approved, bool):
            return f"event_{event.kind}"
        did: FeedbackKind = "permission" if approved else "rejection"
        said = text(event.data.get("feedback"))
        call_id = self._proposed.get(event.key)
        told = self._session.events.feedback(self._place(event), did, said, call_id)
        self.ready.append(told)
        return None

    def _take_abort(self, event: _Event) -> str | None:
        reason = text(event.data.get("reason")) or ""
        if not reason.startswith("user") and reason != "remote_command":
            return "abort_by_program"
        place = self._place(event)
        self._session.tell(place, self._session.events.feedback(place, "interruption"))
        return None

    _takers: ClassVar[Mapping[str, Callable[[CopilotReader, _Event], str | None]]] = {
        "session.start": _take_start,
        "session.resume": _take_resumption,
        "session.model_change": _take_model,
        "session.title_changed": _take_title,
        "session.error": _take_error,
        "session.compaction_complete": _take_compaction,
        "session.truncation": _take_truncation,
        "session.snapshot_rewind": _take_rewind,
        "session.shutdown": _take_shutdown,
        "system.message": _take_instructions,
        "system.notification": _take_notice,
        "user.message": _take_user,
        "assistant.message": _take_reply,
        "assistant.reasoning": _take_thought,
        "tool.execution_complete": _take_result,
        "permission.requested": _take_question,
        "permission.completed": _take_permission,
        "exit_plan_mode.completed": _take_plan_verdict,
        "abort": _take_abort,
    }
    """Of the class: methods bound to a reader would keep it alive until garbage is collected."""


def _read_context(context: dict[str, Any], trajectory: OpenTrajectory) -> None:
    trajectory.cwd = text(context.get("cwd"))
    trajectory.branch = text(context.get("branch"))
    trajectory.base_commit = text(context.get("headCommit"))
    trajectory.repository = text(context.get("repository"))


def _is_typed(data: dict[str, Any]) -> bool:
    """Tell whether nothing says that a program put a message in."""
    return data.get("source") in (None, "user") and data.get("isAutopilotContinuation") is not True
