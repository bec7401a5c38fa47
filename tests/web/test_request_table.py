"""The shared table of requests that are not what they seem, on every route, with every method.

A row that lies in its headers is asked of every route; one that lies in its address, of that. What
lies in the bytes on the wire is asked of the running server, in `test_serving`.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from tests.web.hostile import ARCHIVE
from tests.web.places import ORIGIN
from tracemill.web.guard import HEADERS
from tracemill.web.pages import every_route

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
READING: Final = ("GET", "HEAD")
ROUTES: Final = sorted({route.path for route in every_route()} | {"/static/tracemill.css", "/no"})
ON_THE_WIRE: Final = {"slowloris", "content-length-mismatch"}
EVERYWHERE: Final = {
    "dns-rebinding", "rebinding-ip-suffix", "host-missing", "csrf-foreign-origin",
    "csrf-null-origin", "csrf-delete", "csrf-patch", "options-cors", "websocket-foreign-origin",
    "huge-header", "no-token-nonloopback",
}  # fmt: skip
"""Rows that no route may answer, whatever the method."""
CHANGES: Final = {"csrf-simple-form": {403, 415}, "huge-body": {413}, "chunked-forever": {411}}
"""Rows that no change may come by; here nothing is read before its length is known."""
REFUSED: Final = 405
"""What methods get that no page has."""


@pytest.fixture(scope="module")
def rows() -> dict[str, dict[str, Any]]:
    if not ARCHIVE.exists():
        pytest.skip(f"no requests at {ARCHIVE}; set TRACEMILL_SHARED_DATA")
    with tarfile.open(ARCHIVE) as held:
        found = held.extractfile("adversarial/http/requests.json")
        assert found is not None
        return {row["name"]: row for row in json.load(found)}


def headers_of(row: Mapping[str, Any]) -> dict[str, str]:
    """Return a row's headers; what is about the body is said here, and no body is sent."""
    length = {"Content-Length": str(row["body_bytes"])} if "body_bytes" in row else {}
    chunked = {"Transfer-Encoding": "chunked"} if row.get("chunked") else {}
    form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": ORIGIN}
    is_ours = length or chunked or "bind" in row
    return {**(form if is_ours else {}), **length, **chunked, **row.get("headers", {})}


def allowed(row: Mapping[str, Any], method: str) -> set[int]:
    """Return what a row's request may be answered with where it has this method."""
    name = row["name"]
    if name in EVERYWHERE:
        # methods that no page has are refused before anybody asks who it is
        return {*row["status"], REFUSED}
    if name in CHANGES:
        return {*CHANGES[name], REFUSED}
    if method not in READING:
        return {403, 415, REFUSED}
    # there is no interface of data beside the pages, so its addresses are unknown too
    return {*row.get("status", [200]), 404}


def asked(rows: Mapping[str, dict[str, Any]]) -> Iterator[tuple[dict[str, Any], str, str]]:
    """Yield every row with the routes and methods that it is asked with."""
    for name, row in rows.items():
        if name in ON_THE_WIRE:
            continue
        is_everywhere = name in EVERYWHERE | CHANGES.keys() | {"response-headers"}
        for path in ROUTES if is_everywhere else [row["path"]]:
            for method in METHODS:
                if name not in CHANGES or method not in READING:
                    yield row, path, method


@pytest.mark.foreign
@pytest.mark.timeout(600)
def test_every_row_is_answered_as_it_says(
    browser: TestClient, rows: dict[str, dict[str, Any]]
) -> None:
    assert len(rows) == 28
    held = dict(browser.cookies)
    wrong: list[str] = []
    for row, path, method in asked(rows):
        browser.cookies.clear()
        browser.cookies.update({} if row["name"] == "no-token-nonloopback" else held)
        answer = browser.request(method, path, headers=headers_of(row))
        is_right = answer.status_code in allowed(row, method)
        is_ours = all(answer.headers.get(name) == value for name, value in HEADERS.items())
        if not is_right or not is_ours or "access-control-allow-origin" in answer.headers:
            wrong.append(f"{row['name']}: {method} {path} -> {answer.status_code}")
    assert wrong == []
