"""One Codex rollout as it is read: each record to where it is kept, or passed over by name.

A line is an envelope around an item of the model's history, an event for the person who
watches, or a note about the session; in the oldest versions it is a bare item.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from tracemill.base.lines import Line
from tracemill.records.refs import Origin
from tracemill.sources.codex.content import is_copied
from tracemill.sources.codex.lines import BareLine, CodexLine, Common, Payload, whole
from tracemill.sources.codex.session import read_base, read_meta
from tracemill.sources.codex.steps import CodexSteps, Item
from tracemill.sources.reading.json_fields import NO_CONTENT, moment, text, unknown_type

_CALLS: Final = (
    "custom_tool_call",
    "function_call",
    "local_shell_call",
    "tool_call",
    "tool_search_call",
    "web_search_call",
)
_OUTPUTS: Final = (
    "custom_tool_call_output",
    "function_call_output",
    "local_shell_call_output",
)
_NOT_KEPT: Final = frozenset(
    {
        "additional_tools",
        "compaction",
        "compaction_summary",
        "compaction_trigger",
        "context_compaction",
        "ghost_snapshot",
        "image_generation_call",
        "inter_agent_communication",
        "inter_agent_communication_metadata",
        "realtime_item",
        "retained_context",
        "security_risk_score",
        "world_state",
    }
)
_EVENTS_NOT_KEPT: Final = {
    kind: f"event_{kind}"
    for kind in (
        "agent_message",  # says again what an assistant item says
        "agent_reasoning",
        "agent_reasoning_raw_content",
        "agent_reasoning_section_break",
        "background_event",
        "collab_agent_interaction_begin",
        "collab_agent_interaction_end",
        "collab_agent_spawn_begin",
        "collab_agent_spawn_end",
        "collab_close_begin",
        "collab_close_end",
        "collab_resume_begin",
        "collab_resume_end",
        "collab_waiting_begin",
        "collab_waiting_end",
        "context_compacted",  # says again what a `compacted` record says
        "dynamic_tool_call_request",
        "entered_review_mode",
        "exec_command_begin",
        "exec_command_end",
        "exited_review_mode",
        "guardian_assessment",
        "image_generation_end",
        "mcp_tool_call_begin",
        "patch_apply_begin",
        "plan_update",
        "stream_error",
        "sub_agent_activity",
        "task_complete",
        "thread_goal_updated",
        "thread_settings_applied",
        "turn_diff",
        "undo_completed",
        "view_image_tool_call",
        "warning",
        "web_search_begin",
        "web_search_end",
    )
}

_Taker = Callable[[CodexSteps, Item[Common]], str | None]
_WholeTaker = Callable[[CodexSteps, Item[Payload]], str | None]


class CodexReader:
    """Takes the objects of one rollout and makes its trajectory, steps and events of them."""

    def __init__(self, name: str, origin: Origin) -> None:
        self._name = name
        self._origin = origin
        self._steps = CodexSteps(name, origin)
        self._replay = self._steps.replay
        self.ready = self._steps.window.ready

    def take(self, record: CodexLine, line: Line) -> str | None:
        """Read one object; return why it holds nothing to keep, or None where it was used."""
        if type(record) is BareLine:
            return self._take_bare(record, line)
        payload, kind, at = record.payload, record.type, record.timestamp
        if at is None or at.tzinfo is not UTC:
            at = moment(at or record.created_at)
        if self._replay.is_on:
            self._replay.watch(payload, at)
        takers = _NESTED_TAKERS.get(kind)
        if takers is None:
            takers = _TAKERS
        else:
            kind = payload.type or _kind_of(payload)
        taker = takers.get(kind)
        if taker is None:
            return _why_not_kept(kind, is_event=record.type == "event_msg")
        noted = record.metadata
        return taker(
            self._steps, Item(payload, kind, line, at, noted is not None and is_copied(noted))
        )

    def finish(self) -> None:
        """Close all steps and give the trajectory its header."""
        steps, trajectory = self._steps, self._steps.begun
        if trajectory is not None:
            steps.window.close(trajectory)
            trajectory.tokens = steps.tokens.total
            self.ready.append(trajectory.header(self._name, self._origin))

    def _take_bare(self, record: BareLine, line: Line) -> str | None:
        kind, steps = _kind_of(record), self._steps
        if kind is None and text(record.id) and record.timestamp is not None:
            return _take_meta(steps, Item(record, "session_meta", line, _moment_of(record)))
        if record.record_type == "state":
            return "state"
        if not isinstance(kind, str):
            return unknown_type(kind)
        taker = _BARE_TAKERS.get(kind)
        if taker is None:
            return _why_not_kept(kind, is_event=False)
        steps.model = text(record.model) or steps.model
        return taker(steps, Item(record, kind, line, _moment_of(record)))


def _take_meta(steps: CodexSteps, item: Item[Payload]) -> str | None:
    payload = item.payload
    own_id = text(payload.id) or text(payload.session_id)
    if steps.begun is not None:
        is_parent = steps.replay.begin(own_id, item.at)
        return "copied_session_meta" if is_parent else "repeated_session_meta"
    trajectory = steps.trajectory(item.line, own_id)
    trajectory.see_moment(item.at)
    steps.replay.own_id = own_id
    read_meta(payload, trajectory)
    steps.give_base(read_base(payload), item.line)
    return None


def _take_turn(steps: CodexSteps, item: Item[Payload]) -> str | None:
    trajectory = steps.trajectory(item.line)
    steps.model = text(item.payload.model) or steps.model
    folder = text(item.payload.cwd)
    trajectory.cwd = trajectory.cwd or folder
    trajectory.see_folder(folder)
    steps.give_base(read_base(item.payload), item.line)
    return None


def _take_compaction(steps: CodexSteps, item: Item[Common]) -> str | None:
    """Read a compaction; the history that it repeats was read where it happened."""
    steps.window.ready.append(steps.events.compaction(steps.place(item)))
    return None


def _take_tokens(steps: CodexSteps, item: Item[Common]) -> str | None:
    spent = steps.tokens.take(item.payload.info)
    if spent is None:
        return "token_count_unchanged"
    steps.trajectory(item.line).see_moment(item.at)
    steps.spend(spent)
    return None


def _take_record(steps: CodexSteps, item: Item[Payload]) -> str | None:
    """Read what one model call cost; the events that say it again are passed over."""
    spent = steps.tokens.record(item.payload.usage, item.payload.thread_token_usage)
    if spent is None:
        return "token_count_unchanged"
    steps.trajectory(item.line).see_moment(item.at)
    steps.spend(spent)
    return None


def _take_start(steps: CodexSteps, item: Item[Common]) -> str | None:
    steps.aborts.begin_turn()
    return f"event_{item.kind}"


def _take_abort(steps: CodexSteps, item: Item[Payload]) -> str | None:
    if item.payload.reason != "interrupted":
        return f"event_{item.kind}"
    steps.aborts.tell(steps.place(item))
    return None


def _take_title(steps: CodexSteps, item: Item[Payload]) -> str | None:
    title = text(item.payload.thread_name)
    if title is None:
        return NO_CONTENT
    steps.trajectory(item.line).title = title
    return None


def _of_whole(takers: Mapping[str, _WholeTaker]) -> dict[str, _Taker]:
    """Let takers have all that is read of any payload."""
    return {kind: partial(_take_whole, taker) for kind, taker in takers.items()}


def _take_whole(taker: _WholeTaker, steps: CodexSteps, item: Item[Common]) -> str | None:
    payload = whole(item.payload, item.line)
    return taker(steps, Item(payload, item.kind, item.line, item.at, item.is_copied))


def _kind_of(item: Common) -> Any:
    """Return an item's type; some versions leave it out of messages."""
    return "message" if item.type is None and text(item.role) else item.type


