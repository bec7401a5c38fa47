"""The receiver as an exporter meets it, without a socket between them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from socket import create_server, socket
from typing import Any

import pytest

from tracemill.cli.app import call
from tracemill.cli.collect.receiver import make_receiver
from tracemill.flows.machine import receiving
from tracemill.flows.machine.receiving import Receiver, read_token
from tracemill.store.workspace import Workspace


class Sent:
    """What came back for a request."""

    def __init__(self, events: list[dict[str, Any]]) -> None:
        self.status: int = events[0]["status"]
        self.headers = {name.decode(): value.decode() for name, value in events[0]["headers"]}
        self.body = b"".join(event.get("body", b"") for event in events[1:])


def send(workspace: Workspace, blocks: list[bytes], *, method: str = "POST", **more: str) -> Sent:
    given = {
        "authorization": f"Bearer {read_token(workspace)}", "content-type": "application/json", **more,
    }  # fmt: skip
    scope = {
        "type": "http", "method": method, "path": "/v1/traces", "raw_path": b"/v1/traces",
        "query_string": b"", "root_path": "", "scheme": "http", "server": ("127.0.0.1", 4318),
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }  # fmt: skip
    waiting = [
        {"type": "http.request", "body": block, "more_body": n < len(blocks)}
        for n, block in enumerate(blocks, start=1)
    ]
    events: list[Any] = []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def answer(event: Any) -> None:
        events.append(event)

    asyncio.run(make_receiver(Receiver(workspace))(scope, receive, answer))
    return Sent(events)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


def test_a_body_in_pieces_is_taken_in_whole(workspace: Workspace) -> None:
    sent = send(workspace, [b'{"resource', b'Spans": []}'])

    assert (sent.status, sent.body) == (200, b"{}")
    assert len(list(workspace.inbox.iterdir())) == 1


def test_protobuf_is_answered_with_an_empty_message(workspace: Workspace) -> None:
    sent = send(workspace, [b""], **{"content-type": "application/x-protobuf"})

    assert (sent.status, sent.body) == (200, b"")
    assert sent.headers["content-type"].startswith("application/x-protobuf")


def test_a_refusal_says_what_was_expected(workspace: Workspace) -> None:
    sent = send(workspace, [b"{}"], authorization="Bearer guess")

    assert sent.status == 401
    assert b"Authorization" in sent.body
    assert not workspace.inbox.exists()


def test_a_body_without_an_end_is_cut_off(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracemill.cli.collect.receiver.MAX_BODY_BYTES", 1_000)
    monkeypatch.setattr(receiving, "MAX_BODY_BYTES", 1_000)
    blocks = [b"x" * 300] * 1_000

    assert send(workspace, blocks).status == 413


def test_only_sending_is_possible(workspace: Workspace) -> None:
    assert send(workspace, [b""], method="GET").status == 405


def test_an_address_that_others_can_reach_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = call(["serve", "--host", "0.0.0.0", "--workspace", str(tmp_path / "workspace")])

    assert code == 5
    assert "--allow-remote" in capsys.readouterr().err
    assert not (tmp_path / "workspace").exists()


@pytest.mark.enable_socket
def test_where_it_listens_is_one_document(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[socket] = []
    monkeypatch.setattr("uvicorn.Server.run", lambda _self, sockets: served.extend(sockets))
    code = call(["serve", "--port", "0", "--json", "--workspace", str(workspace.root)])
    document = json.loads(capsys.readouterr().out)

    assert code == 0
    (listening,) = served
    with listening:
        port = listening.getsockname()[1]
    assert document == {
        "schema": "tracemill.serve/1",
        "address": f"http://127.0.0.1:{port}",
        "token_file": str(workspace.root / "serve.token"),
        "next": [],
    }


@pytest.mark.enable_socket
def test_a_port_in_use_is_named(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    with create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code = call(["serve", "--port", str(port), "--workspace", str(workspace.root)])

    assert code == 2
    assert f"cannot listen at port {port}" in capsys.readouterr().err
