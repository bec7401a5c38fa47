"""Pages of datasets say what the commands say, and stay light however long the work was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from markupsafe import escape
from starlette.testclient import TestClient

from tracemill.flows.datasets.versions import show_version, version_rows
from tracemill.flows.example_history import build_example
from tracemill.flows.wheel.turn import Options, turn
from tracemill.store.workspace import Workspace
from tracemill.web.app import make_pages

ENDS: Final = 4
CHARS: Final = 1_200


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("datasets")
    workspace, history = Workspace(folder / "workspace"), build_example(folder / "history")
    nowhere = {"CLAUDE_CONFIG_DIR": "/none", "CODEX_HOME": "/none"}
    turn(workspace, [history.root], nowhere, Options(workers=1), lambda _: None)
    return workspace


@pytest.fixture
def browser(held: Workspace) -> Iterator[TestClient]:
    with TestClient(make_pages(held)) as client:
        yield client


def test_the_list_says_how_many_were_made_unique_and_accepted(
    browser: TestClient, held: Workspace
) -> None:
    (row,) = version_rows(held).versions
    page = browser.get("/datasets").text
    places = [
        page.index(f">{count}</td>") for count in (row.made_examples, row.unique, row.accepted)
    ]

    assert places == sorted(places)
    assert f"{row.accepted} examples of {row.unique} unlike each other" in page


def test_of_a_long_row_beginning_and_end_are_shown(browser: TestClient, held: Workspace) -> None:
    (version,) = version_rows(held).versions
    rows = show_version(held, version.id, 8).rows
    talks = [row["messages"] for row in rows if len(row.get("messages", ())) > 2 * ENDS]
    shown = [message["content"] for talk in talks for message in (*talk[:ENDS], *talk[-ENDS:])]
    page = browser.get(f"/datasets/{version.id}").text

    assert talks
    assert all(f"{len(talk) - 2 * ENDS} messages between" in page for talk in talks)
    assert all(str(escape(text[:CHARS])) in page for text in shown)
    assert all(f"tracemill explain {row['id']}" in page for row in rows)
    assert len(page) < 120_000
