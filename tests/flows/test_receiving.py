"""What is taken in over HTTP, what is refused, and that it is read afterwards."""

from __future__ import annotations

import gzip
import json
import stat
from pathlib import Path

import pytest

from tests.sources.otlp.spans import chat, message, traces
from tracemill.base.errors import PolicyError
from tracemill.flows.machine import receiving
from tracemill.flows.machine.receiving import Receiver, read_token, token_path
from tracemill.flows.wheel.turn import Options, read_only
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

BODY = json.dumps(
    traces([chat(1, 0, [message("user", "Weather?")], [message("assistant", "Rain.")])])
).encode()
JSON = "application/json"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


def headers(workspace: Workspace, **more: str) -> dict[str, str]:
    given = {"authorization": f"Bearer {read_token(workspace)}", "content-type": JSON}
    return {**given, **{name.replace("_", "-"): value for name, value in more.items()}}


def send(workspace: Workspace, body: bytes, path: str = "/v1/traces", **more: str) -> int:
    receiver, given = Receiver(workspace), headers(workspace, **more)
    return (receiver.refuse(path, given) or receiver.accept(path, given, body)).status


def test_what_was_sent_is_read_with_the_next_run(workspace: Workspace) -> None:
    assert send(workspace, BODY) == 200
    assert send(workspace, gzip.compress(BODY), content_encoding="gzip") == 200
    result = read_only(workspace, [workspace.inbox], {}, Options(workers=1), lambda _: None)

    assert result.failures == ()
    texts = [step.text for step in Lake(workspace.lake).records(TABLES["steps"])]
    assert texts == ["Weather?", "Rain."]


@pytest.mark.parametrize(
    ("path", "more", "body", "status"),
    [
        pytest.param("/v1/traces", {"authorization": "Bearer x"}, BODY, 401, id="another token"),
        pytest.param("/v1/traces", {"authorization": ""}, BODY, 401, id="no token"),
        pytest.param("/v2/traces", {}, BODY, 404, id="another path"),
        pytest.param("/v1/traces", {"content_type": "text/plain"}, BODY, 415, id="another type"),
        pytest.param("/v1/traces", {"content_encoding": "br"}, BODY, 415, id="another encoding"),
        pytest.param("/v1/traces", {"content_length": "99999999"}, BODY, 413, id="said too large"),
        pytest.param("/v1/traces", {"content_length": "-1"}, BODY, 413, id="no length"),
        pytest.param("/v1/traces", {"content_encoding": "gzip"}, BODY, 400, id="not compressed"),
        pytest.param(
            "/v1/traces", {"content_encoding": "gzip"}, gzip.compress(BODY)[:40], 400, id="cut"
        ),
    ],
)
def test_what_is_refused_is_not_kept(
    path: str, more: dict[str, str], body: bytes, status: int, workspace: Workspace
) -> None:
    assert send(workspace, body, path, **more) == status
    assert not workspace.inbox.exists()


def test_a_body_that_unpacks_to_far_more_is_refused(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "MAX_BODY_BYTES", 2**16)
    bomb = gzip.compress(b"0" * 2**20)

    assert len(bomb) < 2**16
    assert send(workspace, bomb, content_encoding="gzip") == 413
    assert send(workspace, b"0" * (2**16 + 1)) == 413
    assert not workspace.inbox.exists()


def test_what_cannot_be_kept_now_is_asked_for_again(workspace: Workspace) -> None:
    receiver, given = Receiver(workspace), headers(workspace)
    workspace.inbox.write_text("a file where a folder should be")
    verdict = receiver.accept("/v1/traces", given, BODY)

    assert (verdict.status, verdict.retry_after_s) == (503, 30)


def test_the_token_is_made_once_and_closed_to_others(workspace: Workspace) -> None:
    first = read_token(workspace)

    assert read_token(workspace) == first
    assert len(first) >= 43
    assert stat.S_IMODE(token_path(workspace).stat().st_mode) == 0o600


@pytest.mark.parametrize(("mode", "text"), [(0o644, "x"), (0o600, "\n")])
def test_a_token_that_guards_nothing_is_refused(mode: int, text: str, workspace: Workspace) -> None:
    workspace.create()
    token_path(workspace).write_text(text)
    token_path(workspace).chmod(mode)

    with pytest.raises(PolicyError, match=r"serve\.token"):
        Receiver(workspace)
