"""Counts of an independent reader, over every real session: plain json, written from the notes.

The shared data has trees of files; each session of one is also read as the program would
export it, and as it would lie in a database.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.sources.opencode import sessions as oc
from tests.sources.reading import Found, read, read_file
from tests.sources.real_files import each_file

from tracemill.records.events.event import Feedback
from tracemill.sources.head import Head
from tracemill.sources.opencode import OpenCode
from tracemill.sources.opencode.tree import OpenCodeTree

pytestmark = pytest.mark.foreign

sessions = each_file("opencode", "*/*/session")


@pytest.fixture
def tree(sessions: Path) -> Path:
    return sessions.parent


def sessions_in(tree: Path) -> list[oc.Session]:
    parts = [
        {"messageID": path.parent.name, **json.loads(path.read_bytes())}
        for path in sorted((tree / "part").rglob("*.json"))
    ]
    found = []
    for path in sorted((tree / "session").rglob("*.json")):
        info = json.loads(path.read_bytes())
        files = sorted((tree / "message" / info["id"]).glob("*.json"))
        infos = [json.loads(file.read_bytes()) for file in files]
        messages = [
            {"info": told, "parts": [part for part in parts if part["messageID"] == told["id"]]}
            for told in infos
        ]
        found.append({"info": info, "messages": messages})
    return found


def counts_by_hand(sessions: list[oc.Session]) -> Counter[str]:
    found: Counter[str] = Counter()
    for session in sessions:
        found["sessions"] += 1
        for message in session["messages"]:
            info, parts = message["info"], message["parts"]
            found[f"{info['role']} messages"] += bool(parts)
            found["interruptions"] += info.get("error", {}).get("name") == "MessageAbortedError"
            for part in parts:
                count_part(part, found)
    return +found


def count_part(part: dict[str, Any], found: Counter[str]) -> None:
    if part["type"] == "tool":
        state = part["state"]
        found["calls"] += 1
        found["results"] += state["status"] not in ("pending", "running")
        code = state.get("metadata", {}).get("exit")
        found["errors"] += state["status"] == "error" or bool(code)
        found["todo changes"] += part["tool"] == "todowrite"
    if part["type"] == "step-finish":
        found["input tokens"] += part["tokens"]["input"]
        found["output tokens"] += part["tokens"]["output"]


def counts_of(found: Found) -> Counter[str]:
    results = [result for step in found.steps for result in step.results]
    usages = [header.total_usage for header in found.headers if header.total_usage]
    return +Counter(
        {
            "sessions": len(found.headers),
            "user messages": sum(step.speaker == "user" for step in found.steps),
            "assistant messages": sum(step.speaker == "agent" for step in found.steps),
            "interruptions": sum(isinstance(event, Feedback) for event in found.events),
            "calls": sum(len(step.calls) for step in found.steps),
            "results": len(results),
            "errors": sum(result.status == "error" for result in results),
            "input tokens": sum(usage.input_tokens or 0 for usage in usages),
            "output tokens": sum(usage.output_tokens or 0 for usage in usages),
        }
    )


def test_counts_agree_with_an_independent_reader(tree: Path) -> None:
    found = read_file(OpenCodeTree(), tree)

    assert counts_of(found) == counts_by_hand(sessions_in(tree))
    assert found.quarantined == []


def test_a_tree_is_recognised_by_what_lies_in_it(tree: Path) -> None:
    names = frozenset(found.name for found in tree.iterdir())

    assert OpenCodeTree().marks <= names
    assert OpenCodeTree().recognises(Head(tree, b"", names))


def test_an_export_of_each_session_says_the_same(tree: Path) -> None:
    sessions = list(sessions_in(tree))

    assert sessions
    for session in sessions:
        exported = read(OpenCode(), oc.export_of(session))

        assert counts_of(exported) == counts_by_hand([session])
