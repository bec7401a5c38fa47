"""Lines as `codex exec --json` prints them, small and self-made."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

STARTED = {"type": "thread.started", "thread_id": "thread-1"}


def item(kind: str, name: str, /, event: str = "completed", **more: Any) -> dict[str, Any]:
    return {"type": f"item.{event}", "item": {"id": name, "type": kind, **more}}


def said(text: str) -> dict[str, Any]:
    return item("agent_message", f"m {text}", text=text)


def command(name: str, output: str = "", /, event: str = "completed", **more: Any) -> Any:
    known = {"command": "ls", "aggregated_output": output}
    return item("command_execution", name, event, **{**known, **more})


def completed(**usage: int) -> dict[str, Any]:
    return {"type": "turn.completed", "usage": usage}


def drawn(names: st.SearchStrategy[str], texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Return a strategy for single lines."""
    events = st.sampled_from(["started", "updated", "completed"])
    return st.one_of(
        st.builds(said, texts),
        st.builds(lambda words: item("reasoning", "r", text=words), texts),
        st.builds(command, names, texts, events, exit_code=st.none() | st.integers(0, 2)),
        st.sampled_from(
            [
                STARTED,
                {"type": "turn.started"},
                completed(input_tokens=9, cached_input_tokens=4, output_tokens=3),
                item("todo_list", "t", items=[{"text": "a", "completed": False}]),
                item("mcp_tool_call", "m", server="s", tool="t", result={"content": ["x"]}),
                {"type": "error", "message": "Busy"},
            ]
        ),
    )
