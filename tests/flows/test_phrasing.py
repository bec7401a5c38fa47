"""What people said stands in the examples as they said it, character by character."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tracemill.cli.app import call
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    root = tmp_path_factory.mktemp("phrasing") / "workspace"
    assert call(["run", "--workspace", str(root), "--quiet"]) == 0
    return Workspace(root)


def rows(workspace: Workspace) -> list[dict[str, Any]]:
    files = sorted(workspace.datasets.glob("chat/*/*.jsonl"))
    kept = [file for file in files if file.stem not in ("lineage", "rejects")]
    return [json.loads(line) for file in kept for line in file.read_text().splitlines()]


def said_by_people(row: dict[str, Any]) -> list[str]:
    messages = [*(row.get("messages") or ()), *(row.get("prompt") or ())]
    return [each["content"] for each in messages if each["role"] == "user"]


def test_converting_changes_no_character_of_what_people_said(workspace: Workspace) -> None:
    steps = Lake(workspace.lake).records(TABLES["steps"])
    spoken = {sha256(step.text) for step in steps if step.speaker in ("user", "system")}
    asked = [text for row in rows(workspace) for text in said_by_people(row)]

    assert len(asked) >= 20
    assert {sha256(text) for text in asked} <= spoken


def test_exporting_for_trainers_changes_none_either(workspace: Workspace, tmp_path: Path) -> None:
    to = tmp_path / "out"
    exporting = ["dataset", "export", "--to", str(to), "--format", "sharegpt", "--reviewer", "me"]
    assert call([*exporting, "--workspace", str(workspace.root), "--quiet"]) == 0
    text = "".join(file.read_text() for file in sorted(to.rglob("*.json*")))
    chats = [row for row in rows(workspace) if row.get("messages")]

    assert chats
    for asked in {text for row in chats for text in said_by_people(row)}:
        assert json.dumps(asked, ensure_ascii=False)[1:-1] in text
