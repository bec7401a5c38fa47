"""What one Copilot CLI event says: a message, a result, a total of tokens.

A type of event that the program is known to write and that holds nothing to keep is passed
over by its name; any other is counted as unknown.
"""

from __future__ import annotations

import re
from typing import Any, Final

from tracemill.base.lines import Line
from tracemill.records.sessions.trajectory import IMAGE, ResultStatus, ToolCall, ToolResult
from tracemill.sources.building.open_trajectory import NO_TOKENS, Tokens, added
from tracemill.sources.reading.json_fields import (
    count,
    list_of,
    objects_of,
    text,
    tool_arguments,
    unknown_type,
)

_EXIT_CODE: Final = re.compile(
    r"<(?:shellId: [^>\n]{1,80} completed with |exited with )?exit code (-?\d{1,9})>"
)
_TAIL_LENGTH: Final = 160
_REJECTED: Final = "rejected"

# fmt: off
_NOT_KEPT: Final = frozenset({
    "assistant.idle", "assistant.intent", "assistant.message_delta", "assistant.message_start",
    "assistant.reasoning_delta", "assistant.server_tool_progress", "assistant.streaming_delta",
    "assistant.tool_call_delta", "assistant.turn_end", "assistant.turn_start", "assistant.usage",
    "auto_mode_switch.completed", "auto_mode_switch.requested", "capabilities.changed",
    "command.completed", "command.execute", "command.queued", "commands.changed",
    "elicitation.completed", "elicitation.requested", "exit_plan_mode.requested",
    "external_tool.completed", "external_tool.requested", "hook.end", "hook.progress",
    "hook.start", "mcp.oauth_completed", "mcp.oauth_required", "mcp.prompts.list_changed",
    "mcp.resources.list_changed", "mcp.tools.list_changed", "model.call_failure",
    "model.call_finished", "pending_messages.modified", "sampling.completed",
    "sampling.requested", "session.auto_mode_resolved", "session.background_tasks_changed",
    "session.compaction_start", "session.context_changed", "session.context_cleared",
    "session.custom_agents_updated", "session.custom_notification", "session.extensions_loaded",
    "session.handoff", "session.idle", "session.info", "session.mcp_server_removed",
    "session.mcp_server_status_changed", "session.mcp_servers_loaded", "session.mode_changed",
    "session.permissions_changed", "session.plan_changed", "session.remote_steerable_changed",
    "session.schedule_cancelled", "session.schedule_created",
    "session.skills_loaded", "session.task_complete",
    "session.todos_changed", "session.tools_updated", "session.usage_checkpoint",
    "session.usage_info", "session.warning", "session.workspace_file_changed", "skill.invoked",
    "subagent.completed", "subagent.deselected", "subagent.failed", "subagent.selected",
    "subagent.started", "tool.execution_partial_result", "tool.execution_progress",
    "tool.execution_start", "tool.user_requested", "user_input.completed", "user_input.requested",
})
# fmt: on


def why_not_kept(kind: str) -> str:
    """Return why events of the type `kind` are passed over."""
    return f"event_{kind}" if kind in _NOT_KEPT else unknown_type(kind)


def read_calls(requests: object, line: Line) -> list[ToolCall]:
    """Return the calls that a message requests."""
    asked = list_of(requests)
    return [
        ToolCall(
            id=text(request.get("toolCallId")) or f"unnamed-{line.start}-{position}",
            name=text(request.get("name")) or "",
            arguments=tool_arguments(request.get("arguments")),
        )
        for position, request in enumerate(asked)
        if isinstance(request, dict)
    ]


def read_result(data: dict[str, Any], line: Line) -> ToolResult:
    """Return how an execution ended."""
    error = data.get("error")
    error = error if isinstance(error, dict) else {}
    content = _result_text(data.get("result")) or text(error.get("message")) or ""
    ends = list(_EXIT_CODE.finditer(content, max(0, len(content) - _TAIL_LENGTH)))
    has_end = ends and not content[ends[-1].end() :].strip()
    code = int(ends[-1][1]) if has_end else None
    return ToolResult(
        call_id=text(data.get("toolCallId")) or f"unnamed-{line.start}",
        content=content,
        status=_status(data.get("success"), error, code),
        exit_code=code,
    )


def _result_text(result: object) -> str:
    if not isinstance(result, dict):
        return result if isinstance(result, str) else ""
    pictures = result.get("binaryResultsForLlm")
    n_pictures = len(pictures) if isinstance(pictures, list) else 0
    return "\n".join(filter(None, [text(result.get("content")), *[IMAGE] * n_pictures]))


def _status(success: object, error: dict[str, Any], code: int | None) -> ResultStatus:
    if error.get("code") == _REJECTED:
        return "rejected"
    if success is False or code:
        return "error"
    return "ok" if success is True else "unknown"


def count_images(attachments: object) -> int:
    """Return how many pictures are attached as such."""
    kinds = [str(attached.get("mimeType")) for attached in objects_of(attachments)]
    return sum(kind.startswith("image/") for kind in kinds)


def read_totals(metrics: object) -> Tokens:
    """Return the tokens of a whole session, over all its models."""
    total = NO_TOKENS
    for metric in metrics.values() if isinstance(metrics, dict) else ():
        usage = metric.get("usage") if isinstance(metric, dict) else None
        if isinstance(usage, dict):
            total = added(total, _usage(usage))
    # A provider that reports no usage is written down as all zeros.
    return total if any(total) else NO_TOKENS


def _usage(usage: dict[str, Any]) -> Tokens:
    prompt, cached = count(usage.get("inputTokens")), count(usage.get("cacheReadTokens"))
    return (
        prompt if prompt is None or cached is None else max(0, prompt - cached),
        count(usage.get("outputTokens")),
        cached,
        count(usage.get("cacheWriteTokens")),
        count(usage.get("reasoningTokens")),
    )
