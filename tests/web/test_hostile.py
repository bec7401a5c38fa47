"""Words that would like to be obeyed, in every place of every page, and in pages as files."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.web.filled import fill
from tests.web.hostile import foreign_words
from tests.web.places import OWN
from tests.web.reaching import Found, crawl, reach
from tracemill.web.app import make_pages
from tracemill.web.exporting import page_file

AT = datetime(2026, 3, 1, tzinfo=UTC)
ACTING = {
    "iframe", "object", "embed", "base", "frame", "math", "video", "audio", "template", "mglyph",
}  # fmt: skip
OUR_SCRIPT = ("script", {"type": "module", "src": "/static/tracemill.js"})
ASKING = ("href", "src", "action", "formaction", "data", "poster", "srcset", "background", "ping")


def faults(page: str) -> list[str]:
    """Return what on a page acts or leads away, and is not ours."""
    found = [each for each in Found(page).elements if each != OUR_SCRIPT]
    return [f"<{tag} {attributes}>"[:200] for tag, attributes in found if _acts(tag, attributes)]


def _acts(tag: str, attributes: dict[str, str | None]) -> bool:
    if tag in ACTING or tag == "script":
        return True
    if any(name.startswith("on") or name in ("style", "srcdoc") for name in attributes):
        return True
    return any(_leads_away(attributes[name] or "") for name in ASKING if name in attributes)


def _leads_away(address: str) -> bool:
    is_ours = re.match(r"(/(?![/\\])|\?|#|data:image/svg\+xml;base64,)", address)
    return bool(address) and not is_ours


def check(folder: Path, words: Sequence[str], *, at_once: int) -> None:
    """Look at every page that links lead to, and at a file of each."""
    app = make_pages(fill(folder, words, at_once=at_once))
    client = TestClient(app)
    found: dict[str, list[str]] = {}
    for address in crawl(client):
        found[address] = faults(client.get(address).text)
    for address in reach(client).values():
        made = asyncio.run(page_file(app, address, AT))
        found[f"file of {address}"] = faults(made.data.decode())
    assert {address: some for address, some in found.items() if some} == {}


def test_no_word_makes_an_element_that_acts(tmp_path: Path) -> None:
    check(tmp_path, OWN, at_once=1)


@pytest.mark.foreign
@pytest.mark.timeout(600)
def test_no_foreign_word_makes_an_element_that_acts(tmp_path: Path) -> None:
    check(tmp_path, foreign_words(), at_once=5)


def test_what_acts_is_seen() -> None:
    for element in (
        "<script>",
        "<a href=javascript:x>",
        "<img src=//e>",
        "<p onclick=x>",
        "<base>",
    ):
        assert faults(element), element
    for element in ("<a href=/sessions>", "<a href=?q=1>", "<p class=x>"):
        assert not faults(element), element
