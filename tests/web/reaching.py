"""Every page that links lead to, found as a person would find it: from the first page on."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

from starlette.routing import Match
from starlette.testclient import TestClient
from typing_extensions import override

from tracemill.web.pages import every_route


class Found(HTMLParser):
    """Every element of a page, with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


def pages() -> set[str]:
    """Return the patterns of all addresses that are read, but those that a form alone makes."""
    read = {route.path for route in every_route() if "GET" in (route.methods or ())}
    return {path for path in read if not path.startswith("/handed/")}


def reach(client: TestClient) -> dict[str, str]:
    """Return an address for each pattern that links lead to, from the first page on."""
    reached: dict[str, str] = {}
    waiting = ["/"]
    while waiting:
        address = waiting.pop(0)
        pattern = _pattern(address)
        if pattern is None or pattern in reached:
            continue
        reached[pattern] = address
        for tag, attributes in Found(client.get(address).text).elements:
            if tag == "a" and (link := attributes.get("href")):
                waiting.append(urldefrag(urljoin(address, link)).url)
    return reached


def crawl(client: TestClient) -> list[str]:
    """Return every address that links lead to, with all parts of what comes in parts."""
    seen: dict[str, None] = {}
    waiting = ["/"]
    while waiting:
        address = waiting.pop(0)
        if address in seen or _pattern(address) is None:
            continue
        seen[address] = None
        for tag, attributes in Found(client.get(address).text).elements:
            link = attributes.get("href") if tag == "a" else None
            if link and not link.startswith("/hand-out"):
                there = urldefrag(urljoin(address, link)).url
                is_part = "data-load" in attributes
                waiting.append(there if is_part else there.partition("?")[0])
    return list(seen)


def _pattern(address: str) -> str | None:
    scope = {"type": "http", "method": "GET", "path": address.partition("?")[0]}
    return next((each.path for each in every_route() if each.matches(scope)[0] == Match.FULL), None)
