"""Databases as Cursor's programs write them."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

START = 1_760_000_000_000
SESSION_ID = "11111111-2222-3333-4444-555555555555"


def write_store(path: Path, *messages: Any, **told: Any) -> None:
    """Write the store of one session, whose root lists `messages`."""
    blobs = [json.dumps(message).encode() for message in messages]
    folder = b"file:///work/my%20app"
    root = b"".join(b"\x0a\x20" + hashlib.sha256(blob).digest() for blob in blobs)
    root += b"\x10\x96\x01" + b"\x4a" + bytes([len(folder)]) + folder
    session = {
        "agentId": SESSION_ID,
        "name": "Fix it",
        "createdAt": START,
        "lastUsedModel": "model-1",
        "latestRootBlobId": hashlib.sha256(root).hexdigest(),
        **told,
    }
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE blobs (id TEXT PRIMARY KEY, data BLOB)")
        database.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT)")
        for blob in [*reversed(blobs), root]:
            row = (hashlib.sha256(blob).hexdigest(), blob)
            database.execute("INSERT OR IGNORE INTO blobs VALUES (?, ?)", row)
        hexed = json.dumps(session).encode().hex()
        database.execute("INSERT INTO meta VALUES ('0', ?)", (hexed,))
        database.commit()


def write_editor(path: Path, *bubbles: dict[str, Any], **told: Any) -> None:
    """Write the editor's database with one session of `bubbles`, and a key to the account."""
    headers = [{"bubbleId": bubble["bubbleId"], "type": bubble["type"]} for bubble in bubbles]
    session = {
        "composerId": SESSION_ID,
        "name": "Fix it",
        "createdAt": START,
        "createdOnBranch": "main",
        "modelConfig": {"modelName": "model-1"},
        "fullConversationHeadersOnly": headers,
        **told,
    }
    rows = {f"bubbleId:{SESSION_ID}:{bubble['bubbleId']}": bubble for bubble in bubbles}
    with closing(sqlite3.connect(path)) as database:
        for table in ("ItemTable", "cursorDiskKV"):
            database.execute(
                f"CREATE TABLE {table} (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB)"
            )
        database.execute("INSERT INTO ItemTable VALUES ('cursorAuth/accessToken', 'key-to-all')")
        for key, value in {f"composerData:{SESSION_ID}": session, **rows}.items():
            database.execute("INSERT INTO cursorDiskKV VALUES (?, ?)", (key, json.dumps(value)))
        database.commit()


def bubble(number: int, kind: int, text: str = "", **fields: Any) -> dict[str, Any]:
    at = f"2025-10-09T08:53:{number:02}.000Z"
    return {"bubbleId": f"b{number}", "type": kind, "text": text, "createdAt": at, **fields}
