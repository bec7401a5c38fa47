"""Tasks as Cline and its descendants write them down."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

START = 1_760_000_000_000
SURROUNDINGS = (
    "<environment_details>\n# Current Working Directory (/work/app) Files\na.py\n"
    "</environment_details>"
)

Message = dict[str, Any]


def text(said: str) -> Message:
    return {"type": "text", "text": said}


def call(call_id: str, name: str, **arguments: Any) -> Message:
    return {"type": "tool_use", "id": call_id, "name": name, "input": arguments}


def result(call_id: str, said: str, **fields: Any) -> Message:
    return {"type": "tool_result", "tool_use_id": call_id, "content": [text(said)], **fields}


def user(*blocks: Message | str, **fields: Any) -> Message:
    content = [text(block) if isinstance(block, str) else block for block in blocks]
    return {"role": "user", "content": content, **fields}


def agent(*blocks: Message | str, **fields: Any) -> Message:
    return {**user(*blocks, **fields), "role": "assistant"}


def say(number: int, kind: str, said: Any = None, outer: str = "say", **fields: Any) -> Message:
    told = said if isinstance(said, str) or said is None else json.dumps(said)
    return {"ts": START + 1000 * number, "type": outer, outer: kind, "text": told, **fields}


def request(number: int, fresh: int, output: int, **fields: Any) -> Message:
    told = {"request": "…", "tokensIn": fresh, "tokensOut": output, "cacheReads": 7, "cost": 0.1}
    return say(number, "api_req_started", told, **fields)


def document(*messages: Message) -> bytes:
    return json.dumps(messages, indent=1).encode()


def write_task(folder: Path, **files: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in files.items():
        (folder / f"{name}.json").write_text(json.dumps(value))
    return folder
