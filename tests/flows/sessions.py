"""Small Claude Code sessions of our own making."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID


def lines(session: str, n_turns: int, word: str = "work") -> list[bytes]:
    """Return the lines of a session with `n_turns` prompts, each with a call and an answer."""
    made: list[bytes] = []
    parent: str | None = None
    number = int.from_bytes(session.encode()[-4:], "big") << 64

    def add(kind: str, message: dict[str, Any], **more: Any) -> None:
        nonlocal parent, number
        number += 1
        uuid = str(UUID(int=number, version=4))
        record = {
            "parentUuid": parent, "isSidechain": False, "userType": "external", "cwd": "/srv/app",
            "sessionId": session, "version": "2.1.63", "gitBranch": "main", "type": kind,
            "message": message, "uuid": uuid, "timestamp": f"2026-03-01T10:00:{number % 60:02}.000Z",
            **more,
        }  # fmt: skip
        parent = uuid
        made.append(json.dumps(record).encode())

    for turn in range(n_turns):
        agent = {"id": f"msg_{session}_{turn}", "role": "assistant", "model": "m-1"}
        call = {
            "type": "tool_use",
            "id": f"toolu_{session}_{turn}",
            "name": "Bash",
            "input": {"command": "pytest -q"},
        }
        result = {"type": "tool_result", "tool_use_id": call["id"], "content": "3 passed in 0.1s"}
        add("user", {"role": "user", "content": f"{word} {turn}, please"})
        add(
            "assistant",
            {**agent, "content": [call], "usage": {"input_tokens": 5, "output_tokens": 7}},
            requestId=f"r{turn}",
        )
        add("user", {"role": "user", "content": [result]})
        add(
            "assistant",
            {
                **agent,
                "id": agent["id"] + "b",
                "content": [{"type": "text", "text": f"{word} {turn} is done"}],
                "usage": {"input_tokens": 6, "output_tokens": 3},
            },
            requestId=f"q{turn}",
        )
    return made


def go_back(log: Path, prompt: int) -> None:
    """Let a person say a prompt of a session again, as if nothing from there on had been said."""
    told = [json.loads(line) for line in log.read_bytes().splitlines()]
    again = {**told[4 * prompt], "uuid": f"again-{prompt}"}
    with log.open("ab") as file:
        file.write(json.dumps(again).encode() + b"\n")


def write_session(folder: Path, session: str, n_turns: int, word: str = "work") -> Path:
    """Write a session file and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{session}.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in lines(session, n_turns, word)))
    return path
