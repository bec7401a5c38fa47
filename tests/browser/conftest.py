"""A real browser before the real command: Chromium, where this machine has one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, StorageState, sync_playwright
from starlette.testclient import TestClient

from tests.browser.visitor import Visitor, serve
from tests.web.filled import fill
from tests.web.places import HOST, OWN
from tests.web.reaching import reach
from tracemill.store.workspace import Workspace
from tracemill.web.app import make_app
from tracemill.web.guard import COOKIE, Pass

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return a browser that is started once."""
    named = os.environ.get("TRACEMILL_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.skip(
            "no Chromium here: `apt-get install chromium`, or name it in TRACEMILL_CHROMIUM"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found)
        yield browser
        browser.close()


class Place(NamedTuple):
    """Pages that are served, and the cookie that opens them."""

    origin: str
    state: StorageState
    addresses: dict[str, str]
    """An address of each page."""


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return fill(tmp_path_factory.mktemp("filled"), OWN)


@pytest.fixture(scope="session")
def place(chromium: Browser, filled: Workspace) -> Iterator[Place]:
    entry = Pass()
    client = TestClient(make_app(filled, [HOST], entry), base_url=f"http://{HOST}")
    client.get("/enter", params={"token": entry.token})
    assert COOKIE in client.cookies
    with serve(filled.root) as address:
        yield Place(*enter(chromium, address), reach(client))


@pytest.fixture
def visit(chromium: Browser, place: Place) -> Iterator[Callable[..., Visitor]]:
    """Return what opens a window for somebody who was let in, and closes it again."""
    opened: list[Visitor] = []

    def visit(**options: Any) -> Visitor:
        opened.append(Visitor(chromium, place.origin, storage_state=place.state, **options))
        return opened[-1]

    yield visit
    for visitor in opened:
        visitor.context.close()


def enter(chromium: Browser, address: str) -> tuple[str, StorageState]:
    """Open the address of a launch, and return where the pages are and what opens them from now."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(address)
    state = context.storage_state()
    context.close()
    return address.partition("/enter")[0], state
