"""Sessions of turns of our own making."""

from __future__ import annotations

from typing import Any


def called(tool: str, result: dict[str, Any] | None, **args: Any) -> dict[str, Any]:
    return {"tool": tool, "args": args, "result": result}


def turn(number: int, message: str | None, *calls: Any, said: str | None = None) -> dict[str, Any]:
    response = {"reasoning": None, "tool_calls": list(calls), "response_text": said}
    return {"turn_number": number, "user_message": message, "model_response": response}


def session(*turns: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"session_id": "made-up-1", "start_time": "2026-03-01T10:00:00", **more, "turns": turns}


FAILED = {"type": "text", "text": "no such path", "status": "error", "exit_code": 2}
PLAIN = session(
    {
        "turn_number": 1,
        "user_message": "What changed?",
        "model_response": {
            "reasoning": "A diff tells.",
            "tool_calls": [
                called("git_diff", {"type": "Diff", "files": ["a.py"], "added": 4}, staged=False)
            ],
            "response_text": "One file changed.",
            "field_access": ["files"],
            "decision_points": [
                {
                    "source": "turn_1.tool_calls[0].result.files",
                    "basis": "value",
                    "condition": None,
                    "agreed": False,
                    "chosen": ["lint"],
                }
            ],
        },
        "user_feedback": {
            "type": "implicit_positive",
            "signal": "continued_workflow",
            "timestamp": "2026-03-01T10:01:30",
        },
    },
    {
        "turn_number": 2,
        "user_message": "Lint it",
        "model_response": {
            "context_used": {
                "source": "turn_1.tool_calls[0].result.files",
                "value": ["a.py"],
            },
            "tool_calls": [called("lint", FAILED, path="b.py"), called("lint", None, path="a.py")],
            "response_text": None,
        },
        "user_feedback": None,
    },
    end_time="2026-03-01T10:05:00Z",
    outcome="success",
    metadata={"total_turns": 2, "user_satisfaction": "positive", "mood": "sunny"},
)
