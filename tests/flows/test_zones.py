"""Times that tell no zone are unknown, or of the zone that a person says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tracemill.cli.app import call
from tracemill.records.sessions.trajectory import Trajectory
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

SESSION = {
    "session_id": "s1",
    "start_time": "2026-02-16T10:30:00",
    "end_time": "2026-07-16T10:35:45",
    "turns": [
        {"turn_number": 1, "user_message": "Go", "model_response": {"response_text": "Done."}}
    ],
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "turns.jsonl").write_text(json.dumps(SESSION) + "\n")
    (tmp_path / "ws").mkdir()
    return tmp_path


def read(place: Path, zone: str | None) -> Trajectory:
    settings = "" if zone is None else f'[times]\nzone = "{zone}"\n'
    (place / "ws" / "tracemill.toml").write_text(settings)
    assert call(["run", str(place / "in"), "--workspace", str(place / "ws"), "--quiet"]) == 0
    (found,) = Lake(Workspace(place / "ws").lake).records(TABLES["trajectories"])
    assert isinstance(found, Trajectory)
    return found


def test_without_a_word_they_are_unknown(place: Path) -> None:
    found = read(place, None)

    assert (found.started, found.ended) == (None, None)


def test_a_zone_that_is_said_later_reads_what_is_kept_again(place: Path) -> None:
    read(place, None)
    berlin = read(place, "Europe/Berlin")
    tokyo = read(place, "Asia/Tokyo")

    assert berlin.started == datetime(2026, 2, 16, 9, 30, tzinfo=UTC)
    assert berlin.ended == datetime(2026, 7, 16, 8, 35, 45, tzinfo=UTC), "summer time"
    assert tokyo.started == datetime(2026, 2, 16, 1, 30, tzinfo=UTC)
    assert read(place, None).started is None


def test_what_was_read_so_is_written_as_it_was(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = read(place, "Europe/Berlin")
    capsys.readouterr()
    exporting = ["session", "export", found.id, "--format", "turns"]
    assert call([*exporting, "--workspace", str(place / "ws")]) == 0

    assert json.loads(capsys.readouterr().out) == SESSION


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "UTC+2", "localtime"])
def test_a_zone_that_is_none_is_refused_with_its_place(
    zone: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "ws" / "tracemill.toml").write_text(f'[times]\nzone = "{zone}"\n')

    assert call(["run", str(place / "in"), "--workspace", str(place / "ws"), "--quiet"]) == 2
    assert "times.zone" in capsys.readouterr().err


def test_events_of_openhands_have_moments_where_a_zone_is_said(place: Path) -> None:
    events = [
        {"id": 0, "timestamp": "2026-02-16T10:30:00", "source": "user", "message": "Go",
         "action": "message", "args": {"content": "Go"}},
        {"id": 1, "timestamp": "2026-02-16T10:31:00", "source": "agent", "message": "ls",
         "action": "run", "args": {"command": "ls", "thought": "Look"}},
        {"id": 2, "timestamp": "2026-02-16T10:32:00", "source": "agent", "message": "ran",
         "observation": "run", "content": "a.py", "cause": 1, "extras": {"exit_code": 0}},
    ]  # fmt: skip
    (place / "in" / "turns.jsonl").write_text(json.dumps({"trajectory": events}) + "\n")

    unknown = read(place, None)
    found = read(place, "Asia/Tokyo")
    steps = list(Lake(Workspace(place / "ws").lake).records(TABLES["steps"]))

    assert (unknown.started, unknown.ended) == (None, None)
    assert found.started == datetime(2026, 2, 16, 1, 30, tzinfo=UTC)
    assert found.ended == datetime(2026, 2, 16, 1, 32, tzinfo=UTC)
    assert [step.at.minute for step in steps] == [30, 31]
