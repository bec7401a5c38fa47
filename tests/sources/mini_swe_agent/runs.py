"""mini-SWE-agent runs of our own making, in the three shapes that they had."""

from __future__ import annotations

import json
from typing import Any

SYSTEM = {"role": "system", "content": "End with `echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT`."}
TASK = {"role": "user", "content": "Please solve this issue"}


def said(thought: str, command: str, fence: str = "bash") -> dict[str, Any]:
    return {"role": "assistant", "content": f"{thought}\n\n```{fence}\n{command}\n```"}


def returned(code: int, output: str, **more: Any) -> dict[str, Any]:
    content = f"<returncode>{code}</returncode>\n<output>\n{output}\n</output>"
    return {"role": "user", "content": content, **more}


def acted(text: str, *commands: str, **more: Any) -> dict[str, Any]:
    actions = [{"command": command, "tool_call_id": f"c{n}"} for n, command in enumerate(commands)]
    function = [{"name": "bash", "arguments": json.dumps({"command": each})} for each in commands]
    calls = [{"id": f"c{n}", "type": "function", "function": f} for n, f in enumerate(function)]
    extra = {"actions": actions, "timestamp": 1_772_359_200.5, **more}
    return {"role": "assistant", "content": text, "tool_calls": calls, "extra": extra}


def answered(number: int, code: int, output: str) -> dict[str, Any]:
    extra = {"returncode": code, "raw_output": output, "timestamp": 1_772_359_201.0}
    return {"role": "tool", "content": output, "tool_call_id": f"c{number}", "extra": extra}


def run(*messages: dict[str, Any], **info: Any) -> dict[str, Any]:
    stats = {"model_stats": {"instance_cost": 0.1, "api_calls": 2}, "exit_status": "Submitted"}
    given = {"info": {**stats, **info}, "messages": list(messages)}
    return {**given, "trajectory_format": "mini-swe-agent-1.1"}


BARE = [SYSTEM, TASK, said("Look.", "ls"), returned(1, "no such file"), said("Again.", "ls -a")]
NEW = run(SYSTEM, TASK, acted("Look.", "ls", "pwd"), answered(0, 0, "a.py"), answered(1, 2, "oh"))


def encoded(document: Any) -> bytes:
    return json.dumps(document).encode()
