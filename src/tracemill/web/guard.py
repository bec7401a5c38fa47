"""Who may ask: the browser that this machine's person opened, and no page of another site.

A server on the loopback address is within reach of every page that the person's browser shows.
So each request, whatever its method, must name this server as its host, must not come from
another origin, and must carry the cookie that the one-time launch address gave out. Methods are
allowed by name; what is not named is refused.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from typing import Final, NamedTuple
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE: Final = "tracemill_session"
ENTRY_PATH: Final = "/enter"
_READING: Final = ("GET", "HEAD")
_WRITING: Final = ("POST",)
_FORM: Final = "application/x-www-form-urlencoded"
_MOST_BODY_BYTES: Final = 64 * 1024
_MOST_HEADER_BYTES: Final = 16 * 1024
_TOKEN_BYTES: Final = 32

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'"
)
HEADERS: Final = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
"""Sent with every answer."""


class Refusal(NamedTuple):
    """Why a request is not answered."""

    status: int
    reason: str


class Pass:
    """The secrets of one launch: a token that opens once, and what the cookie holds then."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(_TOKEN_BYTES)
        """Stands in the address that the person is given; good for one visit."""
        self._session = secrets.token_urlsafe(_TOKEN_BYTES)
        self._is_used = False

    def open(self, token: str) -> str | None:
        """Return the cookie's value if `token` opens, and never again for it."""
        if self._is_used or not hmac.compare_digest(token.encode(), self.token.encode()):
            return None
        self._is_used = True
        return self._session

    def admits(self, cookie: str) -> bool:
        """Tell whether a cookie's value was given out by this launch."""
        return hmac.compare_digest(cookie.encode(), self._session.encode())


class Guard:
    """Stands before the application, and answers what must not reach it."""

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str], entry: Pass) -> None:
        """Guard `app`.

        Args:
            app: the pages.
            hosts: the values of `Host` that mean this server, each with its port.
            entry: the secrets of this launch.
        """
        self._app = app
        self._hosts = frozenset(hosts)
        self._origins = frozenset(f"http://{host}" for host in self._hosts)
        self._entry = entry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = self._answer(scope) or self._app
        await answer(scope, receive, _sealed(send))

    def _answer(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        refusal = self._foreign(headers) or _unfit(scope["method"], headers)
        if refusal is None and scope["path"] == ENTRY_PATH:
            return self._enter(scope)
        refusal = refusal or self._stranger(headers) or self._forged(scope["method"], headers)
        return None if refusal is None else PlainTextResponse(refusal.reason, refusal.status)

    def _foreign(self, headers: Headers) -> Refusal | None:
        """Refuse what is not asked of this server, or what another site asks."""
        if sum(len(name) + len(value) for name, value in headers.raw) > _MOST_HEADER_BYTES:
            return Refusal(431, "a request has at most 16 KiB of headers")
        host = headers.get("host", "")
        if not host:
            return Refusal(400, "the request names no host")
        if host not in self._hosts:
            return Refusal(421, "this is another server than the one that the request names")
        if "origin" in headers and not self._is_ours(headers):
            return Refusal(403, "pages of other sites may not ask here")
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return Refusal(403, "pages of other sites may not ask here")
        return None

    def _enter(self, scope: Scope) -> Response:
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        value = self._entry.open(given) if scope["method"] == "GET" else None
        if value is None:
            return PlainTextResponse(_CLOSED, 401)
        response = RedirectResponse("/", 303)
        response.set_cookie(COOKIE, value, httponly=True, samesite="strict", path="/")
        return response

    def _stranger(self, headers: Headers) -> Refusal | None:
        # other programs on this machine share our cookies, and theirs may be no cookies at all
        held = cookie_parser(headers.get("cookie", "")).get(COOKIE)
        if held is None or not self._entry.admits(held):
            return Refusal(401, _CLOSED)
        return None

    def _forged(self, method: str, headers: Headers) -> Refusal | None:
        """Refuse a change that no page of ours asked for."""
        if method in _READING:
            return None
        is_ours = self._is_ours(headers)
        return None if is_ours else Refusal(403, "changes are asked for by our own pages alone")

    def _is_ours(self, headers: Headers) -> bool:
        """Tell whether the page that asks is one of ours, by what its browser says of it."""
        origin = headers.get("origin")
        # our pages send no referrer, so a browser hides their origin too, and says only this
        is_hidden = origin == "null" and headers.get("sec-fetch-site") == "same-origin"
        return is_hidden or origin in self._origins


_CLOSED: Final = (
    "These pages are open to the browser that was started with them.\n"
    "Run `tracemill ui` again and open the address that it prints; it is good for one visit.\n"
)


def _unfit(method: str, headers: Headers) -> Refusal | None:
    """Refuse methods that no page has, and bodies that no form of ours sends."""
    if method in _READING:
        return None
    if method not in _WRITING:
        return Refusal(405, "pages are read with GET and changed with POST")
    if headers.get("content-type", "").partition(";")[0].strip() != _FORM:
        return Refusal(415, f"changes come as {_FORM}")
    length = headers.get("content-length", "")
    if not length.isdecimal():
        return Refusal(411, "a change says how long it is")
    if int(length) > _MOST_BODY_BYTES:
        return Refusal(413, f"a change has at most {_MOST_BODY_BYTES} bytes")
    return None


def _sealed(send: Send) -> Send:
    """Return `send` with our headers in every answer."""

    async def send_sealed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                if name not in headers:
                    headers[name] = value
        await send(message)

    return send_sealed
