"""Lines as `claude -p --output-format stream-json` prints them, small and self-made."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

SESSION = "33333333-4444-4555-8666-777777777777"


def init(**more: Any) -> dict[str, Any]:
    known = {"session_id": SESSION, "cwd": "/srv/app", "claude_code_version": "2.1.0", "tools": []}
    return {"type": "system", "subtype": "init", **known, **more}


def line(kind: str, spawner: str | None = None, /, **more: Any) -> dict[str, Any]:
    return {"type": kind, "session_id": SESSION, "parent_tool_use_id": spawner, **more}


def agent(
    name: str, *blocks: Any, spawner: str | None = None, output: int = 3, **more: Any
) -> dict[str, Any]:
    usage = {"input_tokens": 5, "output_tokens": output}
    told = {"id": name, "model": "model-1", "content": list(blocks), "usage": usage}
    return line("assistant", spawner, message=told, uuid=f"{name}-{blocks}", **more)


def user(content: Any, spawner: str | None = None, **more: Any) -> dict[str, Any]:
    return line("user", spawner, message={"role": "user", "content": content}, **more)


def text(said: str) -> dict[str, Any]:
    return {"type": "text", "text": said}


def call(name: str) -> dict[str, Any]:
    return {"type": "tool_use", "id": name, "name": "Bash", "input": {"command": "ls"}}


def answer(name: str, said: str = "fine", **more: Any) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": name, "content": said, **more}


def result(**usage: int) -> dict[str, Any]:
    return {"type": "result", "subtype": "success", "num_turns": 1, "modelUsage": {"m": usage}}


def drawn(names: st.SearchStrategy[str], texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Return a strategy for single lines."""
    blocks = st.builds(text, texts) | st.builds(call, names)
    spawners = st.none() | names
    return st.one_of(
        st.builds(agent, names, blocks, spawner=spawners),
        st.builds(user, texts | st.lists(st.builds(answer, names, texts), max_size=2), spawners),
        st.sampled_from(
            [
                init(),
                result(inputTokens=9, outputTokens=4),
                line("system", subtype="compact_boundary", compact_metadata={"trigger": "auto"}),
                line("stream_event", event={}),
            ]
        ),
    )
