"""Events as Copilot CLI writes them, small and self-made."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

SESSION = "11111111-2222-4333-8444-555555555555"


def event(kind: str, second: int = 0, /, *, agent_id: str | None = None, **data: Any) -> Any:
    stamp = f"2026-06-24T10:{second // 60:02}:{second % 60:02}.000Z"
    told = {"type": kind, "data": data, "id": f"e{second}", "timestamp": stamp, "parentId": None}
    return told if agent_id is None else {**told, "agentId": agent_id}


def start(**more: Any) -> Any:
    context = {
        "cwd": "/srv/app",
        "gitRoot": "/srv/app",
        "branch": "main",
        "headCommit": "a" * 40,
        "repository": "o/r",
    }
    known = {
        "sessionId": SESSION,
        "version": 1,
        "producer": "copilot-agent",
        "copilotVersion": "1.0.64",
        "context": context,
    }
    return event("session.start", **{**known, **more})


def user(said: str, second: int = 1, /, **more: Any) -> Any:
    return event("user.message", second, content=said, transformedContent=f"<x/>{said}", **more)


def call(call_id: str, name: str = "bash", /, **arguments: Any) -> dict[str, Any]:
    return {"toolCallId": call_id, "name": name, "type": "function", "arguments": arguments}


def reply(said: str, second: int = 2, /, *calls: Any, **more: Any) -> Any:
    agent_id = more.pop("agent_id", None)
    known = {"messageId": f"m{second}", "content": said, "toolRequests": list(calls)}
    return event("assistant.message", second, agent_id=agent_id, **{**known, **more})


def done(call_id: str, said: str = "fine", second: int = 3, /, **more: Any) -> Any:
    known = {"toolCallId": call_id, "success": True, "result": {"content": said}}
    return event("tool.execution_complete", second, **{**known, **more})


def failed(call_id: str, said: str, code: str = "failure", /) -> Any:
    error = {"message": said, "code": code}
    return event("tool.execution_complete", 3, toolCallId=call_id, success=False, error=error)


def denied(call_id: str, said: str | None = None) -> Any:
    result = {"kind": "denied-interactively-by-user", "feedback": said}
    return event("permission.completed", 3, requestId="p", toolCallId=call_id, result=result)


def shutdown(**usage: int) -> Any:
    metrics = {"model-1": {"requests": {"count": 1}, "usage": usage}}
    return event("session.shutdown", 9, modelMetrics=metrics)


def drawn(names: st.SearchStrategy[str], texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Return a strategy for single events."""
    seconds = st.integers(0, 9)
    calls = st.builds(call, names, st.sampled_from(["bash", "task"]))
    agents = st.none() | names
    return st.one_of(
        st.builds(user, texts, seconds),
        st.builds(reply, texts, seconds, calls, agent_id=agents, parentToolCallId=agents),
        st.builds(done, names, texts, seconds, parentToolCallId=agents),
        st.builds(failed, names, texts, st.sampled_from(["failure", "rejected"])),
        st.builds(denied, names, texts),
        st.builds(lambda said: event("assistant.reasoning", 4, content=said), texts),
        st.sampled_from(
            [
                start(),
                start(selectedModel="model-1"),
                event("abort", 5, reason="user_initiated"),
                event("session.compaction_complete", 5, success=True, summaryContent="So far"),
                event("session.error", 5, message="Busy"),
                event("system.message", 5, content="You are", role="system"),
                shutdown(inputTokens=9, outputTokens=4, cacheReadTokens=3),
            ]
        ),
    )
