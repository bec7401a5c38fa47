"""A real browser before the real command: Chromium, where this machine has one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, StorageState, sync_playwright
from starlette.testclient import TestClient

from tests.browser.visitor import Visitor, serve
from tests.web.filled import fill
from tests.web.places import PLAIN
from tests.web.reaching import reach
from tracemill.store.workspace import Workspace
from tracemill.web.app import make_pages

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def executable() -> str:
    named = os.environ.get("TRACEMILL_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.skip(
            "no Chromium here: `apt-get install chromium`, or name it in TRACEMILL_CHROMIUM"
        )
    return found


@pytest.fixture
def chromium(executable: str) -> Iterator[Browser]:
    """Return a browser, which ends with the test: its event loop is in the way of all others."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable)
        yield browser
        browser.close()


class Place(NamedTuple):
    """Pages that are served, and the cookie that opens them."""

    origin: str
    state: StorageState
    addresses: dict[str, str]
    """An address of each page."""


@pytest.fixture(scope="session")
def filled(executable: str, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    assert executable
    return fill(tmp_path_factory.mktemp("filled"), PLAIN)


@pytest.fixture(scope="session")
def addresses(filled: Workspace) -> dict[str, str]:
    return reach(TestClient(make_pages(filled)))


@pytest.fixture
def place(chromium: Browser, filled: Workspace, addresses: dict[str, str]) -> Iterator[Place]:
    with serve(filled.root) as address:
        yield Place(*enter(chromium, address), addresses)


@pytest.fixture
def visit(chromium: Browser, place: Place) -> Callable[..., Visitor]:
    """Return what opens a window for somebody who was let in."""
    return lambda **options: Visitor(chromium, place.origin, storage_state=place.state, **options)


def enter(chromium: Browser, address: str) -> tuple[str, StorageState]:
    """Open the address of a launch, and return where the pages are and what opens them from now."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(address)
    state = context.storage_state()
    context.close()
    return address.partition("/enter")[0], state
