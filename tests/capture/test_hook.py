"""What an agent runs at its events: it keeps what it is told, silently, whatever that is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.repositories import Repository
from tracemill.capture import hook

TOLD = {
    "session_id": "s1",
    "hook_event_name": "Stop",
    "transcript_path": "/home/dev/.claude/projects/p/s1.jsonl",
    "last_assistant_message": "Done.",
}


def run(said: bytes, workspace: Path) -> subprocess.CompletedProcess[bytes]:
    script = [sys.executable, "-I", "-S", hook.__file__, "claude-code", str(workspace)]
    return subprocess.run(script, input=said, capture_output=True, check=False)


def kept(workspace: Path) -> list[dict[str, Any]]:
    (path,) = (workspace / "vault" / "inbox").iterdir()
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line]


def test_what_the_agent_tells_is_kept(tmp_path: Path) -> None:
    ran = run(json.dumps(TOLD).encode(), tmp_path)
    (event,) = kept(tmp_path)

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")
    assert (event["kind"], event["session"]) == ("session", "s1")
    assert event["payload"] == {"agent": "claude-code", "told": TOLD}


@pytest.mark.parametrize("said", [b"", b"[]", b"\xff\xfe", b"{", b'{"cwd": 3, "session_id": []}'])
def test_whatever_is_said_the_agent_is_not_bothered(said: bytes, tmp_path: Path) -> None:
    ran = run(said, tmp_path)

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")
    assert len(kept(tmp_path)) == 1


def test_a_workspace_that_cannot_be_written_to_does_not_bother_the_agent(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = run(json.dumps(TOLD).encode(), tmp_path / "file")

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")


def test_it_says_where_the_repository_stands(tmp_path: Path) -> None:
    made = Repository(tmp_path / "app")
    (made.path / "below").mkdir(parents=True)
    made.git("init", "-q", "-b", "work")
    sha = made.commit()
    run(json.dumps({**TOLD, "cwd": str(made.path / "below")}).encode(), tmp_path / "workspace")
    (event,) = kept(tmp_path / "workspace")

    said = {key: event["payload"][key] for key in ("repository", "branch", "commit")}
    assert said == {"repository": str(made.path), "branch": "work", "commit": sha}
