"""A page as one file for a colleague: what it shows, and nothing that acts or asks.

The page is asked for as a browser would, whole. What stands in it passes a sanitizer that lets
through what shows and drops what acts: scripts, forms, and addresses of other pages. The file
carries its style and forbids the reader's browser to ask for anything.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from base64 import b64encode
from datetime import datetime
from html import unescape
from importlib.resources import files
from typing import Final
from urllib.parse import unquote

from markupsafe import Markup
from starlette.types import ASGIApp, Message, Scope

from tracemill.base.errors import NotFoundError, UsageError
from tracemill.flows.privacy.gate import NOT_CHECKED
from tracemill.flows.views.page_export import PageFile
from tracemill.web.asked import WHOLE
from tracemill.web.rendering import environment

_FOUND: Final = 200
_BODY: Final = re.compile(r"<main[^>]*>(?P<body>.*)</main>", re.DOTALL)
_TITLE: Final = re.compile(r"<title>(?P<title>.*) · Tracemill</title>", re.DOTALL)
_TAG: Final = re.compile(r"<[^>]*>")
_SHOWING: Final = {
    "a", "abbr", "article", "aside", "b", "blockquote", "br", "caption", "code", "col",
    "colgroup", "dd", "del", "details", "div", "dl", "dt", "em", "figcaption", "figure", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "ins", "kbd", "li", "mark", "meter",
    "nav", "ol", "p", "pre", "s", "section", "small", "span", "strong", "sub", "summary", "sup",
    "table", "tbody", "td", "th", "thead", "time", "tr", "ul", "wbr",
}  # fmt: skip
_DRAWN: Final = {
    "svg", "g", "path", "polyline", "polygon", "circle", "rect", "line", "text", "title", "desc",
}  # fmt: skip
_ACTING: Final = {
    "script", "style", "form", "button", "input", "select", "textarea", "iframe", "object",
}  # fmt: skip
_EVERYWHERE: Final = {
    "class", "id", "role", "tabindex", "open", "scope", "colspan", "rowspan", "title",
}  # fmt: skip
_DRAWING: Final = {
    "viewBox", "d", "points", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "ry",
    "width", "height", "text-anchor",
}  # fmt: skip
_OWN: Final = {
    "a": {"href"}, "time": {"datetime"}, "ol": {"start"}, "meter": {"min", "max", "value"},
    **dict.fromkeys(_DRAWN, _DRAWING),
}  # fmt: skip


async def page_file(pages: ASGIApp, address: str, at: datetime) -> PageFile:
    """Return the page at `address` as one file.

    Raises:
        UsageError: `address` is no address of ours.
        NotFoundError: nothing is there, or no page.
    """
    if not address.startswith("/") or address.startswith("//"):
        raise UsageError(f"expected a page such as /sessions, found {address!r}")
    page = await _whole(pages, address)
    body = _shown_only(_part(_BODY, page, address))
    shown = {
        "title": Markup(_part(_TITLE, page, address)),  # noqa: S704 - escaped by its template
        "body": Markup(body),  # noqa: S704 - sanitized
        "at": at,
        "not_checked": NOT_CHECKED,
    }
    file = environment().get_template("exported.html").render(**shown, **_dressing())
    words = re.sub(r"[^A-Za-z0-9]+", "-", unquote(address)).strip("-")[:60]
    name = f"tracemill-{words or 'overview'}.html"
    return PageFile(address, name, file.encode(), unescape(_TAG.sub(" ", body)))


def _part(pattern: re.Pattern[str], page: str, address: str) -> str:
    found = pattern.search(page)
    if found is None:
        raise NotFoundError(f"{address!r} is no page that can be written to a file")
    return found.group(1)


async def _whole(pages: ASGIApp, address: str) -> str:
    """Ask our own pages, as a browser would, for all that a page shows.

    Raises:
        NotFoundError: nothing is there.
    """
    path, _, query = address.partition("?")
    scope: Scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
        "scheme": "http", "path": unquote(path), "raw_path": path.encode(), "root_path": "",
        "query_string": query.encode(), "headers": [], "client": None, "server": None,
        WHOLE: True,
    }  # fmt: skip
    status, chunks, is_asked = 0, bytearray(), False

    async def receive() -> Message:
        nonlocal is_asked
        if is_asked:
            await asyncio.Event().wait()  # we never hang up
        is_asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status
        status = message.get("status", status)
        chunks.extend(message.get("body", b""))

    await pages(scope, receive, send)
    if status != _FOUND:
        raise NotFoundError(f"no page is at {address!r}; the pages' addresses are in docs/ui.md")
    return chunks.decode("utf-8", "replace")


def _shown_only(body: str) -> str:
    """Return what shows of a page's body."""
    import nh3

    return nh3.clean(
        body,
        tags=_SHOWING | _DRAWN,
        clean_content_tags=_ACTING,
        attributes={"*": _EVERYWHERE, **_OWN},
        generic_attribute_prefixes={"aria-"},
        attribute_filter=_within,
        link_rel=None,
        strip_comments=True,
    )


def _within(_tag: str, attribute: str, value: str) -> str | None:
    """Keep links to places of the same page, and no other."""
    if attribute != "href":
        return value
    place = value[value.find("#") :] if "#" in value else ""
    return place if value.startswith(("#", "?")) and place else None


def _dressing() -> dict[str, Markup | str]:
    """Return the style and the mark that the file carries, and the policy that lets them be."""
    static = files("tracemill.web") / "static"
    style = (static / "tracemill.css").read_text("utf-8")
    mark = b64encode((static / "mark.svg").read_bytes()).decode()
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return {
        "style": Markup(style),  # noqa: S704 - our own
        "mark": f"data:image/svg+xml;base64,{mark}",
        "policy": f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'",
    }
