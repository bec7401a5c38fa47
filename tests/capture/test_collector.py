"""What `emit` promises: nothing acknowledged is lost, and its caller comes to no harm."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import platformdirs
import pytest

from tracemill.capture import KINDS, emit, inbox
from tracemill.capture.collector import keep
from tracemill.capture.inbox import Inbox, default_workspace, inbox_folder
from tracemill.records.events.captured import CAPTURED_KINDS
from tracemill.store.workspace import Workspace

SRC = Path(__file__).parents[2] / "src"


def lines_in(workspace: Path) -> list[bytes]:
    return [
        line
        for path in sorted((workspace / "vault" / "inbox").glob("*.jsonl"))
        for line in path.read_bytes().split(b"\n")
        if line
    ]


def events_in(workspace: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines_in(workspace)]


def python(code: str, workspace: Path, *, wait: bool = True) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ, "PYTHONPATH": str(SRC), "TRACEMILL_WORKSPACE": str(workspace),
    }  # fmt: skip
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    if wait:
        out, err = child.communicate()
        assert child.returncode == 0, err
        assert not err
        assert out == b""
    return child


def test_an_event_is_kept_as_it_was_told(tmp_path: Path) -> None:
    moment = datetime(2026, 3, 1, 10, tzinfo=UTC)

    assert emit("gate", {"gate_id": "tests"}, at=moment, session="s1", workspace=tmp_path)
    assert events_in(tmp_path) == [
        {
            "tracemill": 1,
            "kind": "gate",
            "at": "2026-03-01T10:00:00+00:00",
            "session": "s1",
            "cwd": str(Path.cwd()),
            "payload": {"gate_id": "tests"},
        }
    ]


def test_paths_and_moments_become_texts(tmp_path: Path) -> None:
    emit("note", {"at": datetime(2026, 3, 1, tzinfo=UTC), "in": Path("/srv")}, workspace=tmp_path)

    assert events_in(tmp_path)[0]["payload"] == {"at": "2026-03-01T00:00:00+00:00", "in": "/srv"}


def test_what_can_be_told_is_what_is_read() -> None:
    assert KINDS == CAPTURED_KINDS


RECURSIVE: dict[str, Any] = {}
RECURSIVE["self"] = RECURSIVE


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        pytest.param({"x": object()}, "not_json", id="an object"),
        pytest.param({("a", "b"): 1}, "not_json", id="a key that is no text"),
        pytest.param(RECURSIVE, "not_json", id="itself"),
        pytest.param({"x": "y" * 2**20}, "too_large", id="too much"),
    ],
)
def test_what_cannot_be_kept_is_counted_and_harms_nobody(
    payload: dict[Any, Any], reason: str, tmp_path: Path
) -> None:
    assert keep("note", payload, workspace=tmp_path) == reason
    assert not emit("note", payload, workspace=tmp_path)
    assert emit("note", {"x": 1}, workspace=tmp_path)

    assert Inbox(inbox_folder(tmp_path)).dropped() == {reason: 2}
    assert [event["payload"] for event in events_in(tmp_path)] == [{"x": 1}]


def test_a_full_inbox_takes_nothing_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "MAX_INBOX_BYTES", 400)
    kept = [emit("note", {"n": n}, workspace=tmp_path) for n in range(10)]

    assert kept == sorted(kept, reverse=True)
    assert 1 <= sum(kept) <= 3
    assert Inbox(inbox_folder(tmp_path)).dropped() == {"inbox_full": 10 - sum(kept)}


def test_a_folder_that_cannot_be_written_to_harms_nobody(tmp_path: Path) -> None:
    (tmp_path / "vault").write_text("a file where a folder should be")

    assert keep("note", workspace=tmp_path) == "not_writable"


def test_a_link_in_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    emit("note", workspace=tmp_path)
    (found,) = (tmp_path / "vault" / "inbox").glob("*.jsonl")
    found.unlink()
    found.symlink_to(tmp_path / "elsewhere")

    assert keep("note", workspace=tmp_path) == "not_writable"
    assert not (tmp_path / "elsewhere").exists()


def test_what_waits_is_closed_to_other_users(tmp_path: Path) -> None:
    emit("note", workspace=tmp_path / "workspace")
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "workspace").rglob("*")
    }

    assert stat.S_IMODE((tmp_path / "workspace").stat().st_mode) == 0o700
    assert sorted(modes.values()) == [0o600, 0o700, 0o700]


def test_events_of_many_processes_do_not_mix(tmp_path: Path) -> None:
    code = """
from tracemill.capture import emit
assert all(emit("note", {"n": n, "fill": "x" * (n * 97 % 5000)}) for n in range(60))
"""
    children = [python(code, tmp_path, wait=False) for _ in range(4)]
    for child in children:
        child.communicate()

    told = sorted(event["payload"]["n"] for event in events_in(tmp_path))
    assert told == sorted(list(range(60)) * 4)


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    code = """
import sys
from tracemill.capture import emit
for n in range(100_000):
    assert emit("note", {"n": n})
    print(n, flush=True)
"""
    child = python(code, tmp_path, wait=False)
    assert child.stdout is not None
    acknowledged = [int(child.stdout.readline()) for _ in range(25)][-1]
    child.send_signal(signal.SIGKILL)
    rest = child.communicate()[0].split()
    acknowledged = max(acknowledged, *map(int, rest)) if rest else acknowledged

    told = [event["payload"]["n"] for event in events_in(tmp_path)]
    assert told[: acknowledged + 1] == list(range(acknowledged + 1))


def test_an_event_torn_by_a_full_disk_spoils_no_other(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk: a write is cut, the next one refused."""
    code = """
import resource, signal
from tracemill.capture import emit
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
assert emit("note", {"n": 1})
resource.setrlimit(resource.RLIMIT_FSIZE, (300, resource.RLIM_INFINITY))
assert not emit("note", {"n": 2, "fill": "x" * 500})
assert not emit("note", {"n": 3})
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
assert emit("note", {"n": 4})
"""
    python(code, tmp_path)
    first, torn, last = lines_in(tmp_path)

    assert [json.loads(line)["payload"]["n"] for line in (first, last)] == [1, 4]
    with pytest.raises(json.JSONDecodeError):
        json.loads(torn)


def test_nothing_heavy_is_imported(tmp_path: Path) -> None:
    code = """
import sys
from tracemill.cli.at_once import call_at_once
assert call_at_once(["emit", "note", "--json", '{"n": 1}']) == 0
heavy = {"cyclopts", "msgspec", "orjson", "rich", "pathlib", "logging", "datetime", "subprocess"}
assert heavy.isdisjoint(sys.modules), heavy & set(sys.modules)
"""
    python(f"import sys; sys.path = [{str(SRC)!r}, *sys.path]\n{code}", tmp_path)

    assert events_in(tmp_path)[0]["payload"] == {"n": 1}


@pytest.mark.parametrize("data", [None, "", "relative", "/somewhere/data"])
def test_the_default_workspace_is_that_of_every_command(
    data: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRACEMILL_WORKSPACE", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    if data is not None:
        monkeypatch.setenv("XDG_DATA_HOME", data)
    expected = platformdirs.user_data_path("tracemill", appauthor=False)

    assert default_workspace(os.environ) == str(expected)
    assert inbox_folder() == str(Workspace(expected).inbox)
