"""Lines as Codex writes them, small and self-made."""

from __future__ import annotations

import json
from typing import Any

SESSION = "019ef000-0000-7000-8000-000000000001"


def line(kind: str, second: float = 0, /, **payload: Any) -> dict[str, Any]:
    stamp = f"2026-06-22T10:{int(second) // 60:02}:{int(second) % 60:02}.000Z"
    return {"timestamp": stamp, "type": kind, "payload": payload}


def meta(**more: Any) -> dict[str, Any]:
    git = {"commit_hash": "a" * 40, "branch": "main", "repository_url": "https://forge.example/o/r"}
    known = {
        "id": SESSION,
        "cwd": "/srv/app",
        "cli_version": "0.141.0",
        "source": "cli",
        "git": git,
    }
    return line("session_meta", **{**known, **more})


def turn(model: str = "model-1", second: float = 0, **more: Any) -> dict[str, Any]:
    return line("turn_context", second, model=model, **more)


def item(kind: str, second: float = 0, /, **more: Any) -> dict[str, Any]:
    return line("response_item", second, **{"type": kind, **more})


def event(kind: str, second: float = 0, /, **more: Any) -> dict[str, Any]:
    return line("event_msg", second, **{"type": kind, **more})


def message(role: str, *texts: str, second: float = 0, **more: Any) -> dict[str, Any]:
    kind = "output_text" if role == "assistant" else "input_text"
    content = [{"type": kind, "text": said} for said in texts]
    return item("message", second, role=role, content=content, **more)


def typed(said: str, second: float = 0) -> dict[str, Any]:
    return event("user_message", second, message=said, images=[])


def call(call_id: str, name: str = "exec_command", /, **arguments: Any) -> dict[str, Any]:
    return item("function_call", call_id=call_id, name=name, arguments=json.dumps(arguments))


def output(call_id: str, said: Any = "fine") -> dict[str, Any]:
    return item("function_call_output", call_id=call_id, output=said)


def spent(total: int, last: int | None = None) -> dict[str, Any]:
    def usage(n: int) -> dict[str, int]:
        return {
            "input_tokens": 10 * n,
            "cached_input_tokens": 4 * n,
            "output_tokens": n,
            "reasoning_output_tokens": n // 2,
        }

    info = {"total_token_usage": usage(total)}
    if last is not None:
        info["last_token_usage"] = usage(last)
    return event("token_count", info=info)
