"""Sessions as OpenCode keeps them, and the three ways in which they lie on a disk."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

START = 1_760_000_000_000
SCHEMA = """
CREATE TABLE session (id TEXT PRIMARY KEY, project_id TEXT NOT NULL, parent_id TEXT,
    slug TEXT NOT NULL, directory TEXT NOT NULL, title TEXT NOT NULL, version TEXT NOT NULL,
    revert TEXT);
CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT NOT NULL,
    time_created INTEGER NOT NULL, time_updated INTEGER NOT NULL, data TEXT NOT NULL);
CREATE TABLE part (id TEXT PRIMARY KEY, message_id TEXT NOT NULL, session_id TEXT NOT NULL,
    time_created INTEGER NOT NULL, time_updated INTEGER NOT NULL, data TEXT NOT NULL);
CREATE INDEX part_message_idx ON part (message_id, id);
"""

Session = dict[str, Any]


def session(*messages: Session, own_id: str = "ses_1", **fields: Any) -> Session:
    info = {
        "id": own_id,
        "slug": "quiet-river",
        "projectID": "0123abcd",
        "directory": "/work/app",
        "title": "Fix the parser",
        "version": "1.4.3",
        "time": {"created": START, "updated": START + 9000},
        **fields,
    }
    return {"info": info, "messages": list(messages)}


def said(number: int, *parts: dict[str, Any], session_id: str = "ses_1") -> Session:
    return _message(number, session_id, {"role": "user", "agent": "build"}, parts)


def replied(number: int, *parts: dict[str, Any], session_id: str = "ses_1", **info: Any) -> Session:
    told = {
        "role": "assistant",
        "parentID": f"msg_{number - 1:04}",
        "modelID": "model-1",
        "providerID": "provider",
        "tokens": {"input": 0, "output": 0, "reasoning": 0, "cache": {"read": 0, "write": 0}},
        **info,
    }
    return _message(number, session_id, told, parts)


def _message(
    number: int, session_id: str, info: dict[str, Any], parts: tuple[dict[str, Any], ...]
) -> Session:
    own_id = f"msg_{number:04}"
    ids = {"sessionID": session_id, "messageID": own_id}
    return {
        "info": {
            "id": own_id,
            "sessionID": session_id,
            "time": {"created": START + 1000 * number},
            **info,
        },
        "parts": [
            {"id": f"prt_{number:04}_{position:02}", **ids, **part}
            for position, part in enumerate(parts)
        ],
    }


def text(content: str, **fields: Any) -> dict[str, Any]:
    return {"type": "text", "text": content, **fields}


def thought(content: str) -> dict[str, Any]:
    return {"type": "reasoning", "text": content}


def begun() -> dict[str, Any]:
    return {"type": "step-start"}


def finished(*counts: int) -> dict[str, Any]:
    fresh, output, reasoning, read, write = counts
    cache = {"read": read, "write": write}
    tokens = {"input": fresh, "output": output, "reasoning": reasoning, "cache": cache}
    return {"type": "step-finish", "reason": "stop", "tokens": tokens}


def tool(name: str, call_id: str, status: str = "completed", **state: Any) -> dict[str, Any]:
    return {
        "type": "tool",
        "tool": name,
        "callID": call_id,
        "state": {"status": status, "input": {"command": "make"}, **state},
    }


def ran(call_id: str, output: str, code: int | None) -> dict[str, Any]:
    return tool("bash", call_id, output=output, metadata={"exit": code})


def export_of(found: Session) -> bytes:
    return json.dumps(found, indent=2).encode()


def write_tree(folder: Path, *sessions: Session) -> None:
    for found in sessions:
        session_id = found["info"]["id"]
        _write(folder / "session" / "0123abcd" / f"{session_id}.json", found["info"])
        for message in found["messages"]:
            own_id = message["info"]["id"]
            _write(folder / "message" / session_id / f"{own_id}.json", message["info"])
            for part in message["parts"]:
                _write(folder / "part" / own_id / f"{part['id']}.json", part)


def _write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))


def write_database(path: Path, *sessions: Session) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.executescript(SCHEMA)
        for found in sessions:
            _insert(database, found)
        database.commit()


def _insert(database: sqlite3.Connection, found: Session) -> None:
    info = found["info"]
    kept = [info.get(name) for name in ("id", "projectID", "parentID", "slug")]
    undone = json.dumps(info["revert"]) if "revert" in info else None
    row = (*kept, info["directory"], info["title"], info["version"], undone)
    database.execute("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    for message in found["messages"]:
        at = message["info"]["time"]["created"]
        own = dict(message["info"])
        ids = (own.pop("id"), own.pop("sessionID"))
        database.execute(
            "INSERT INTO message VALUES (?, ?, ?, ?, ?)", (*ids, at, at, json.dumps(own))
        )
        for part in message["parts"]:
            own = dict(part)
            part_ids = (own.pop("id"), own.pop("messageID"), own.pop("sessionID"))
            database.execute(
                "INSERT INTO part VALUES (?, ?, ?, ?, ?, ?)", (*part_ids, at, at, json.dumps(own))
            )