def _moment_of(record: BareLine) -> datetime | None:
    return moment(record.timestamp or record.created_at)


def _why_not_kept(kind: str, *, is_event: bool) -> str:
    known = _EVENTS_NOT_KEPT.get(kind) if is_event else kind if kind in _NOT_KEPT else None
    return known or unknown_type(kind)


_TAKERS: Final[dict[str, _Taker]] = {
    "compacted": _take_compaction,
    **_of_whole(
        {
            "session_meta": _take_meta,
            "turn_context": _take_turn,
            "token_usage_record": _take_record,
        }
    ),
}
_ITEM_TAKERS: Final[dict[str, _Taker]] = {
    "message": CodexSteps.take_message,
    "reasoning": CodexSteps.take_reasoning,
    "agent_message": CodexSteps.take_note,
    **dict.fromkeys(_CALLS, CodexSteps.take_call),
    **dict.fromkeys(_OUTPUTS, CodexSteps.take_output),
    **_of_whole(
        {
            "tool_search_output": CodexSteps.take_output,
            "tool_result": CodexSteps.take_answer,
            "function_result": CodexSteps.take_answer,
        }
    ),
}
_EVENT_TAKERS: Final[dict[str, _Taker]] = {
    "token_count": _take_tokens,
    "task_started": _take_start,
    **_of_whole(
        {
            "user_message": CodexSteps.take_typed,
            "item_completed": CodexSteps.take_completed,
            "turn_aborted": _take_abort,
            "thread_name_updated": _take_title,
            "patch_apply_end": CodexSteps.take_ending,
            "mcp_tool_call_end": CodexSteps.take_ending,
            "dynamic_tool_call_response": CodexSteps.take_ending,
            "error": CodexSteps.take_error,
            "thread_rolled_back": CodexSteps.take_rollback,
        }
    ),
}
_BARE_TAKERS: Final = {**_ITEM_TAKERS, **_of_whole({"error": CodexSteps.take_error})}
_NESTED_TAKERS: Final = {"response_item": _ITEM_TAKERS, "event_msg": _EVENT_TAKERS}
"""Functions of the steps, not methods bound to a reader, whose tables would be made anew for each
file and would keep it alive until a collection of garbage."""
