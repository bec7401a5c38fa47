"""What a person was shown of a Cline task, where nothing else of it is left.

A request begins a step of the agent, which goes on until somebody else speaks. Results are
there as far as they were shown: output of commands, answers of servers. What a person decided
about a call was not written down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from tracemill.base.lines import Line
from tracemill.records.sessions.trajectory import IMAGE, Speaker, ToolCall, ToolResult
from tracemill.sources.building.checklists import read_checklist
from tracemill.sources.building.open_session import OpenSession
from tracemill.sources.building.open_trajectory import OpenStep
from tracemill.sources.building.session_events import Place
from tracemill.sources.cline.content import decoded, model_of, read_tokens
from tracemill.sources.reading.json_fields import (
    millisecond,
    text,
    tool_arguments,
    type_name,
    unknown_type,
)

_NO_CONTENT: Final = "no_content"
_SPOKEN: Final = frozenset({"text", "completion_result", "followup", "plan_mode_respond"})
_CALLS: Final = {
    "tool": "",
    "command": "execute_command",
    "use_mcp_server": "use_mcp_tool",
    "browser_action": "browser_action",
    "browser_action_launch": "browser_action",
}
"""Messages that show a call, and the tool where the message does not name it."""
_OUTPUTS: Final = frozenset({"command_output", "mcp_server_response", "browser_action_result"})
_ERRORS: Final = frozenset({"error", "diff_error", "api_req_failed", "clineignore_error"})
# fmt: off
_NOT_KEPT: Final = frozenset({
    "api_req_deleted", "api_req_finished", "api_req_retried", "api_req_retry_delayed",
    "auto_approval_max_req_reached", "checkpoint_created", "checkpoint_saved",
    "codebase_search_result", "deleted_api_reqs", "error_retry", "hook", "hook_output_stream",
    "info", "load_mcp_documentation", "mcp_notification", "mcp_server_request_started",
    "mistake_limit_reached", "new_task", "resume_completed_task", "resume_task",
    "shell_integration_warning", "subtask_result", "user_edit_todos",
})
# fmt: on


class ShownReader:
    """Takes the messages that were shown."""

    def __init__(self, session: OpenSession) -> None:
        self._session = session
        self.ready = session.ready
        self._step: OpenStep | None = None
        """The agent's step that goes on."""
        self._last_call: str | None = None
        self._has_task = self._has_told = False

    def take(self, record: dict[str, Any], line: Line, /) -> str | None:
        """Read one message; return why it holds nothing to keep, or None where it was used."""
        outer = record.get("type")
        kind = record.get(outer) if outer in ("say", "ask") else None
        if not isinstance(kind, str):
            return unknown_type(outer)
        if record.get("partial") is True:
            return "partial_message"
        taker = self._takers.get(kind)
        if taker is None or (outer == "ask" and kind in ("completion_result", *_OUTPUTS)):
            known = kind in _NOT_KEPT or kind in self._takers
            return f"{outer}_{type_name(kind)}" if known else unknown_type(f"{outer}-{kind}")
        verdict = taker(self, record, self._session.place(line, millisecond(record.get("ts"))))
        self._has_told |= verdict is None
        return verdict

    def finish(self) -> None:
        """Give the task its header, where anything was read of it."""
        if self._has_told:
            self._session.finish()

    def _take_request(self, record: dict[str, Any], place: Place) -> None:
        told = decoded(record.get("text"))
        step = self._step = self._session.open(place, "agent")
        step.tokens = read_tokens(told)
        step.usage_key = hash(("request", step.index))
        step.model = model_of(record)
        place.trajectory.see_model(step.model)
        if told.get("cancelReason") == "user_cancelled":
            here = place._replace(step=step.index)
            self.ready.append(self._session.events.feedback(here, "interruption"))

    def _agent_step(self, place: Place) -> OpenStep:
        if self._step is None:
            self._step = self._session.open(place, "agent")
        self._step.extend_to(place.line)
        return self._step

    def _take_thought(self, record: dict[str, Any], place: Place) -> str | None:
        thought = text(record.get("text"))
        if thought is None:
            return _NO_CONTENT
        self._session.think(place, self._agent_step(place), [thought])
        return None

    def _take_speech(self, record: dict[str, Any], place: Place) -> str | None:
        said = text(record.get("text"))
        images = record.get("images")
        n_images = len(images) if isinstance(images, list) else 0
        if said is None and not n_images:
            return _NO_CONTENT
        if self._has_task:
            asked = decoded(said)
            spoken = text(asked.get("question")) or text(asked.get("response")) or said
            self._session.say(place, self._agent_step(place), filter(None, [spoken]))
            return None
        self._has_task = True
        self._hear(place, "user", said, n_images)
        return None

    def _hear(
        self, place: Place, speaker: Speaker, said: str | None, n_images: int = 0
    ) -> OpenStep:
        """Let somebody else speak, which ends the agent's step."""
        self._step = None
        step = self._session.open(place, speaker)
        step.n_images = n_images
        self._session.say(place, step, filter(None, [said, *[IMAGE] * n_images]))
        return step

    def _take_feedback(self, record: dict[str, Any], place: Place) -> str | None:
        images = record.get("images")
        n_images = len(images) if isinstance(images, list) else 0
        said = text(record.get("text"))
        if said is None and not n_images:
            return _NO_CONTENT
        self._hear(place, "user", said, n_images)
        return None

    def _take_edit(self, _record: dict[str, Any], place: Place) -> None:
        told = self._session.events.feedback(place, "edit", None, self._last_call)
        self.ready.append(told)

    def _take_progress(self, record: dict[str, Any], place: Place) -> str | None:
        todos = read_checklist(record.get("text"))
        if not todos:
            return _NO_CONTENT
        self.ready.append(self._session.events.todo_change(place, todos, is_whole=True))
        return None

    def _take_compaction(self, _record: dict[str, Any], place: Place) -> None:
        self.ready.append(self._session.events.compaction(place))

    def _take_call(self, record: dict[str, Any], place: Place) -> str | None:
        kind = str(record.get(str(record.get("type"))))
        shown = decoded(record.get("text"))
        name = text(shown.pop("tool", None)) or text(shown.get("toolName")) or _CALLS[kind]
        arguments = tool_arguments(shown) or {"command": text(record.get("text")) or ""}
        step = self._agent_step(place)
        self._last_call = f"{place.line.start}"
        call = ToolCall(id=self._last_call, name=name or "tool", arguments=arguments)
        self._session.window.add_call(place.trajectory, step, call)
        self._session.window.grow(place.trajectory, step, len(str(record.get("text"))))
        return None

    def _take_output(self, record: dict[str, Any], place: Place) -> str | None:
        said = text(record.get("text"))
        step = place.trajectory.by_call.get(self._last_call or "")
        if said is None or step is None or self._last_call is None:
            return _NO_CONTENT
        shown = [result for result in step.results if result.call_id != self._last_call]
        before = [result.content for result in step.results if result.call_id == self._last_call]
        content = "\n".join([*before, said])
        step.results[:] = [*shown, ToolResult(call_id=self._last_call, content=content)]
        step.extend_to(place.line)
        self._session.window.grow(place.trajectory, step, len(said))
        return None

    def _take_error(self, record: dict[str, Any], place: Place) -> str | None:
        said = text(record.get("text"))
        if said is None:
            return _NO_CONTENT
        self._hear(place, "agent", said).is_error = True
        return None

    _takers: ClassVar[Mapping[str, Callable[[ShownReader, dict[str, Any], Place], str | None]]] = {
        "api_req_started": _take_request,
        "reasoning": _take_thought,
        "user_feedback": _take_feedback,
        "user_feedback_diff": _take_edit,
        "task_progress": _take_progress,
        "condense_context": _take_compaction,
        **dict.fromkeys(_SPOKEN, _take_speech),
        **dict.fromkeys(_CALLS, _take_call),
        **dict.fromkeys(_OUTPUTS, _take_output),
        **dict.fromkeys(_ERRORS, _take_error),
    }
    """Of the class: methods bound to a reader would keep it alive until garbage is collected."""
