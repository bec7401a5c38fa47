"""Pages of branches say what the command says, and call nothing taken back of which nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from msgspec import convert, structs
from starlette.testclient import TestClient

from tracemill.capture import emit
from tracemill.flows.deriving.gate_rows import GateRow
from tracemill.flows.held.lookup import list_rows
from tracemill.flows.results import BranchRow
from tracemill.flows.views.branches import branch_figures, commits_by_hash, show_branch
from tracemill.flows.wheel.turn import Options, turn
from tracemill.store.index import Index, Row
from tracemill.store.workspace import Workspace
from tracemill.web.app import make_pages

COUNTS = {
    "gate": "test", "status": "passed", "source": "junit_xml", "uri": "a.xml", "reports": (),
    **dict.fromkeys(("total", "passed", "failed", "errors", "skipped"), 0),
}  # fmt: skip


@pytest.fixture
def others(held: Workspace) -> Iterator[list[BranchRow]]:
    """Put beside the example's branch others of which other things are known."""
    (known,) = list_rows(held, "branch", BranchRow, limit=0).rows
    told: list[tuple[str, str | None, float | None]] = [
        ("a", "pending", None), ("b", "day", 0.5), ("c", None, None), ("d", "none", 0.0),
    ]  # fmt: skip
    rows = [
        structs.replace(
            known, id=f"branch_{name}", branch=f"work/{name}", state="open", merge=None,
            merged=None, rollback=rollback, kept_head=kept, added=10, sessions=(), commits=("0f",),
        )
        for name, rollback, kept in told
    ]  # fmt: skip
    with Index(held.index) as index:
        index.replace("branch", (Row.of("branch", row, row.started) for row in [known, *rows]))
    yield [known, *rows]
    with Index(held.index) as index:
        index.replace("branch", [Row.of("branch", known, known.merged, (known.branch,))])


def test_a_branch_is_shown_with_what_it_brought_and_who_made_it(
    pages: TestClient, held: Workspace
) -> None:
    (row,) = list_rows(held, "branch", BranchRow, limit=0).rows
    (commit,) = show_branch(held, row.branch, commits_by_hash(held)).commits
    listed, shown = pages.get("/branches").text, pages.get(f"/branches/{row.branch}").text

    assert f'href="/branches/{row.id}"' in listed
    assert "1 branch: 1 merged" in listed
    assert commit.sha == row.commits[0]
    assert commit.subject is not None
    assert commit.subject in shown
    assert all(f'href="/sessions/{name}"' in shown for name in row.sessions)
    assert row.sessions
    assert pages.get("/branches/none").status_code == 404


def test_the_gates_of_a_branch_come_newest_first_and_undated_ones_last(held: Workspace) -> None:
    (row,) = list_rows(held, "branch", BranchRow, limit=0).rows
    told = [("gate_a", 1), ("gate_b", 3), ("gate_c", None), ("gate_d", 2)]
    runs = [
        convert(
            dict.fromkeys(GateRow.__struct_fields__) | COUNTS | {
                "id": name, "commit": row.commits[0],
                "at": None if day is None else datetime(2026, 3, day, tzinfo=UTC),
            },
            GateRow,
        )
        for name, day in told
    ]  # fmt: skip
    try:
        with Index(held.index) as index:
            index.replace("gate", (Row.of("gate", run, run.at) for run in runs))
        shown = show_branch(held, row.branch, {})
    finally:
        with Index(held.index) as index:
            index.replace("gate", [])

    assert [run.id for run in shown.gates] == ["gate_b", "gate_d", "gate_a", "gate_c"]


def test_what_nobody_knows_of_a_branch_counts_as_neither(
    pages: TestClient, held: Workspace, others: list[BranchRow]
) -> None:
    figures = branch_figures(held)
    page = pages.get("/branches").text
    lines = others[0].added

    assert lines is not None
    assert figures.states == {"merged": 1, "open": 4}
    assert (figures.n_told, figures.n_taken_back) == (3, 1)
    assert (figures.n_lines, figures.n_kept) == (lines + 20, lines + 5)
    assert "Of 3 it is known whether anything was taken back: of 1 something was" in page
    cells = [page.partition(f"/branches/branch_{name}")[2].partition("</tr>")[0] for name in "abcd"]
    assert ["badge fail" in cell for cell in cells] == [False, True, False, False]
    assert ["not yet known" in cell for cell in cells] == [True, False, False, False]
    assert "unknown" in pages.get("/branches/branch_c").text


@pytest.mark.parametrize(("query", "n"), [("state=merged", 1), ("rollback=day", 1), ("q=work/", 4)])
def test_branches_are_filtered_and_searched(
    pages: TestClient, others: list[BranchRow], query: str, n: int
) -> None:
    assert len(others) == 5
    assert f"{n} found" in pages.get(f"/branches?{query}").text


def test_without_a_branch_the_page_says_what_would_be_read(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    workspace = Workspace(tmp_path_factory.mktemp("none") / "workspace")
    emit("escalation", {"reason": "stuck"}, session="s1", workspace=workspace.root)
    nowhere = {"CLAUDE_CONFIG_DIR": "/none", "CODEX_HOME": "/none"}
    turn(workspace, [], nowhere, Options(workers=1), lambda _: None)
    answer = TestClient(make_pages(workspace)).get("/branches")

    assert answer.status_code == 200
    assert "tracemill run" in answer.text
