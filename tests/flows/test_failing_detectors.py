"""A detector that fails or takes too long lets nothing through, and everything else goes on."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.flows.sessions import write_session
from tests.flows.test_ingest import ingest
from tests.redact.templates import fill
from tracemill.flows import guarding
from tracemill.flows.guarding import Refused, guarded
from tracemill.records.privacy.findings import UNSCANNED
from tracemill.redact.line_rules.homes import HomeDetector
from tracemill.redact.protocol import Match
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

TOKEN = fill("ghp_{alnum:36}")
BAD = f"/home/boom/ {TOKEN}"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


@pytest.fixture(params=["raises", "sleeps"])
def how(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Break the detector of home folders for texts with one of them."""
    find = HomeDetector.find

    def broken(self: HomeDetector, data: bytes, at: int, found: list[Match]) -> int:
        if b"boom" in data and request.param == "sleeps":
            time.sleep(30)
        if b"boom" in data:
            raise ValueError(data)
        return find(self, data, at, found)

    monkeypatch.setattr(HomeDetector, "find", broken)
    monkeypatch.setattr(guarding.guarded, "__defaults__", (0.3,))
    return str(request.param)


def bytes_below(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_what_a_detector_fails_on_is_withheld_and_the_rest_is_kept(
    how: str, workspace: Workspace, tmp_path: Path
) -> None:
    path = write_session(tmp_path / "in", "s1", 2)
    path.write_bytes(path.read_bytes().replace(b"work 1, please", BAD.encode()))
    write_session(tmp_path / "in", "s2", 2, "other")

    result = ingest(workspace, [tmp_path / "in"])
    texts = [step.text for step in Lake(workspace.lake).records(TABLES["steps"])]
    [bad] = Lake(workspace.lake).records(TABLES["quarantine"])

    reason = "detector_error" if how == "raises" else "detector_timeout"
    assert [(one.reason, reason in one.detail) for one in result.failures] == [
        ("not_redacted", True)
    ]
    assert bad.reason == reason
    assert bad.span.start > 0
    assert sum(text.startswith(UNSCANNED) for text in texts) == 1
    assert {"work 0, please", "work 1 is done", "other 1, please"} <= set(texts)
    assert TOKEN.encode() not in bytes_below(workspace.lake)
    assert "boom" not in str((result.failures, bad))


@pytest.mark.usefixtures("how")
def test_what_was_withheld_is_counted_with_each_run(workspace: Workspace, tmp_path: Path) -> None:
    path = write_session(tmp_path / "in", "s1", 1)
    path.write_bytes(path.read_bytes().replace(b"work 0, please", BAD.encode()))
    first = ingest(workspace, [tmp_path / "in"])
    again = ingest(workspace, [tmp_path / "in"])

    assert [one.reason for one in again.failures] == ["not_redacted"]
    assert first.records["quarantine"] == 1


def fail() -> None:
    raise ValueError(TOKEN)


def test_a_refusal_says_where_and_never_what() -> None:
    refused = guarded(fail)

    assert isinstance(refused, Refused)
    assert refused.reason == "detector_error"
    assert refused.detail.startswith("ValueError at test_failing_detectors.py:")
    assert TOKEN not in refused.detail


def test_what_takes_too_long_is_stopped() -> None:
    refused = guarded(lambda: time.sleep(30), 0.05)

    assert refused == Refused("detector_timeout", "redaction took longer than 0.05 s")


def test_an_alarm_that_was_set_before_still_rings() -> None:
    before = signal.getitimer(signal.ITIMER_REAL)
    signal.setitimer(signal.ITIMER_REAL, 1_000)
    try:
        assert guarded(lambda: "done") == "done"
        assert 990 < signal.getitimer(signal.ITIMER_REAL)[0] <= 1_000
    finally:
        signal.setitimer(signal.ITIMER_REAL, *before)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_a_person_can_still_stop_it(error: type[BaseException]) -> None:
    def stop() -> None:
        raise error

    with pytest.raises(error):
        guarded(stop)
