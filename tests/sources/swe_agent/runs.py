"""SWE-agent runs of our own making."""

from __future__ import annotations

import json
from typing import Any


def system(text: str = "You are a programmer.") -> dict[str, Any]:
    return {"role": "system", "content": text, "agent": "main", "message_type": "system_prompt"}


def task(text: str = "Fix the bug", **more: Any) -> dict[str, Any]:
    return {"role": "user", "content": text, "agent": "main", **more}


def reply(thought: str, action: str, **more: Any) -> dict[str, Any]:
    content = f"{thought}\n```\n{action}\n```"
    given = {"content": content, "thought": thought, "action": action, "agent": "main"}
    return {"role": "assistant", **given, **more}


def observed(text: str, **more: Any) -> dict[str, Any]:
    return {"role": "user", "content": text, "agent": "main", **more}


def done(thought: str, action: str, observation: str, folder: str = "/app") -> dict[str, Any]:
    state = json.dumps({"open_file": "n/a", "working_dir": folder})
    return {
        "action": action,
        "observation": observation,
        "response": thought,
        "state": state,
        "thought": thought,
    }


def run(history: list[Any], trajectory: list[Any], **more: Any) -> dict[str, Any]:
    info = {"exit_status": "submitted", "model_stats": {"tokens_sent": 0, "tokens_received": 0}}
    given = {"environment": "main", "trajectory": trajectory, "history": history, "info": info}
    return {**given, **more}


PLAIN = run(
    [
        system(),
        task(),
        reply("Look first.", "ls -F"),
        observed("a.py\n(Current directory: /app)"),
        reply("Done.", "submit"),
    ],
    [done("Look first.", "ls -F", "a.py"), done("Done.", "submit", "diff --git a/a.py b/a.py")],
)


def encoded(document: Any) -> bytes:
    return json.dumps(document).encode()
