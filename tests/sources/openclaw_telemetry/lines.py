"""Lines as OpenClaw's telemetry plugin writes them, small and self-made."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from tests.sources.pi import lines as pi

MAIN = "agent:main:main"
DIRECT = "agent:main:chat:default:direct:7"
SUBAGENT = "agent:main:subagent:55555555-6666-4777-8888-999999999999"


def line(kind: str, key: str | None = None, /, **more: Any) -> dict[str, Any]:
    told = {"type": kind, **more}
    return told if key is None else {**told, "sessionKey": key, "agentId": "main"}


def heard(said: str) -> dict[str, Any]:
    return line("message.in", channel="chat", content=said)


def start(prompt: str, key: str = MAIN, /, **more: Any) -> dict[str, Any]:
    return line("agent.start", key, prompt=prompt, **more)


def tool(kind: str, name: str, key: str = MAIN, /, **more: Any) -> dict[str, Any]:
    return line(f"tool.{kind}", key, toolName=name, **more)


def kept(*entries: dict[str, Any]) -> list[dict[str, Any]]:
    """Return messages as the agent keeps them, made of entries of a session file."""
    return [
        {**told["message"], "timestamp": 1_780_000_000_000 + position}
        for position, told in enumerate(entries)
    ]


def drawn(names: st.SearchStrategy[str], texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Return a strategy for single lines that tell no messages."""
    keys = st.sampled_from([MAIN, DIRECT, SUBAGENT])
    return st.one_of(
        st.builds(heard, texts),
        st.builds(start, texts, keys),
        st.builds(tool, st.sampled_from(["start", "end"]), names, keys, success=st.booleans()),
        st.builds(lambda said: line("message.out", channel="chat", content=said), texts),
    )


def endings(names: st.SearchStrategy[str], texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Return a strategy for lines that tell messages."""
    said = st.builds(pi.user, texts) | st.builds(pi.reply, texts, st.builds(pi.call, names))
    messages = st.lists(said | st.builds(pi.done, names), max_size=4)
    return st.builds(lambda told: line("agent.end", MAIN, messages=kept(*told)), messages)
