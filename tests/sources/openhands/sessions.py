"""OpenHands sessions of our own making: event lists of V0 and V1."""

from __future__ import annotations

import json
from typing import Any


def acted(number: int, action: str, source: str = "agent", **args: Any) -> dict[str, Any]:
    at = "2026-03-01T10:00:00.5"
    given = {"id": number, "timestamp": at, "source": source, "message": ""}
    return {**given, "action": action, "args": args}


def seen(
    number: int, observation: str, content: str, cause: int | None = None, **extras: Any
) -> dict[str, Any]:
    given = {"id": number, "source": "agent", "message": "", "cause": cause}
    return {**given, "observation": observation, "content": content, "extras": extras}


def asked(number: int, text: str) -> dict[str, Any]:
    return acted(number, "message", "user", content=text, image_urls=None)


PLAIN = [
    acted(0, "initialize", "environment", LLM_MODEL="m-1", LLM_API_KEY=""),
    asked(1, "Run the tests"),
    acted(2, "run", command="pytest", thought="Run them."),
    seen(3, "run", "1 failed", 2, exit_code=1),
    acted(4, "run_ipython", code="1 + 1", thought=""),
    seen(5, "run_ipython", "2", 4),
    seen(6, "agent_state_changed", "", agent_state="finished"),
    acted(7, "finish", thought="One fails."),
]

V1 = [
    {
        "kind": "MessageEvent",
        "source": "user",
        "llm_message": {"role": "user", "content": [{"type": "text", "text": "Fix it"}]},
    },
    {
        "kind": "ActionEvent",
        "source": "agent",
        "thought": [{"type": "text", "text": "Look."}],
        "action": {"kind": "TerminalAction", "command": "ls"},
        "tool_name": "terminal",
        "tool_call_id": "c1",
    },
]


def encoded(document: Any) -> bytes:
    return json.dumps(document).encode()
