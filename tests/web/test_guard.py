"""Whom the pages answer: the browser that was let in, on this machine, and nobody else."""

import pytest
from starlette.testclient import TestClient

from tests.web.places import ORIGIN
from tracemill.web.guard import COOKIE, HEADERS, Pass
from tracemill.web.pages import every_route

OURS = {"Origin": ORIGIN}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PATHS = sorted({route.path for route in every_route()} | {"/static/tracemill.css", "/no"})
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/", {"Host": "evil.example:8000"}, 421),
        ("GET", "/", {"Host": "127.0.0.1.evil.example"}, 421),
        ("GET", "/", {"Host": "127.0.0.1:9"}, 421),
        ("GET", "/", {"Host": ""}, 400),
        ("GET", "/", {"Origin": "https://evil.example"}, 403),
        ("GET", "/", {"Origin": "null"}, 403),
        ("GET", "/", {"Sec-Fetch-Site": "cross-site"}, 403),
        ("GET", "/", {"Sec-Fetch-Site": "same-site"}, 403),
        ("GET", "/", {"Sec-Fetch-Site": "none"}, 200),
        ("POST", "/review/undo", FORM, 403),
        ("POST", "/review/undo", {**FORM, "Origin": "https://evil.example"}, 403),
        ("POST", "/review/undo", {**FORM, "Origin": "null"}, 403),
        ("POST", "/review/undo", {**FORM, "Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        ("POST", "/review/undo", {**FORM, "Origin": "null", "Sec-Fetch-Site": "same-site"}, 403),
        (
            "POST",
            "/review/submit",
            {**FORM, "Origin": "null", "Sec-Fetch-Site": "same-origin"},
            409,
        ),
        ("POST", "/review/undo", {**OURS, "Content-Type": "text/plain"}, 415),
        ("POST", "/review/undo", {**OURS, "Content-Type": "application/json"}, 415),
        ("POST", "/review/undo", {**OURS, **FORM, "Content-Length": "99999999"}, 413),
        ("POST", "/review/undo", {**OURS, **FORM, "Content-Length": "many"}, 411),
        ("DELETE", "/datasets/x", {"Origin": "https://evil.example"}, 403),
        ("DELETE", "/datasets/x", OURS, 405),
        ("PATCH", "/datasets/x", OURS, 405),
        ("OPTIONS", "/", {"Origin": "https://evil.example"}, 403),
        ("GET", "/datasets/x/delete", {}, 404),
        ("GET", "/review/undo", {}, 404),
        ("GET", "/files/%2e%2e/%2e%2e/etc/passwd", {}, 404),
        ("GET", "/static/..%2f..%2fapp.py", {}, 404),
        ("GET", "/static/a%00.css", {}, 404),
        ("GET", "/sessions/%00", {}, 404),
        ("GET", "/sessions?from=99999999999999999999&q=%00", {}, 200),
    ],
)
def test_a_request_is_answered_as_its_sender_deserves(
    browser: TestClient, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    assert browser.request(method, path, headers=headers).status_code == status


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", METHODS)
def test_nobody_without_the_cookie_sees_or_changes_anything(
    stranger: TestClient, method: str, path: str
) -> None:
    answer = stranger.request(method, path, headers={**OURS, **FORM}, content=b"")
    assert answer.status_code == (401 if method in ("GET", "HEAD", "POST") else 405)
    assert "traj_" not in answer.text


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", METHODS)
def test_no_other_site_gets_anything_through_the_persons_browser(
    browser: TestClient, method: str, path: str
) -> None:
    answer = browser.request(method, path, headers={"Origin": "https://evil.example", **FORM})
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/no", "/static/tracemill.css", "/enter?token=x"])
def test_every_answer_carries_the_policy(browser: TestClient, path: str) -> None:
    answer = browser.get(path)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "unsafe-inline" not in answer.headers["content-security-policy"]


def test_the_launch_token_opens_once(stranger: TestClient, entry: Pass) -> None:
    first = stranger.get("/enter", params={"token": entry.token})
    cookie = first.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    stranger.cookies.clear()
    assert stranger.get("/enter", params={"token": entry.token}).status_code == 401
    assert stranger.get("/").status_code == 401


@pytest.mark.parametrize("value", ["", "x", "a;b", "ä"])
def test_a_guessed_cookie_opens_nothing(stranger: TestClient, value: str) -> None:
    held = f"{COOKIE}={value}".encode("latin-1")
    assert stranger.get("/", headers=[(b"Cookie", held)]).status_code == 401


def test_cookies_of_other_programs_shut_nobody_out(browser: TestClient) -> None:
    own = browser.cookies[COOKIE]
    held = f'x={{"a": 1}}; =; {COOKIE}={own}'
    assert browser.get("/", headers={"Cookie": held}).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "%00", "ä"])
def test_a_guessed_token_opens_nothing(stranger: TestClient, token: str) -> None:
    assert stranger.get(f"/enter?token={token}").status_code == 401
