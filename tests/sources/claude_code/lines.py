"""Lines as Claude Code writes them, small and self-made."""

from __future__ import annotations

from typing import Any
from uuid import UUID

SESSION = "11111111-2222-4333-8444-555555555555"


def uuid(number: int) -> str:
    return str(UUID(int=number, version=4))


def envelope(number: int, **more: Any) -> dict[str, Any]:
    return {
        "parentUuid": uuid(number - 1) if number else None,
        "isSidechain": False,
        "userType": "external",
        "cwd": "/srv/app",
        "sessionId": SESSION,
        "version": "2.1.63",
        "gitBranch": "main",
        "uuid": uuid(number),
        "timestamp": f"2026-03-01T10:00:{number % 60:02}.000Z",
        **more,
    }


def user(number: int, content: Any, **more: Any) -> dict[str, Any]:
    message = {"role": "user", "content": content}
    return envelope(number, type="user", message=message, **more)


def agent(
    number: int, *blocks: dict[str, Any], of: str | None = None, output: int = 5, **more: Any
) -> dict[str, Any]:
    name = of or f"m{number}"
    usage = {"input_tokens": 10, "output_tokens": output, "cache_read_input_tokens": 100}
    message = {"id": name, "model": "model-1", "content": list(blocks), "usage": usage}
    record = {"type": "assistant", "requestId": f"r-{name}", "message": message, **more}
    return envelope(number, **record)


def text(said: str) -> dict[str, Any]:
    return {"type": "text", "text": said}


def thinking(said: str) -> dict[str, Any]:
    return {"type": "thinking", "thinking": said, "signature": "x"}


def call(call_id: str, name: str = "Bash", **arguments: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": call_id, "name": name, "input": arguments}


def result(call_id: str, content: Any = "done", **more: Any) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": call_id, "content": content, **more}


IMAGE = {"type": "image", "source": {"type": "base64", "data": "iVBORw0KGgo="}}
REFUSAL = (
    "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it "
    "was a file edit, the new_string was NOT written to the file). "
)
STOP = "STOP what you are doing and wait for the user to tell you how to proceed."
