"""What is over its period goes, and only that; a clock that jumped takes nothing."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.flows.sessions import lines
from tests.flows.test_consent import ONE, OTHER, allow, read, rows, write
from tests.flows.test_erasure import left
from tests.flows.test_quoted_erasure import ROWS, train
from tracemill.base.errors import UsageError
from tracemill.flows.datasets.versions import find_version
from tracemill.flows.erasing.expiry import RetentionResult, expire, read_retention
from tracemill.flows.executors.local import Local
from tracemill.flows.wheel import turn
from tracemill.store.workspace import Workspace

SAID = datetime(2026, 3, 1, 10, tzinfo=UTC)
"""When the sessions of these tests took place."""
SOON, LATE = SAID + timedelta(days=20), SAID + timedelta(days=40)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "now", lambda: SOON)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write(tmp_path / "in", ONE, "/srv/open", "play")
    old = b"".join(line + b"\n" for line in lines(OTHER, 2, "spoonbill"))
    (tmp_path / "in" / f"{OTHER}.jsonl").write_bytes(old.replace(b"2026-03", b"2025-12"))
    return tmp_path / "in"


@pytest.fixture
def workspace(tmp_path: Path, place: Path) -> Workspace:
    made = Workspace(tmp_path / "workspace")
    read(made, place)
    return made


def take(workspace: Workspace, at: datetime) -> RetentionResult:
    return expire(workspace, at, lambda _: Local(1, workspace.scratch), lambda _progress: None)


def test_nothing_expires_unless_the_settings_say_so(workspace: Workspace) -> None:
    result = take(workspace, LATE + timedelta(days=3_650))

    assert (result.facts.expired, result.originals.expired, result.datasets.expired) == (0, 0, 0)
    assert result.receipt is None


def test_facts_that_are_over_go_with_their_originals_and_stay_away(
    workspace: Workspace, place: Path
) -> None:
    allow(workspace, '[retention]\nfacts = "60 days"\n')
    assert read_retention(workspace, SOON).facts.expired == 1
    result = take(workspace, SOON)
    again = read(workspace, place)

    assert result.receipt is not None
    assert left(workspace.root, b"spoonbill") == []
    assert again.inputs == {"erased": 1, "unchanged": 1}
    assert again.store.sessions == 1
    assert take(workspace, SOON).receipt is None


def test_a_session_that_goes_on_is_read_again(workspace: Workspace, place: Path) -> None:
    allow(workspace, '[retention]\nfacts = "60 days"\n')
    take(workspace, SOON)
    with (place / f"{OTHER}.jsonl").open("ab") as session:
        session.writelines(line + b"\n" for line in lines(OTHER, 3, "spoonbill")[8:])

    assert read(workspace, place).store.sessions == 2


def test_originals_that_are_over_go_and_what_was_read_stays(
    workspace: Workspace, place: Path
) -> None:
    allow(workspace, '[retention]\noriginals = "2 months"\n')
    before = rows(workspace, "steps")
    take(workspace, SOON)

    assert not [name for name in left(workspace.root, b"spoonbill") if name.startswith("vault")]
    assert rows(workspace, "steps") == before
    assert read(workspace, place).changed is False


def test_old_dataset_versions_go_and_the_newest_stays(workspace: Workspace, place: Path) -> None:
    (old,) = (workspace.datasets / "chat").iterdir()
    write(place, "33333333-cccc-4ccc-8ccc-000000000003", "/srv/app", "more")
    read(workspace, place)
    for folder in (workspace.datasets / "chat").iterdir():
        os.utime(folder / "manifest.json", (SAID.timestamp(), SAID.timestamp()))
    allow(workspace, '[retention]\ndatasets = "1 week"\n')
    learned = train(workspace, "run-a", old.name)
    result = take(workspace, SOON)

    assert result.datasets.expired == 1
    assert result.receipt is not None
    assert result.receipt.counts["training_files"] == len(ROWS)
    assert not any((learned / path).exists() for path in ROWS)
    assert not old.exists()
    assert (old.parent / f"{old.name}.erased.json").exists()
    assert find_version(workspace, "chat")


@pytest.mark.parametrize(
    ("days", "n_sessions"),
    [
        pytest.param(1, 1, id="a day later"),
        pytest.param(3_650, 2, id="ten years forward"),
        pytest.param(-365, 2, id="a year back"),
    ],
)
def test_a_run_takes_what_is_over_unless_the_clock_jumped(
    workspace: Workspace, place: Path, monkeypatch: pytest.MonkeyPatch, days: int, n_sessions: int
) -> None:
    allow(workspace, '[retention]\nfacts = "60 days"\n')
    monkeypatch.setattr(turn, "now", lambda: SOON + timedelta(days=days))

    assert read(workspace, place).store.sessions == n_sessions


def test_a_period_that_is_none_is_refused(workspace: Workspace) -> None:
    allow(workspace, '[retention]\nfacts = "soon"\n')

    with pytest.raises(UsageError, match=r"at 'retention.facts'"):
        read_retention(workspace, SOON)
