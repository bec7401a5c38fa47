"""Messages as Gemini CLI writes them, small and self-made."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

SESSION = "22222222-3333-4444-8555-666666666666"
HASH = "0" * 64


def meta(**more: Any) -> dict[str, Any]:
    stamp = "2026-04-29T10:00:00.000Z"
    known = {"sessionId": SESSION, "projectHash": HASH, "startTime": stamp, "lastUpdated": stamp}
    return {**known, **more}


def message(kind: str, content: Any, name: str | None = None, /, **more: Any) -> dict[str, Any]:
    stamp = "2026-04-29T10:00:05.000Z"
    own_id = name if name is not None else f"{kind} {content}"
    return {"id": own_id, "timestamp": stamp, "type": kind, "content": content, **more}


def user(said: Any, name: str | None = None, /, **more: Any) -> dict[str, Any]:
    return message("user", said, name, **more)


def reply(said: Any, *calls: Any, name: str | None = None, **more: Any) -> dict[str, Any]:
    own_id = name if name is not None else f"gemini {said} {len(calls)}"
    return message("gemini", said, own_id, toolCalls=list(calls), **more)


def call(
    call_id: str, said: str = "fine", status: str = "success", tool: str = "run_shell_command"
) -> dict[str, Any]:
    response = {"output" if status == "success" else "error": said}
    answer = {"functionResponse": {"id": call_id, "name": tool, "response": response}}
    return {"id": call_id, "name": tool, "args": {"a": 1}, "result": [answer], "status": status}


def document(*messages: Any, **more: Any) -> bytes:
    return json.dumps({**meta(), "messages": list(messages), **more}, indent=2).encode()


def drawn(names: st.SearchStrategy[str], texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Return a strategy for single lines; what has the same id says the same."""
    statuses = st.sampled_from(["success", "error", "cancelled", "executing"])
    calls = st.builds(call, names, st.just("Exit Code: 1"), statuses)
    return st.one_of(
        st.builds(user, texts),
        st.builds(lambda said: user([{"text": said}]), texts),
        st.builds(lambda said, made: reply(said, made, name=f"{said} {made}"), texts, calls),
        st.builds(lambda said: message("error", said), texts),
        st.sampled_from(
            [
                meta(),
                meta(kind="subagent"),
                {"$set": {"summary": "Title"}},
                message("info", "Request cancelled."),
                reply("Hm", thoughts=[{"subject": "a", "description": "b"}], tokens={"input": 3}),
            ]
        ),
    )
