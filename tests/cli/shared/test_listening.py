"""Servers listen where only this machine reaches them, unless a person says otherwise."""

import socket

import pytest

from tracemill.base.errors import PolicyError, UsageError
from tracemill.cli.app import call
from tracemill.cli.shared.listening import is_loopback, listen, named, refuse_any, refuse_remote


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True),
     ("0.0.0.0", False), ("::", False), ("10.0.0.2", False), ("box.example", False), ("", False)],
)  # fmt: skip
def test_an_address_that_others_reach_must_be_meant(host: str, own: bool) -> None:
    assert is_loopback(host) == own
    refuse_remote(host, allow_remote=True)
    if not own:
        with pytest.raises(PolicyError, match="--allow-remote"):
            refuse_remote(host, allow_remote=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", ""])
def test_every_address_at_once_has_no_name(host: str) -> None:
    with pytest.raises(UsageError, match="name the one"):
        refuse_any(host)


@pytest.mark.parametrize(("host", "name"), [("127.0.0.1", "127.0.0.1:80"), ("::1", "[::1]:80")])
def test_an_address_is_named_as_browsers_do(host: str, name: str) -> None:
    assert named(host, 80) == name


@pytest.mark.enable_socket
def test_no_answer_waits_for_its_first_half_to_be_acknowledged() -> None:
    with (
        listen("127.0.0.1", 0) as listening,
        socket.create_connection(listening.getsockname()),
        listening.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_pages_are_not_shown_to_other_machines_by_accident(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert call(["ui", "--host", "192.0.2.1", "--no-open"]) == 5
    assert "not encrypted" in capsys.readouterr().err
    assert call(["ui", "--host", "0.0.0.0", "--allow-remote", "--no-open"]) == 2
    assert "name the one to listen at" in capsys.readouterr().err
