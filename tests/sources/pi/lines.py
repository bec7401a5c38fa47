"""Entries as pi writes them, small and self-made."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

SESSION = "44444444-5555-4666-8777-888888888888"


def stamp(second: int) -> str:
    return f"2026-05-12T10:{second // 60:02}:{second % 60:02}.000Z"


def header(**more: Any) -> dict[str, Any]:
    known = {"version": 3, "id": SESSION, "timestamp": stamp(0), "cwd": "/srv/app"}
    return {"type": "session", **known, **more}


def entry(kind: str, second: int = 1, /, **more: Any) -> dict[str, Any]:
    return {"type": kind, "timestamp": stamp(second), **more}


def message(role: str, second: int = 1, /, **more: Any) -> dict[str, Any]:
    return entry("message", second, message={"role": role, **more})


def placed(told: dict[str, Any], own_id: str, parent_id: str | None) -> dict[str, Any]:
    return {**told, "id": own_id, "parentId": parent_id}


def user(said: Any, second: int = 1, /) -> dict[str, Any]:
    return message("user", second, content=said)


def reply(said: str, *calls: Any, second: int = 2, **more: Any) -> dict[str, Any]:
    parts = [{"type": "text", "text": said}, *calls]
    return message("assistant", second, content=parts, **{"stopReason": "stop", **more})


def call(name: str) -> dict[str, Any]:
    return {"type": "toolCall", "id": name, "name": "bash", "arguments": {"command": "ls"}}


def done(name: str, said: str = "fine", *, is_error: bool = False) -> dict[str, Any]:
    content = [{"type": "text", "text": said}]
    return message("toolResult", 3, toolCallId=name, content=content, isError=is_error)


def usage(**more: int) -> dict[str, Any]:
    known = {"input": 5, "output": 3, "cacheRead": 2, "cacheWrite": 1, "totalTokens": 11}
    return {**known, **more}


def drawn(names: st.SearchStrategy[str], texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Return a strategy for single entries, as the first version of the format writes them."""
    calls = st.builds(call, names)
    return st.one_of(
        st.builds(user, texts, st.integers(0, 9)),
        st.builds(reply, texts, calls, stopReason=st.sampled_from(["stop", "aborted", "error"])),
        st.builds(done, names, texts, is_error=st.booleans()),
        st.sampled_from(
            [
                header(),
                header(branchedFrom="/srv/other.jsonl"),
                entry("compaction", summary="So far", tokensBefore=9),
                entry("custom_message", content="Context"),
                entry("model_change", modelId="model-2"),
                message("bashExecution", command="ls", output="a", exitCode=1),
                reply("", usage=usage(), errorMessage="Busy"),
            ]
        ),
    )
