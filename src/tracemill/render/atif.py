"""Steps and headers in the words of ATIF, the Agent Trajectory Interchange Format, v1.8.

Whoever reads the format and whoever writes it share this one mapping. A reader keeps what a file
says beyond it (`Remainder`), so that the file can be written again; a writer puts what our records
say beyond it under the key `tracemill` of an `extra`, where the format lets everybody add words.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import msgspec

from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult, Trajectory, Usage

FORMAT: Final = "atif"
SCHEMA_VERSION: Final = "ATIF-v1.8"
UNKNOWN_VERSION: Final = "unknown"
"""What stands where the format wants an agent's version and we know none."""
_PEOPLE: Final = ("system", "user")
"""Speakers that the format calls as we do, whatever they say."""
OWN: Final = "tracemill"
"""Key of an `extra` under which our own fields stand."""
OWN_OF_STEP: Final = ("is_error", "native_id", "native_parent_id", "n_images")
OWN_OF_OTHERS: Final = ("speaker", "model", "reasoning", "calls", "usage")
"""What the format knows of agents only, and what stands as `system` for want of a better word."""
OWN_OF_RESULT: Final = ("call_id", "status", "exit_code", "feedback", "user_modified", "commit")
OWN_OF_HEADER: Final = (
    "is_subagent", "title", "models", "cwd", "branch", "base_commit", "repository",
    "started", "ended", "total_usage",
)  # fmt: skip
_TOLD_BY_STEPS: Final = ("started", "ended", "total_usage")
"""Of a header: what steps would tell in its place, so that it must be said to be unknown."""


def atif_step(step: Step) -> dict[str, Any]:
    """Return a step as the format's own fields say it."""
    is_agent = _is_agent(step)
    item: dict[str, Any] = {
        "step_id": step.index + 1,
        "source": step.speaker if is_agent or step.speaker in _PEOPLE else "system",
        "message": step.text,
    }
    if step.at is not None:
        item["timestamp"] = atif_moment(step.at)
    if is_agent:
        item |= _of_agent(step)
    if step.results:
        call_ids = {call.id for call in step.calls} if is_agent else set()
        item["observation"] = {"results": [_result(each, call_ids) for each in step.results]}
    if step.is_replayed:
        item["is_copied_context"] = True
    return item


def _is_agent(step: Step) -> bool:
    """Tell whether the agent said a step; what the harness said in its place is `system`."""
    return step.speaker == "agent" and not step.is_error


def _of_agent(step: Step) -> dict[str, Any]:
    item: dict[str, Any] = {}
    if step.model is not None:
        item["model_name"] = step.model
    if step.reasoning is not None:
        item["reasoning_content"] = step.reasoning
    if step.calls:
        item["tool_calls"] = list(map(_call, step.calls))
    if step.usage is not None and (metrics := _metrics(step.usage)):
        item["metrics"] = metrics
    return item


def _call(call: ToolCall) -> dict[str, Any]:
    return {"tool_call_id": call.id, "function_name": call.name, "arguments": call.arguments}


def _result(result: ToolResult, call_ids: set[str]) -> dict[str, Any]:
    said: dict[str, Any] = {"content": result.content}
    if result.call_id in call_ids:
        said["source_call_id"] = result.call_id
    return said


def _metrics(usage: Usage) -> dict[str, Any]:
    """Return tokens as the format counts them: those of the prompt include cached ones."""
    found: dict[str, Any] = {}
    if usage.input_tokens is not None:
        cached = (usage.cache_read_tokens or 0) + (usage.cache_write_tokens or 0)
        found["prompt_tokens"] = usage.input_tokens + cached
    if usage.output_tokens is not None:
        found["completion_tokens"] = usage.output_tokens
    if usage.cache_read_tokens is not None:
        found["cached_tokens"] = usage.cache_read_tokens
    more = {
        name: count
        for name in ("cache_write_tokens", "reasoning_tokens")
        if (count := getattr(usage, name)) is not None
    }
    return {**found, "extra": more} if more else found


def atif_moment(at: datetime) -> str:
    """Return a moment as agents write it: UTC, to the millisecond where that says all."""
    precision = "microseconds" if at.microsecond % 1000 else "milliseconds"
    return at.isoformat(timespec=precision).replace("+00:00", "Z")


def atif_header(header: Trajectory) -> dict[str, Any]:
    """Return a trajectory without its steps as the format's own fields say it."""
    agent: dict[str, Any] = {
        "name": header.agent,
        "version": header.agent_version or UNKNOWN_VERSION,
    }
    if header.models:
        agent["model_name"] = header.models[0]
    metrics: dict[str, Any] = {"total_steps": header.n_steps}
    if header.total_usage is not None:
        total = _metrics(header.total_usage)
        total.pop("extra", None)
        metrics |= {f"total_{name}": count for name, count in total.items()}
    return {
        "schema_version": SCHEMA_VERSION,
        "session_id": header.session_id,
        "trajectory_id": header.id,
        "agent": agent,
        "final_metrics": metrics,
    }


def own_of_step(step: Step) -> dict[str, Any]:
    """Return what a step says that the format's own fields do not."""
    own = _said(step, OWN_OF_STEP if _is_agent(step) else OWN_OF_STEP + OWN_OF_OTHERS)
    if step.speaker in _PEOPLE:
        del own["speaker"]
    if _is_agent(step) and step.model is None:
        own["model"] = None  # or it would be taken for that of the whole trajectory
    return own


def own_of_result(result: ToolResult, *, is_answer: bool) -> dict[str, Any]:
    """Return what a result says that the format's own fields do not."""
    own = _said(result, OWN_OF_RESULT)
    if is_answer:
        del own["call_id"]
    return own


def own_of_header(header: Trajectory) -> dict[str, Any]:
    """Return what a header says that the format's own fields do not."""
    unknown = {name: None for name in _TOLD_BY_STEPS if getattr(header, name) is None}
    return {**_said(header, OWN_OF_HEADER), **unknown}


def _said(record: msgspec.Struct, names: tuple[str, ...]) -> dict[str, Any]:
    said = msgspec.to_builtins(record)
    return {name: said[name] for name in names if name in said}
