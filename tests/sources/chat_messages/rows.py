"""Rows of messages of our own making, in the shapes that data sets have."""

from __future__ import annotations

from typing import Any


def message(role: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


def call(call_id: str, name: str, arguments: Any) -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    return {"id": call_id, "type": "function", "function": function}


CHAT = {
    "messages": [
        message("system", "You are helpful."),
        message("user", "List the files"),
        message("assistant", None, tool_calls=[call("c1", "bash", '{"command": "ls"}')]),
        message("tool", "a.py", tool_call_id="c1"),
        message("assistant", "One file."),
    ]
}
SHARE = {
    "conversations": [
        {"from": "human", "value": "List the files"},
        {"from": "function_call", "value": '{"name": "ls", "arguments": {"path": "."}}'},
        {"from": "observation", "value": "a.py"},
        {"from": "gpt", "value": "One file."},
    ],
    "id": "share-1",
}
BENCHMARK = {
    "messages": [
        message("system", "SETTING"),
        message("user", "Fix the issue"),
        message("assistant", "Look.\n```\nls\n```"),
        message("user", "a.py"),
        message("assistant", "Done.\n```\nsubmit\n```"),
    ],
    "instance_id": "a__b-1",
    "resolved": True,
    "model": "m-1",
    "traj_id": "a__b-1.x",
}
NEBIUS = {
    "instance_id": "a__b-1_2",
    "model_name": "m-2",
    "target": False,
    "trajectory": [
        {"role": "system", "system_prompt": "SETTING", "text": None, "mask": False},
        {"role": "user", "system_prompt": None, "text": "Fix the issue", "mask": False},
        {"role": "ai", "system_prompt": None, "text": "Look.\n```\nls\n```", "mask": True},
        {"role": "user", "system_prompt": None, "text": "a.py", "mask": False},
    ],
    "exit_status": "submitted (exit_cost)",
}
