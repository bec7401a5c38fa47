"""Pages as a person's browser shows them: within reach of everybody, at any size, in any light."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest

from tests.browser.conftest import Place
from tests.browser.visitor import Visitor
from tests.web.reaching import pages

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RUN = "axe.run({ resultTypes: ['violations'] })"
MORE = ("/no-such-page", "/sessions?q=nobody-says-this", "/episodes?outcome=nothing")
"""What links do not lead to: a page that is not there, and lists in which nothing is found."""


def violations(found: dict[str, Any]) -> list[str]:
    return [
        f"{rule['id']}: {node['html'][:200]}"
        for rule in found["violations"]
        for node in rule["nodes"][:3]
    ]


def test_a_telephone_shows_what_tables_say(visit: Callable[..., Visitor], place: Place) -> None:
    visitor = visit(viewport={"width": 390, "height": 900})
    hidden: dict[str, list[str]] = {}
    for page, address in place.addresses.items():
        hidden[page] = visitor.open(address).evaluate(
            "[...document.querySelectorAll('.scroll:not(:has(.sides))')]"
            ".filter(e => e.scrollWidth > e.clientWidth + 1)"
            ".map(e => e.getAttribute('aria-label'))"
        )
    assert {page: names for page, names in hidden.items() if names} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_every_page_is_within_everybodys_reach(
    visit: Callable[..., Visitor], place: Place, scheme: str, width: int
) -> None:
    assert place.addresses.keys() == pages()
    visitor = visit(color_scheme=scheme, viewport={"width": width, "height": 900})
    found: list[str] = []
    for address in (*place.addresses.values(), *MORE):
        page = visitor.open(address)
        page.evaluate(AXE)
        found += [f"{address}: {what}" for what in violations(page.evaluate(RUN))]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{address} is wider than the window")
    assert found == []
    assert [fault for fault in visitor.faults if "/no-such-page" not in fault] == []
