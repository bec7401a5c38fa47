"""Words that would like to be obeyed, in a browser that obeys: nothing runs, nothing is asked for."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser
from starlette.testclient import TestClient

from tests.browser.conftest import enter
from tests.browser.visitor import Visitor, serve
from tests.web.filled import fill
from tests.web.hostile import foreign_words
from tests.web.places import OWN
from tests.web.reaching import crawl, reach
from tracemill.web.app import make_pages
from tracemill.web.exporting import page_file

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

AT = datetime(2026, 3, 1, tzinfo=UTC)
LOOK = """() => {
    for (const each of document.querySelectorAll("details")) each.open = true;
    for (const each of document.querySelectorAll("a, button, summary, [tabindex]")) each.focus();
    return [typeof pwned, typeof __pwned, location.href].join(" ");
}"""
"""Unfold everything, put the focus on everything, and tell what ran and where we are now."""


class Hostile(NamedTuple):
    """A workspace of hostile words, the addresses of its pages, and the pages as files."""

    root: Path
    addresses: list[str]
    files: Path


def make(folder: Path, words: list[str] | tuple[str, ...], *, every: int) -> Hostile:
    """Fill a workspace; of sessions and episodes that say few words, take one in `every`."""
    workspace = fill(folder, words, at_once=every)
    app = make_pages(workspace)
    client = TestClient(app)
    files = folder / "files"
    files.mkdir()
    reached = list(reach(client).values())
    for number, address in enumerate(reached):
        made = asyncio.run(page_file(app, address, AT))
        (files / f"{number}.html").write_bytes(made.data)
    others = [each for each in crawl(client) if each not in reached]
    parts = [each for each in others if "?" in each]
    whole = [each for each in others if "?" not in each]
    return Hostile(workspace.root, [*reached, *parts, *whole[::every]], files)


@pytest.fixture(scope="module")
def own(executable: str, tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    assert executable
    return make(tmp_path_factory.mktemp("own"), OWN, every=1)


@pytest.fixture(scope="module")
def foreign(executable: str, tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    assert executable
    return make(tmp_path_factory.mktemp("foreign"), foreign_words(), every=5)


def look(visitor: Visitor, address: str) -> list[str]:
    """Open an address, do what a person may do there, and return what went wrong."""
    page = visitor.open(address)
    there = f"undefined undefined {visitor.origin}{address}"
    seen = page.evaluate(LOOK)
    faults, visitor.faults = visitor.faults, []
    return faults if seen == there else [*faults, f"{seen} instead of {there}"]


def walk(browser: Browser, hostile: Hostile) -> dict[str, list[str]]:
    """Return what went wrong at each address, on the pages that are served and in the files."""
    with serve(hostile.root) as address:
        origin, state = enter(browser, address)
        visitor = Visitor(browser, origin, storage_state=state)
        found = {each: look(visitor, each) for each in hostile.addresses}
    reader = Visitor(browser, hostile.files.as_uri())
    found |= {path.name: look(reader, f"/{path.name}") for path in hostile.files.iterdir()}
    return {address: faults for address, faults in found.items() if faults}


def test_no_word_runs_or_asks(chromium: Browser, own: Hostile) -> None:
    assert walk(chromium, own) == {}


@pytest.mark.foreign
def test_no_foreign_word_runs_or_asks(chromium: Browser, foreign: Hostile) -> None:
    assert walk(chromium, foreign) == {}


def test_what_runs_and_asks_is_seen(chromium: Browser, tmp_path: Path) -> None:
    (tmp_path / "x.html").write_text(
        "<script>pwned = 1; alert(1); undefined_name</script>"
        "<img src=https://evil.example/p.png><img src=missing.png>"
    )
    seen = " ".join(look(Visitor(chromium, tmp_path.as_uri()), "/x.html"))
    for word in ("dialog", "undefined_name", "asked https://evil", "missing", "number undefined"):
        assert word in seen.replace("ERR_FILE_NOT_FOUND", "missing"), word
