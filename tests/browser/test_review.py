"""Twenty pieces of work reviewed with nothing but keys, by somebody who is interrupted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import enter
from tests.browser.visitor import Visitor, serve
from tests.flows.sessions import write_session
from tests.web.filled import run
from tracemill.capture import emit
from tracemill.flows.held.lookup import list_rows
from tracemill.flows.held.review_rows import ReviewRow
from tracemill.flows.results import SessionRow
from tracemill.records.labels import Label
from tracemill.review.verdict import BY_PEOPLE
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

N = 20
SAID = ("achieved", "partial", "failed", "abandoned", "unknown")
KEYS = {"achieved": "a", "partial": "p", "failed": "f", "abandoned": "b", "unknown": "n"}


@pytest.fixture
def waiting(tmp_path: Path) -> Workspace:
    """Return a workspace in which twenty pieces of work wait for somebody."""
    workspace = Workspace(tmp_path / "workspace")
    for number in range(N):
        write_session(tmp_path / "in", f"s{number}", 1, word=f"piece {number}")
        emit("escalation", {"reason": "stuck"}, session=f"s{number}", workspace=workspace.root)
    run(workspace, tmp_path / "in")
    return workspace


def n_waiting(page: Page) -> int:
    counted = re.search(r"(\d+) piece", page.get_by_text("waiting.").inner_text())
    assert counted is not None
    return int(counted[1])


def walk_to(page: Page, name: str) -> None:
    """Follow a link of the page's head with nothing but keys."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"no key leads to {name}")


def file(page: Page, outcome: str) -> None:
    """Say what became of what is shown, and wait for the next."""
    waiting = n_waiting(page)
    page.keyboard.press(KEYS[outcome])
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{waiting - 1} piece")).to_be_visible()
    page.wait_for_load_state()


def test_a_reviewer_needs_no_mouse_and_loses_nothing(
    chromium: Browser, waiting: Workspace, tmp_path: Path
) -> None:
    said = [SAID[number % len(SAID)] for number in range(N)]
    for half in (said[: N // 2], said[N // 2 :]):
        with serve(waiting.root) as address:
            origin, state = enter(chromium, address)
            visitor = Visitor(chromium, origin, storage_state=state)
            page = visitor.open("/")
            walk_to(page, "Review")
            page.wait_for_url("**/review")
            for outcome in half:
                file(page, outcome)
            page.keyboard.press("a")  # begun, and never filed: browser and server end here
            assert visitor.faults == []
            visitor.context.close()
    run(waiting, tmp_path / "in")
    labels: Iterator[Label] = Lake(waiting.lake).records(TABLES["labels"])
    filed = [str(each.value) for each in labels if _is_persons(each)]
    assert sorted(filed) == sorted(said)


def _is_persons(label: Label) -> bool:
    return label.name == "outcome" and label.stamp.by.startswith(f"{BY_PEOPLE}:")


def test_steps_are_called_right_or_wrong_with_keys(chromium: Browser, waiting: Workspace) -> None:
    row = list_rows(waiting, "session", SessionRow, limit=1).rows[0]
    with serve(waiting.root) as address:
        origin, state = enter(chromium, address)
        visitor = Visitor(chromium, origin, storage_state=state)
        page = visitor.open(f"/sessions/{row.id}")
        pressed = page.locator("[aria-pressed=true]")
        for keys, said in (("jjw", ["step-1 wrong"]), ("jr", ["step-1 wrong", "step-2 right"]),
                           ("kw", ["step-2 right"]), ("r", ["step-1 right", "step-2 right"])):  # fmt: skip
            for key in keys:
                page.keyboard.press(key)
            expect(pressed).to_have_count(len(said))
            for each in said:
                step, _, word = each.partition(" ")
                expect(page.locator(f"#{step} [aria-pressed=true]")).to_contain_text(word)
        assert visitor.faults == []
        page.reload()
        expect(pressed).to_have_count(2)
        visitor.context.close()


@pytest.mark.parametrize("name", ["Look at all of it", "Checklist"])
def test_enter_does_what_it_is_pressed_on(chromium: Browser, waiting: Workspace, name: str) -> None:
    with serve(waiting.root) as address:
        origin, state = enter(chromium, address)
        visitor = Visitor(chromium, origin, storage_state=state)
        page = visitor.open("/review")
        page.keyboard.press("a")
        page.get_by_text(name).focus()
        page.keyboard.press("Enter")
        page.wait_for_timeout(200)
        visitor.context.close()
    assert list_rows(waiting, "review", ReviewRow, limit=0).rows == []
