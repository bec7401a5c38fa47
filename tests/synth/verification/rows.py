"""Rows as trainers read them, written by hand."""

from __future__ import annotations

import json
from typing import Any

from tracemill.records.datasets.audits import TrainingRow
from tracemill.sources.building.training_rows import read_training_row


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


def agent(text: str, *calls: dict[str, Any]) -> dict[str, Any]:
    return {"role": "assistant", "content": text, **({"tool_calls": list(calls)} if calls else {})}


def call(tool: str, id_: str = "c1", **arguments: Any) -> dict[str, Any]:
    function = {"name": tool, "arguments": json.dumps(arguments)}
    return {"id": id_, "type": "function", "function": function}


def told(text: str, id_: str = "c1") -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": id_, "content": text}


def row(*messages: dict[str, Any], line: int = 1, **more: Any) -> TrainingRow:
    return read_training_row({"messages": list(messages), **more}, "made.jsonl", line)


def exchange(result: str, tool: str, **arguments: Any) -> TrainingRow:
    """Return a row of one call with its result."""
    return row(user("do it"), agent("", call(tool, **arguments)), told(result), agent("Done it."))
