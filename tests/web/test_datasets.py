"""Pages of datasets say what the commands say, and stay light however long the work was."""

from __future__ import annotations

from typing import Final

from markupsafe import escape
from starlette.testclient import TestClient

from tracemill.flows.datasets.versions import show_version, version_rows
from tracemill.store.workspace import Workspace

ENDS: Final = 4
CHARS: Final = 1_200


def test_the_list_says_how_many_were_made_unique_and_accepted(
    pages: TestClient, held: Workspace
) -> None:
    (row,) = version_rows(held).versions
    page = pages.get("/datasets").text
    places = [
        page.index(f">{count}</td>") for count in (row.made_examples, row.unique, row.accepted)
    ]

    assert places == sorted(places)
    assert f"{row.accepted} examples of {row.unique} unlike each other" in page


def test_of_a_long_row_beginning_and_end_are_shown(pages: TestClient, held: Workspace) -> None:
    (version,) = version_rows(held).versions
    rows = show_version(held, version.id, 8).rows
    talks = [row["messages"] for row in rows if len(row.get("messages", ())) > 2 * ENDS]
    shown = [message["content"] for talk in talks for message in (*talk[:ENDS], *talk[-ENDS:])]
    page = pages.get(f"/datasets/{version.id}").text

    assert talks
    assert all(f"{len(talk) - 2 * ENDS} messages between" in page for talk in talks)
    assert all(str(escape(text[:CHARS])) in page for text in shown)
    assert all(f"tracemill explain {row['id']}" in page for row in rows)
    assert len(page) < 120_000
